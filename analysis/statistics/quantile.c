/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/statistics/quantile.h>

#include <math.h>

/* The smallest s of a bin between the first and the last. */
static double lower_edge(int bin) {
    const int octave = (bin - 1) >> CISUP_HISTOGRAM_BITS;
    const int step = (bin - 1) & ((1 << CISUP_HISTOGRAM_BITS) - 1);
    return ldexp(1.0 + ldexp(step, -CISUP_HISTOGRAM_BITS),
                 CISUP_HISTOGRAM_LOWEST + octave);
}

void cisup_histogram_merge(cisup_histogram *h, const cisup_histogram *other) {
    for (int k = 0; k <= CISUP_HISTOGRAM_LAST; k++) h->count[k] += other->count[k];
}

uint64_t cisup_histogram_total(const cisup_histogram *h) {
    uint64_t n = 0;
    for (int k = 0; k <= CISUP_HISTOGRAM_LAST; k++) n += h->count[k];
    return n;
}

double cisup_histogram_quantile(const cisup_histogram *h, double level) {
    const uint64_t n = cisup_histogram_total(h);
    if (n == 0 || !(0.0 <= level && level <= 1.0)) return (double)NAN;
    const double wanted = level * (double)n;
    uint64_t before = 0; /* norms in the bins below k */
    int k = 0;
    while (h->count[k] == 0 || (double)(before + h->count[k]) < wanted)
        before += h->count[k++];
    if (k == 0) return 0.0;
    if (k == CISUP_HISTOGRAM_LAST) return (double)INFINITY;
    const double low = lower_edge(k), high = lower_edge(k + 1);
    const double part = (wanted - (double)before) / (double)h->count[k];
    return sqrt(low + (high - low) * part);
}
