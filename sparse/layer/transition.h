/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_TRANSITION_H
#define CISUP_SPARSE_TRANSITION_H

#include <cisup/core/allocation.h>
#include <cisup/core/circuits.h>
#include <cisup/sparse/csc.h>
#include <cisup/sparse/weights.h>

/* All that the weights W^l of one layer l >= 2 are made from; borrows everything.
 * Circuit t sits in row from[t] of the allocation in layer l-1, in to[t] in layer l. */
typedef struct {
    const cisup_allocation *base;
    const cisup_index *from, *to; /* [T] */
    cisup_index d;
    const double *w;    /* [T][d][d] */
    const double *wbar; /* [d][d] */
    cisup_weight_options options;
    int threads; /* most for sums over the circuits; 0: as many as OpenMP offers */
} cisup_transition;

/* c of the centred unembedding (3.7) in force for these options: 0 for plain and
 * capped, which read out with U. */
double cisup_center(cisup_index N, cisup_index S, cisup_index T,
                    const cisup_weight_options *options);

/* A circuit's own part in the sum over the circuits, v_t = scale w_t + shift wbar:
 *
 *   plain (1, 0)   balanced (1 + cS, 0)   split (1, cS)   capped (1, -1) */
typedef struct {
    double scale, shift;
} cisup_mix;
cisup_mix cisup_mix_of(const cisup_transition *x);

/* v_t for all circuits: (*v)[T][d][d], to be released by the caller; NULL after a
 * failure. Errors: ENOMEM. O(T d^2). */
CISUP_MUST_CHECK cisup_status cisup_mix_circuits(const cisup_transition *x, cisup_mix mix,
                                                 double **v, cisup_error *err);

/* G - min(1,G): the entries of G above 1, each less 1. *out is uninitialised on entry
 * and empty after a failure. Errors: ENOMEM. O(nnz(G)). */
CISUP_MUST_CHECK cisup_status cisup_excess(const cisup_csc *g, cisup_csc *out,
                                           cisup_error *err);

/* (4.5): kappa = f_w Q / (S^2 T(T-1)/2 - Q), Q = sum_{t<u} e_t^{l T} min(1,G)
 * e_u^{l-1}. Q is an exact integer. 0 where the denominator is (T = 1, or every pair
 * met). Time O(T S nnz(G)/N), memory O(N). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_kappa(const cisup_transition *x, const cisup_csc *g,
                                          double *kappa, cisup_error *err);

/* kappa of Q, as above. */
double cisup_kappa_of_pairs(const cisup_transition *x, int64_t Q);

/* The variant with one kappa a row: kappa[n] = f_w rho_n / (1 - rho_n),
 * rho_n = 1 - (1 - S/N)^(c_n - 1), c_n circuits on n in layer l; 0 for unused rows.
 * kappa: [N]. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_kappa_rows(const cisup_transition *x, double *kappa,
                                               cisup_error *err);

/* Either of the two, as the options say.
 *
 *   g      G, of cisup_meetings (sparse/layer/assembly.h)
 *   rows   [N], receives the kappa of each row; may be NULL for the single one
 *   mean   the single kappa, or the mean of the rows
 *
 * Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_kappas(const cisup_transition *x, const cisup_csc *g,
                                           double *rows, double *mean, cisup_error *err);

#endif
