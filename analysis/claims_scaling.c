/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory_limits.h>
#include <cisup/core/memory.h>
#include <cisup/core/rng.h>

#include <math.h>
#include <stdio.h>

enum { WIDTHS = 4 };

/* Slope of y over x by least squares. y: [count], `apart` apart. */
static double slope(const double *x, const double *y, int count, cisup_index apart) {
    double mx = 0.0, my = 0.0, xx = 0.0, xy = 0.0;
    for (int k = 0; k < count; k++) {
        mx += x[k] / count;
        my += y[k * apart] / count;
    }
    for (int k = 0; k < count; k++) {
        xx += (x[k] - mx) * (x[k] - mx);
        xy += (x[k] - mx) * (y[k * apart] - my);
    }
    return xy / xx;
}

/* ln of the number of circuits at which the active x has the mean square error `budget`
 * in the last layer, by network: errors at two sizes around a guess, between them a power
 * law whose exponent is that of the mean over the networks. lnT: [K]. */
static cisup_status try_T(const cisup_claims_setup *setup, cisup_study s, double guess,
                          double budget, double *lnT, cisup_error *err) {
    cisup_trials low = {0}, high = {0};
    cisup_study more = s;
    s.T = (cisup_index)ceil(guess / 1.2);
    more.T = (cisup_index)ceil(guess * 1.2);
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &low, err));
    CISUP_TRY(cisup_study_run(setup, &more, &high, err));
    const double a = log(low.theory.T), b = log(high.theory.T);
    const double steps = log(cisup_trials_mean(&high, cisup_figure_active_x, s.L).mean /
                             cisup_trials_mean(&low, cisup_figure_active_x, s.L).mean);
    for (cisup_index k = 0; k < low.networks; k++) {
        const double ea = log(cisup_figure_active_x(&low.report[k], s.L));
        const double eb = log(cisup_figure_active_x(&high.report[k], s.L));
        lnT[k] = 0.5 * (a + b) + (log(budget) - 0.5 * (ea + eb)) * (b - a) / steps;
    }
done:
    cisup_trials_free(&low);
    cisup_trials_free(&high);
    return status;
}

/* The same from a guess that may be bad: tried again from what was found. */
static cisup_status find_T(const cisup_claims_setup *setup, const cisup_study *s,
                           double guess, double budget, double *lnT, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 4; k++) {
        CISUP_TRY(try_T(setup, *s, guess, budget, lnT, err));
        const double found = exp(cisup_interval_mean(lnT, s->networks, 0.95).mean);
        const int is_near = found > guess / 1.2 && found < guess * 1.2;
        if (is_near || !isfinite(found)) break;
        guess = fmin(fmax(found, guess / 2.0), guess * 2.0);
    }
done:
    return status;
}

/* What the numbers of circuits at some widths come to. */
typedef struct {
    double *exponent; /* [K] a of T ~ D^a, of each network */
    double last;      /* the same between the two largest widths, of the means */
    double T;         /* at the largest width */
} scaling;

/* Fits the number of circuits at a mean square error of `budget`. exponent is there. */
static cisup_status measure_scaling(const cisup_claims_setup *setup, cisup_mode mode,
                                    double budget, scaling *out, cisup_error *err) {
    static const double part[WIDTHS] = {0.5, 0.7, 1.0, 1.4};
    cisup_study s = cisup_study_rotation(setup);
    const cisup_index N = s.N, K = s.networks;
    double x[WIDTHS], mean[WIDTHS], *lnT = NULL;
    s.mode = mode;
    s.L = 3;
    s.scheme = CISUP_SCHEME_BEST;
    cisup_status status;
    CISUP_TRY(cisup_new(&lnT, WIDTHS * K, sizeof *lnT, err));
    for (int k = 0; k < WIDTHS; k++) {
        s.N = (cisup_index)(part[k] * (double)N);
        const cisup_theory_case c = {.D = 4.0 * (double)s.N,
                                     .d = 4.0,
                                     .S = (double)s.S,
                                     .z = 1.0,
                                     .N = (double)s.N,
                                     .margin = 1.0};
        const cisup_index guess =
            mode == CISUP_MODE_RELU
                ? cisup_theory_T_closed(&c, 2.0)
                : cisup_theory_T_error(&c, CISUP_ERROR_ROTATION, s.L, budget);
        x[k] = log((double)s.N);
        CISUP_TRY(find_T(setup, &s, (double)guess, budget, lnT + k * K, err));
        mean[k] = cisup_interval_mean(lnT + k * K, K, 0.95).mean;
    }
    for (cisup_index n = 0; n < K; n++) out->exponent[n] = slope(x, lnT + n, WIDTHS, K);
    out->last = slope(x + WIDTHS - 2, mean + WIDTHS - 2, 2, 1);
    out->T = exp(mean[WIDTHS - 1]);
done:
    cisup_release(lnT);
    return status;
}

