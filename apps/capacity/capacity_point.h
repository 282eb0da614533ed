/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CAPACITY_POINT_H
#define CISUP_APPS_CAPACITY_POINT_H

#include "common/progress.h"
#include "common/setup.h"

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/network_error.h>

/* What `cisup capacity` and `cisup frontier` ask for, apart from what they go through. */
typedef struct {
    setup setup;
    int mode, precision;
    int state, quantity;  /* quantity -1: x, on or readout, the first that
                              the circuits have */
    double budget, worst; /* limits: root mean square error, mean of the worst norm;
                             NaN: not asked for */
    double confidence, tolerance;
    cisup_index networks, samples, threads;
    const char *scheme_words; /* --schemes */
    int *scheme;              /* [scheme_count] */
    cisup_index scheme_count;
    int json, quiet;
} capacity_request;

/* One search. */
typedef struct {
    cisup_index D, S, z, L;
    int scheme;
} capacity_point;

typedef struct {
    capacity_point point;
    cisup_index N, placed;        /* placed: circuits the scheme places at most */
    cisup_capacity_result search; /* errors in the unit of the limit: root mean squares */
    cisup_capacity_result by_budget; /* of a search by --worst that was not finished: the
                                        one by --budget before it, if any */
    double limit;
    int is_by_worst;   /* whether --worst decided, not --budget */
    const char *bound; /* what binds: allocation, closed-neurons, feedback, error; NULL */
    double masked;     /* the error at T with no closed neuron open; NaN: not asked */
    double feedback;   /* g at T, even loads */
    cisup_index theory_T;     /* -1: theory is silent, INT64_MAX: no limit */
    const char *theory_bound; /* its name in `cisup theory`, or allocation; NULL */
} capacity_answer;

capacity_request capacity_request_defaults(void);
void capacity_request_free(capacity_request *r);

/* Completes the setup and checks every option that both commands have. Errors: EINVAL
 * naming the option; those of setup_complete. */
CISUP_MUST_CHECK cisup_status capacity_request_complete(capacity_request *r,
                                                        cisup_error *err);

/* Whether a point can be searched, before any is. Errors: EINVAL; EINFEASIBLE when not
 * even z circuits fit. */
CISUP_MUST_CHECK cisup_status capacity_point_check(const capacity_request *r,
                                                   const capacity_point *point,
                                                   cisup_error *err);

/* Errors: those of the search, then the answer is what is known (T of 0: nothing);
 * ESTOPPED after a signal. */
CISUP_MUST_CHECK cisup_status capacity_point_search(const capacity_request *r,
                                                    const capacity_point *point,
                                                    capacity_answer *answer,
                                                    cisup_error *err);

int capacity_state_find(const char *word);
int capacity_quantity_find(const char *word);

#define CAPACITY_OPTIONS(r)                                                                \
    SETUP_NETWORK_OPTIONS((r).setup), {"active",     'z', OPTION_LIST,                     \
                                       &(r).setup.z, "z", "active circuits (1,2,3)",       \
                                       NULL},                                              \
        {"schemes",   0,                                                                   \
         OPTION_TEXT, &(r).scheme_words,                                                   \
         "LIST",      "allocation schemes to compare, as best,ref",                        \
         NULL},                                                                            \
        {"budget",    0,     OPTION_NUMBER,                                                \
         &(r).budget, "RMS", "root mean square error allowed in layer L",                  \
         NULL},                                                                            \
        {"worst",                                                                          \
         0,                                                                                \
         OPTION_NUMBER,                                                                    \
         &(r).worst,                                                                       \
         "W",                                                                              \
         "largest error allowed in layer L, in the mean over networks of the worst of "    \
         "their samples",                                                                  \
         NULL},                                                                            \
        {"state",                                                                          \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(r).state,                                                                       \
         "active|inactive",                                                                \
         "whose error (active)",                                                           \
         capacity_state_find},                                                             \
        {"quantity",                                                                       \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(r).quantity,                                                                    \
         "x|on|readout",                                                                   \
         "the error of what (the first that circuits have)",                               \
         capacity_quantity_find},                                                          \
        {"mode",                                                                           \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(r).mode,                                                                        \
         "relu|masked-linear|masked-relu|linear",                                          \
         "what a neuron does (relu)",                                                      \
         cisup_mode_find},                                                                 \
        {"precision",                                                                      \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(r).precision,                                                                   \
         "double|single",                                                                  \
         "numbers of the passes; what is added up over circuits is double (double)",       \
         cisup_precision_find},                                                            \
        {"confidence",  0,                                                                 \
         OPTION_NUMBER, &(r).confidence,                                                   \
         "P",           "of the interval for T (0.95)",                                    \
         NULL},                                                                            \
        {"tolerance",   0,                                                                 \
         OPTION_NUMBER, &(r).tolerance,                                                    \
         "E",           "half width of that interval over T to stop at (0.02)",            \
         NULL},                                                                            \
        {"networks",  'K',                                                                 \
         OPTION_SIZE, &(r).networks,                                                       \
         "K",         "most networks that one step of the search runs at a T (200)",       \
         NULL},                                                                            \
        {"samples", 'M', OPTION_SIZE, &(r).samples, "M", "samples a network (100)", NULL}, \
        {"threads", 0, OPTION_THREADS, &(r).threads, "N", "threads (all)", NULL},          \
        {"json", 0, OPTION_FLAG, &(r).json, NULL, "one JSON object a line", NULL}, {       \
        "quiet", 'q', OPTION_FLAG, &(r).quiet, NULL, "no text and no progress", NULL       \
    }

#endif
