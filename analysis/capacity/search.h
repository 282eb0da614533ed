/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_SEARCH_H
#define CISUP_ANALYSIS_SEARCH_H

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/capacity/window.h>
#include <cisup/core/base/vigil.h>

/* What a search for a capacity knows, and its first stage: decisions (docs/math.md 18.1).
 */

/* A T and the mean over the networks measured there; T = 0: none yet. */
typedef struct {
    cisup_index T;
    double mean;
} cisup_search_place;

typedef struct {
    cisup_capacity_options o;
    cisup_capacity_measure *measure;
    void *context;
    cisup_capacity_result *result;
    cisup_index T; /* measured last */
    cisup_vigil vigil;
    cisup_search_place within, above, near; /* largest within, smallest above, too close
                                               to call */
    cisup_search_place best;                /* smallest mean */
    cisup_index decisions, unused, runs;    /* unused: first network that is */
    double *y, *column; /* [networks*CISUP_WINDOW_POINTS], [networks] */
} cisup_search;

/* T's that are rather decided one by one than fitted. */
enum { CISUP_SEARCH_FEW = 16 };

/* Of the probability of a wrong result, what all decisions may take. */
extern const double cisup_decisions_share;

/* Networks first..first+count-1 at T, in turns. y: [count]. Errors: ESTOPPED; those of
 * measure. */
CISUP_MUST_CHECK cisup_status cisup_search_measure(cisup_search *s, cisup_index T,
                                                   cisup_index first, cisup_index count,
                                                   double *y, cisup_error *err);

/* The nearest T in range. */
cisup_index cisup_search_T(const cisup_search *s, double T);

double cisup_search_slope(cisup_search_place a, cisup_search_place b);

/* Where the power law through `within` and `above` meets the limit. */
double cisup_search_crossing(const cisup_search *s);

/* Decides T's far apart, from o.start on, until two of them, one within the limit and one
 * above, are near each other, one is too close to call, or the search is beaten. */
CISUP_MUST_CHECK cisup_status cisup_search_locate(cisup_search *s, cisup_error *err);

/* Whether a T that is no larger than the rival's is decided to be above the limit. */
int cisup_search_is_beaten(const cisup_search *s);

/* What the decisions alone say of T. */
cisup_window_finding cisup_search_bracket(const cisup_search *s);

/* Decides T's from T down and up, then between: where the mean jumps from one T to the
 * next there is no crossing to measure, and decisions are all there is. */
CISUP_MUST_CHECK cisup_status cisup_search_fence(cisup_search *s, cisup_index T,
                                                 cisup_error *err);

#endif
