/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CAPACITY_H
#define CISUP_ANALYSIS_CAPACITY_H

#include <cisup/analysis/interval.h>
#include <cisup/core/watcher.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest T at which the mean over networks of a measured quantity stays within a
 * limit. Method and statistics: docs/math.md, section 18. */

/* Measures networks first .. first+count-1 with T circuits.
 *
 *   y   [count], one number a network, receives the quantity; not finite if it diverged
 *
 * Networks are independent. The same arguments give the same numbers; a network keeps its
 * seed at every T. It is called for at most CISUP_CAPACITY_TURN networks at a time, which
 * threads may share; an error, CISUP_ESTOPPED where the caller wants no more, ends the
 * search. */
typedef cisup_status cisup_capacity_measure(void *context, cisup_index T,
                                            cisup_index first, cisup_index count,
                                            double *y, cisup_error *err);

/* Start from cisup_capacity_defaults() and set least, most and limit. */
typedef struct {
    cisup_index least, most; /* T is searched in least..most, 1 <= least <= most */
    cisup_index start;       /* first T looked at, moved into the range; theory's guess */
    double limit;            /* on the mean, > 0 */
    double confidence;       /* of the interval for T, in (0, 1); default 0.95 */
    double tolerance;        /* half width of the interval over T to stop at; 0.05 */
    cisup_index rival;       /* give up as soon as the T found is sure to be less than
                                this; default 0: never */
    cisup_index networks;    /* most that one step runs at a T, >= 12; default 200. Steps:
                                a decision (of at most 64), a window, the check at last
                                (of at most CISUP_CAPACITY_CHECKS); networks of a window
                                and of the check are new ones */
    const cisup_watcher *watcher; /* asked before every turn, with the number of networks
                                     done and of = 0; NULL (default): nobody */
} cisup_capacity_options;

CISUP_API cisup_capacity_options cisup_capacity_defaults(void);

typedef enum {
    CISUP_CAPACITY_FOUND,      /* the mean passes the limit between least and most */
    CISUP_CAPACITY_FULL,       /* it is within at most */
    CISUP_CAPACITY_INFEASIBLE, /* it is above at least */
    CISUP_CAPACITY_LESS,       /* the search was given up: T is less than the rival */
    CISUP_CAPACITY_UNFINISHED, /* measure failed or was stopped */
} cisup_capacity_outcome;

typedef struct {
    cisup_capacity_outcome outcome;
    cisup_index T;          /* 0 if infeasible, or given up */
    cisup_index low, high;  /* interval for T at the confidence asked for; 0 and the upper
                               end if given up */
    int is_precise;         /* the tolerance was reached, or T is exact */
    double slope;           /* d ln mean / d ln T there; NaN if not fitted */
    cisup_index at, beyond; /* `at`: T, or of an infeasible search the T of the smallest
                               mean met; `beyond`: ceil(1.1 T), 0 if that is above most */
    cisup_interval error, error_beyond; /* there, from networks that the search has not
                                           used; NaN without `beyond` */
    cisup_index check_first;            /* the first of those networks, and how many: */
    cisup_index checks;                 /* CISUP_CAPACITY_CHECKS, or the most allowed */
    cisup_index within, above;  /* largest T decided to be within the limit, smallest
                                   above; 0: none */
    cisup_index networks, runs; /* different networks; networks times their values of T */
} cisup_capacity_result;

enum { CISUP_CAPACITY_CHECKS = 20, CISUP_CAPACITY_TURN = 16 };

/* Searches. Up to noise the mean is taken to grow with T.
 *
 * The interval covers the T asked for with probability `confidence`, to the accuracy of
 * t-intervals over networks and of a power law within some 25 % of the limit; for a mean
 * that is not quite monotone, a T where that power law meets the limit.
 *
 *   result   after an error what is known: within, above, networks, runs; `at`, the T
 *            that was measured; T, low and high where a crossing was measured, else 0
 *
 * Errors: EINVAL naming the option; ENOMEM; ESTOPPED; those of measure. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_capacity_search(
    const cisup_capacity_options *options, cisup_capacity_measure *measure, void *context,
    cisup_capacity_result *result, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
