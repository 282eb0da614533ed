/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The definitions of docs/math.md, sections 2 to 8, over dense arrays: slow, and
 * sharing nothing with the library but plain numbers. Rows are i*N + n, columns
 * j*N + m; l counts layers from 1. Arrays belong to the caller. */
#ifndef CISUP_TEST_NAIVE_H
#define CISUP_TEST_NAIVE_H

#include <stdint.h>

typedef enum { NAIVE_PLAIN, NAIVE_BALANCED, NAIVE_SPLIT, NAIVE_CAPPED } naive_scheme;

typedef enum {
    NAIVE_RELU,
    NAIVE_MASKED_LINEAR,
    NAIVE_MASKED_RELU,
    NAIVE_LINEAR
} naive_mode;

/* A network in plain numbers. */
typedef struct {
    int64_t N, S, T, d, L;
    int64_t layers;        /* of weights: 1 (the same in all) or L */
    const int32_t *slot;   /* [T][S], the base allocation */
    const int64_t *row_of; /* [L][T], the row of circuit t in layer l */
    const double *w;       /* [layers][T][d][d] */
    const double *wbar;    /* [layers][d][d] */
    const double *b;       /* [layers][d] */
    naive_scheme scheme;
    double c;          /* of (3.7); NaN: its default */
    double correction; /* f_w */
    int rows;          /* 1: one kappa a row */
} naive_network;

/* c of (3.7): the user's, or the default. */
double naive_center(const naive_network *net);

/* G of (4.5) for layer l >= 2: how many circuits sit in n (layer l) and m (layer
 * l-1). out: [N][N]. */
void naive_meetings(const naive_network *net, int64_t l, double *out);

/* kappa of (4.5) for each row of layer l >= 2. out: [N], all equal unless `rows`. */
void naive_kappa(const naive_network *net, int64_t l, double *out);

/* Q of (4.5), and S^2 T(T-1)/2 - Q. */
void naive_pairs(const naive_network *net, int64_t l, double *Q, double *missed);

/* W^l of (4.1)-(4.4), l >= 2. out: [d N][d N]. */
void naive_weights(const naive_network *net, int64_t l, double *out);

/* For each entry of W^l a bound on the sum of the absolute values of the terms of any
 * way to sum it. out: [d N][d N]. */
void naive_sizes(const naive_network *net, int64_t l, double *out);

/* (8.1) R_t^l A. a: [d N], est: [d]. */
void naive_readout(const naive_network *net, int64_t l, int64_t t, const double *a,
                   double *est);

/* (1.1): the states of circuit t. state: [L+1][d], the first d given. */
void naive_states(const naive_network *net, int64_t t, double *state);

/* (8.3)-(8.7), the five parts in that order, of all circuits in layer l.
 *
 *   open     [d N], M^l               active [z]
 *   state    [z][L+1][d], of the active circuits
 *   before, after   [d N], A^{l-1} and A^l; before is A^0 for l = 1
 *   out      [T][5][d] */
void naive_terms(const naive_network *net, int64_t l, const unsigned char *open,
                 const int64_t *active, int64_t z, const double *state,
                 const double *before, const double *after, double *out);

/* K^l. out: [N], 1 or 0. active: [z]. */
void naive_mask(const naive_network *net, int64_t l, const int64_t *active, int64_t z,
                unsigned char *out);

/* (6.1) and (7.1).
 *
 *   active [z]; input [z][d]
 *   a      [L+1][d N], receives A^0 .. A^L
 *   slack  [L+1], receives bounds on the rounding errors of two ways to compute
 *          A^l, and with it of their difference */
void naive_forward(const naive_network *net, naive_mode mode, const int64_t *active,
                   int64_t z, const double *input, double *a, double *slack);

/* How far two ways to read out may differ when the activations differ by `slack` at
 * most. a: [d N]. */
double naive_readout_slack(const naive_network *net, const double *a, double slack);

#endif
