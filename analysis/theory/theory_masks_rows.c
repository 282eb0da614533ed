/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/analysis/theory/theory_overlap.h>
#include <cisup/analysis/theory/theory_rows.h>

#include <math.h>

/* The network of a case with c->cycle, its circuits in whole parallel classes. */
static cisup_theory_masks masks_of(const cisup_theory_case *c) {
    const cisup_theory_masks sizes = {
        .N = c->N, .S = c->S, .z = c->z, .c = c->cycle, .fresh = c->fresh};
    return cisup_theory_masks_classes(&sizes, c->T);
}

cisup_theory_case cisup_theory_masks_case(const cisup_theory_case *sizes,
                                          cisup_index cycle, cisup_index N) {
    cisup_theory_case c = *sizes;
    c.cycle = cycle;
    c.N = c.S * floor((double)N / c.S);
    const cisup_theory_masks m = masks_of(&c);
    c.P = m.P;
    c.p = m.P / (m.S * m.S);
    c.kappa = c.V = 0.0;
    return c;
}

static int is_placed(const cisup_theory_case *c) {
    const double q = c->N / c->S;
    return c->T <= q * q;
}

#define FIGURE(name, expression)                                                         \
    static double name(const cisup_theory_case *c, const cisup_theory_question *q) {     \
        (void)q;                                                                         \
        const cisup_theory_masks m = masks_of(c);                                        \
        (void)m;                                                                         \
        return expression;                                                               \
    }
#define RANGE(name, condition)                                                           \
    static int name(const cisup_theory_case *c, const cisup_theory_question *q) {        \
        (void)c, (void)q;                                                                \
        return condition;                                                                \
    }

FIGURE(neurons, m.N)
FIGURE(overlap, m.P)
FIGURE(square_overlap, m.P / (m.S * m.S))
FIGURE(led_to, m.r)
FIGURE(overlap_floor, cisup_theory_overlap_floor(c))
FIGURE(exponent,
       cisup_theory_masks_exponent(&m, cisup_theory_masks_classes, q->L, q->budget))
RANGE(always, 1)
RANGE(is_within_design, is_placed(c))
RANGE(is_measured_case, c->z <= 5.0 && q->L <= 8 && !(q->budget > 1.0))

static const cisup_theory_figure figures[] = {
    {"masks_neurons", CISUP_SOURCE_HERE, "(20.1)", "always", CISUP_CLAIM_EXACT, neurons,
     always},
    {"masks_overlap", CISUP_SOURCE_HERE, "(20.6)", "T <= (N/S)^2, if that design exists",
     CISUP_CLAIM_AVERAGE, overlap, is_within_design},
    {"masks_square_overlap", CISUP_SOURCE_HERE, "(20.6)",
     "T <= (N/S)^2, if that design exists", CISUP_CLAIM_AVERAGE, square_overlap,
     is_within_design},
    {"masks_led_to", CISUP_SOURCE_HERE, "(20.6)", "T <= (N/S)^2, if that design exists",
     CISUP_CLAIM_AVERAGE, led_to, is_within_design},
    {"masks_overlap_floor", "[Welch]", "(2.6)", "always", CISUP_CLAIM_BOUND,
     overlap_floor, always},
    {"masks_exponent", CISUP_SOURCE_HERE, "(20.5)", "z <= 5, L <= 8, budget <= 1",
     CISUP_CLAIM_AVERAGE, exponent, is_measured_case},
};

const cisup_theory_figure *cisup_theory_masks_figures(int *count) {
    *count = sizeof figures / sizeof figures[0];
    return figures;
}

static cisup_theory_error law(const cisup_theory_case *c, cisup_index l) {
    const cisup_theory_masks m = masks_of(c);
    return cisup_theory_masks_law(&m, l);
}

static cisup_theory_error recursion(const cisup_theory_case *c, cisup_index l) {
    const cisup_theory_masks m = masks_of(c);
    return cisup_theory_masks_recursion(&m, l);
}

static int is_small_and_early(const cisup_theory_case *c, cisup_index l) {
    return c->z == 1.0 || (l <= 3 && law(c, l).active <= 0.1);
}

