/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_NETWORK_PARTS_H
#define CISUP_SPARSE_NETWORK_PARTS_H

#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network.h>

/* An upper estimate of what building one layer takes on top while it lasts. */
double cisup_network_build_bytes(const cisup_shape *shape,
                                 const cisup_network_options *o);

/* What layer l = 2..L is made from. */
cisup_transition cisup_network_transition(const cisup_network *net, cisup_index l);

/* How layer l = 1..L is read out. */
cisup_readout cisup_network_readout(const cisup_network *net, cisup_index l);

#endif
