/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_TERMS_H
#define CISUP_ANALYSIS_TERMS_H

#include <cisup/analysis/cells.h>
#include <cisup/analysis/measure/batch.h>
#include <cisup/sparse/layer/correction.h>

/* The corrections of layers 2..L of a network, [L-1]; borrows from the network. *out is
 * uninitialised on entry, NULL after a failure. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_terms_corrections(const cisup_network *net,
                                                      cisup_correction **out,
                                                      cisup_error *err);
void cisup_terms_corrections_free(cisup_correction *corrections, cisup_index L);

/* Who sees the parts of circuit t in layer l, for l = 1..L and in each t = 0..T-1. term:
 * [CISUP_TERMS][d][CISUP_LANES]; active: [CISUP_LANES], whether t is active in a lane. */
typedef void cisup_terms_visit(void *context, cisup_index l, cisup_index t,
                               const double *term, const unsigned char *active);

/* Splits the errors of a forward pass: an observer's context, one for each thread. The
 * parts are computed from the activations through the circuits, apart from the pass
 * itself. Start from {0}. */
typedef struct {
    const cisup_network *net;           /* borrowed */
    const cisup_correction *correction; /* [L-1], borrowed */
    cisup_mode mode;
    const cisup_batch *batch;
    cisup_terms_visit *visit;
    void *context;
    /* Of the layer to come, [d N][LANES] each: what active circuits send by their own
     * states, what all send in error, what the scheme corrects; M: 1 or 0. */
    double *overlap, *propagation, *correct, *open;
    double *term;  /* [CISUP_TERMS][d][LANES] */
    double *small; /* [4][d][LANES], of one circuit */
    double *work;  /* of the corrections */
    cisup_batch_walk walk;
    double size[CISUP_LANES]; /* the largest number that a layer's parts add up */
    double residual; /* largest |error - sum of parts| over that, of all batches */
} cisup_terms;

/* Room for a network of this shape. Errors: ENOMEM. O(d N) memory. */
CISUP_MUST_CHECK cisup_status cisup_terms_init(cisup_terms *t, const cisup_network *net,
                                               cisup_error *err);
void cisup_terms_free(cisup_terms *t);

/* Prepares for a batch of a network of that shape; returns the observer to run it with,
 * which sees layers only. O(T (d S + d^2)) a layer, without dense matrices. */
cisup_observer cisup_terms_start(cisup_terms *t, const cisup_network *net,
                                 const cisup_correction *correction, cisup_mode mode,
                                 const cisup_batch *batch, cisup_terms_visit *visit,
                                 void *context);

/* Whether the parts added up so far: `residual` below 1e-9, far above rounding and far
 * below any wrong part. Errors: ESHAPE, naming the residual: an internal error. */
CISUP_MUST_CHECK cisup_status cisup_terms_check(double residual, cisup_error *err);

#endif
