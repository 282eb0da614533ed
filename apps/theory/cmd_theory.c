/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/allocation_options.h"
#include "common/options.h"
#include "common/program.h"
#include "theory_report.h"

#include <cisup/core/base/shape_sizes.h>
#include <cisup/core/circuits.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network.h>

#include <math.h>

static const char about[] =
    "Print what the theory says of one shape, without building a network: overlaps, "
    "errors layer by layer, the limits on T and which of them binds, and published "
    "bounds; with the range in which each formula holds. With --scheme also for the "
    "loads of that allocation.";

typedef struct {
    cisup_index D, d, S, z, L;
    index_list T;
    double margin, budget, deviations;
    int fresh, json, quiet;
    allocation_choice choice; /* without a scheme: even loads alone */
} request;

enum { NO_SCHEME = -1, MOST_LAYERS = 1000 };

static cisup_status request_check(const request *r, cisup_error *err) {
    const allocation_choice *a = &r->choice;
    if (r->T.count != 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuits: %" PRId64 " values; one is needed", r->T.count);
    if (!(r->margin > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--margin %g: must be positive", r->margin);
    if (!(isnan(r->budget) || r->budget > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--budget %g: must be positive", r->budget);
    if (!(r->deviations > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--deviations %g: must be positive",
                          r->deviations);
    if (r->L > MOST_LAYERS)
        return CISUP_FAIL(err, CISUP_EINVAL, "--layers %" PRId64 ": at most %d", r->L,
                          MOST_LAYERS);
    if (a->scheme != NO_SCHEME) {
        allocation_choice choice =
            *a; /* complete already; what goes with it is checked */
        return allocation_choice_complete(&choice, (cisup_scheme)a->scheme, err);
    }
    if (index_list_is_max(&r->T))
        return CISUP_FAIL(err, CISUP_EINVAL, "--circuits max: needs --scheme");
    if (a->hop != CISUP_HOP_S || a->reflect || a->even_out != CISUP_EVEN_OUT_AUTO ||
        a->effort != 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--hop, --even-out, --effort and --reflect need --scheme");
    return CISUP_OK;
}

/* The sizes, with T = max replaced by the capacity. */
static cisup_status shape_of(const request *r, theory_report *report, cisup_error *err) {
    cisup_shape *s = &report->shape;
    const cisup_allocation_options options = allocation_choice_options(&r->choice);
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
    const cisup_allocation_options options = allocation_choice_options(&r->choice);
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
    CISUP_TRY(shape_of(r, &report, err));
    report.question = (cisup_theory_question){r->L, r->budget * r->budget, r->deviations};
    const cisup_theory_case sizes = {.D = (double)(s->d * s->N),
                                     .d = (double)s->d,
                                     .S = (double)s->S,
                                     .z = (double)s->z,
                                     .N = (double)s->N,
                                     .margin = r->margin,
                                     .fresh = r->fresh};
    report.even = cisup_theory_even(&sizes, (double)s->T);
    if (r->choice.scheme != NO_SCHEME) CISUP_TRY(measure_allocation(r, &report, err));
    theory_report_limits(&report);
    if (r->json)
        CISUP_TRY(theory_json(&report, err));
    else if (!r->quiet)
        theory_text(&report);
done:
    return status;
}

int cmd_theory(int argc, char **argv) {
    request r = {.D = 1000,
                 .d = 4,
                 .S = 6,
                 .z = 1,
                 .L = 5,
                 .margin = 1.0,
                 .budget = (double)NAN,
                 .deviations = 2.0,
                 .choice = allocation_choice_defaults()};
    cisup_error err = {0};
    if (index_list_set(&r.T, 557, &err) != CISUP_OK) return fail_with(&err);
    const option table[] = {
        {"width", 'D', OPTION_SIZE, &r.D, "D", "width of the network (1000)", NULL},
        {"circuit-width", 'd', OPTION_SIZE, &r.d, "d", "width of a circuit (4)", NULL},
        {"circuits", 'T', OPTION_LIST_OR_MAX, &r.T, "T|max",
         "circuits (557); max: as many as the scheme places", NULL},
        {"redundancy", 'S', OPTION_SIZE, &r.S, "S", "neurons per circuit neuron (6)",
         NULL},
        {"active", 'z', OPTION_SIZE, &r.z, "z", "active circuits (1)", NULL},
        {"layers", 'L', OPTION_SIZE, &r.L, "L", "layers (5)", NULL},
        {"margin", 'b', OPTION_NUMBER, &r.margin, "b", "margin b of rotations (1)", NULL},
        {"fresh", 0, OPTION_FLAG, &r.fresh, NULL, "new circuit weights in every layer",
         NULL},
        {"budget", 0, OPTION_NUMBER, &r.budget, "RMS",
         "root mean square error of active circuits allowed in the last layer (none)",
         NULL},
        {"deviations", 0, OPTION_NUMBER, &r.deviations, "k",
         "standard deviations of noise that a closed neuron must bear (2)", NULL},
        ALLOCATION_OPTIONS(r.choice, "allocation scheme to measure as well (none)"),
        {"seed", 0, OPTION_SEED, &r.choice.seed, "N",
         "seed of the permutations, of scheme random and --effort (1)", NULL},
        {"json", 0, OPTION_FLAG, &r.json, NULL, "one JSON object a line", NULL},
        {"quiet", 'q', OPTION_FLAG, &r.quiet, NULL, "print nothing that succeeds", NULL},
    };
    options_parse("cisup theory", "", about, table, sizeof table / sizeof table[0], argc,
                  argv, NULL);
    const cisup_status status = execute(&r, &err);
    cisup_release(r.T.value);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
