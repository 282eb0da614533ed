/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_QUANTILE_H
#define CISUP_ANALYSIS_QUANTILE_H

#include <cisup/core/status.h>

#include <string.h>

enum {
    CISUP_HISTOGRAM_BITS = 5,     /* 2^5 bins in each octave of the square */
    CISUP_HISTOGRAM_LOWEST = -80, /* squares below 2^-80 count as 0 */
    CISUP_HISTOGRAM_HIGHEST = 48, /* squares from 2^48 on share the last bin */
    CISUP_HISTOGRAM_LAST =
        ((CISUP_HISTOGRAM_HIGHEST - CISUP_HISTOGRAM_LOWEST) << CISUP_HISTOGRAM_BITS) + 1
};

/* How often each size of a norm x occurred, in bins of s = x^2, so that quantiles of
 * any number of norms need 32 kB. A plain value: start from {0}, copy it, embed it (but
 * not on a small stack); there is nothing to free.
 *
 * Bin 0 holds s < 2^-80 (x < 9.1e-13), the last bin s >= 2^48 (x >= 1.7e7), infinity
 * and NaN, so that a run that broke down shows in its upper quantiles. In between, the
 * bin is the exponent of s and the leading 5 bits of its mantissa: 32 bins of equal
 * width in each octave. Counts are whole numbers, so neither the order of additions nor
 * that of merges changes anything.
 *
 * Source: the binning of G. Tene's HdrHistogram (https://hdrhistogram.org), here read
 * from the bits of a double. */
typedef struct {
    uint64_t count[CISUP_HISTOGRAM_LAST + 1];
} cisup_histogram;

/* The bin of s >= 0; the sign is ignored. */
static inline int cisup_histogram_bin(double s) {
    _Static_assert(sizeof(double) == sizeof(uint64_t), "IEEE 754 double needed");
    enum { below = (1023 + CISUP_HISTOGRAM_LOWEST) * (1 << CISUP_HISTOGRAM_BITS) - 1 };
    uint64_t bits;
    memcpy(&bits, &s, sizeof bits);
    const int bin = (int)(bits << 1 >> (53 - CISUP_HISTOGRAM_BITS)) - below;
    if (bin < 1) return 0;
    return bin < CISUP_HISTOGRAM_LAST ? bin : CISUP_HISTOGRAM_LAST;
}

/* Counts a norm x given as its square s = x^2. */
static inline void cisup_histogram_add(cisup_histogram *h, double s) {
    h->count[cisup_histogram_bin(s)]++;
}

/* h counts also what `other` counted. */
void cisup_histogram_merge(cisup_histogram *h, const cisup_histogram *other);

/* How many norms were counted. */
uint64_t cisup_histogram_total(const cisup_histogram *h);

/* The norm x that a part `level` of the n counted norms does not exceed.
 *
 *   level   0 <= level <= 1
 *
 * With r = max(1, ceil(level n)) this is the r-th smallest norm up to a relative error
 * of sqrt(33/32)-1 = 1.6 %: the end of the first level n counts, where those of one bin
 * are taken as spread evenly over its squares. Exactly 0 when that norm is in bin 0,
 * INFINITY when it is in the last, NaN when n = 0 or level is outside its range.
 * Non-decreasing in level. O(4098). */
double cisup_histogram_quantile(const cisup_histogram *h, double level);

#endif
