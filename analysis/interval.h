/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_INTERVAL_H
#define CISUP_ANALYSIS_INTERVAL_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Running count, mean and spread of a stream of numbers. A plain value: copy it,
 * embed it, start from {0}; there is nothing to free.
 *
 * Source: B. P. Welford, Technometrics 4 (1962) 419-420,
 * doi:10.1080/00401706.1962.10490022. */
typedef struct {
    cisup_index count;
    double mean; /* 0 while count = 0 */
    double m2;   /* sum of squared deviations from mean */
} cisup_accum;

static inline void cisup_accum_add(cisup_accum *acc, double x) {
    acc->count++;
    const double delta = x - acc->mean;
    acc->mean += delta / (double)acc->count;
    acc->m2 += delta * (x - acc->mean);
}

/* A mean and what is known about it. */
typedef struct {
    double mean;      /* NaN if K = 0 or a value is NaN; infinite if one is */
    double sd;        /* standard deviation of one value, divisor K-1; NaN if K < 2 */
    double low, high; /* NaN if K < 2 */
} cisup_interval;

/* Two-sided interval for the mean of a population from K independent values of it:
 *
 *   mean -+ t sd / sqrt(K),   t = quantile (1+level)/2 of Student's law, K-1 degrees
 *
 *   x      [K], one value a network
 *   K      >= 0
 *   level  0 < level < 1 (probability, 0.95 for 95 percent); outside: NaN bounds
 *
 * Covers the mean with probability `level` exactly for normal values, approximately
 * for others. A NaN or infinity among the values makes the bounds NaN. O(K).
 * Threads: safe. GSL's error handler is never called.
 * Source: Student, Biometrika 6 (1908) 1-25, doi:10.1093/biomet/6.1.1. */
CISUP_API cisup_interval cisup_interval_mean(const double *x, cisup_index K,
                                             double level);

#ifdef __cplusplus
}
#endif

#endif
