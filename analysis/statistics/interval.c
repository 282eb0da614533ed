/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/interval.h>

#include <cisup/analysis/statistics/special.h>
#include <cisup/core/base/numbers.h>

#include <math.h>

static cisup_interval interval_of(const cisup_accum *acc, double level) {
    cisup_interval out = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    const cisup_index K = acc->count;
    if (K >= 1) out.mean = acc->mean;
    if (K < 2) return out;
    out.sd = sqrt(acc->m2 / (double)(K - 1));
    if (!(0.0 < level && level < 1.0)) return out;
    /* The upper tail, so that a level near 1 keeps its digits. */
    const double t = cisup_student_upper((1.0 - level) / 2.0, (double)(K - 1));
    const double half = t * out.sd / sqrt((double)K);
    out.low = out.mean - half;
    out.high = out.mean + half;
    return out;
}

/* Values whose recurrence ran over: two infinities have an infinite mean, which it makes
 * NaN; squares of large numbers have no place unless these are divided by the largest. */
static cisup_interval of_large(const double *x, cisup_index K, double level) {
    double size = 0.0, mean = 0.0;
    for (cisup_index k = 0; k < K; k++) {
        size = cisup_larger(size, fabs(x[k]));
        mean += x[k] / (double)K;
    }
    if (!isfinite(size))
        return (cisup_interval){isnan(mean) ? (double)NAN : mean, (double)NAN,
                                (double)NAN, (double)NAN};
    cisup_accum acc = {0};
    for (cisup_index k = 0; k < K; k++) cisup_accum_add(&acc, x[k] / size);
    const cisup_interval small = interval_of(&acc, level);
    return (cisup_interval){small.mean * size, small.sd * size, small.low * size,
                            small.high * size};
}

cisup_interval cisup_interval_mean(const double *x, cisup_index K, double level) {
    cisup_accum acc = {0};
    for (cisup_index k = 0; k < K; k++) cisup_accum_add(&acc, x[k]);
    if (!isfinite(acc.mean + acc.m2)) return of_large(x, K, level);
    return interval_of(&acc, level);
}
