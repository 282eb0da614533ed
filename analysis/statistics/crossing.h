/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CROSSING_H
#define CISUP_ANALYSIS_CROSSING_H

#include <cisup/core/status.h>

/* Where the mean over networks of a quantity y(u) meets a limit. */
typedef struct {
    double at;        /* estimate; NaN if y does not grow with u */
    double low, high; /* interval for it; infinite if is_bounded is 0 */
    double slope;     /* of the mean, least squares */
    int is_bounded;   /* the interval is one finite piece */
} cisup_crossing;

/* The u at which a t-test over networks does not reject "mean y(u) = limit", where
 * y_k(u) of network k is the least-squares line through its J points:
 *
 *   a_k + b_k v,   v = u - mean u,   mean over k = a + b v
 *   ( a + b v - limit )^2  <=  (t^2/K) ( s_aa + 2 s_ab v + s_bb v^2 )
 *
 *   u      [J], J >= 2 different values
 *   y      [K*J], point j of network k at k*J + j
 *   level  0 < level < 1; t = quantile (1+level)/2 of Student's law, K-1 degrees
 *
 * s are covariances over networks, so it does not matter how the J points of a network
 * depend on each other. Covers the crossing of the mean line with probability `level` for
 * normal values. K >= 2 and finite values, else nothing is bounded. O(K J).
 * Threads: safe. Source: E. C. Fieller, J. R. Stat. Soc. B 16 (1954) 175-185,
 * doi:10.1111/j.2517-6161.1954.tb00159.x; docs/math.md 18.2. */
cisup_crossing cisup_crossing_find(const double *u, cisup_index J, const double *y,
                                   cisup_index K, double limit, double level);

#endif
