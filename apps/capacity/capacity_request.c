/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_point.h"

#include <cisup/core/memory.h>

#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/core/schemes.h>

#include <math.h>
#include <string.h>

enum { FEWEST_NETWORKS = 12 };

static int quantity_find(const char *word) {
    for (int q = 0; q < CISUP_QUANTITIES; q++)
        if (strcmp(word, cisup_quantity_name((cisup_quantity)q)) == 0) return q;
    return -1;
}

#define OPTIONS_OF capacity_request
const option_row capacity_parameters[] = {
    CHOICE(mode, "mode", "mode", cisup_mode_find, "relu|masked-linear|masked-relu|linear",
           "what a neuron does (relu)"),
    CHOICE(precision, "precision", "precision", cisup_precision_find, "double|single",
           "numbers of the passes; what is added up over circuits is double (double)"),
    CHOICE(state, "state", "state", NULL, "active|inactive", "whose error (active)"),
    CHOICE(quantity, "quantity", "quantity", quantity_find, "x|on|readout",
           "the error of what (the first that circuits have)"),
    PARAMETER(budget, "budget", "budget", 0, NUMBER, "RMS",
              "root mean square error allowed in layer L"),
    PARAMETER(worst, "worst", "worst", 0, NUMBER, "W",
              "largest error allowed in layer L, in the mean over networks of the worst "
              "of their samples"),
    PARAMETER(confidence, "confidence", "confidence", 0, NUMBER, "P",
              "of the interval for T (0.95)"),
    PARAMETER(tolerance, "tolerance", "tolerance", 0, NUMBER, "E",
              "half width of that interval over T to stop at (0.02)"),
    PARAMETER(networks, "networks", "networks", 'K', SIZE, "K",
              "most networks that one step of the search runs at a T (200)"),
    PARAMETER(samples, "samples", "samples", 'M', SIZE, "M", "samples a network (100)"),
    OPTIONS_END,
};

const option_row capacity_options[] = {
    OPTION_TABLE(setup, setup_options + 1), /* all but T */
    OPTION_MORE(capacity_parameters),
    OPTION(setup.z, "active", 'z', LIST, "z", "active circuits (1,2,3)"),
    OPTION(scheme_words, "schemes", 0, TEXT, "LIST",
           "allocation schemes to compare, as best,ref"),
    OPTION(threads, "threads", 0, THREADS, "N", "threads (all)"),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "no text and no progress"),
    OPTIONS_END,
};

capacity_request capacity_request_defaults(void) {
    const cisup_capacity_options o = cisup_capacity_defaults();
    return (capacity_request){.setup = setup_defaults(),
                              .state = CISUP_ACTIVE,
                              .quantity = -1,
                              .budget = (double)NAN,
                              .worst = (double)NAN,
                              .confidence = o.confidence,
                              .tolerance = o.tolerance,
                              .networks = o.networks,
                              .samples = 100};
}

void capacity_request_free(capacity_request *r) {
    setup_free(&r->setup);
    cisup_release(r->choice);
    r->choice = NULL;
}

/* The cycles of masks: the one asked for, or all of these. */
static cisup_status list_cycles(capacity_request *r, cisup_index given,
                                cisup_error *err) {
    enum { FEWEST = 2, MOST = 4 };
    const cisup_index most = r->setup.L < MOST ? r->setup.L : MOST; /* more are alike */
    const cisup_index first = given ? given : FEWEST;
    const cisup_index last = given ? given : most > FEWEST ? most : FEWEST;
    cisup_status status;
    if (r->scheme_words)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--schemes: no effect with --construction masks");
    CISUP_TRY(cisup_new(&r->choice, MOST, sizeof *r->choice, err));
    for (cisup_index c = first; c <= last; c++)
        r->choice[r->choices++] = (capacity_choice){CISUP_SCHEME_TD, c};
done:
    return status;
}

