/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/allocation_options.h"
#include "common/gate_options.h"
#include "common/options.h"
#include "common/program.h"
#include "theory_report.h"

#include <cisup/analysis/theory/theory_overlap.h>
#include <cisup/core/base/shape_sizes.h>
#include <cisup/core/circuits.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network.h>
#include <cisup/sparse/network/carried_width.h>

#include <math.h>
#include <string.h>

static const char about[] =
    "Print what the theory says of one shape, without building a network: overlaps, "
    "errors layer by layer, the limits on T and which of them binds, and published "
    "bounds; with the range in which each formula holds. With --scheme also for the "
    "loads of that allocation.\v"
    "cisup theory -z 1\n"
    "cisup theory -D 20000 -S 4 -z 2 -T 7000 --budget 0.1 --scheme best";

typedef struct {
    cisup_index D, d, S, z, L;
    index_list T;
    double margin, budget, deviations;
    cisup_gate_step step;
    int fresh, json, quiet;
    int construction;                /* 1: masks */
    cisup_index cycle;               /* allocations in turn; 0: 2 */
    int codes;                       /* masks are handed on as codes */
    cisup_allocation_options choice; /* without a scheme: even loads alone */
} request;

enum { MOST_LAYERS = 1000 };

static cisup_status request_check(const request *r, cisup_error *err) {
    const cisup_allocation_options *a = &r->choice;
    cisup_status status = index_list_single(&r->T, "circuits", err);
    if (status != CISUP_OK) return status;
    if (!(r->margin > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--margin %g: must be positive", r->margin);
    status = gate_step_check(&r->step, err);
    if (status != CISUP_OK) return status;
    if (!(isnan(r->budget) || r->budget > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--budget %g: must be positive", r->budget);
    if (!(r->deviations > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--deviations %g: must be positive",
                          r->deviations);
    if (r->L > MOST_LAYERS)
        return CISUP_FAIL(err, CISUP_EINVAL, "--layers %" PRId64 ": at most %d", r->L,
                          MOST_LAYERS);
    if (a->scheme != NO_SCHEME) {
        cisup_allocation_options same = *a; /* what goes with the scheme is checked */
        return allocation_complete(&same, a->scheme, err);
    }
    if (index_list_is_max(&r->T))
        return CISUP_FAIL(err, CISUP_EINVAL, "--circuits max: needs --scheme");
    if (a->hop != CISUP_HOP_S || a->reflect || a->even_out != CISUP_EVEN_OUT_AUTO ||
        a->effort != 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--hop, --even-out, --effort and --reflect need --scheme");
    return CISUP_OK;
}

/* --construction and --cycle. */
static cisup_status masks_check(const request *r, cisup_error *err) {
    if (!r->construction && (r->cycle || r->codes))
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: needs --construction masks",
                          r->cycle ? "cycle" : "mask-codes");
    if (r->cycle == 1)
        return CISUP_FAIL(err, CISUP_EINVAL, "--cycle 1: at least 2 allocations");
    if (r->codes && r->cycle > CISUP_CYCLE_MOST)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--cycle %" PRId64 ": with --mask-codes at most %d", r->cycle,
                          CISUP_CYCLE_MOST);
    return CISUP_OK;
}

/* N of a network whose masks are codes and whose layers are all signed. */
static cisup_status coded_neurons(const request *r, cisup_index cycle, cisup_index *N,
                                  cisup_error *err) {
    unsigned char is_signed[MOST_LAYERS];
    memset(is_signed, 1, sizeof is_signed);
    const cisup_carried_shape s = {.d = r->d,
                                   .L = r->L,
                                   .cycle = cycle,
                                   .is_signed = is_signed,
                                   .S = r->S,
                                   .coded = r->z};
    return cisup_carried_neurons(&s, r->D, N, err);
}

/* The same circuits in a network that carries its masks. */
static cisup_status make_masks(const request *r, theory_report *report,
                               cisup_error *err) {
    if (!r->construction) return CISUP_OK;
    cisup_theory_case sizes = report->even;
    const cisup_index cycle = r->cycle ? r->cycle : 2;
    cisup_index N = r->D / (r->d + cycle);
    const cisup_status status = r->codes ? coded_neurons(r, cycle, &N, err) : CISUP_OK;
    if (status != CISUP_OK) return status;
    sizes.D = (double)r->D;
    report->masks = cisup_theory_masks_case(&sizes, cycle, N);
    if (report->masks.N < sizes.S)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--redundancy %" PRId64 ": more than the %" PRId64
                          " neurons of one of %s blocks in D",
                          r->S, N, r->codes ? "d + 1" : "d + cycle");
    return CISUP_OK;
}

/* The sizes, with T = max replaced by the capacity. */
static cisup_status shape_of(const request *r, theory_report *report, cisup_error *err) {
    cisup_shape *s = &report->shape;
    const cisup_allocation_options options = r->choice;
    const int is_max = index_list_is_max(&r->T);
    *s = (cisup_shape){.D = r->D, .d = r->d, .T = 1, .S = r->S, .z = 1, .L = r->L};
    report->capacity = -1;
    cisup_status status;
    CISUP_TRY(cisup_shape_check_sizes(s, err));
    s->T = r->T.value[0];
    s->z = r->z;
    if (r->choice.scheme != NO_SCHEME) {
        /* Scheme random would have to place all to know how many fit. */
        const int is_known = options.scheme != CISUP_SCHEME_RANDOM || is_max;
        CISUP_TRY(allocation_fits(s->N, s->S, &options, &s->T,
                                  is_known ? &report->capacity : NULL, err));
        CISUP_TRY(cisup_shape_check(s, err));
    }
    CISUP_TRY(cisup_shape_check_sizes(s, err));
done:
    return status;
}

/* kappa of layer 2 of the first network of this seed; circuits have no part in it. */
static cisup_status measure_kappa(const cisup_allocation *a, uint64_t seed, double *kappa,
                                  cisup_error *err) {
    cisup_circuits circuits = {0};
    cisup_network net = {0};
    cisup_family_options family = cisup_family_defaults();
    cisup_network_options options = cisup_network_defaults();
    family.family = CISUP_STEP2;
    options.weights.scheme = CISUP_WEIGHTS_CAPPED;
    options.seed = seed;
    cisup_status status;
    CISUP_TRY(cisup_circuits_make(&circuits, a->T, 2, 2, &family, err));
    CISUP_TRY(cisup_network_make(&net, a, &circuits, &options, err));
    *kappa = cisup_operator_kappa(&net.layers[0]);
done:
    cisup_network_free(&net);
    cisup_circuits_free(&circuits);
    return status;
}

static cisup_status measure_allocation(const request *r, theory_report *report,
                                       cisup_error *err) {
    const cisup_shape *s = &report->shape;
    const cisup_allocation_options options = r->choice;
    cisup_theory_case *c = &report->actual;
    cisup_allocation a = {0};
    cisup_index *load = NULL;
    cisup_status status;
    *c = report->even;
    report->scheme = cisup_scheme_name(options.scheme);
    CISUP_TRY(cisup_allocation_make(&a, s->N, s->S, s->T, &options, err));
    CISUP_TRY(cisup_new(&load, s->N, sizeof *load, err));
    cisup_allocation_loads(&a, load);
    report->stats = cisup_allocation_statistics(load, s->N, s->S, s->T);
    c->P = report->stats.P;
    c->p = report->stats.p;
    CISUP_TRY(measure_kappa(&a, r->choice.seed, &c->kappa, err));
    c->V = cisup_theory_background_variance(s->N, s->S, s->T, a.slot, load, c->kappa);
done:
    cisup_release(load);
    cisup_allocation_free(&a);
    return status;
}

static cisup_status execute(const request *r, cisup_error *err) {
    theory_report report = {0};
    const cisup_shape *s = &report.shape;
    cisup_status status;
    CISUP_TRY(request_check(r, err));
    CISUP_TRY(masks_check(r, err));
    CISUP_TRY(shape_of(r, &report, err));
    report.question = (cisup_theory_question){r->L, r->budget * r->budget, r->deviations};
    const cisup_theory_case sizes = {.D = (double)(s->d * s->N),
                                     .d = (double)s->d,
                                     .S = (double)s->S,
                                     .z = (double)s->z,
                                     .N = (double)s->N,
                                     .margin = r->margin,
                                     .step = r->step,
                                     .fresh = r->fresh};
    report.even = cisup_theory_even(&sizes, (double)s->T);
    if (r->choice.scheme != NO_SCHEME) CISUP_TRY(measure_allocation(r, &report, err));
    CISUP_TRY(make_masks(r, &report, err));
    theory_report_limits(&report);
    if (r->json)
        CISUP_TRY(theory_json(&report, err));
    else if (!r->quiet)
        theory_text(&report);
done:
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(NETWORK),
    OPTION(D, "width", 'D', SIZE, "D", "width of the network (1000)"),
    OPTION(d, "circuit-width", 'd', SIZE, "d", "width of a circuit (4)"),
    OPTION(T, "circuits", 'T', LIST_OR_MAX, "T|max",
           "circuits (557); max: as many as the scheme places"),
    OPTION(S, "redundancy", 'S', SIZE, "S", "neurons per circuit neuron (6)"),
    OPTION(z, "active", 'z', SIZE, "z", "active circuits (1)"),
    OPTION(L, "layers", 'L', SIZE, "L", "layers (5)"),
    OPTION_GROUP(CIRCUITS),
    OPTION(margin, "margin", 'b', NUMBER, "b", "margin b of rotations (1)"),
    OPTION_TABLE(step, gate_options),
    OPTION(fresh, "fresh", 0, FLAG, NULL, "new circuit weights in every layer"),
    OPTION_GROUP(MEASUREMENT),
    OPTION(budget, "budget", 0, NUMBER, "RMS",
           "root mean square error of active circuits allowed in the last layer (none)"),
    OPTION(deviations, "deviations", 0, NUMBER, "k",
           "standard deviations of noise that a closed neuron must bear (2)"),
    OPTION_GROUP(ALLOCATION),
    CHOICE(choice.scheme, NULL, "scheme", cisup_scheme_find, SCHEME_WORDS,
           "allocation scheme to measure as well (none)"),
    OPTION_TABLE(choice, allocation_options + 1),
    OPTION(choice.seed, "seed", 0, SEED, "N",
           "seed of the permutations, of scheme random and --effort (1)"),
    OPTION_GROUP(MASKS),
    CHOICE(construction, NULL, "construction", NULL, "published|masks",
           "masks: also a network that carries its masks, circuits of width d without "
           "on-neurons (published)"),
    OPTION(cycle, "cycle", 0, SIZE, "c", "allocations taken in turn, masks (2)"),
    OPTION(codes, "mask-codes", 0, FLAG, NULL,
           "of masks: handed on as codes, in fewer neurons"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "print nothing that succeeds"),
    OPTIONS_END,
};

int cmd_theory(int argc, char **argv) {
    request r = {.D = 1000,
                 .d = 4,
                 .S = 6,
                 .z = 1,
                 .L = 5,
                 .margin = 1.0,
                 .step = gate_step_defaults(),
                 .budget = (double)NAN,
                 .deviations = 2.0,
                 .choice = allocation_defaults()};
    cisup_error err = {0};
    if (index_list_set(&r.T, 557, &err) != CISUP_OK) return fail_with(&err);
    options_parse("cisup theory", "", about, table, &r, argc, argv, NULL);
    const cisup_status status = execute(&r, &err);
    cisup_release(r.T.value);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
