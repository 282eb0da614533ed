/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CAPACITY_POINT_H
#define CISUP_APPS_CAPACITY_POINT_H

#include "common/progress.h"
#include "common/setup.h"

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/network_error.h>

/* How circuits are placed: by a scheme, or a cycle of allocations (else 0). */
typedef struct {
    cisup_scheme scheme;
    cisup_index cycle;
} capacity_choice;

/* Its name: of a scheme, or "cycle 2" and the like. */
const char *capacity_choice_name(const capacity_choice *choice);

/* A construction that is searched: the setup of its networks. */
typedef struct {
    setup setup;             /* completed; S: those to try */
    const char *name;        /* "published", "masks" or "codes" */
    int is_S_open;           /* S was not given: those that do not exist are left out */
    int is_scheme_open;      /* nor was the scheme: td where networks are computed */
    int quantity;            /* the one asked for, else the first that circuits have */
    capacity_choice *choice; /* [choices] that are tried */
    cisup_index choices;
} capacity_kind;

enum { CAPACITY_KINDS = 3 };

/* What `cisup capacity` and `cisup frontier` ask for, apart from what they go through. */
typedef struct {
    setup setup; /* as given; its construction.masks is -1: all constructions */
    cisup_mode mode;
    cisup_precision precision;
    cisup_state_kind state;
    int quantity;         /* -1: x, on or readout, the first that the circuits have */
    double budget, worst; /* limits: root mean square error, mean of the worst norm; NaN:
                             not asked for */
    int absolute;         /* 1: they are norms; 0: parts of the signal, the root mean
                             square of the exact quantity of active circuits */
    double confidence, tolerance;
    cisup_index networks, samples, threads; /* samples 0: by their cost */
    const char *scheme_words;               /* --schemes */
    capacity_kind kind[CAPACITY_KINDS];     /* [kinds] */
    int kinds;
    int json, quiet;
} capacity_request;

/* One search. */
typedef struct {
    const capacity_kind *kind;
    cisup_index D, S, z, L;
    capacity_choice choice;
} capacity_point;

typedef struct {
    capacity_point point;
    cisup_index N, placed;        /* placed: circuits the scheme places at most */
    cisup_index samples;          /* of each network */
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
    int is_theory_doubtful;   /* a formula that allows less is out of its range, or the
                                 theory's networks do not clip as these do */
} capacity_answer;

/* Rows of capacity_request: of the search alone, and all. */
extern const option_row capacity_parameters[], capacity_options[];

capacity_request capacity_request_defaults(void);
void capacity_request_free(capacity_request *r);

/* Completes a setup for each construction that is asked for: the one given, or all that
 * the other options go with. Checks every option that both commands have. Errors: EINVAL
 * naming the option; those of setup_complete. */
CISUP_MUST_CHECK cisup_status capacity_request_complete(capacity_request *r,
                                                        cisup_error *err);

/* Fills the kinds; of a request whose other options are checked. */
CISUP_MUST_CHECK cisup_status capacity_kinds_make(capacity_request *r, cisup_error *err);

/* The point of choice i of a kind. */
capacity_point capacity_point_at(const capacity_kind *kind, cisup_index i, cisup_index D,
                                 cisup_index S, cisup_index z, cisup_index L);

/* Whether nothing of size T is stored: of a cycle always, which costs no more, of a
 * scheme from some N on. */
int capacity_point_is_computed(const capacity_point *p, cisup_index N);

/* Whether a point can be searched, before any is. Errors: EINVAL; EINFEASIBLE when not
 * even z circuits fit. */
CISUP_MUST_CHECK cisup_status capacity_point_check(const capacity_request *r,
                                                   const capacity_point *point,
                                                   cisup_error *err);

/* rival: a T that others have; the search ends, CISUP_CAPACITY_LESS, when it is sure to
 * find less; 0: none. Errors: those of the search, then the answer is what is known (T of
 * 0: nothing); ESTOPPED after a signal. */
CISUP_MUST_CHECK cisup_status capacity_point_search(const capacity_request *r,
                                                    const capacity_point *point,
                                                    cisup_index rival,
                                                    capacity_answer *answer,
                                                    cisup_error *err);

#endif