static int was_measured(const cisup_theory_case *c, cisup_index l) {
    return c->z == 1.0 || (c->z <= 5.0 && l <= 8 && recursion(c, l).active <= 1.0);
}

static const cisup_theory_curve curves[] = {
    {"masks_law", CISUP_SOURCE_HERE, "(20.4)", "z = 1, or l <= 3, error <= 0.1",
     "general", CISUP_CLAIM_LEADING, law, is_small_and_early},
    {"masks_recur", CISUP_SOURCE_HERE, "(20.5)", "z = 1, or z <= 5, l <= 8, error <= 1",
     "general", CISUP_CLAIM_AVERAGE, recursion, was_measured},
};

const cisup_theory_curve *cisup_theory_masks_curves(int *count) {
    *count = sizeof curves / sizeof curves[0];
    return curves;
}

#define LIMIT(name, expression)                                                          \
    static cisup_index name(const cisup_theory_case *c,                                  \
                            const cisup_theory_question *q) {                            \
        (void)q;                                                                         \
        const cisup_theory_masks m = masks_of(c);                                        \
        return expression;                                                               \
    }

LIMIT(T_cycle, cisup_theory_masks_T_cycle(m.N, m.S))
LIMIT(T_law, isnan(q->budget) ? -1 : cisup_theory_masks_T_law(&m, q->L, q->budget))
LIMIT(T_recursion, isnan(q->budget)
                       ? -1
                       : cisup_theory_masks_T_recursion(&m, cisup_theory_masks_classes,
                                                        q->L, q->budget))
RANGE(is_law_in_range, is_small_and_early(c, q->L))

static const cisup_theory_limit limits[] = {
    {"masks_cycle", CISUP_SOURCE_HERE, "(20.2)", "always", CISUP_CLAIM_BOUND, 0, T_cycle,
     always},
    {"masks_law", CISUP_SOURCE_HERE, "(20.9)", "as its error", CISUP_CLAIM_LEADING, 0,
     T_law, is_law_in_range},
    {"masks_recursion", CISUP_SOURCE_HERE, "(20.5)", "z <= 5, L <= 8, budget <= 1",
     CISUP_CLAIM_AVERAGE, 0, T_recursion, is_measured_case},
};

const cisup_theory_limit *cisup_theory_masks_limits(int *count) {
    *count = sizeof limits / sizeof limits[0];
    return limits;
}

static double squared(double x) {
    return x * x;
}

static cisup_index T_weights(const cisup_theory_case *c, const cisup_theory_question *q) {
    (void)q;
    return cisup_theory_T_information(1.0, squared(c->D), squared(c->d));
}

static cisup_index T_angles(const cisup_theory_case *c, const cisup_theory_question *q) {
    if (isnan(q->budget) || q->L < 2) return -1;
    const double angle = cisup_theory_angle_bits(q->L, sqrt(q->budget));
    return cisup_theory_T_information(1.0, (double)(q->L - 1) * squared(c->D), angle);
}

static cisup_index T_labels(const cisup_theory_case *c, const cisup_theory_question *q) {
    (void)q;
    return cisup_theory_T_labels(squared(c->D));
}

RANGE(has_small_angle, isnan(q->budget) || sqrt(q->budget) <= 1.0)

static const cisup_theory_limit any_limits[] = {
    {"weights", "[ROT]", "(12.8)", "a circuit's weights as precise as the network's",
     CISUP_CLAIM_BOUND, 0, T_weights, always},
    {"angles_1_bit", CISUP_SOURCE_HERE, "(12.8)",
     "rotations, the same in all layers, budget <= 1; 1 bit a weight, b times at b bits",
     CISUP_CLAIM_BOUND, 0, T_angles, has_small_angle},
    {"labels_1_bit", "[CNC]", "(12.8)", "T labels in one layer, order; 1 bit a weight",
     CISUP_CLAIM_LEADING, 0, T_labels, always},
};

const cisup_theory_limit *cisup_theory_any_limits(int *count) {
    *count = sizeof any_limits / sizeof any_limits[0];
    return any_limits;
}
