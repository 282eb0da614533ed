/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_closed.h>

#include <cisup/analysis/statistics/special.h>
#include <cisup/analysis/theory/theory_overlap.h>
#include <cisup/core/circuits/gate.h>

#include <math.h>

double cisup_theory_closed_to(const cisup_theory_case *c) {
    return cisup_gate_closed_to(c->step);
}

double cisup_theory_plain_mean(const cisup_theory_case *c) {
    return c->T > 1.0 ? c->z * c->T * c->P * c->P / (c->S * c->S) : 0.0;
}

double cisup_theory_closed_variance(const cisup_theory_case *c) {
    return c->z * c->kappa / c->S;
}

double cisup_theory_closed_most(const cisup_theory_case *c) {
    const double places = c->z * c->S, rest = 1.0 / (1.0 + c->kappa);
    const double most_closed = c->S * cisup_theory_closed_to(c);
    /* (theta S + kappa zS)/(1 + kappa), without an infinite kappa in it. */
    const double most = floor(most_closed * rest + places * (1.0 - rest));
    return fmin(most, places - 1.0);
}

double cisup_theory_open_wrongly(const cisup_theory_case *c) {
    const double most = cisup_theory_closed_most(c), places = c->z * c->S;
    /* P( Binomial(n, x) > k ) = I_x(k+1, n-k), also where n is no unsigned int. */
    return cisup_beta_part(cisup_theory_fill(c), most + 1.0, places - most);
}