/* --schemes best,ref, or the one scheme of the setup. */
static cisup_status read_schemes(capacity_request *r, cisup_error *err) {
    const char *words = r->scheme_words ? r->scheme_words : "";
    cisup_index most = 1;
    char *copy = NULL;
    cisup_status status;
    for (const char *c = words; *c; c++) most += *c == ',';
    CISUP_TRY(cisup_new(&r->choice, most, sizeof *r->choice, err));
    r->choice[0].scheme = r->setup.allocation.scheme;
    r->choices = 1;
    if (!r->scheme_words) goto done;
    CISUP_TRY(cisup_new(&copy, (cisup_index)strlen(words) + 1, 1, err));
    memcpy(copy, words, strlen(words));
    char *rest = copy;
    for (r->choices = 0; rest; r->choices++) {
        const char *word = strsep(&rest, ",");
        const int scheme = cisup_scheme_find(word);
        cisup_allocation_options choice = r->setup.allocation;
        if (scheme < 0) {
            status = CISUP_FAIL(err, CISUP_EINVAL, "--schemes '%s': no scheme", word);
            goto done;
        }
        choice.scheme = (cisup_scheme)scheme;
        r->choice[r->choices].scheme = choice.scheme;
        CISUP_TRY(allocation_complete(&choice, choice.scheme, err));
    }
done:
    cisup_release(copy);
    return status;
}

static cisup_status numbers_check(const capacity_request *r, cisup_error *err) {
    if (isnan(r->budget) && isnan(r->worst))
        return CISUP_FAIL(err, CISUP_EINVAL, "--budget or --worst is needed");
    if (!isnan(r->budget) && !(r->budget > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--budget %g: must be positive", r->budget);
    if (!isnan(r->worst) && !(r->worst > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--worst %g: must be positive", r->worst);
    if (!(r->confidence >= 0.5 && r->confidence < 1.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--confidence %g: from 0.5 to below 1",
                          r->confidence);
    if (!(r->tolerance > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--tolerance %g: must be positive",
                          r->tolerance);
    if (r->networks < FEWEST_NETWORKS)
        return CISUP_FAIL(err, CISUP_EINVAL, "--networks %" PRId64 ": at least %d",
                          r->networks, FEWEST_NETWORKS);
    if (r->precision == CISUP_PRECISION_SINGLE &&
        (r->setup.engine == CISUP_ENGINE_ASSEMBLED ||
         r->setup.engine == CISUP_ENGINE_REDUCED))
        return CISUP_FAIL(err, CISUP_EINVAL, "--precision single: not with --engine %s",
                          cisup_engine_name(r->setup.engine));
    if (r->setup.engine == CISUP_ENGINE_SPARSE &&
        r->setup.weights.scheme == CISUP_WEIGHTS_CAPPED &&
        r->setup.weights.kappa == CISUP_KAPPA_ROWS)
        return CISUP_FAIL(err, CISUP_EINVAL, "--engine sparse: not with --kappa rows");
    return CISUP_OK;
}

/* What the circuits have, from one of them. */
static cisup_status choose_quantity(capacity_request *r, cisup_error *err) {
    const cisup_family_options family = setup_family(&r->setup);
    const setup *s = &r->setup;
    cisup_circuits one = {0};
    cisup_status status = CISUP_OK;
    if (!s->own.w) CISUP_TRY(cisup_circuits_make(&one, 1, s->d, s->L, &family, err));
    const cisup_circuits *kind = s->own.w ? &s->own : &one;
    if (r->quantity < 0)
        r->quantity = cisup_quantity_exists(kind, CISUP_X)    ? CISUP_X
                      : cisup_quantity_exists(kind, CISUP_ON) ? CISUP_ON
                                                              : CISUP_READOUT;
    if (!cisup_quantity_exists(kind, (cisup_quantity)r->quantity))
        status = CISUP_FAIL(err, CISUP_EINVAL, "--quantity %s: the circuits have none",
                            cisup_quantity_name((cisup_quantity)r->quantity));
done:
    cisup_circuits_free(&one);
    return status;
}

cisup_status capacity_request_complete(capacity_request *r, cisup_error *err) {
    cisup_status status;
    if (r->scheme_words && r->setup.allocation.scheme != NO_SCHEME)
        return CISUP_FAIL(err, CISUP_EINVAL, "--schemes and --scheme exclude each other");
    cisup_allocation_options given = r->setup.allocation;
    const cisup_index cycle = r->setup.construction.cycle;
    /* What goes with which scheme is asked of each. */
    if (r->scheme_words) r->setup.allocation = allocation_defaults();
    CISUP_TRY(numbers_check(r, err));
    CISUP_TRY(setup_complete(&r->setup, err));
    if (construction_has_pilot(&r->setup.construction))
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "--offset pilot, --strength pilot: one of many T's; give "
                             "numbers"));
    if (r->scheme_words) {
        given.scheme = r->setup.allocation.scheme;
        r->setup.allocation = given;
    }
    CISUP_TRY(r->setup.construction.masks ? list_cycles(r, cycle, err)
                                          : read_schemes(r, err));
    CISUP_TRY(choose_quantity(r, err));
done:
    return status;
}
