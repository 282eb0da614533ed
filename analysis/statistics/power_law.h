/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_POWER_LAW_H
#define CISUP_ANALYSIS_POWER_LAW_H

#include <cisup/core/status.h>

/* A measured positive number and its interval. */
typedef struct {
    double x;            /* > 0, finite */
    double y, low, high; /* 0 <= low <= y <= high, 0 < y finite */
} cisup_power_point;

/* y ~ x^exponent */
typedef struct {
    double exponent, low, high; /* NaN with fewer than two different x */
    double misfit; /* square root of chi^2 per degree of freedom; NaN for two points */
} cisup_power_law;

/* Fits ln y to ln x by weighted least squares.
 *
 *   point  [n]
 *   level  0 < level < 1 of the intervals of the points and of the exponent's
 *
 * A point has the standard error (ln high - ln low)/(2 q), q the normal quantile
 * (1+level)/2, and at least 1/(y sqrt(12)), because y is a rounded number. One whose
 * interval begins at 0 or has no end counts nothing. The interval
 * is that of the normal law, widened by `misfit` where that is above 1. O(n).
 * Errors: EINVAL, naming the point; ENOMEM. Source: W. H. Press and others, Numerical
 * Recipes, 15.2, through GSL; docs/math.md 18.5. */
CISUP_MUST_CHECK cisup_status cisup_power_law_fit(const cisup_power_point *point,
                                                  cisup_index n, double level,
                                                  cisup_power_law *law, cisup_error *err);

#endif
