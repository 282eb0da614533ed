/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_OVERLAP_H
#define CISUP_ANALYSIS_THEORY_OVERLAP_H

#include <cisup/analysis/theory/theory.h>
#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

/* (4.6) kappa of capped weights with f_w = 1,
 *
 *   kappa ~ exp( T P^2/S^2 + 2P/S ) - 1
 *
 * an average over permutations: rho' of the entries of min(1,G) are filled by other
 * circuits, and both circuits of the pair that is counted fill a part P/S more. 1-3 %
 * low in networks with 3.6 <= TS/N <= 24, S = 3-8; without the second term 9-45 % low.
 * 0 for T = 1. Source: docs/math.md 4. */
double cisup_theory_kappa(const cisup_theory_case *c);

/* rho' = 1 - exp(-T P^2/S^2), how full min(1,G) is. An average over permutations, for
 * entries that are filled independently. Source: docs/math.md 9.3. */
double cisup_theory_fill(const cisup_theory_case *c);

/* Circuits that a circuit shares a neuron with, (T-1) P; of these, on average, a part
 * z/T is active. Exact. The post's short form is T S^2 d/D. Source: [CIS2] section
 * "Error calculation"; docs/math.md 9.1. */
double cisup_theory_neighbours(const cisup_theory_case *c);

/* (10.2) The part of a block that the active circuits use, 1 - (1 - S/N)^z, at most
 * z S/N. The mean over independent random places; the mean of an allocation is
 * (2S - P)/N for z = 2, larger since circuits share at most one place. */
double cisup_theory_open(const cisup_theory_case *c);

/* (2.6) Floor of the mean square overlap p of any T circuits on N places read linearly
 * with unit gain, ( T - N )/( N (T-1) ), 0 if T <= N:
 *
 *   rank(UE) <= N and tr(UE) = T give |UE|^2 >= T^2/N.
 *
 * Exact; a Welch bound. p of even loads is (T - N/S)/(T - N) times as much. The worst
 * overlap of a pair is at least the square root. Source: docs/math.md 2.5; L. R. Welch,
 * IEEE Trans. Inf. Theory 20 (1974) 397-399, doi:10.1109/TIT.1974.1055219; for readouts
 * that are not transposes of the embedding also H. Borobia et al., arXiv:2605.01192. */
double cisup_theory_overlap_floor(const cisup_theory_case *c);

/* (2.3) The part of the packing bound (2.2) that `prime` or `ref` reaches as N grows.
 *
 *   scheme   CISUP_SCHEME_PRIME or CISUP_SCHEME_REF; NaN for others
 *   S        2..CISUP_THEORY_MOST_S, otherwise NaN
 *
 * Asymptotic; (2.1) at N = 3000 agrees to 3 digits. O(S sqrt(S)). Source: docs/math.md
 * 2.4; the sums are closed by the digamma function. */
enum { CISUP_THEORY_MOST_S = 1000000 };
double cisup_theory_fraction(cisup_index S, cisup_scheme scheme, cisup_hop hop);

/* The network with T circuits and even loads: P and p of (2.5), (3.6), kappa of (4.6)
 * and V = 0; all else as in c. Only D, d, S, z, N, margin, step, fresh and cycle of c are
 * read. T >= 1, any real number. */
cisup_theory_case cisup_theory_even(const cisup_theory_case *c, double T);

#endif
