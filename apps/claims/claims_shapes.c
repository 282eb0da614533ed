/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many circuits fit, against active circuits, layers and the width of a circuit. */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/core/cycle_plan.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>

enum { POINTS = 3 };

/* A list of studies whose T within a budget is to be a power law of x. */
typedef struct {
    const char *part, *where;
    cisup_study study[POINTS];
    double x[POINTS], guess[POINTS], budget;
    double theory; /* exponent of the full formula's T */
} series;

/* The T of (9.1), or of (20.5), within the budget. */
static double theory_T(const cisup_study *s, double budget) {
    const double N = (double)s->N, S = (double)s->S, z = (double)s->z;
    if (s->cycle) {
        const cisup_theory_masks sizes = {
            .N = N, .S = S, .z = z, .c = s->cycle, .fresh = s->fresh};
        return (double)cisup_theory_masks_T_recursion(&sizes, cisup_theory_masks_classes,
                                                      s->L, budget);
    }
    const cisup_theory_case c = {.D = (double)s->d * N,
                                 .d = (double)s->d,
                                 .S = S,
                                 .z = z,
                                 .N = N,
                                 .fresh = s->fresh};
    return (double)cisup_theory_T_error(&c, CISUP_ERROR_GENERAL, s->L, budget);
}

/* Guesses, and the exponent of the theory's T. */
static void complete(series *w) {
    double x[POINTS], y[POINTS];
    for (int k = 0; k < POINTS; k++) {
        w->guess[k] = fmax(theory_T(&w->study[k], w->budget), 8.0);
        x[k] = log(w->x[k]);
        y[k] = log(w->guess[k]);
    }
    w->theory = cisup_claims_slope(x, y, POINTS, 1);
}

static cisup_status examine(const cisup_claims_setup *setup, const series *w,
                            cisup_findings *f, cisup_error *err) {
    const cisup_index K = setup->networks;
    double x[POINTS], mean[POINTS], *lnT, *exponent;
    cisup_status status;
    CISUP_TRY(cisup_new(&lnT, (POINTS + 1) * K, sizeof *lnT, err));
    exponent = lnT + POINTS * K;
    for (int k = 0; k < POINTS; k++) {
        CISUP_TRY(cisup_claims_find_T(setup, &w->study[k], cisup_figure_active_error,
                                      w->guess[k], w->budget, lnT + k * K, err));
        x[k] = log(w->x[k]);
        mean[k] = cisup_interval_mean(lnT + k * K, K, 0.95).mean;
    }
    for (cisup_index n = 0; n < K; n++)
        exponent[n] = cisup_claims_slope(x, lnT + n, POINTS, K);
    const cisup_interval found = cisup_interval_mean(exponent, K, 0.95);
    cisup_finding *row =
        cisup_findings_add(f, w->part, CISUP_RELATION_EXPONENT, w->theory, found, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "%s, mean square error %g; T = %.0f, %.0f, %.0f", w->where, w->budget,
                   exp(mean[0]), exp(mean[1]), exp(mean[2]));
done:
    cisup_release(lnT);
    return status;
}

/* Isometric circuits in 3 layers and half of D; S = 3 has room for them all. */
static cisup_study masked_study(const cisup_claims_setup *setup) {
    cisup_study s = cisup_study_isometric(setup);
    s.scheme = CISUP_SCHEME_BEST;
    s.N /= 2;
    s.S = 3;
    s.L = 3;
    return s;
}

/* Rotations, of whose groups no neuron is left over. */
static cisup_status carrying_study(const cisup_claims_setup *setup, cisup_study *s,
                                   cisup_error *err) {
    cisup_cycle_plan plan;
    *s = cisup_study_masks(setup);
    s->S = 4;
    s->L = 3;
    s->z = 2;
    s->fresh = 1; /* no returns: (20.7) knows them of random classes */
    const cisup_status status = cisup_cycle_plan_make(&plan, s->N, s->S, s->cycle, err);
    if (status == CISUP_OK && plan.q > 0) s->N = s->S * plan.q;
    return status;
}

static const cisup_index power[POINTS] = {1, 2, 4};

/* z, of masks z-1: 1, 2, 4. */
static void vary_active(series *w, const cisup_study *s) {
    for (int k = 0; k < POINTS; k++) {
        w->study[k] = *s;
        w->study[k].z = power[k] + (s->cycle > 0);
        w->x[k] = (double)power[k];
    }
    complete(w);
}

static void vary_layers(series *w, const cisup_study *s) {
    for (int k = 0; k < POINTS; k++) {
        w->study[k] = *s;
        w->study[k].L = power[k] + 1;
        w->x[k] = (double)power[k];
    }
    complete(w);
}

/* d = 2, 4, 8 in the same D. */
static void vary_width(series *w, const cisup_study *s, cisup_index D) {
    for (int k = 0; k < POINTS; k++) {
        w->study[k] = *s;
        w->study[k].d = 2 * power[k];
        w->study[k].N = D / w->study[k].d;
        w->x[k] = (double)power[k];
    }
    complete(w);
}

/* The leading order, exponents -1 and -2, is not asked for: overlap, L (z-1) p, takes a
 * part of the budget, and p is less than d/D where few circuits sit on a neuron. */
cisup_status cisup_claim_shapes(const cisup_claims_setup *setup, cisup_findings *f,
                                cisup_error *err) {
    cisup_study masked = masked_study(setup), masks;
    series of_z = {"exponent of z", "isometric, L = 3, z = 1, 2, 4", .budget = 0.16};
    series of_L = {"exponent of L-1", "isometric, z = 1, L = 2, 3, 5", .budget = 0.04};
    series of_d = {"exponent of d", "isometric, z = 1, L = 3, d = 2, 4, 8",
                   .budget = 0.04};
    series more = {"exponent of z-1, masks", "ReLU, L = 3, z = 2, 3, 5", .budget = 0.09};
    series deep = {"exponent of L-1, masks", "ReLU, z = 2, L = 2, 3, 5", .budget = 0.05};
    series *all[] = {&of_z, &of_L, &of_d, &more, &deep};
    cisup_status status;
    CISUP_TRY(carrying_study(setup, &masks, err));
    vary_active(&of_z, &masked);
    vary_layers(&of_L, &masked);
    vary_width(&of_d, &masked, setup->D / 2);
    vary_active(&more, &masks);
    vary_layers(&deep, &masks);
    for (int k = 0; k < 5; k++) CISUP_TRY(examine(setup, all[k], f, err));
done:
    return status;
}
