/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_MASKS_H
#define CISUP_ANALYSIS_THEORY_MASKS_H

#include <cisup/analysis/theory_case.h>

/* Networks that carry their masks: docs/math.md, section 20. Layers take c allocations
 * in turn, in which no two circuits meet twice; z circuits are active. Circuits have
 * zero-mean weights that keep the norm, states of norm 1, and no neuron of an active
 * circuit clips. Errors are mean squares relative to the mean square state.
 *
 * All functions here are pure. A case that is none (c < 2, S < 1, N < S, z < 1, T < z,
 * T above (N/S)^2) gives NaN. */
typedef struct {
    double N, S, T, z; /* neurons a block, redundancy, circuits, active circuits */
    cisup_index c;     /* allocations in the cycle */
    int fresh;         /* 1: every layer has its own weights; 0: the same in all layers */
    double P;      /* chance that two of the circuits share a neuron of an allocation */
    double r;      /* chance that the circuit through two given neurons of different
                      allocations, no two of one circuit, is among the T */
    double r_both; /* S = 1: that so are both circuits which lead from one to the
                      other of two circuits; about r^2 */
} cisup_theory_masks;

/* Fills T, P, r and r_both of a full transversal design with groups of q = N/S points, of
 * which T circuits are taken; the rest as in sizes. T and q are real, 1 <= T <= q^2.
 *
 *   random        T at random: P = S/(q+1), r = (T-2)/(q^2-2)
 *   classes       k = T/q whole parallel classes at random (0 up to k = 1, and where a
 *                 value would be negative): P = S(k-1)/(T-1), r = (k-1)^2/(k(q-2)+1),
 *                 r_both = r (k-2)/(q-2)
 *   consecutive   the same of a field of q elements, slopes 0..k-1: a larger r_both
 *
 * All agree at T = q^2. Exact averages, the last two for odd q and whole k. Consecutive
 * slopes make circuits return in step that are apart in others: the recursion knows that
 * of S = 1 with c = 2 alone, and is up to a factor of 3 low for S <= 2 else (docs/math.md
 * 20.5). Source: docs/math.md (20.6). */
typedef cisup_theory_masks cisup_theory_masks_choice(const cisup_theory_masks *sizes,
                                                     double T);
cisup_theory_masks_choice cisup_theory_masks_random, cisup_theory_masks_classes,
    cisup_theory_masks_consecutive;

/* (20.4) Leading order in layer l >= 1, p = P/S^2:
 *
 *   active    (l-1) T (z-1) p^2 + l (z-1) p,       inactive   z p
 *
 * Exactly 0 for the active circuit of z = 1 (theorem 4). NaN for inactive if T = z. */
cisup_theory_error cisup_theory_masks_law(const cisup_theory_masks *m, cisup_index l);

/* (20.5), (20.7), (20.8) The refined recursion in layer l >= 1, with what returns to its
 * sender where all layers have the same weights. Exactly 0 for the active circuit of
 * z = 1. Within 10 % in root mean square of simulated networks while that is below 1:
 * docs/math.md 20.5. S = 1 with c = 2 and the same weights counts pairs of circuits
 * exactly; for z >= 3 this leaves out what three circuits do in step, and it speaks up
 * to layer CISUP_MASKS_PAIR_LAYERS only: NaN beyond. O(l), there O(l^4). */
enum { CISUP_MASKS_PAIR_LAYERS = 16 };
cisup_theory_error cisup_theory_masks_recursion(const cisup_theory_masks *m,
                                                cisup_index l);

/* (20.8) Mean square error of one of two active circuits, S = 1, c = 2, the same weights
 * in all layers: a count of walks, exact given P, r and r_both. 1 <= l <=
 * CISUP_MASKS_PAIR_LAYERS; NaN beyond. O(l^4). */
double cisup_theory_masks_pair(const cisup_theory_masks *m, cisup_index l);

/* (20.2) T <= floor( N floor(N/S)/S ) for every cycle of c >= 2 allocations, N and S
 * whole. Attained if S | N and a transversal design TD(2S, N/S) exists. INT64_MAX from
 * 2^53 on, NaN gives 0. */
cisup_index cisup_theory_masks_T_cycle(double N, double S);

/* (20.9) The law of a full design solved for T, rounded down: T <= N^2 ( budget/(z-1) -
 * L/N )/(L-1), the mean square error `budget` >= 0 in layer L >= 1. 0 if below z;
 * INT64_MAX for z = 1, and for L = 1 if (z-1)/N <= budget. N and z count. */
cisup_index cisup_theory_masks_T_law(const cisup_theory_masks *sizes, cisup_index L,
                                     double budget);

/* The largest T of z..cycle bound with a recursion error of at most `budget` in layer L
 * >= 1; 0 if none, the cycle bound (or (N/S)^2, if smaller) if all; -1 where the
 * recursion does not speak. The error grows with T. Bisection, some 100 calls. */
cisup_index cisup_theory_masks_T_recursion(const cisup_theory_masks *sizes,
                                           cisup_theory_masks_choice *choice,
                                           cisup_index L, double budget);

/* d ln T/d ln N of the same, T a real number, by a central difference of 10 % in N: the
 * exponent of T in D, to which N is proportional. 2 where (N/S)^2 limits T; NaN where no
 * T is within the budget, or where the recursion does not speak. */
double cisup_theory_masks_exponent(const cisup_theory_masks *sizes,
                                   cisup_theory_masks_choice *choice, cisup_index L,
                                   double budget);

#endif
