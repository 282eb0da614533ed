/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_limits.h>

#include <cisup/analysis/theory/theory_closed.h>

#include <math.h>
#include <stddef.h>

double cisup_theory_growth(const cisup_theory_case *c) {
    return c->T > 1.0 ? 1.0 + (c->T - 1.0) * c->p : 1.0;
}

double cisup_theory_growth_post(const cisup_theory_case *c) {
    return c->T * c->d / c->D;
}

cisup_theory_error cisup_theory_worst_overlap(const cisup_theory_case *c) {
    return (cisup_theory_error){(c->z - 1.0) / c->S,
                                c->T > c->z ? c->z / c->S : (double)NAN};
}

double cisup_theory_error_by(cisup_error_formula formula, const cisup_theory_case *c,
                             cisup_index L) {
    switch (formula) {
    case CISUP_ERROR_POST:
        return cisup_theory_general_post(c, L).active;
    case CISUP_ERROR_SETTLED:
        return cisup_theory_settled(c, L).active;
    case CISUP_ERROR_GENERAL:
        return cisup_theory_general_recursion(c, L).active;
    case CISUP_ERROR_FOLLOWUP:
        return cisup_theory_rotation_followup(c, L);
    case CISUP_ERROR_ROTATION:
        return cisup_theory_rotation_recursion(c, L).active;
    }
    return (double)NAN;
}

/* Circuits are counted in doubles, which are exact up to here. */
static const cisup_index most_circuits = INT64_C(1) << 53;

static int holds_at(const cisup_theory_case *c, cisup_index T,
                    cisup_theory_condition *condition, const void *context) {
    const cisup_theory_case even = cisup_theory_even(c, (double)T);
    return condition(&even, context);
}

cisup_index cisup_theory_largest(const cisup_theory_case *c,
                                 cisup_theory_condition *condition, const void *context) {
    if (!(c->z >= 0.0 && c->z <= (double)most_circuits)) return 0;
    cisup_index low = (cisup_index)c->z, high = most_circuits;
    if (!holds_at(c, low, condition, context)) return 0;
    if (holds_at(c, high, condition, context)) return INT64_MAX;
    while (high - low > 1) {
        const cisup_index middle = low + (high - low) / 2;
        if (holds_at(c, middle, condition, context))
            low = middle;
        else
            high = middle;
    }
    return low;
}

typedef struct {
    cisup_error_formula formula;
    cisup_index L;
    double budget;
} error_limit;

static int error_is_within(const cisup_theory_case *c, const void *context) {
    const error_limit *limit = context;
    return cisup_theory_error_by(limit->formula, c, limit->L) <= limit->budget;
}

cisup_index cisup_theory_T_error(const cisup_theory_case *c, cisup_error_formula formula,
                                 cisup_index L, double budget) {
    const error_limit limit = {formula, L, budget};
    return cisup_theory_largest(c, error_is_within, &limit);
}

/* A real bound on T rounded down; -1 for none. */
static cisup_index rounded_down(double T) {
    if (!(T > -(double)most_circuits)) return -1;
    return T >= (double)most_circuits ? INT64_MAX : (cisup_index)T;
}

cisup_index cisup_theory_T_post(const cisup_theory_case *c, cisup_index L,
                                double budget) {
    const double density = c->d / c->D;
    if (L < 2) return (c->z - 1.0) * density <= budget ? INT64_MAX : 0;
    const double T = budget / ((double)(L - 1) * c->z * density * density);
    return T < c->z ? 0 : rounded_down(T);
}

/* D^2/(z S d^2), the scale of the limits (12.3)-(12.5). */
static double per_neuron(const cisup_theory_case *c) {
    return c->D * c->D / (c->z * c->S * c->d * c->d);
}

static int feedback_dies_out(const cisup_theory_case *c, const void *context) {
    (void)context;
    return cisup_theory_feedback(c) < 1.0;
}

cisup_index cisup_theory_T_feedback(const cisup_theory_case *c) {
    return cisup_theory_largest(c, feedback_dies_out, NULL);
}

double cisup_theory_T_feedback_leading(const cisup_theory_case *c) {
    return per_neuron(c);
}

static int noise_is_small(const cisup_theory_case *c, const void *context) {
    const double k = *(const double *)context;
    const double most = cisup_theory_closed_to(c);
    return k * k * cisup_theory_closed_variance(c) <= most * most;
}

cisup_index cisup_theory_T_closed(const cisup_theory_case *c, double k) {
    return cisup_theory_largest(c, noise_is_small, &k);
}

double cisup_theory_T_closed_leading(const cisup_theory_case *c, double k) {
    const double most = cisup_theory_closed_to(c);
    return per_neuron(c) * most * most / (k * k);
}

static int plain_mean_is_small(const cisup_theory_case *c, const void *context) {
    (void)context;
    return cisup_theory_plain_mean(c) < cisup_theory_closed_to(c);
}

cisup_index cisup_theory_T_plain(const cisup_theory_case *c) {
    return cisup_theory_largest(c, plain_mean_is_small, NULL);
}

double cisup_theory_T_plain_leading(const cisup_theory_case *c) {
    return per_neuron(c) * cisup_theory_closed_to(c) / c->S;
}

double cisup_theory_storage_ln(const cisup_theory_case *c, double budget) {
    return budget * c->D / (8.0 * c->z);
}

cisup_index cisup_theory_T_information(double bits, double weights, double circuit_bits) {
    const double T = bits * weights / circuit_bits;
    return T > 0.0 ? rounded_down(T) : 0;
}

double cisup_theory_angle_bits(cisup_index L, double delta) {
    const double pi = 3.14159265358979323846;
    return L < 2 ? (double)NAN : log2(pi * (double)(L - 1) / delta);
}

/* The largest whole x in low..high for which a condition on it and `a` holds; it holds at
 * low, and up to some x only. */
static double largest_whole(double low, double high, int (*holds)(double, const double *),
                            const double *a) {
    if (holds(high, a)) return high;
    while (high - low > 1.0) {
        const double middle = floor(low + (high - low) / 2.0);
        if (holds(middle, a))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int labels_fit(double T, const double *bits) {
    return T * log2(T) <= *bits;
}

cisup_index cisup_theory_T_labels(double bits) {
    return rounded_down(largest_whole(1.0, 0x1p53, labels_fit, &bits));
}

/* a: N, T, and the factor of sqrt(2 ln z). */
static int is_recovered(double z, const double *a) {
    const double root = a[2] * sqrt(2.0 * log(z)) + sqrt(2.0 * log(a[1] - z));
    return z * root * root <= a[0];
}

cisup_index cisup_theory_z_recovered(double N, double T, double a) {
    const double sizes[] = {N, T, a};
    if (!(T >= 2.0 && is_recovered(1.0, sizes))) return 0;
    return rounded_down(
        largest_whole(1.0, fmin(0x1p53, floor(T / 2.0)), is_recovered, sizes));
}
