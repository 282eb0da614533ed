/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_FORWARD_H
#define CISUP_ANALYSIS_FORWARD_H

#include <cisup/analysis/measure/batch.h>

/* What one forward pass needs, one for each thread. Start from {0}. */
typedef struct {
    struct cisup_forward_lines *lines; /* of factored layers, analysis/pass/bulk.h */
    double *a, *pre, *work;            /* of assembled ones: [d N][LANES], [d N][LANES],
                                          [3 d][LANES] */
    double *in, *out;                  /* of those that carry masks: A^{l-1} and A^l, as
                                          wide as the widest layer; a is what data hold
                                          above their offsets */
    unsigned char *in_active;          /* [N][LANES] */
} cisup_forward;

/* Room to run a network. Errors: EINVAL when layers are factored and N d exceeds
 * 2^31 - 1; ENOMEM. Memory O(d N), and O(L T S) where layers are factored. */
CISUP_MUST_CHECK cisup_status cisup_forward_init(cisup_forward *f,
                                                 const cisup_network *net,
                                                 cisup_error *err);
void cisup_forward_free(cisup_forward *f);

/* One pass of a batch through all layers, (6.1) and (7.1). Activations are kept only
 * as long as the observer sees them. Assembled layers of a network that carries masks are
 * its true ones (sparse/network/relu_layers.h) and have the mode relu only; shown is what
 * data neurons hold above their offsets, behind the mask where circuits have one. */
void cisup_forward_run(cisup_forward *f, const cisup_network *net, cisup_mode mode,
                       const cisup_batch *batch, const cisup_observer *observer);

#endif
