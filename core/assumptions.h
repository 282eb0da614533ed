/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ASSUMPTIONS_H
#define CISUP_CORE_ASSUMPTIONS_H

#include <cisup/core/circuits.h>

/* How far circuits satisfy the assumptions A1-A4 of docs/math.md, section 1. */
typedef struct {
    /* A2: an inactive circuit ignores small noise. */
    double noise_tolerance; /* largest |noise| per neuron that the worst circuit
                               certainly ignores, (14.3) with exact on-indicator:
                               min over t, l, i of -b_i / ||row i of w_t||_1 */
    cisup_index weakest_circuit, weakest_layer; /* where that minimum is taken */
    double on_tolerance; /* the same for noise of the on-indicator alone,
                            min(1/4, b / max_i |beta_i + b|); NaN if ungated */
    int a2_holds;        /* noise_tolerance > 0 */

    /* A3: an inactive circuit stays at 0: no positive bias. */
    double largest_bias;
    int a3_holds;

    /* A4: weights of different circuits are uncorrelated and have zero mean. */
    double common_part;         /* ||mean_t w_t|| / rms_t ||w_t||, Frobenius, largest
                                   over layers; about 1/sqrt(T) for unrelated ones */
    double largest_correlation; /* max |<w_t,w_u>| / (||w_t|| ||w_u||) over t != u */
    cisup_index correlated[2];  /* the two circuits of that maximum, -1 if T = 1 */
    cisup_index compared;       /* circuits compared pairwise: the first 4000 */
    int a4_holds;
} cisup_assumptions;

/* Fills *out. A1 (at most z active) is not a property of circuits: a run draws
 * exactly z. Time O(layers min(T, 4000)^2 d^2). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_assumptions_check(const cisup_circuits *c,
                                                      cisup_assumptions *out,
                                                      cisup_error *err);

#endif
