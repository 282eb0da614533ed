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
    PARAMETER(
        budget, "budget", "budget", 0, SHARE, "RMS",
        "root mean square error allowed in layer L, as a part of the signal: 0.1 or "
        "10% (this or --worst is required)"),
    PARAMETER(worst, "worst", "worst", 0, SHARE, "W",
              "largest error allowed in layer L, in the mean over networks of the worst "
              "of their samples"),
    PARAMETER(absolute, "absolute", "absolute", 0, FLAG, NULL,
              "--budget and --worst are norms, not parts of the signal"),
    PARAMETER(confidence, "confidence", "confidence", 0, NUMBER, "P",
              "of the interval for T (0.95)"),
    PARAMETER(tolerance, "tolerance", "tolerance", 0, NUMBER, "E",
              "half width of that interval over T to stop at (0.05)"),
    PARAMETER(networks, "networks", "networks", 'K', SIZE, "K",
              "most networks that one step of the search runs at a T (200)"),
    PARAMETER(samples, "samples", "samples", 'M', SIZE, "M",
              "samples a network (20 to 1000, by their cost)"),
    OPTIONS_END,
};

const option_row capacity_options[] = {
    OPTION_GROUP(NETWORK),
    OPTION_TABLE(setup, setup_options + 1), /* all but T */
    OPTION_GROUP(MEASUREMENT),
    OPTION_MORE(capacity_parameters),
    OPTION(setup.z, "active", 'z', LIST, "z", "active circuits (1,2,3)"),
    OPTION(scheme_words, "schemes", 0, TEXT, "LIST",
           "allocation schemes to compare, as best,ref"),
    OPTION(threads, "threads", 0, THREADS, "N", "threads (all)"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "no text and no progress"),
    OPTIONS_END,
};

capacity_request capacity_request_defaults(void) {
    const cisup_capacity_options o = cisup_capacity_defaults();
    setup given = setup_defaults();
    given.construction.masks = -1;
    return (capacity_request){.setup = given,
                              .state = CISUP_ACTIVE,
                              .quantity = -1,
                              .budget = (double)NAN,
                              .worst = (double)NAN,
                              .confidence = o.confidence,
                              .tolerance = o.tolerance,
                              .networks = o.networks};
}

void capacity_request_free(capacity_request *r) {
    for (int k = 0; k < r->kinds; k++) {
        setup_free(&r->kind[k].setup);
        cisup_release(r->kind[k].choice);
    }
    setup_free(&r->setup);
    r->kinds = 0;
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

cisup_status capacity_request_complete(capacity_request *r, cisup_error *err) {
    cisup_status status;
    if (r->scheme_words && r->setup.allocation.scheme != NO_SCHEME)
        return CISUP_FAIL(err, CISUP_EINVAL, "--schemes and --scheme exclude each other");
    CISUP_TRY(numbers_check(r, err));
    r->setup.is_search = 1;
    CISUP_TRY(capacity_kinds_make(r, err));
done:
    return status;
}
