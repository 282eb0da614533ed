/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXPORT_LAYERS_H
#define CISUP_APPS_EXPORT_LAYERS_H

#include "export_files.h"

#include <cisup/sparse/network.h>

/* Writes a network that carries masks as its true layers (sparse/network/relu_layers.h):
 * of each layer W<l>, b<l>, U<l>, of all neurons neurons.csv, and the manifest, which is
 * the record with "construction", "inputs" (numbers of A^0), "readout_constant",
 * "offset" and "strength" added. Errors: those of the layers and of writing. */
CISUP_MUST_CHECK cisup_status export_layers(export_files *x, const cisup_network *net,
                                            cisup_record *manifest, cisup_error *err);

#endif
