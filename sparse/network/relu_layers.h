/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_RELU_LAYERS_H
#define CISUP_SPARSE_RELU_LAYERS_H

#include <cisup/core/watcher.h>
#include <cisup/sparse/csc.h>
#include <cisup/sparse/network.h>
#include <cisup/sparse/network/mask_groups.h>

/* A network that carries masks as what it is, layers of matrix, biases and ReLU
 * (docs/math.md, section 20):
 *
 *   A^l = ReLU( W^l A^{l-1} + b^l ),   l = 1..L
 *
 * With d the width of the circuits as they are given, A^0 has T (d+1) numbers, circuit by
 * circuit its on-input (1: active, else 0) and its d inputs. Layer l has d blocks of data
 * neurons, neuron n of block i at i N + n, then a block of mask neurons for each part of
 * the cycle whose mask it keeps (sparse/network/carried_width.h). A mask neuron holds 0
 * for the neurons of active circuits in that part and 1 for all others.
 *
 * With codes (docs/math.md 20.7) masks are handed on as bits behind these blocks, which
 * hold 0 where an active circuit has a neuron with that bit, else 1; the mask of the
 * layer itself then is K, 1 for the neurons of active circuits and 0 for all others, but
 * in layer 1. */
typedef struct {
    cisup_index D;                      /* (d + parts) N + codes bits */
    cisup_index parts;                  /* masks that are kept whole */
    cisup_index part[CISUP_CYCLE_MOST]; /* [parts] whose, increasing */
    cisup_index codes;                  /* masks that are handed on as bits */
    cisup_index code[CISUP_CYCLE_MOST]; /* [codes] whose, increasing */
    int is_open;                        /* its mask is K */
    cisup_csc w;                        /* D x that of the layer before; no zeros */
    double *b;                          /* [D] */
} cisup_relu_layer;

/* Owns its layers. Start from {0}. */
typedef struct cisup_relu_layers {
    cisup_index d, N, L, cycle;
    cisup_index inputs;       /* T (d+1) */
    cisup_mask_groups groups; /* with codes, else empty */
    cisup_relu_layer *layer;  /* [L], layer l at l-1 */
} cisup_relu_layers;

/* All layers of a network that carries masks, whatever its form. The same bytes for any
 * number of threads.
 *
 *   out      uninitialised on entry, empty after a failure
 *   watcher  of the layers; NULL: nobody
 *
 * Errors: ENOMEM, also before anything is taken when the estimate of
 * cisup_relu_layers_bytes is too large; ESTOPPED; with codes those of
 * cisup_mask_groups_make. O(L (T S^2 d^2 + (d+c) N)), codes of weight w O(L N d w) more.
 */
CISUP_MUST_CHECK cisup_status cisup_relu_layers_make(cisup_relu_layers *out,
                                                     const cisup_network *net,
                                                     const cisup_watcher *watcher,
                                                     cisup_error *err);
void cisup_relu_layers_free(cisup_relu_layers *x);

/* Upper estimates of what all layers take, and one while it is made on top. d: that of
 * the network's circuits, of which a mask may be one. */
double cisup_relu_layers_bytes(const cisup_shape *shape, const cisup_carrying *how);
double cisup_relu_layers_build_bytes(const cisup_shape *shape);

/* What neuron k of layer l is: block N + slot = k; of a code the bit `slot` of group
 * `block`. */
typedef struct {
    int is_mask, is_code;
    cisup_index part; /* of the cycle: of the mask, or that of layer l */
    cisup_index block, slot;
} cisup_relu_label;
cisup_relu_label cisup_relu_label_of(const cisup_relu_layers *x, cisup_index l,
                                     cisup_index k);

/* Which block of layer l is the mask of part h, or -1; where the bits of its code begin,
 * or -1. */
cisup_index cisup_relu_mask_block(const cisup_relu_layers *x, cisup_index l,
                                  cisup_index h);
cisup_index cisup_relu_code_start(const cisup_relu_layers *x, cisup_index l,
                                  cisup_index h);

/* The read-outs of layer l are U A^l + *constant, circuit by circuit d numbers.
 *
 *   u   T d x D; uninitialised on entry, empty after a failure
 *
 * Errors: ENOMEM. O(T S d + D). */
CISUP_MUST_CHECK cisup_status cisup_relu_readout(const cisup_network *net,
                                                 const cisup_relu_layers *x,
                                                 cisup_index l, cisup_csc *u,
                                                 double *constant, cisup_error *err);

/* Sets the numbers of A^0 that an active circuit t has in one of `lanes` samples; those
 * of all others are 0. state: [d] or, behind a mask, [1+d], as the circuits have it. */
void cisup_relu_input(const cisup_network *net, cisup_index t, const double *state,
                      cisup_index lanes, cisup_index lane, double *in);

/* a = ReLU( W in + b ) for `lanes` samples; what is not finite stays so. in: [numbers
 * of the layer before][lanes], a: [D][lanes]. O(nnz(W) lanes). */
void cisup_relu_layer_run(const cisup_relu_layer *x, cisup_index lanes, const double *in,
                          double *a);

#endif
