/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_CLOSED_H
#define CISUP_ANALYSIS_THEORY_CLOSED_H

#include <cisup/analysis/theory/theory.h>

/* When a closed neuron of the on-blocks stays closed: docs/math.md, section 14. The
 * on-signal of the layer before is taken to be exact, 1 on the places K of active
 * circuits and 0 elsewhere. All are averages over permutations. Of the case, T, S, z, P,
 * kappa and the step count; with T = 1 there is no closed neuron with a circuit on it. */

/* (14.8) theta = (k-1-s)/k, the largest on-signal that leaves an on-neuron closed: 1/4 of
 * the published gate. */
double cisup_theory_closed_to(const cisup_theory_case *c);

/* (14.5) Mean of the on-signal on a closed neuron of plain weights, z T P^2/S^2, where
 * the post's short form of P gives z T S^2 (d/D)^2. No term is negative; it must stay
 * below theta. With the published gate at 0.12 (T = N = 300) 87 % were wrongly open in
 * layer 4. */
double cisup_theory_plain_mean(const cisup_theory_case *c);

/* (14.6) Variance of that signal with capped weights, z kappa/S; the mean is about 0. The
 * standard deviation is wanted << theta. ReLU networks with the
 * published gate followed the masked theory within a
 * factor 1.06-1.5 (layer 4, z = 1) up to 0.015, CISUP_CLOSED_VARIANCE, and were 3-6
 * times above it at 0.03. */
#define CISUP_CLOSED_VARIANCE 0.015
double cisup_theory_closed_variance(const cisup_theory_case *c);

/* (14.5) The largest j in 0..zS with
 *
 *   j (1 + kappa) - kappa z S <= theta S,
 *
 * the ones of min(1,G) that a row may have on K while its neuron stays closed; always
 * below zS. Exact to rounding, for zS up to 2^53. */
double cisup_theory_closed_most(const cisup_theory_case *c);

/* (14.5) Probability that a closed on-neuron is wrongly open, capped weights:
 * P( j > cisup_theory_closed_most ), j ~ Binomial(zS, rho'), rho' of
 * cisup_theory_fill. The law is an approximation: entries of a row are not independent,
 * loads are uneven. Measured 0.044, 0.039, 0.210 where it says 0.031, 0.034, 0.195. It
 * is not monotone in T: the largest j comes in steps. */
double cisup_theory_open_wrongly(const cisup_theory_case *c);

#endif
