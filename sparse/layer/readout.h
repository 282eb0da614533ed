/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_READOUT_H
#define CISUP_SPARSE_READOUT_H

#include <cisup/core/allocation.h>
#include <cisup/sparse/layer/lanes.h>

/* What reads the states of all circuits out of a layer (docs/math.md, section 8):
 *
 *   est_t = U_t A  (center = 0)   or   Uc_t A  (center = c of (3.7))
 *
 * Circuit t sits in row row_of[t] of the allocation. Borrows both. */
typedef struct {
    const cisup_allocation *base;
    const cisup_index *row_of; /* [T] */
    cisup_index d;
    double center;
} cisup_readout;

/* Called for t = 0, 1, ..., T-1 with est: [d][CISUP_LANES]. */
typedef void cisup_readout_visit(void *context, cisup_index t, const double *est);

/* Who wants to see the read-outs; visit may be NULL. */
typedef struct {
    cisup_readout_visit *visit;
    void *context;
} cisup_reader;

/* U_t A for one circuit. a: [d N][CISUP_LANES], y: [d][CISUP_LANES]. O(d S). */
static inline void cisup_readout_circuit(const cisup_readout *r, const double *a,
                                         cisup_index t, double *y) {
    const cisup_index N = r->base->N, S = r->base->S;
    const int32_t *row = cisup_allocation_row(r->base, r->row_of[t]);
    const double share = 1.0 / (double)S;
    for (cisup_index i = 0; i < r->d; i++) {
        const double *block = a + i * N * CISUP_LANES;
        double *sum = y + i * CISUP_LANES;
        cisup_lanes_zero(sum);
        for (cisup_index k = 0; k < S; k++)
            cisup_lanes_add(sum, block + row[k] * CISUP_LANES);
        CISUP_EACH_LANE(m) sum[m] *= share;
    }
}

/* Sum over the N neurons of each block: total: [d][CISUP_LANES]. O(d N). */
void cisup_readout_totals(const cisup_readout *r, const double *a, double *total);

/* Uc_t A from y = U_t A and the totals: est = (1 + cS) y - c total. */
void cisup_readout_center(const cisup_readout *r, const double *y, const double *total,
                          double *est);

/* Shows every circuit's read-out to the reader. work: [3 d CISUP_LANES]. Memory does
 * not grow with T. O(T d S). */
void cisup_readout_all(const cisup_readout *r, const double *a, double *work,
                       const cisup_reader *reader);

#endif
