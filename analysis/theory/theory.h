/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_H
#define CISUP_ANALYSIS_THEORY_H

#include <cisup/analysis/theory_case.h>

/* (3.6) Mean square overlap p when all neurons carry the same load,
 *
 *   p_even = T/(T-1) (d/D - 1/(ST)),   0 if TS <= N or T = 1
 *
 * Exact for D = d N and even loads; the p of the progression schemes exceeds it by
 * 2-9 %, by more where TS/N is small (docs/math.md 2.5). */
double cisup_theory_p_even(const cisup_theory_case *c);

/* The follow-up's short form p1 = d/D - 1/(ST), 0 where that is negative. */
double cisup_theory_p_followup(const cisup_theory_case *c);

/* (9.2) g = z S T p^2. Noise of inactive circuits feeds on itself: it settles at
 * z p/(1-g) for g < 1 and grows exponentially from g = 1 on. */
double cisup_theory_feedback(const cisup_theory_case *c);

/* Leading order for circuits in general, layer l >= 1:
 *
 *   active    (z-1) d/D  (l = 1),   (l-1) T z (d/D)^2  (l >= 2)
 *   inactive  z d/D
 *
 * For zero-mean weights that keep the norm. For l >= 2 it wants T d/D >> z-1 and g << 1:
 * it leaves out the (z-1) terms, and the feedback. Predicted over measured:
 * docs/math.md 17.6. Source: [CIS2] section "Error calculation"; docs/math.md 9.1. */
cisup_theory_error cisup_theory_general_post(const cisup_theory_case *c, cisup_index l);

/* Recursion for masked networks of zero-mean weights with gain 1, layer l >= 1:
 *
 *   n_l = (T-z) p q_{l-1} + (z-1) p (1+e_{l-1})
 *   s_l = 1 + e_{l-1} + S (T-z) p q_{l-1}
 *   e_l = e_{l-1} + n_l,   q_l = z p s_l,   e_0 = q_0 = 0
 *
 * Within 10 % for rotations drawn fresh in each layer, 20 % at strong coupling (g up to
 * 1.8), 14-19 % low by l = 5 for the same rotation in all layers, a factor 0.6-1.5 for
 * random ReLU circuits. O(l). Source: docs/math.md (9.1), 17.5, 17.6. */
cisup_theory_error cisup_theory_general_recursion(const cisup_theory_case *c,
                                                  cisup_index l);

/* (9.2) What (9.1) comes to while errors are small, layer l >= 1: q = z p/(1-g) and
 *
 *   e_l = (l-1) T z p^2/(1-g) + l (z-1) p
 *
 * inf for g >= 1, where errors grow without limit. Leading order in p and g: for l >= 2
 * and g, e << 1. Source: docs/math.md 9.2. */
cisup_theory_error cisup_theory_settled(const cisup_theory_case *c, cisup_index l);

/* Active error of z = 1 rotations, l >= 1, for small q and the same rotation in every
 * layer:
 *
 *   e_l = T p^2 [ (l-1) + 2(l-2) P + (l-2)(l-3) P^2 ],   0 for l = 1
 *
 * Within 4 % of measurements at P = 0.10-0.16. Source: docs/math.md 9.3, 17.5. */
double cisup_theory_coherent(const cisup_theory_case *c, cisup_index l);

/* Active error of a masked network that is not reshuffled, z = 1, layer l >= 1:
 *
 *   e_l = (l-1)^2 T p/S^2   with the same weights in all layers,   (l-1) T p/S^2   fresh
 *
 * Leading order, T P^2 replaced by T P in one step: 1/P times the reshuffled error.
 * Measured 6-30 times for P = 0.03-0.16. Source: docs/math.md 9.4. */
double cisup_theory_unreshuffled(const cisup_theory_case *c, cisup_index l);

/* Circuits in general: mean square read-out error over the mean square activation.
 *
 *   active, inactive   [layers], layer l at l-1, written
 *
 * post and refined from the two functions above, followup NaN. O(layers). */
void cisup_theory_general(const cisup_theory_case *c, cisup_index layers,
                          cisup_prediction *active, cisup_prediction *inactive);

/* Rotation circuits of width 4 with indicators, margin b, capped weights and reshuffled
 * embeddings, run masked-linear: mean square error of the rotated vector x (|x| = 1)
 * and of the on-indicator. H = 2(1+b)^2.
 *
 *   post      active x   l(z-1) d/D + (l-1) T z (d/D)^2;  active on NaN
 *             inactive   x and on: z d/D
 *   followup  active x   (l-1) T p1^2 (z + H(z-1)) + l p1 (z-1)(1+H);  active on 0
 *             inactive   x and on: z p1
 *   refined   x          recursion (9.4), active e_l and inactive q_l
 *             on         active 0 (exact), inactive (9.5)
 *
 *   x_active, ..., on_inactive   [layers], layer l at l-1, written
 *
 * Not for other weight schemes or modes. Predicted over measured for z <= 4, l <= 4, S
 * of 3-8, b of 0.5-2 (docs/math.md 17.7): refined mostly within 10 %, nearly always
 * within 20 %, rather high than low for z >= 2; followup low by factors up to 2.2;
 * post, which leaves H out, low by 6-14 for z >= 2 and within a third for z = 1. A
 * network with ReLU follows refined only while z kappa/S is below about 0.015.
 * O(layers).
 * Source: [CIS2]; [ROT] section 6; docs/math.md (9.3), (9.4), (9.5). */
void cisup_theory_rotation4(const cisup_theory_case *c, cisup_index layers,
                            cisup_prediction *x_active, cisup_prediction *x_inactive,
                            cisup_prediction *on_active, cisup_prediction *on_inactive);

/* The active x of the follow-up, (9.3), and active and inactive x of the refined
 * recursion, (9.4), in one layer l >= 1 of cisup_theory_rotation4. O(1) and O(l). */
double cisup_theory_rotation_followup(const cisup_theory_case *c, cisup_index l);
cisup_theory_error cisup_theory_rotation_recursion(const cisup_theory_case *c,
                                                   cisup_index l);

/* (9.5) Mean square on-value of an inactive rotation circuit, the same in every layer:
 * z p + z(z-1) P^2/S^2 - (3/2) z(z-1) P/(S N); NaN if T = z. Within 1.5 % of
 * measurements for z <= 4. */
double cisup_theory_rotation_on(const cisup_theory_case *c);

/* V = Var_t[ (1+kappa) (1/S) sum_{n in alloc_t} rho_n ],  rho_n = 1 - (1-S/N)^{c_n}:
 * how unevenly the background of the capped weights falls on the circuits; the variance
 * is over the T circuits, divisor T.
 *
 *   slot   [T*S], neurons of the circuits
 *   load   [N], c_n, circuits on a neuron (cisup_allocation_loads)
 *
 * 0 for even loads. O(T S). Source: docs/math.md 9.3. */
double cisup_theory_background_variance(cisup_index N, cisup_index S, cisup_index T,
                                        const int32_t *slot, const cisup_index *load,
                                        double kappa);

#endif
