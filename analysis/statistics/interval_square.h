/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_INTERVAL_SQUARE_H
#define CISUP_ANALYSIS_INTERVAL_SQUARE_H

#include <cisup/analysis/interval.h>

/* The same as cisup_interval_mean for values that are not negative, mean squares: its
 * interval where it does not reach below 0, else one on the scale of logarithms,
 *
 *   mean e^(-h), mean e^h,   h = t sd / (sqrt(K) mean) > 1
 *
 * whose lower end is positive, and which covers better there: few skewed values, whose
 * t-interval is missed above (of 3 exponential values 0.94 for 0.88 at level 0.95). Where
 * t sd / sqrt(K) passes the mean the lower end leaps from 0 to mean/e. Covers with
 * probability `level` approximately. Ends beyond all numbers are infinite; else as
 * cisup_interval_mean. O(K).
 * Source: delta method for the logarithm: G. Casella, R. L. Berger, Statistical
 * Inference, 2nd ed., 5.5.4. */
cisup_interval cisup_interval_square(const double *x, cisup_index K, double level);

#endif
