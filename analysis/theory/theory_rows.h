/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_ROWS_H
#define CISUP_ANALYSIS_THEORY_ROWS_H

#include <cisup/analysis/theory_table.h>

/* NULL for an unknown name. */
const cisup_theory_curve *cisup_theory_curve_find(const char *name);

const char *cisup_setting_name(int setting);

/* What a limit comes to. */
typedef struct {
    cisup_index T;
    int is_in_range; /* of the formula at that T, at T = z if it is below; 1 without T */
} cisup_theory_reach;
cisup_theory_reach cisup_theory_limit_reach(const cisup_theory_limit *limit,
                                            const cisup_theory_case *c,
                                            const cisup_theory_question *q);

/* Which limit binds in a setting: the first with the smallest T of those within their
 * range; -1 if none limits T.
 *
 *   reach   [count], of cisup_theory_limits in their order */
int cisup_theory_binding(const cisup_theory_reach *reach, int setting);

const char *cisup_claim_name(cisup_claim claim);

/* Rows about networks that carry their masks (theory_masks.h): of a case by
 * cisup_theory_masks_case, the circuits taken in whole parallel classes. None of the
 * limits binds the published network. */
const cisup_theory_figure *cisup_theory_masks_figures(int *count);
const cisup_theory_curve *cisup_theory_masks_curves(int *count);
const cisup_theory_limit *cisup_theory_masks_limits(int *count);

/* The case of such a network: of N neurons a block the largest multiple of S, P and
 * p of whole parallel classes; all else as in sizes. N is 0 if not even S fits. */
cisup_theory_case cisup_theory_masks_case(const cisup_theory_case *sizes,
                                          cisup_index cycle, cisup_index N);

/* Limits that hold whatever the construction; D and d count. */
const cisup_theory_limit *cisup_theory_any_limits(int *count);

#endif
