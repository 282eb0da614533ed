/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/statistics/decide.h>

#include <cisup/analysis/interval.h>

#include <math.h>

cisup_verdict cisup_decide(const double *y, cisup_index K, double limit, double error) {
    if (K < 2) return CISUP_CLOSE;
    for (cisup_index k = 0; k < K; k++)
        if (!isfinite(y[k])) return CISUP_ABOVE;
    const cisup_interval mean = cisup_interval_mean(y, K, 1.0 - 2.0 * error);
    if (mean.high <= limit) return CISUP_WITHIN;
    return mean.low > limit ? CISUP_ABOVE : CISUP_CLOSE;
}
