/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_CORRECTION_H
#define CISUP_SPARSE_CORRECTION_H

#include <cisup/sparse/layer/transition.h>

/* What the scheme of a layer changes in the plain weights, not assembled: (W - W_plain) A
 * is computed through the circuits,
 *
 *   plain       0
 *   balanced    c S ( sum_t E_t w_t U_t A  -  sum_t w_t U_t A in every neuron )
 *   split       the same with wbar in place of w_t
 *   capped      diag(kappa) ( sum_t E_t wbar U_t A - (1/S) wbar F A - (1/S) wbar 1 1^T A
 * )
 *               - (1/S) wbar F A,        F = G - min(1,G)
 *
 * It shares no sums with the operators that apply W itself, so the two check each other.
 * Borrows what the transition points to. Start from {0}. */
typedef struct {
    cisup_transition x;
    double center;    /* c of (3.7); 0 for plain and capped */
    cisup_csc excess; /* N x N: F, for capped */
    double *kappa;    /* [N], all equal unless there is one a row; for capped */
} cisup_correction;

/* *out is uninitialised on entry and empty after a failure. Time O(T S^2 + the time of
 * cisup_kappa). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_correction_make(cisup_correction *out,
                                                    const cisup_transition *x,
                                                    cisup_error *err);
void cisup_correction_free(cisup_correction *c);

/* Numbers of work that cisup_correction_apply needs for circuits of width d. */
cisup_index cisup_correction_work(cisup_index d, cisup_index N);

/* y += (W - W_plain) a. a, y: [d N][CISUP_LANES]. O(T (d S + d^2) + d nnz(F)). Safe on
 * one correction from several threads, each with its own work.
 * Source: docs/math.md, section 4. */
void cisup_correction_apply(const cisup_correction *c, const double *a, double *y,
                            double *work);

#endif
