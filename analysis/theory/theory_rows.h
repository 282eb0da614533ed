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

#endif
