/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_TRANSITION_H
#define CISUP_SPARSE_TRANSITION_H

#include <cisup/core/allocation.h>
#include <cisup/core/circuits.h>
#include <cisup/sparse/csc.h>

/* The weight schemes of docs/math.md, section 4. */
typedef enum {
    CISUP_WEIGHTS_PLAIN,
    CISUP_WEIGHTS_BALANCED,
    CISUP_WEIGHTS_SPLIT,
    CISUP_WEIGHTS_CAPPED,
} cisup_weight_scheme;

/* "plain" and so on; cisup_weight_scheme_find returns -1 for an unknown name. */
const char *cisup_weight_scheme_name(cisup_weight_scheme scheme);
int cisup_weight_scheme_find(const char *name);

/* One kappa for all rows, (4.5), or one a row, kappa_n. */
typedef enum { CISUP_KAPPA_SINGLE, CISUP_KAPPA_ROWS } cisup_kappa_kind;

/* How the sparse part of the weights is assembled; same bytes (sparse/layer/assembly.h).
 * "auto", "products", "direct"; cisup_assembling_find returns -1 for an unknown name. */
typedef enum {
    CISUP_ASSEMBLE_AUTO,     /* by size */
    CISUP_ASSEMBLE_PRODUCTS, /* by sparse-sparse products, of CXSparse */
    CISUP_ASSEMBLE_DIRECT,   /* neuron by neuron */
} cisup_assembling;
int cisup_assembling_find(const char *name);

typedef struct {
    cisup_weight_scheme scheme; /* default CISUP_WEIGHTS_CAPPED */
    double center;              /* c of (3.7); default NaN: P_even/(S(S - P_even)) */
    double correction;          /* f_w of (4.5), >= 0; default 1 */
    cisup_kappa_kind kappa;     /* of scheme capped; default CISUP_KAPPA_SINGLE */
    cisup_assembling assemble;  /* default CISUP_ASSEMBLE_AUTO */
} cisup_weight_options;

cisup_weight_options cisup_weight_defaults(void);

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
