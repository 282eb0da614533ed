/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXPORT_NETWORK_H
#define CISUP_APPS_EXPORT_NETWORK_H

#include "export_files.h"

#include <cisup/core/shape.h>
#include <cisup/sparse/network.h>

/* Numbers in a network.json at most: some 25 bytes each, and as many more in the memory
 * of whoever reads them. */
enum { NETWORK_NUMBERS_MOST = 2000000 };

/* A network and how it was made, for network.json. */
typedef struct {
    const cisup_network *net;
    const cisup_network_options *options; /* seed and network are those of the samples */
    const char *family;                   /* "own" for circuits from a file */
    cisup_index z, samples;               /* active circuits; samples to be in it */
} network_case;

/* How many numbers network.json has, from above. layers: 1 or L, of the circuits. */
double export_network_numbers(const cisup_shape *shape, cisup_index layers,
                              cisup_index cycle, cisup_index samples);

/* Writes network.json, one case of what `cisup run` reads (docs/formats.md): the network
 * in mode relu with the first samples that `propagate` draws for it. Errors: those of
 * cisup_run_inputs; EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status export_network(export_files *x, const network_case *of,
                                             cisup_error *err);

#endif
