/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/interval.h>

#include <gsl/gsl_cdf.h>

#include <math.h>

cisup_interval cisup_interval_mean(const double *x, cisup_index K, double level) {
    cisup_interval out = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    cisup_accum acc = {0};
    for (cisup_index k = 0; k < K; k++) cisup_accum_add(&acc, x[k]);
    if (K >= 1) out.mean = acc.mean;
    if (K < 2) return out;
    out.sd = sqrt(acc.m2 / (double)(K - 1));
    if (!(0.0 < level && level < 1.0)) return out;
    /* The upper tail, so that a level near 1 keeps its digits. */
    const double t = gsl_cdf_tdist_Qinv((1.0 - level) / 2.0, (double)(K - 1));
    const double half = t * out.sd / sqrt((double)K);
    out.low = out.mean - half;
    out.high = out.mean + half;
    return out;
}
