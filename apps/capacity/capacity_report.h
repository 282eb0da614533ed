/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CAPACITY_REPORT_H
#define CISUP_APPS_CAPACITY_REPORT_H

#include "capacity_contest.h"
#include "common/emit.h"

#include <cisup/analysis/statistics/power_law.h>

/* docs/formats.md, "capacity" and "frontier". */

void capacity_text_head(const capacity_request *r);
void capacity_text_place(const capacity_place *place);

/* Searches and prints the answer as the request asks, and of a search that ends in an
 * error what it knows. Errors: those of capacity_point_search. */
CISUP_MUST_CHECK cisup_status capacity_search_and_show(const capacity_request *r,
                                                       const capacity_point *point,
                                                       cisup_index rival,
                                                       capacity_answer *answer,
                                                       cisup_error *err);

/* The network with the largest T of a place, what its T compares to, and the commands
 * that build it. word: "best", NULL: the only one. */
void capacity_best_text(const capacity_request *r, const capacity_answer *best,
                        const char *word);
CISUP_MUST_CHECK cisup_status capacity_best_json(const capacity_answer *best,
                                                 cisup_error *err);

/* T as a function of one size; allocations that were full are not fitted. */
typedef struct {
    const char *along; /* "D", "z", "L" or "S" */
    const capacity_kind *kind;
    const capacity_choice *choice; /* NULL: the best at each place */
    const capacity_answer *answer; /* [count], the best of each place */
    const double *x;               /* [count], L - 1 for layers */
    cisup_index count, fitted;
    cisup_power_law measured, theory; /* theory: of its T at the places fitted */
    double leading;                   /* exponent to leading order; NaN */
} frontier_line;

void frontier_text(const frontier_line *line, double confidence);
CISUP_MUST_CHECK cisup_status frontier_json(const frontier_line *line, cisup_error *err);

#endif
