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
    return net->circuits->L == 1 || net->layers[0].form == CISUP_OPERATOR_FACTORED;
}

/* What layer l = 2..L is made from. */
cisup_transition cisup_network_transition(const cisup_network *net, cisup_index l);

/* How layer l = 1..L is read out. */
cisup_readout cisup_network_readout(const cisup_network *net, cisup_index l);

#endif
