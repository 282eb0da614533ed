/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CIRCUITS_EMBED_H
#define CISUP_CORE_CIRCUITS_EMBED_H

#include <cisup/core/circuits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* T networks of L layers and any widths, in the caller's arrays:
 *
 *   y^l = ReLU( v^l y^{l-1} + beta^l ),  l = 1..L;  without ReLU in layers that are
 *                                                   `linear`
 */
typedef struct {
    cisup_index T, L;
    const cisup_index *widths; /* n_0 .. n_L: [L+1] for all, or [T][L+1] by circuit */
    int by_circuit;
    const double *weights; /* circuit by circuit, in each v^1, v^2, ...: [n_l][n_{l-1}] */
    const double *biases;  /* in the same order, [n_l] each; NULL: all 0 */
    cisup_linear linear;   /* output: layer L alone; all: only of carried ones */
} cisup_mlps;

typedef struct {
    int gate;      /* 1: put the gate of section 14 around each */
    int carried;   /* 1: for networks that carry masks, with biases of their own; then
                      without a gate */
    double margin; /* b > 0 of the gate, 1 is usual; not looked at without a gate */
    cisup_gate_step step; /* of the gate, {0} the published one; as margin */
} cisup_embed_options;

/* Where input and output of an MLP stand among the d neurons of its circuit: input j is
 * neuron first + j. Output i is neuron first + i, or if it is split, neuron first + 2 i
 * less neuron first + 2 i + 1. */
typedef struct {
    cisup_index d, first; /* first: 2 if gated, 1 if carried with biases, else 0 */
    int is_signed;        /* outputs are split */
} cisup_mlp_places;

/* Circuits of one width out of networks of unequal widths. Layers narrower than the
 * widest are filled up with neurons whose weights and biases are 0. Outputs of a linear
 * last layer are split, y = ReLU(y) - ReLU(-y), which takes two neurons each; those of
 * carried circuits, whose linear layers have no ReLU, are not:
 *
 *   d = max over circuits of n_0, ..., n_{L-1}, n_L (2 n_L if split); d + 2 if gated, d +
 *       1 if carried and any bias is not 0
 *
 *   c        uninitialised on entry, empty after a failure; cisup_circuits_free frees.
 *            The common part is the mean over the circuits, every layer has its own
 *            weights
 *   options  NULL: gated, margin 1, published step
 *   places   filled; may be NULL
 *
 * Carried ones are what cisup_circuits_read_csv makes of the same numbers. Errors: EINVAL
 * (T or L below 1, a width below 1 or above 2^30, a number that is not finite, each with
 * its circuit and layer; the margin; the step; a gate around carried circuits, all layers
 * linear of others; biases that differ between circuits that are neither gated nor
 * carried); ENOMEM. O(L T d^2). Source: docs/math.md, sections 14 and 20. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_circuits_embed(
    cisup_circuits *c, const cisup_mlps *mlps, const cisup_embed_options *options,
    cisup_mlp_places *places, cisup_error *err);

/* The state a^0 of an active circuit whose MLP has the input x: [n], n = n_0 of it.
 * a: [d]. */
CISUP_API void cisup_mlp_input(const cisup_mlp_places *places, cisup_index n,
                               const double *x, double *a);

/* The outputs y: [n], n = n_L of it, that a state or a read-out a: [d] of the last layer
 * says. */
CISUP_API void cisup_mlp_output(const cisup_mlp_places *places, cisup_index n,
                                const double *a, double *y);

#ifdef __cplusplus
}
#endif

#endif
