/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_overlap.h>

#include <cisup/core/schemes.h>

#include <cisup/analysis/statistics/special.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_psi.h>

#include <math.h>

double cisup_theory_kappa(const cisup_theory_case *c) {
    if (!(c->T > 1.0)) return 0.0;
    const double mean = c->P / c->S; /* overlap with one neuron of another circuit */
    return expm1(c->T * mean * mean + 2.0 * mean);
}

cisup_theory_case cisup_theory_even(const cisup_theory_case *c, double T) {
    cisup_theory_case even = *c;
    even.T = T;
    even.p = cisup_theory_p_even(&even);
    even.P = even.p * c->S * c->S;
    even.kappa = cisup_theory_kappa(&even);
    even.V = 0.0;
    return even;
}

double cisup_theory_fill(const cisup_theory_case *c) {
    return c->T > 1.0 ? -expm1(-c->T * c->P * c->P / (c->S * c->S)) : 0.0;
}

double cisup_theory_neighbours(const cisup_theory_case *c) {
    return c->T > 1.0 ? (c->T - 1.0) * c->P : 0.0;
}

double cisup_theory_open(const cisup_theory_case *c) {
    return -expm1(c->z * log1p(-c->S / c->N));
}

double cisup_theory_overlap_floor(const cisup_theory_case *c) {
    return c->T > c->N ? (c->T - c->N) / (c->N * (c->T - 1.0)) : 0.0;
}

static int is_prime(cisup_index n) {
    for (cisup_index q = 2; q <= n / q; q++)
        if (n % q == 0) return 0;
    return n > 1;
}

/* rho_S: the part of the integers without a prime factor below S. */
static double coprime_part(cisup_index S) {
    double part = 1.0;
    for (cisup_index q = 2; q < S; q++)
        if (is_prime(q)) part *= 1.0 - 1.0 / (double)q;
    return part;
}

static const double euler = 0.57721566490153286060651209008; /* gamma */

/* sum_{k>=1} 1/( kS (kS-1) ) = ( -psi(1 - 1/S) - gamma )/S and
 * sum_{k>=1} 1/( km (km+1) ) = (  psi(1 + 1/m) + gamma )/m,  m = S-1. */
static double packed_sum(cisup_index S, cisup_hop hop) {
    const double s = (double)S, m = s - 1.0;
    if (hop == CISUP_HOP_S) return (-cisup_psi(1.0 - 1.0 / s) - euler) / s;
    return (cisup_psi(1.0 + 1.0 / m) + euler) / m;
}

double cisup_theory_fraction(cisup_index S, cisup_scheme scheme, cisup_hop hop) {
    if (S < 2 || S > CISUP_THEORY_MOST_S ||
        (scheme != CISUP_SCHEME_PRIME && scheme != CISUP_SCHEME_REF))
        return (double)NAN;
    const double s = (double)S;
    const int has_multiples = scheme == CISUP_SCHEME_REF && !is_prime(S);
    return coprime_part(S) * s * (s - 1.0) / 2.0 * packed_sum(S, hop) *
           (has_multiples ? s / (s - 1.0) : 1.0);
}
