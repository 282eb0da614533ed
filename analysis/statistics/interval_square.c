/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/statistics/interval_square.h>

#include <math.h>

cisup_interval cisup_interval_square(const double *x, cisup_index K, double level) {
    cisup_interval out = cisup_interval_mean(x, K, level);
    if (!(out.low < 0.0 && out.mean > 0.0)) return out;
    const double h = (out.high - out.mean) / out.mean;
    out.low = out.mean * exp(-h);
    out.high = out.mean * exp(h);
    return out;
}
