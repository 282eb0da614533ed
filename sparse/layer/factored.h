/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_FACTORED_H
#define CISUP_SPARSE_FACTORED_H

#include <cisup/sparse/layer/readout.h>
#include <cisup/sparse/layer/transition.h>

/* The weights of one layer, not assembled: W A is computed through the circuits,
 *
 *   plain       sum_t E_t^l v_t (U_t^{l-1} A)
 *   balanced    with v_t = (1 + cS) w_t,     minus c S sum_t w_t U_t A in every neuron
 *   split       with v_t = w_t + cS wbar,    minus c S wbar sum_t U_t A
 *   capped      with v_t = dw_t + (1+kappa) wbar, minus (1/S) wbar of
 *                    (1+kappa) (G - min(1,G)) A + kappa 1 1^T A
 *
 * and in the variant with one kappa a row, rows of the wbar part are scaled after the
 * sum. Memory O(T d^2 + excess), against O(T S^2 d^2) for the assembled weights; the
 * read-outs U_t A of all circuits are a by-product. Start from {0}. */
typedef struct {
    cisup_readout in;      /* reads layer l-1; borrows the allocation */
    const cisup_index *to; /* [T], borrowed: rows of layer l */
    cisup_weight_scheme scheme;
    const double *v;      /* [T][d][d]; own is what it points to, or NULL: borrowed */
    double *own;          /* [T][d][d] or NULL */
    const double *w;      /* [T][d][d], borrowed */
    const double *wbar;   /* [d][d], borrowed */
    cisup_csc excess;     /* N x N: G - min(1,G), for capped */
    double *left, *right; /* [d][d], [rank][d]: wbar = left right; for capped */
    cisup_index rank;
    double *rows; /* [N] kappa_n in the variant with rows, else NULL */
    double kappa; /* the single kappa, or the mean of the rows; 0 unless capped */
} cisup_factored;

/* *out is uninitialised on entry and empty after a failure; what x points to must
 * outlive it. Time O(T S^2 + the time of cisup_kappa). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_factored_make(cisup_factored *out,
                                                  const cisup_transition *x,
                                                  cisup_error *err);
void cisup_factored_free(cisup_factored *f);

#endif
