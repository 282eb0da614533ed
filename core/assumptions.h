/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ASSUMPTIONS_H
#define CISUP_CORE_ASSUMPTIONS_H

#include <cisup/core/circuits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far circuits satisfy the assumptions A2-A4 of docs/math.md, section 1. */
typedef struct {
    /* A2: an inactive circuit ignores small noise. */
    double noise_tolerance; /* largest |noise| per data neuron that the worst circuit
                               certainly ignores while its on-value is exactly 0,
                               (14.3): min over t, l and data neurons i of
                               -b_i / sum over data neurons j of |w_ij|;
                               INFINITY if no data neuron reads another */
    cisup_index weakest_circuit, weakest_layer; /* the first place of that minimum;
                                                   -1 if it is INFINITY */
    double on_tolerance; /* largest |noise| of the on-value alone, min over t, l, i of
                            -b_i / |w_i0|; for a gate
                            min((k-1-s)/k, b / max |beta_i + b|), published 1/4;
                            NaN without an indicator */
    int a2_holds;        /* no tolerance is 0 or negative */

    /* A3: an inactive circuit stays at 0: no positive bias. */
    double largest_bias;
    int a3_holds;

    /* A4: weights of different circuits are uncorrelated and have zero mean. */
    double common_part;         /* ||mean_t w_t|| / rms_t ||w_t||, Frobenius, largest
                                   over layers; about 1/sqrt(T) for unrelated ones;
                                   0 if all weights are 0 */
    double largest_correlation; /* max |<w_t,w_u>| / (||w_t|| ||w_u||) over t != u of a
                                   layer; 0 for weights that are 0 and if T = 1 */
    cisup_index correlated[2];  /* the two circuits t < u of that maximum, -1 if it
                                   is 0 */
    cisup_index compared;       /* circuits compared pairwise: the first 4000, fewer if
                                   that took over 1e9 multiplications */
    int a4_holds;
} cisup_assumptions;

/* Fills *out. A1 (at most z active) is not a property of circuits: a run draws
 * exactly z.
 *
 * When A4 holds: of weights with n = d^2 entries, independent and of equal size,
 * T common_part^2 has mean 1 and standard deviation sqrt(2/n), and two are correlated
 * by more than x with probability at most 2 exp(-n x^2/2). So A4 is called holding if
 *
 *   T common_part^2 <= 1 + 4 sqrt(2/n)   and
 *   largest_correlation <= x = sqrt((4 ln T' + 6)/n),   T' the circuits compared,
 *
 * whose second line such weights break with probability at most 0.05 a layer (the sum
 * over all pairs). If x >= 1 it says nothing and becomes largest_correlation < 1 - 1e-9:
 * no two circuits are multiples of each other. Weights are compared whole, with their
 * common part: A4 fails for every circuit with an indicator.
 *
 * Time O(layers (T + min(T, 4000)^2) d^2), extra memory O(T + d^2). Errors: ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_assumptions_check(const cisup_circuits *c,
                                                                cisup_assumptions *out,
                                                                cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
