/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_ROWS_H
#define CISUP_ANALYSIS_THEORY_ROWS_H

#include <cisup/analysis/theory_table.h>

/* NULL for an unknown name. */
const cisup_theory_curve *cisup_theory_curve_find(const char *name);

#endif
