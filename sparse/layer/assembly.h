/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ASSEMBLY_H
#define CISUP_SPARSE_ASSEMBLY_H

#include <cisup/sparse/layer/transition.h>

/* The sparse part of the weights of one layer, to be assembled; borrows everything:
 *
 *   A = (1/S) sum_t v_t (x) e_t^l e_t^{l-1 T}
 *       + (1/S) common (x) diag(factor) min(1,G)        unless common is NULL */
typedef struct {
    const cisup_transition *x; /* where the circuits sit; N, S, T, d */
    const double *v;           /* [T][d][d] */
    const double *common;      /* [d][d] or NULL */
    const double *factor;      /* [N], >= 1; with common */
    const cisup_csc *g;        /* G of (4.5), of cisup_meetings */
} cisup_assembly;

/* Each of the two sums is made in two ways:
 *
 *   product  by sparse-sparse products, as the definitions are written:
 *            E^l blockdiag(v) U^{l-1}, and a sparse sum for the common part
 *   direct   neuron by neuron of layer l-1: the circuits in it say which rows its
 *            columns have; these are counted, room is taken once and the sorted columns
 *            are written by several threads, as many as the transition allows
 *
 * Same pattern and same bytes, for any number of threads: an entry is stored where a
 * circuit with v_t not 0 there meets (or the common part is not 0), and both ways round
 * every v_t (1/S), add them for increasing t, and add the common part last.
 *
 *   out, g   uninitialised on entry, empty after a failure
 *
 * Time and memory O(T S^2 d^2) for A, O(T S^2) for G; direct takes no memory that is
 * larger than its result but T (S + 1) numbers and O(N + d^2 (largest column of G)) a
 * thread. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_assemble_product(const cisup_assembly *in,
                                                     cisup_csc *out, cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_assemble_direct(const cisup_assembly *in,
                                                    cisup_csc *out, cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_meetings_product(const cisup_transition *x,
                                                     cisup_csc *g, cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_meetings_direct(const cisup_transition *x,
                                                    cisup_csc *g, cisup_error *err);

/* Either way, as the transition's options say; if by size, products up to
 * CISUP_SMALL_ASSEMBLY multiplications (T S^2 d^2 for A, T S^2 for G), which take half a
 * millisecond at most, directly above. */
#define CISUP_SMALL_ASSEMBLY 4096.0
CISUP_MUST_CHECK cisup_status cisup_assemble(const cisup_assembly *in, cisup_csc *out,
                                             cisup_error *err);

/* (4.5): G = sum_t e_t^l e_t^{l-1 T}, N x N, entries counting circuits. */
CISUP_MUST_CHECK cisup_status cisup_meetings(const cisup_transition *x, cisup_csc *g,
                                             cisup_error *err);

/* blockdiag(w_0, ..., w_{T-1}), T d x T d; zero entries are left out. w: [T][d][d].
 * Errors: ENOMEM. O(T d^2). */
CISUP_MUST_CHECK cisup_status cisup_blockdiag(const double *w, cisup_index T,
                                              cisup_index d, cisup_csc *out,
                                              cisup_error *err);

#endif
