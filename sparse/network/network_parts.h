/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_NETWORK_PARTS_H
#define CISUP_SPARSE_NETWORK_PARTS_H

#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network.h>

/* An upper estimate of what building one layer takes on top while it lasts. */
double cisup_network_build_bytes(const cisup_shape *shape,
                                 const cisup_network_options *o);

/* Whether layers are factored; a network of one layer has none and counts as such. */
static inline int cisup_network_is_factored(const cisup_network *net) {
    if (net->relu) return 0;
    return net->circuits->L == 1 || net->layers[0].form == CISUP_OPERATOR_FACTORED;
}

/* What layer l = 2..L is made from. */
cisup_transition cisup_network_transition(const cisup_network *net, cisup_index l);

/* The largest input of a circuit, by magnitude: 1 on the unit sphere. O(inputs). */
double cisup_network_input_bound(const cisup_circuits *c);

/* Finds offset and strength of every layer: as asked for, or beyond all sums,
 *
 *   X_l = z ( max_t ||w_t^l||_inf Y_{l-1} + max_t ||beta_t^l||_inf )
 *
 * with Y_l = X_l the most that a data neuron holds, Y_0 that of the inputs: o = X_l of
 * signed layers, else 0, and B = X_l + o. Errors: EINVAL (negative, infinite or z < 1);
 * ENOMEM. O(L T d^2 + inputs). */
CISUP_MUST_CHECK cisup_status cisup_network_gate(cisup_network *net,
                                                 const cisup_carrying *how,
                                                 cisup_error *err);

/* How layer l = 1..L is read out. */
cisup_readout cisup_network_readout(const cisup_network *net, cisup_index l);

#endif
