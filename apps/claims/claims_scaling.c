/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

#include <math.h>
#include <stdio.h>

enum { WIDTHS = 4 };

double cisup_claims_slope(const double *x, const double *y, int count,
                          cisup_index apart) {
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

/* Errors at two sizes around a guess, between them a power law whose exponent is that of
 * the mean over the networks. */
static cisup_status try_T(const cisup_claims_setup *setup, cisup_study s,
                          cisup_trials_figure *figure, double guess, double budget,
                          double *lnT, cisup_error *err) {
    cisup_trials low = {0}, high = {0};
    cisup_study more = s;
    s.T = (cisup_index)ceil(guess / 1.2);
    more.T = (cisup_index)ceil(guess * 1.2);
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &low, err));
    CISUP_TRY(cisup_study_run(setup, &more, &high, err));
    const cisup_index L = low.report[0].L; /* the last layer, also of a broken study */
    const double a = log(low.theory.T), b = log(high.theory.T);
    const double steps = log(cisup_trials_mean(&high, figure, L).mean /
                             cisup_trials_mean(&low, figure, L).mean);
    for (cisup_index k = 0; k < low.networks; k++) {
        const double ea = log(figure(&low.report[k], L));
        const double eb = log(figure(&high.report[k], L));
        lnT[k] = 0.5 * (a + b) + (log(budget) - 0.5 * (ea + eb)) * (b - a) / steps;
    }
done:
    cisup_trials_free(&low);
    cisup_trials_free(&high);
    return status;
}

cisup_status cisup_claims_find_T(const cisup_claims_setup *setup, const cisup_study *s,
                                 cisup_trials_figure *figure, double guess, double budget,
                                 double *lnT, cisup_error *err) {
    cisup_cycle_plan plan = {0};
    cisup_status status = CISUP_OK;
    if (s->cycle) CISUP_TRY(cisup_cycle_plan_make(&plan, s->N, s->S, s->cycle, err));
    for (int k = 0; k < 4; k++) {
        if (plan.T) guess = fmin(guess, (double)(plan.T - 1) / 1.2);
        CISUP_TRY(try_T(setup, *s, figure, guess, budget, lnT, err));
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
    double *exponent,
        *linear;             /* [K] a of T ~ D^a and of T ~ (parameters)^a, by network */
    double step[WIDTHS - 1]; /* of T ~ D^a between neighbouring widths, of the means */
    double T;                /* at the largest width */
} scaling;

/* Weights and biases of a network of d N neurons a layer and W^1 = I. */
static double parameters(const cisup_study *s) {
    const double wide = (double)(s->d * s->N);
    return (double)(s->L - 1) * wide * wide + (double)s->L * wide;
}

/* A number of circuits to start from. */
static double guess_T(const cisup_study *s, double budget) {
    const cisup_theory_case c = {.D = 4.0 * (double)s->N,
                                 .d = 4.0,
                                 .S = (double)s->S,
                                 .z = 1.0,
                                 .N = (double)s->N,
                                 .margin = 1.0};
    return (double)(s->mode == CISUP_MODE_RELU
                        ? cisup_theory_T_closed(&c, 2.0)
                        : cisup_theory_T_error(&c, CISUP_ERROR_ROTATION, s->L, budget));
}

/* Fits the number of circuits at a mean square error of `budget`. The arrays are there.
 */
static cisup_status measure_scaling(const cisup_claims_setup *setup, cisup_mode mode,
                                    double budget, scaling *out, cisup_error *err) {
    static const double part[WIDTHS] = {0.5, 0.7, 1.0, 1.4};
    cisup_study s = cisup_study_rotation(setup);
    const cisup_index N = s.N, K = s.networks;
    double x[WIDTHS], size[WIDTHS], mean[WIDTHS], *lnT = NULL;
    s.mode = mode;
    s.L = 3;
    s.scheme = CISUP_SCHEME_BEST;
    cisup_status status;
    CISUP_TRY(cisup_new(&lnT, WIDTHS * K, sizeof *lnT, err));
    for (int k = 0; k < WIDTHS; k++) {
        s.N = (cisup_index)(part[k] * (double)N);
        x[k] = log((double)s.N);
        size[k] = log(parameters(&s));
        CISUP_TRY(cisup_claims_find_T(setup, &s, cisup_figure_active_x,
                                      guess_T(&s, budget), budget, lnT + k * K, err));
        mean[k] = cisup_interval_mean(lnT + k * K, K, 0.95).mean;
    }
    for (cisup_index n = 0; n < K; n++) {
        out->exponent[n] = cisup_claims_slope(x, lnT + n, WIDTHS, K);
        out->linear[n] = cisup_claims_slope(size, lnT + n, WIDTHS, K);
    }
    for (int k = 0; k + 1 < WIDTHS; k++)
        out->step[k] = cisup_claims_slope(x + k, mean + k, 2, 1);
    out->T = exp(mean[WIDTHS - 1]);
done:
    cisup_release(lnT);
    return status;
}

static const double most_error = 0.04; /* mean square of x */

/* The exponents of one mode; those of the parameters in the masked one only. */
static cisup_status examine_scaling(const cisup_claims_setup *setup, cisup_mode mode,
                                    double budget, cisup_findings *f, cisup_error *err) {
    const cisup_index K = setup->networks;
    const int is_masked = mode != CISUP_MODE_RELU;
    scaling found = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&found.exponent, 2 * K, sizeof *found.exponent, err));
    found.linear = found.exponent + K;
    CISUP_TRY(measure_scaling(setup, mode, budget, &found, err));
    cisup_finding *row = cisup_findings_add(
        f, is_masked ? "exponent of D, masked" : "exponent of D, ReLU",
        CISUP_RELATION_EXPONENT, 2.0, cisup_interval_mean(found.exponent, K, 0.95), 0.0);
    (void)snprintf(
        row->where, sizeof row->where,
        "active x, layer 3, mean square error %g, z = 1, D = %g, %g, %g, %g; T "
        "= %.0f in the last, exponents %.2f, %.2f, %.2f between neighbours",
        budget, 0.5 * (double)setup->D, 0.7 * (double)setup->D, (double)setup->D,
        1.4 * (double)setup->D, found.T, found.step[0], found.step[1], found.step[2]);
    if (is_masked)
        cisup_findings_add(f, "exponent of the parameters, masked",
                           CISUP_RELATION_EXPONENT, 1.0,
                           cisup_interval_mean(found.linear, K, 0.95), 0.0);