static const double masked_budget = 0.04, relu_budget = 0.01;

cisup_status cisup_claim_scaling(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    const cisup_mode mode[] = {CISUP_MODE_MASKED_LINEAR, CISUP_MODE_RELU};
    const double budget[] = {masked_budget, relu_budget};
    static const char *const part[] = {"exponent of D, masked", "exponent of D, ReLU"};
    const cisup_index K = setup->networks;
    scaling found = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&found.exponent, K, sizeof *found.exponent, err));
    for (int k = 0; k < 2; k++) {
        CISUP_TRY(measure_scaling(setup, mode[k], budget[k], &found, err));
        cisup_finding *row =
            cisup_findings_add(f, part[k], CISUP_RELATION_EQUAL, 2.0,
                               cisup_interval_mean(found.exponent, K, 0.95), 0.0);
        (void)snprintf(row->where, sizeof row->where,
                       "active x, layer 3, mean square error %g, z = 1, D = %g to %g; T "
                       "= %.0f there, exponent %.2f between the last two D",
                       budget[k], 0.5 * (double)setup->D, 1.4 * (double)setup->D, found.T,
                       found.last);
        if (k > 0) continue;
        for (cisup_index n = 0; n < K; n++) found.exponent[n] /= 2.0;
        cisup_findings_add(f, "exponent of the parameters D^2", CISUP_RELATION_EQUAL, 1.0,
                           cisup_interval_mean(found.exponent, K, 0.95), 0.0);
    }
done:
    cisup_release(found.exponent);
    return status;
}

enum { DIMENSIONS = 5, REPEATS = 8, MOST_VECTORS = 20000 };
static const double cosine = 0.5; /* of the angle that vectors keep at least */

/* How many random unit vectors of R^n there are before two have |<f, g>| > cosine. Only
 * `free` of their coordinates are random, the others 0. v: [MOST_VECTORS][n]. */
static cisup_index count_vectors(cisup_rng *rng, cisup_index n, cisup_index free,
                                 double *v) {
    for (cisup_index m = 0; m < MOST_VECTORS; m++) {
        double *one = v + m * n;
        cisup_rng_sphere(rng, free, one);
        for (cisup_index j = free; j < n; j++) one[j] = 0.0;
        for (cisup_index k = 0; k < m; k++) {
            double dot = 0.0;
            for (cisup_index j = 0; j < n; j++) dot += one[j] * v[k * n + j];
            if (fabs(dot) > cosine) return m;
        }
    }
    return MOST_VECTORS;
}

cisup_status cisup_claim_storage(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    static const double n[DIMENSIONS] = {20, 35, 50, 65, 80};
    const cisup_index K = setup->networks;
    double *value = NULL, *v = NULL, lnm[DIMENSIONS];
    cisup_status status;
    CISUP_TRY(cisup_new(&value, K, sizeof *value, err));
    CISUP_TRY(cisup_new(&v, MOST_VECTORS * 80, sizeof *v, err));
    for (cisup_index k = 0; k < K; k++) {
        for (int i = 0; i < DIMENSIONS; i++) {
            const cisup_index wide = (cisup_index)n[i];
            const cisup_claims_faults *x = &setup->faults;
            const cisup_index free = x->dimension ? x->dimension(x->context, wide) : wide;
            cisup_rng rng;
            cisup_rng_init(&rng, setup->seed, CISUP_STREAM_INPUT, k, wide, 0);
            lnm[i] = 0.0;
            for (int r = 0; r < REPEATS; r++)
                lnm[i] += log((double)count_vectors(&rng, wide, free, v)) / REPEATS;
        }
        value[k] = slope(n, lnm, DIMENSIONS, 1);
    }
    const cisup_interval measured = cisup_interval_mean(value, K, 0.95);
    cisup_finding *row =
        cisup_findings_add(f, "stored: d ln m/dn, bound eps^2/8", CISUP_RELATION_AT_LEAST,
                           cosine * cosine / 8.0, measured, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "random unit vectors of R^n, n = 20..80, all |<f, g>| <= eps = %g",
                   cosine);
    cisup_findings_add(f, "stored: d ln m/dn, -ln(1-eps^2)/4", CISUP_RELATION_EQUAL,
                       -log(1.0 - cosine * cosine) / 4.0, measured, 0.0);
    scaling found = {.exponent = value};
    CISUP_TRY(measure_scaling(setup, CISUP_MODE_MASKED_LINEAR, masked_budget / 2.0,
                              &found, err));
    row = cisup_findings_add(f, "computed: d ln T/d ln D", CISUP_RELATION_EQUAL, 2.0,
                             cisup_interval_mean(value, K, 0.95), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "as claim 19, at a mean square error of %g", masked_budget / 2.0);
done:
    cisup_release(v);
    cisup_release(value);
    return status;
}
