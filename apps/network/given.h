/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GIVEN_H
#define CISUP_APPS_GIVEN_H

#include <cisup/analysis/network_run.h>
#include <cisup/analysis/pass/forward.h>

#include "given_fields.h"

/* An explicitly given network with its samples: one case of a NETWORK.json file
 * (docs/formats.md). Start from {0}. */
typedef struct {
    cisup_shape shape;     /* d: of the circuits as they are given */
    const char *family;    /* a label, borrowed from the JSON; may be NULL */
    cisup_allocation base; /* or all parts of a cycle: sparse/network.h */
    cisup_circuits circuits;
    cisup_index *permutations; /* [L-1][T] */
    cisup_index *active;       /* [count][z], of the samples */
    double *input;             /* [count][z][d of circuits] */
    cisup_run_samples samples;
    cisup_run_options run; /* its mode */
    cisup_network_options options;
} given_network;

/* Reads one case; results that `cisup run` prints may stand in it and are not looked at.
 * Errors: EFORMAT naming the field and the value, or a field unknown; ENOMEM. The JSON
 * must outlive the network. *g is empty after a failure. */
CISUP_MUST_CHECK cisup_status given_read(given_network *g, const json_t *object,
                                         cisup_error *err);
void given_free(given_network *g);

#endif
