/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/core/cycle_plan.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>

enum { WIDTHS = 4 };
static const double most_error = 0.09; /* mean square: a budget of 0.3 */

/* A ReLU network of D neurons in its widest layer, S = 4, of whose groups no neuron is
 * left over; 3 layers, two active circuits. */
static cisup_status masks_study(const cisup_claims_setup *setup, cisup_index D,
                                cisup_study *s, cisup_error *err) {
    cisup_cycle_plan plan;
    *s = cisup_study_masks(setup);
    s->S = 4;
    s->L = 3;
    s->z = 2;
    s->N = D / (s->d + s->cycle);
    const cisup_status status = cisup_cycle_plan_make(&plan, s->N, s->S, s->cycle, err);
    if (status == CISUP_OK && plan.q > 0) s->N = s->S * plan.q;
    return status;
}

/* The number of circuits that the recursion has within the budget. */
static double recursion_T(const cisup_study *s) {
    const cisup_theory_masks sizes = {.N = (double)s->N,
                                      .S = (double)s->S,
                                      .z = (double)s->z,
                                      .c = s->cycle,
                                      .fresh = s->fresh};
    return (double)cisup_theory_masks_T_recursion(&sizes, cisup_theory_masks_classes,
                                                  s->L, most_error);
}

/* What was found at the widths: ln N, ln of the recursion's T and of the networks'. */
typedef struct {
    double x[WIDTHS], theory[WIDTHS], mean[WIDTHS], *lnT, *exponent; /* [][K] */
} widths;

static void add_rows(cisup_findings *f, const widths *w, cisup_index K, double D) {
    const cisup_interval exponent = cisup_interval_mean(w->exponent, K, 0.95);
    cisup_finding *row = cisup_findings_add(f, "exponent of D", CISUP_RELATION_EXPONENT,
                                            2.0, exponent, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "ReLU, layer 3, error 0.3, z = 2, S = 4, D = %g, %g, %g, %g; T = "
                   "%.0f, %.0f, %.0f, %.0f",
                   0.5 * D, 0.8 * D, 1.25 * D, 2.0 * D, exp(w->mean[0]), exp(w->mean[1]),
                   exp(w->mean[2]), exp(w->mean[3]));
    row =
        cisup_findings_add(f, "the recursion's at the same D", CISUP_RELATION_EXPONENT,
                           cisup_claims_slope(w->x, w->theory, WIDTHS, 1), exponent, 0.0);
    (void)snprintf(row->where, sizeof row->where, "T = %.0f, %.0f, %.0f, %.0f by (20.5)",
                   exp(w->theory[0]), exp(w->theory[1]), exp(w->theory[2]),
                   exp(w->theory[3]));
}

cisup_status cisup_claim_masks_scaling(const cisup_claims_setup *setup, cisup_findings *f,
                                       cisup_error *err) {
    static const double part[WIDTHS] = {0.5, 0.8, 1.25, 2.0};
    const cisup_index K = setup->networks;
    widths w = {.lnT = NULL};
    cisup_study s;
    cisup_status status;
    CISUP_TRY(cisup_new(&w.lnT, (WIDTHS + 1) * K, sizeof *w.lnT, err));
    w.exponent = w.lnT + WIDTHS * K;
    for (int k = 0; k < WIDTHS; k++) {
        double *lnT = w.lnT + k * K;
        CISUP_TRY(masks_study(setup, (cisup_index)(part[k] * (double)setup->D), &s, err));
        const double T = fmax(recursion_T(&s), 2.0 * (double)s.z);
        CISUP_TRY(cisup_claims_find_T(setup, &s, cisup_figure_active_error, T, most_error,
                                      lnT, err));
        w.x[k] = log((double)s.N);
        w.theory[k] = log(T);
        w.mean[k] = cisup_interval_mean(lnT, K, 0.95).mean;
    }
    for (cisup_index n = 0; n < K; n++)
        w.exponent[n] = cisup_claims_slope(w.x, w.lnT + n, WIDTHS, K);
    add_rows(f, &w, K, (double)setup->D);
done:
    cisup_release(w.lnT);
    return status;
}
