/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CIRCUIT_SUMS_H
#define CISUP_ANALYSIS_CIRCUIT_SUMS_H

#include <cisup/analysis/measure/batch.h>

/* Squared read-out errors in the last layer, circuit by circuit, over the samples of a
 * batch. One for each thread. Start from {0}. */
typedef struct {
    const cisup_batch *batch; /* borrowed */
    cisup_batch_walk walk;
    cisup_index T, L, d;
    cisup_index first; /* neuron measured: 1 behind a mask, else 0 */
    double *sum; /* [3][T]: while active, while inactive; samples in which it is active */
} cisup_circuit_sums;

/* Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_circuit_sums_init(cisup_circuit_sums *s,
                                                      const cisup_network *net,
                                                      cisup_error *err);
void cisup_circuit_sums_free(cisup_circuit_sums *s);

/* Prepares for a batch and clears the sums; returns the observer to run it with. */
cisup_observer cisup_circuit_sums_start(cisup_circuit_sums *s, const cisup_batch *batch);

#endif
