/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_NETWORK_MATRICES_H
#define CISUP_SPARSE_NETWORK_MATRICES_H

#include <cisup/sparse/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The matrices of a network layer by layer, whatever the form of its operators, padded to
 * D neurons a layer: rows and columns from d N on are empty. D = 0 is d N.
 *
 * Errors of all: EINVAL (l not in 1..L, for weights 2..L; 0 < D < d N); ENOMEM. What is
 * to be filled is uninitialised on entry, empty after a failure. */

/* B^l of (5.1): b [D], at i N + n the bias of circuit neuron i. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_bias(const cisup_network *net,
                                                           cisup_index l, cisup_index D,
                                                           double *b, cisup_error *err);

/* The slots of layer l, N x T: column t holds 1 in the S neurons of circuit t. O(T S). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_slots(const cisup_network *net,
                                                            cisup_index l, cisup_csc *e,
                                                            cisup_error *err);

/* The embedding E^l of (3.1), D x T d: column t d + j holds neuron j of circuit t.
 * cisup_unembedding gives U^l. O(T d S). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_embedding(const cisup_network *net,
                                                                cisup_index l,
                                                                cisup_index D,
                                                                cisup_csc *e,
                                                                cisup_error *err);

/* W^l = sparse + left right: D x D, D x d and d x D. Without the dense background that
 * scheme plain does not have, left is D x 0 and right 0 x D. Start from {0}. */
typedef struct {
    cisup_csc sparse, left, right;
    double kappa; /* (4.5), or its mean over the rows; 0 unless capped */
} cisup_network_weight;

/* Assembled anew by cisup_weights_make. O(T S^2 d^2 + D d). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_weights(const cisup_network *net,
                                                              cisup_index l,
                                                              cisup_index D,
                                                              cisup_network_weight *w,
                                                              cisup_error *err);
CISUP_API void cisup_network_weights_free(cisup_network_weight *w);

/* A layer of a network that carries masks as what it is (docs/math.md, section 20):
 *
 *   A^l = ReLU( w A^{l-1} + b ),   read-outs of layer l:  u A^l + constant
 *
 * A^0 has T (d+1) numbers, circuit by circuit its on-input (1: active, else 0) and its d
 * inputs, d the width of the circuits without a mask. Layer l has d blocks of N data
 * neurons, `masks` blocks of N, and `codes` times S groups of `bits` neurons. Read-outs
 * are d numbers a circuit. Start from {0}. */
typedef struct {
    cisup_csc w, u; /* D_l x D_{l-1}; T d x D_l */
    double *b;      /* [D_l] */
    double constant;
    cisup_index masks, codes, bits;
    cisup_index mask[CISUP_CYCLE_MOST]; /* [masks] whose, parts of the cycle */
    cisup_index code[CISUP_CYCLE_MOST]; /* [codes] */
} cisup_network_layer;

/* All layers, l at l-1: [L]. Errors: EINVAL (the network does not carry masks; with codes
 * those of cisup_network_make); ENOMEM. O(L (T S^2 d^2 + (d+c) N)). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_layers(const cisup_network *net,
                                                             cisup_network_layer *layer,
                                                             cisup_error *err);
CISUP_API void cisup_network_layers_free(cisup_network_layer *layer, cisup_index L);

#ifdef __cplusplus
}
#endif

#endif
