/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_DENSE_H
#define CISUP_BENCH_DENSE_H

#include "problem.h"

/* How the dense network's circuits are read out, est = U A. */
typedef enum {
    DENSE_PRODUCT, /* by sgemm with all of U, T d x D, as matrix code does it */
    DENSE_GATHER,  /* by adding up the S neurons of each; U is never formed */
} dense_readout;

/* The peer: the network of a problem with full weights W^l in single precision, run on
 * all inputs at once through OpenBLAS. Matrices are row-major; activations stand with
 * the inputs side by side, so that every loop of the peer runs along inputs, in whole
 * cache lines. Borrows the problem. Start from {0}. */
typedef struct {
    const problem *p;
    dense_readout readout;
    cisup_index D;      /* neurons of the widest layer, the distance of rows of W */
    cisup_index data;   /* d N, those that are read out */
    cisup_index parts;  /* of the allocation, that layers take in turn; 1 without masks */
    cisup_index stride; /* floats from one neuron of a, pre, est to the next */
    float *w;           /* [L-1][D][D] */
    float *u;           /* [parts][T d][data], of row r of the part; NULL for gather */
    float *a, *pre;     /* [D][stride] */
    float *y;           /* [data][stride] what is read out: a, or with masks its own */
    float *est;         /* [a slab of circuits][d][stride]; NULL for gather */
} dense;

/* Takes the memory and touches it. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status dense_init(dense *q, const problem *p,
                                         dense_readout readout, cisup_error *err);
void dense_free(dense *q);

/* Fills W^2 .. W^L and U: by (4.4), kappa given; with masks from the problem's true
 * layers. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status dense_build(dense *q, cisup_error *err);

/* Runs all inputs through all layers and reads out all circuits in each.
 * mse: [cells] of cisup_cell. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status dense_run(dense *q, double *mse, cisup_error *err);

/* The inputs, embedded and activated: what the passes of dense_forward start from. */
void dense_start(dense *q);

/* The products W^l A of layers 2..L and nothing else, with at most 512 inputs in one
 * sgemm. The activations stay those of layer 1. */
void dense_forward(dense *q);

#endif
