/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_LIMITS_H
#define CISUP_ANALYSIS_THEORY_LIMITS_H

#include <cisup/analysis/theory/theory_overlap.h>

/* Growth, worst case and capacity: docs/math.md, sections 10-12. */

/* (10.1) By what factor the mean square of all read-outs grows in a layer without
 * suppression (mode linear), tr((UE)^2)/T = 1 + (T-1) p. Exact for circuits that keep
 * norms, with orientations independent between layers. Source: docs/math.md 10. */
double cisup_theory_growth(const cisup_theory_case *c);

/* The post's form T d/D of the same: exact for S = 1 and even loads, else too low by
 * 1 - 1/S. Source: [CIS2]. */
double cisup_theory_growth_post(const cisup_theory_case *c);

/* (11.1) Largest overlap error of a circuit over the largest norm of a w_u a_u: at most
 * z/S of inactive and (z-1)/S of active circuits. Exact bounds, attained by active
 * neighbours that are aligned. Source: docs/math.md 11. */
cisup_theory_error cisup_theory_worst_overlap(const cisup_theory_case *c);

/* The active mean square errors that a capacity can be taken from. */
typedef enum {
    CISUP_ERROR_POST,     /* cisup_theory_general_post */
    CISUP_ERROR_SETTLED,  /* cisup_theory_settled */
    CISUP_ERROR_GENERAL,  /* (9.1) */
    CISUP_ERROR_FOLLOWUP, /* (9.3), rotations */
    CISUP_ERROR_ROTATION, /* (9.4), rotations */
} cisup_error_formula;

/* Active mean square error in layer L >= 1 by a formula; see theory.h for what each is
 * good for.  O(L). */
double cisup_theory_error_by(cisup_error_formula formula, const cisup_theory_case *c,
                             cisup_index L);

/* Says whether a network is still within a limit; true for all T up to some T. */
typedef int cisup_theory_condition(const cisup_theory_case *c, const void *context);

/* The largest T in z..2^53 for which a condition holds of cisup_theory_even(c, T):
 * 0 if it does not hold at T = z, INT64_MAX if it still holds at 2^53. Bisection, some
 * 100 calls. P_even, p_even and kappa grow with T, so what is monotone in them
 * qualifies. Finds some border if the condition is not monotone. */
cisup_index cisup_theory_largest(const cisup_theory_case *c,
                                 cisup_theory_condition *condition, const void *context);

/* The largest T with an active mean square error of at most `budget` in layer L by a
 * formula, even loads; as cisup_theory_largest. The range of validity is the formula's;
 * a ReLU network leaves it at cisup_theory_T_closed. O(100 L). budget >= 0. */
cisup_index cisup_theory_T_error(const cisup_theory_case *c, cisup_error_formula formula,
                                 cisup_index L, double budget);

/* (12.1) T <= budget D^2 / ((L-1) z d^2), rounded down, 0 if below z: the
 * inverse of CISUP_ERROR_POST. For L = 1 INT64_MAX if (z-1) d/D <= budget and else 0. The
 * post says T << D^2/(d^2 z). Leading order: T d/D >> z-1, g << 1. Source: [CIS2];
 * docs/math.md 12. */
cisup_index cisup_theory_T_post(const cisup_theory_case *c, cisup_index L, double budget);

/* (12.3) The largest T with g = z S T p_even^2 < 1; z, D, d, S count. To leading order
 * D^2/(z S d^2). From there on errors of inactive circuits feed on themselves. */
cisup_index cisup_theory_T_feedback(const cisup_theory_case *c);
double cisup_theory_T_feedback_leading(const cisup_theory_case *c);

/* (12.4) The largest T at which k standard deviations (14.6) of the on-signal's noise on
 * a closed neuron stay within theta of (14.8), k sqrt(z kappa/S) <= theta, kappa and P
 * those of even loads; to leading order theta^2 D^2/(k^2 z S d^2), published theta 1/4.
 * Capped weights, ReLU. k = 2 is where measured networks began to leave the masked
 * theory: z kappa/S = 0.0156 with the published gate (docs/math.md 14). k > 0. */
cisup_index cisup_theory_T_closed(const cisup_theory_case *c, double k);
double cisup_theory_T_closed_leading(const cisup_theory_case *c, double k);

/* (12.5) The largest T at which the mean on-signal on a closed neuron of plain weights,
 * z T P^2/S^2, stays below theta; to leading order theta D^2/(z S^2 d^2). */
cisup_index cisup_theory_T_plain(const cisup_theory_case *c);
double cisup_theory_T_plain_leading(const cisup_theory_case *c);

/* (12.7) ln of the number of features that D neurons can store, not compute with, so
 * that z active ones read out with noise below sqrt(budget): budget D/(8 z). A heuristic:
 * it puts the typical noise sqrt(z) eps beside an eps that holds for the worst pair, the
 * Johnson-Lindenstrauss form sqrt(8 ln m/n). For budget/z < 1. For all sets of z features
 * at once budget D/z^2 is the scale: docs/math.md 12.1, 12.2. */
double cisup_theory_storage_ln(const cisup_theory_case *c, double budget);

/* (12.8) T <= bits W/I, rounded down: W weights of so many bits each cannot tell apart
 * more than 2^(bits W) networks, and T circuits that take I bits each to their tolerance
 * make 2^(T I). For every construction, whatever z. 0 for what is none; INT64_MAX from
 * 2^53 on. Source: docs/math.md 12.3. */
cisup_index cisup_theory_T_information(double bits, double weights, double circuit_bits);

/* Bits that fix the angle of a rotation circuit so far that its error in layer L >= 2 is
 * at most `delta` > 0 (a norm): log2( pi (L-1)/delta ), the same rotation in all layers.
 * NaN for L < 2. Source: docs/math.md 12.3. */
double cisup_theory_angle_bits(cisup_index L, double delta);

/* The largest T with T log2 T <= bits, rounded down: circuits that are told apart by
 * labels alone. INT64_MAX from 2^53 on. Source: [CNC]; docs/math.md 12.3. */
cisup_index cisup_theory_T_labels(double bits);

/* (12.9) The largest whole z <= T/2 that threshold decoding recovers from N neurons,
 *
 *   z ( a sqrt(2 ln z) + sqrt(2 ln(T-z)) )^2 <= N
 *
 * a = 1: z of T features in a Gaussian dictionary; a = 3: all ANDs of pairs of them, at
 * the best bias. Sharp as T grows. 0 if not even z = 1. Source: [BB] corollary 6.3,
 * table 1. O(log T). */
cisup_index cisup_theory_z_recovered(double N, double T, double a);

#endif