done:
    cisup_release(found.exponent);
    return status;
}

cisup_status cisup_claim_scaling(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    cisup_status status;
    CISUP_TRY(examine_scaling(setup, CISUP_MODE_MASKED_LINEAR, most_error, f, err));
    CISUP_TRY(examine_scaling(setup, CISUP_MODE_RELU, most_error, f, err));
done:
    return status;
}

enum { DIMENSIONS = 5, REPEATS = 8, MOST_VECTORS = 20000 };
static const double dimension[DIMENSIONS] = {20, 35, 50, 65, 80};
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

/* Mean of ln m over some repeats at each dimension, of draws k. */
static void count_stored(const cisup_claims_setup *setup, cisup_index k, double *v,
                         double lnm[DIMENSIONS]) {
    const cisup_claims_faults *x = &setup->faults;
    for (int i = 0; i < DIMENSIONS; i++) {
        const cisup_index wide = (cisup_index)dimension[i];
        const cisup_index free = x->dimension ? x->dimension(x->context, wide) : wide;
        cisup_rng rng;
        cisup_rng_init(&rng, setup->seed, CISUP_STREAM_INPUT, k, wide, 0);
        lnm[i] = 0.0;
        for (int r = 0; r < REPEATS; r++)
            lnm[i] += log((double)count_vectors(&rng, wide, free, v)) / REPEATS;
    }
}

/* value: [3][K], scratch. */
static void add_stored(cisup_findings *f, double *value, cisup_index K) {
    const int half = DIMENSIONS / 2;
    const cisup_interval rate = cisup_interval_mean(value, K, 0.95);
    cisup_finding *row =
        cisup_findings_add(f, "stored: d ln m/dn, bound eps^2/8", CISUP_RELATION_AT_LEAST,
                           cosine * cosine / 8.0, rate, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "random unit vectors of R^n, n = 20..80, all |<f, g>| <= eps = %g",
                   cosine);
    cisup_findings_add(f, "stored: d ln m/dn, -ln(1-eps^2)/4", CISUP_RELATION_EQUAL,
                       -log(1.0 - cosine * cosine) / 4.0, rate, 0.0);
    row = cisup_findings_add(f, "stored: upper half over lower half",
                             CISUP_RELATION_AT_LEAST, 0.75,
                             cisup_ratio_of_means(value + K, value + 2 * K, K), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "d ln m/dn over n = %g..%g and %g..%g; 1 if exponential, %.2f if a "
                   "power of n; the bound is half-way",
                   dimension[half], dimension[DIMENSIONS - 1], dimension[0],
                   dimension[half], log(80.0 / 50.0) / log(50.0 / 20.0));
}

cisup_status cisup_claim_storage(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    const cisup_index K = setup->networks;
    const int half = DIMENSIONS / 2;
    double *value = NULL, *v = NULL, lnm[DIMENSIONS];
    cisup_status status;
    CISUP_TRY(cisup_new(&value, 3 * K, sizeof *value, err));
    CISUP_TRY(cisup_new(&v, MOST_VECTORS * 80, sizeof *v, err));
    for (cisup_index k = 0; k < K; k++) {
        count_stored(setup, k, v, lnm);
        value[k] = cisup_claims_slope(dimension, lnm, DIMENSIONS, 1);
        value[K + k] = cisup_claims_slope(dimension, lnm, half + 1, 1);
        value[2 * K + k] = cisup_claims_slope(dimension + half, lnm + half, half + 1, 1);
    }
    add_stored(f, value, K);
    scaling found = {.exponent = value, .linear = value + K};
    CISUP_TRY(
        measure_scaling(setup, CISUP_MODE_MASKED_LINEAR, most_error / 2.0, &found, err));
    cisup_finding *row =
        cisup_findings_add(f, "computed: d ln T/d ln D", CISUP_RELATION_EXPONENT, 2.0,
                           cisup_interval_mean(found.exponent, K, 0.95), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "as claim 19, at a mean square error of %g; %.2f, %.2f, %.2f between "
                   "neighbours",
                   most_error / 2.0, found.step[0], found.step[1], found.step[2]);
done:
    cisup_release(v);
    cisup_release(value);
    return status;
}
