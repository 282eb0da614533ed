/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_TRUE_LAYERS_H
#define CISUP_APPS_TRUE_LAYERS_H

#include "given.h"

/* What `cisup run` prints of a network that carries masks: K^h of every part,
 * [samples][c][N]. NULL for want of memory. */
json_t *masks_json(const given_network *g);

/* Adds the true layers (sparse/network/relu_layers.h) to an object: "W", "bias",
 * "mask_parts", and "A", what they make of the samples. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status true_layers_add(const given_network *g,
                                              const cisup_network *net, json_t **object,
                                              cisup_error *err);

#endif
