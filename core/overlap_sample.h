/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_SAMPLE_H
#define CISUP_CORE_OVERLAP_SAMPLE_H

#include <cisup/core/incidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A check of some circuits against all others. */
typedef struct {
    int holds;                       /* none of them shares two neurons with another */
    cisup_index sampled;             /* circuits looked at */
    double met;                      /* circuits they meet, counted for each neuron */
    cisup_index witness_circuits[2]; /* t of the sample and the smallest u, */
    cisup_index witness_neurons[2];  /* and the smallest two they share; else -1 */
    double violating_below; /* if it holds: with 95 % confidence the share of circuits
                               that violate is below this, 1 - 0.05^(1/K) */
} cisup_overlap_sample_report;

/* Draws K of the T circuits (with replacement, stream SEARCH of the seed) and
 * compares each with every circuit on its neurons, found by cisup_incidence_through. If a
 * share v of the circuits shared two neurons with another, a sample would miss them with
 * probability (1-v)^K.
 *
 * Errors: EINVAL (K < 1); EINVARIANT when a circuit is not exactly
 * once among those on its own neurons, so that the walk cannot be trusted; ENOMEM.
 * Time O(K S^2 c) for loads c, memory O(S). */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_overlap_sample(const cisup_incidence *x, cisup_index K, uint64_t seed,
                     cisup_overlap_sample_report *report, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
