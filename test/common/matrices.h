/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sparse matrices for tests. */
#ifndef CISUP_TEST_MATRICES_H
#define CISUP_TEST_MATRICES_H

#include "check.h"

#include <cisup/sparse/csc.h>

/* Each entry is there with probability `density`; its value is a whole number of
 * 1..9 or -9..-1, so that sums and products are exact. */
static inline cisup_csc random_csc(cisup_rng *rng, cisup_index nrow, cisup_index ncol,
                                   double density) {
    cisup_csc a;
    CHECK_OK(cisup_csc_init(&a, nrow, ncol, nrow * ncol, &error_));
    cisup_index nnz = 0;
    for (cisup_index j = 0; j < ncol; j++) {
        for (cisup_index i = 0; i < nrow; i++) {
            if (cisup_rng_unit(rng) >= density) continue;
            const double sign = cisup_rng_below(rng, 2) ? 1.0 : -1.0;
            a.i[nnz] = i;
            a.x[nnz++] = sign * (double)check_between(rng, 1, 9);
        }
        a.p[j + 1] = nnz;
    }
    return a;
}

/* The same sizes, pattern and bits. */
static inline int same_csc(const cisup_csc *a, const cisup_csc *b) {
    if (a->nrow != b->nrow || a->ncol != b->ncol) return 0;
    if (memcmp(a->p, b->p, ((size_t)a->ncol + 1) * sizeof *a->p) != 0) return 0;
    const size_t nnz = (size_t)a->p[a->ncol];
    if (nnz == 0) return 1; /* the arrays may be NULL */
    return memcmp(a->i, b->i, nnz * sizeof *a->i) == 0 &&
           memcmp(a->x, b->x, nnz * sizeof *a->x) == 0;
}

/* Entry (i, j) by search, 0 if there is none. */
static inline double csc_at(const cisup_csc *a, cisup_index i, cisup_index j) {
    for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++)
        if (a->i[k] == i) return a->x[k];
    return 0.0;
}

#endif
