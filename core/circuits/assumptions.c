/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/assumptions.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

static const double most_compared = 4000.0, most_multiplications = 1e9;

/* -b / reach: the noise a neuron ignores that reads `reach` times as much of it. */
static double tolerance(double b, double reach) {
    if (reach > 0.0) return -b / reach + 0.0; /* never -0 */
    return b > 0.0 ? -(double)INFINITY : (double)INFINITY;
}

/* What neuron i reads of noise in the data neurons. w: [d][d]. */
static double data_reach(const cisup_circuits *c, const double *w, cisup_index i) {
    double sum = 0.0;
    for (cisup_index j = c->on_count; j < c->d; j++) sum += fabs(w[i * c->d + j]);
    return sum;
}

static void check_a2_of(const cisup_circuits *c, cisup_index l, cisup_index t,
                        cisup_assumptions *out) {
    const double *w = cisup_circuits_weights(c, l, t);
    const double *b = cisup_circuits_bias(c, l);
    for (cisup_index i = 0; i < c->d; i++) {
        if (c->on_count > 0)
            out->on_tolerance =
                fmin(out->on_tolerance, tolerance(b[i], fabs(w[i * c->d])));
        if (i < c->on_count) continue;
        const double data = tolerance(b[i], data_reach(c, w, i));
        if (data >= out->noise_tolerance) continue;
        out->noise_tolerance = data;
        out->weakest_circuit = t;
        out->weakest_layer = l;
    }
}

static void check_a2(const cisup_circuits *c, cisup_assumptions *out) {
    out->noise_tolerance = (double)INFINITY;
    out->on_tolerance = c->on_count > 0 ? (double)INFINITY : (double)NAN;
    out->weakest_circuit = out->weakest_layer = -1;
    for (cisup_index l = 1; l <= c->layers; l++)
        for (cisup_index t = 0; t < c->T; t++) check_a2_of(c, l, t, out);
    out->a2_holds = out->noise_tolerance > 0.0 && !(out->on_tolerance <= 0.0);
}

static void check_a3(const cisup_circuits *c, cisup_assumptions *out) {
    out->largest_bias = c->b[0];
    for (cisup_index k = 1; k < c->layers * c->d; k++)
        out->largest_bias = fmax(out->largest_bias, c->b[k]);
    out->a3_holds = out->largest_bias <= 0.0;
}

/* In four sums, which lets the machine add four at a time. */
static double dot(const double *x, const double *y, cisup_index n) {
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    cisup_index k = 0;
    for (; k + 4 <= n; k += 4)
        for (int e = 0; e < 4; e++) sum[e] += x[k + e] * y[k + e];
    for (; k < n; k++) sum[0] += x[k] * y[k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* ||mean_t w_t|| / rms_t ||w_t|| in one layer; norm: [T], filled with ||w_t||;
 * mean: [d*d]. */
static double common_part(const cisup_circuits *c, cisup_index l, double *norm,
                          double *mean) {
    const cisup_index n = c->d * c->d;
    double square = 0.0;
    for (cisup_index e = 0; e < n; e++) mean[e] = 0.0;
    for (cisup_index t = 0; t < c->T; t++) {
        const double *w = cisup_circuits_weights(c, l, t);
        const double own = dot(w, w, n);
        square += own;
        norm[t] = sqrt(own);
        for (cisup_index e = 0; e < n; e++) mean[e] += w[e] / (double)c->T;
    }
    return square > 0.0 ? sqrt(dot(mean, mean, n) / (square / (double)c->T)) : 0.0;
}

static cisup_index circuits_to_compare(const cisup_circuits *c) {
    const double per_pair = (double)c->layers * (double)c->d * (double)c->d;
    const double most = fmin(most_compared, sqrt(2.0 * most_multiplications / per_pair));
    if ((double)c->T <= most) return c->T;
    return most >= 2.0 ? (cisup_index)most : 2;
}

/* Updates the largest correlation by those of one layer. norm: [T]. */
static void compare_pairs(const cisup_circuits *c, cisup_index l, const double *norm,
                          cisup_assumptions *out) {
    for (cisup_index t = 0; t < out->compared; t++) {
        if (norm[t] == 0.0) continue;
        for (cisup_index u = t + 1; u < out->compared; u++) {
            const double product = dot(cisup_circuits_weights(c, l, t),
                                       cisup_circuits_weights(c, l, u), c->d * c->d);
            if (product == 0.0) continue;
            const double correlation = fabs(product) / (norm[t] * norm[u]);
            if (!(correlation > out->largest_correlation)) continue;
            out->largest_correlation = correlation;
            out->correlated[0] = t;
            out->correlated[1] = u;
        }
    }
}

static int a4_holds(const cisup_assumptions *a, cisup_index T, cisup_index d) {
    const double n = (double)d * (double)d;
    const double bound = sqrt((4.0 * log((double)a->compared) + 6.0) / n);
    const double largest = a->largest_correlation;
    if ((double)T * a->common_part * a->common_part > 1.0 + 4.0 * sqrt(2.0 / n)) return 0;
    return bound < 1.0 ? largest <= bound : largest < 1.0 - 1e-9;
}

static cisup_status check_a4(const cisup_circuits *c, cisup_assumptions *out,
                             cisup_error *err) {
    double *norm = NULL, *mean = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&norm, c->T, sizeof *norm, err));
    CISUP_TRY(cisup_new(&mean, c->d * c->d, sizeof *mean, err));
    out->correlated[0] = out->correlated[1] = -1;
    out->compared = circuits_to_compare(c);
    for (cisup_index l = 1; l <= c->layers; l++) {
        out->common_part = fmax(out->common_part, common_part(c, l, norm, mean));
        compare_pairs(c, l, norm, out);
    }
    out->a4_holds = a4_holds(out, c->T, c->d);
done:
    cisup_release(norm);
    cisup_release(mean);
    return status;
}

cisup_status cisup_assumptions_check(const cisup_circuits *c, cisup_assumptions *out,
                                     cisup_error *err) {
    cisup_assumptions found = {0};
    check_a2(c, &found);
    check_a3(c, &found);
    const cisup_status status = check_a4(c, &found, err);
    if (status == CISUP_OK) *out = found;
    return status;
}
