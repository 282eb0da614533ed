/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_LANES_H
#define CISUP_SPARSE_LANES_H

#include <cisup/core/base/vector.h>
#include <cisup/core/status.h>

/* Samples that travel through a network together: one of them a lane, stored side by
 * side, so that A is [d N][CISUP_LANES]. Lanes never mix, so a sample's result does
 * not depend on its lane or its neighbours. */
enum { CISUP_LANES = 8 };

/* The most samples that any form of pass takes together (analysis/pass/bulk.h: 16 in
 * single precision). */
enum { CISUP_LANES_MOST = 16 };

/* A loop over the lanes, which are independent. "omp simd" keeps gcc from unrolling the
 * eight turns into single numbers; the vectors are then as wide as the instruction set
 * has them. Types of a fixed width would be split in memory where it has not. */
#ifdef _OPENMP
#define CISUP_EACH_LANE(m) _Pragma("omp simd") for (int m = 0; m < CISUP_LANES; m++)
#else
#define CISUP_EACH_LANE(m) for (int m = 0; m < CISUP_LANES; m++)
#endif

/* y += x, y = 0 and y += f x over the lanes of one number. */
static inline void cisup_lanes_add(double *y, const double *x) {
    CISUP_EACH_LANE(m) y[m] += x[m];
}

static inline void cisup_lanes_zero(double *y) {
    CISUP_EACH_LANE(m) y[m] = 0.0;
}

static inline void cisup_lanes_add_scaled(double *y, double f, const double *x) {
    CISUP_EACH_LANE(m) y[m] += f * x[m];
}

/* out = w in for a d x d matrix; in, out: [d][CISUP_LANES], not the same array. */
static inline void cisup_lanes_map(cisup_index d, const double *w, const double *in,
                                   double *out) {
    for (cisup_index i = 0; i < d; i++) {
        cisup_lanes_zero(out + i * CISUP_LANES);
        for (cisup_index j = 0; j < d; j++)
            cisup_lanes_add_scaled(out + i * CISUP_LANES, w[i * d + j],
                                   in + j * CISUP_LANES);
    }
}

#endif
