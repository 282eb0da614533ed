/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_LANES_H
#define CISUP_SPARSE_LANES_H

#include <cisup/core/status.h>

/* Samples that travel through a network together: one of them a lane, stored side by
 * side, so that A is [d N][CISUP_LANES]. Lanes never mix, so a sample's result does
 * not depend on its lane or its neighbours. */
enum { CISUP_LANES = 8 };

/* y += x, y = 0 and y += f x over the lanes of one number. */
static inline void cisup_lanes_add(double *restrict y, const double *restrict x) {
    for (int m = 0; m < CISUP_LANES; m++) y[m] += x[m];
}

static inline void cisup_lanes_zero(double *y) {
    for (int m = 0; m < CISUP_LANES; m++) y[m] = 0.0;
}

static inline void cisup_lanes_add_scaled(double *restrict y, double f,
                                          const double *restrict x) {
    for (int m = 0; m < CISUP_LANES; m++) y[m] += f * x[m];
}

/* out = w in for a d x d matrix; in, out: [d][CISUP_LANES]. */
static inline void cisup_lanes_map(cisup_index d, const double *restrict w,
                                   const double *restrict in, double *restrict out) {
    for (cisup_index i = 0; i < d; i++) {
        double sum[CISUP_LANES] = {0};
        for (cisup_index j = 0; j < d; j++)
            cisup_lanes_add_scaled(sum, w[i * d + j], in + j * CISUP_LANES);
        for (int m = 0; m < CISUP_LANES; m++) out[i * CISUP_LANES + m] = sum[m];
    }
}

#endif
