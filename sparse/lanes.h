/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_LANES_H
#define CISUP_SPARSE_LANES_H

#include <cisup/core/status.h>

/* Samples that travel through a network together: one of them a lane, stored side by
 * side, so that A is [d N][CISUP_LANES]. Lanes never mix, so a sample's result does
 * not depend on its lane or its neighbours. */
enum { CISUP_LANES = 8 };

/* Marks a function that is compiled for several instruction sets, of which the machine's
 * best is chosen when the program starts; all it calls is compiled into it. As sums are
 * never contracted (-ffp-contract=off), every version gives the same bytes. */
#if defined __GNUC__ && !defined __clang__ && defined __x86_64__ &&                      \
    !defined __SANITIZE_ADDRESS__
#define CISUP_VECTOR __attribute__((target_clones("default", "avx2", "avx512f"), flatten))
#else
#define CISUP_VECTOR
#endif

/* The lanes of one number as a vector of the compiler's, so that it need not find out
 * itself that they are independent; it may lie at any address of a double. */
typedef double cisup_lanes
    __attribute__((vector_size(CISUP_LANES * sizeof(double)), aligned(8), may_alias));

/* y += x, y = 0 and y += f x over the lanes of one number. */
static inline void cisup_lanes_add(double *y, const double *x) {
    *(cisup_lanes *)y += *(const cisup_lanes *)x;
}

static inline void cisup_lanes_zero(double *y) {
    *(cisup_lanes *)y = (cisup_lanes){0};
}

static inline void cisup_lanes_add_scaled(double *y, double f, const double *x) {
    *(cisup_lanes *)y += f * *(const cisup_lanes *)x;
}

/* out = w in for a d x d matrix; in, out: [d][CISUP_LANES], not the same array. */
static inline void cisup_lanes_map(cisup_index d, const double *w, const double *in,
                                   double *out) {
    for (cisup_index i = 0; i < d; i++) {
        cisup_lanes sum = {0};
        for (cisup_index j = 0; j < d; j++)
            sum += w[i * d + j] * *(const cisup_lanes *)(in + j * CISUP_LANES);
        *(cisup_lanes *)(out + i * CISUP_LANES) = sum;
    }
}

#endif
