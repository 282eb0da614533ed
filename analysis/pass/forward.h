/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_FORWARD_H
#define CISUP_ANALYSIS_FORWARD_H

#include <cisup/analysis/measure/batch.h>

/* The arrays of one forward pass, one for each thread. Start from {0}. */
typedef struct {
    double *a, *pre, *work;   /* [d N][LANES], [d N][LANES], the operators' work */
    unsigned char *in_active; /* [N][LANES] */
} cisup_forward;

/* Room to run a network. Errors: ENOMEM. Memory O(d N), independent of T. */
CISUP_MUST_CHECK cisup_status cisup_forward_init(cisup_forward *f,
                                                 const cisup_network *net,
                                                 cisup_error *err);
void cisup_forward_free(cisup_forward *f);

/* One pass of a batch through all layers, (6.1) and (7.1). Activations are kept only
 * as long as the observer sees them. */
void cisup_forward_run(cisup_forward *f, const cisup_network *net, cisup_mode mode,
                       const cisup_batch *batch, const cisup_observer *observer);

#endif
