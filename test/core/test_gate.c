/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/drawn.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>

/* alpha' = clamp(2 alpha - 1/2, 0, 1), for alpha = a_0 - a_1 at three values of a_1;
 * multiples of 1/64 throughout, so nothing is rounded. */
static void the_indicator_is_the_step_map(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_STEP2, 0);
    cisup_circuits c = made(2, 2, 1, &o);
    const double weights[4] = {2, -2, 2, -2}, bias[2] = {-0.5, -1.5};
    check_row(cisup_circuits_weights(&c, 1, 1), weights, 4, 0.0);
    check_row(cisup_circuits_common(&c, 1), weights, 4, 0.0);
    check_row(cisup_circuits_bias(&c, 1), bias, 2, 0.0);
    for (double low = -0.5; low <= 1.0; low += 0.75)
        for (double alpha = -1.0; alpha <= 2.0; alpha += 1.0 / 64.0) {
            double a[2] = {low + alpha, low};
            run(&c, 1, 1, a);
            assert_true(cisup_circuits_on(&c, a) ==
                        fmin(fmax(2.0 * alpha - 0.5, 0.0), 1.0));
        }
    cisup_circuits_free(&c);
}

/* Steps with thresholds (k-1-s)/k and (k-s)/k that are binary fractions. */
static const struct {
    cisup_gate_step step;
    double closed_to, open_from;
} exact_steps[] = {
    {{0.0, 0.0}, 0.25, 0.75},
    {{2.0, 0.5}, 0.25, 0.75},
    {{8.0, 0.5}, 0.8125, 0.9375},
    {{8.0, 0.0}, 0.8125, 0.9375},
    {{4.0, 2.0}, 0.25, 0.5},
    {{0.0, 0.25}, 0.375, 0.875},
    {{64.0, 0.125}, 63.0 / 64.0 - 1.0 / 512.0, 1.0 - 1.0 / 512.0},
};
enum { EXACT_STEPS = sizeof exact_steps / sizeof exact_steps[0] };

/* (14.8): 0 up to one threshold and not beyond, 1 from the other and not before; in
 * between the line k alpha - (k-1) + s. alpha in steps of 2^-10, nothing is rounded. */
static void a_step_has_its_thresholds(void **state) {
    (void)state;
    for (int e = 0; e < EXACT_STEPS; e++) {
        const double closed = exact_steps[e].closed_to, open = exact_steps[e].open_from;
        const cisup_gate_step step = cisup_gate_step_of(exact_steps[e].step);
        assert_true(cisup_gate_closed_to(exact_steps[e].step) == closed);
        assert_true(cisup_gate_open_from(exact_steps[e].step) == open);
        cisup_family_options o = drawn(CISUP_STEP2, 0);
        o.step = exact_steps[e].step;
        cisup_circuits c = made(1, 2, 1, &o);
        for (double alpha = -1.0; alpha <= 2.0; alpha += 1.0 / 1024.0) {
            double a[2] = {0.5 + alpha, 0.5};
            run(&c, 1, 0, a);
            const double next = cisup_circuits_on(&c, a);
            assert_true((next == 0.0) == (alpha <= closed));
            assert_true((next == 1.0) == (alpha >= open));
            if (alpha > closed && alpha < open)
                assert_true(next == step.steepness * (alpha - 1.0) + 1.0 + step.shift);
        }
        cisup_circuits_free(&c);
    }
}

/* A step anywhere in its range, every third time the published one. */
static cisup_gate_step random_step(cisup_rng *rng) {
    if (check_between(rng, 0, 2) == 0) return (cisup_gate_step){0};
    const double shift = 0.05 + 3.0 * cisup_rng_unit(rng);
    return (cisup_gate_step){1.05 + shift + 20.0 * cisup_rng_unit(rng), shift};
}

/* A random MLP of width m with its own weights and biases in every layer. */
typedef struct {
    cisup_index T, m, L;
    double v[3 * 4 * 25], beta[3 * 4 * 5];
} mlp;

static mlp random_mlp(cisup_rng *rng) {
    mlp n = {.T = check_between(rng, 1, 3), .m = check_between(rng, 1, 5)};
    n.L = check_between(rng, 1, 4);
    for (cisup_index e = 0; e < n.L * n.T * n.m * n.m; e++)
        n.v[e] = cisup_rng_normal(rng);
    for (cisup_index e = 0; e < n.L * n.T * n.m; e++) n.beta[e] = cisup_rng_normal(rng);
    return n;
}

static const double *inner_weights(const mlp *n, cisup_index l, cisup_index t) {
    return n->v + ((l - 1) * n->T + t) * n->m * n->m;
}

static const double *inner_bias(const mlp *n, cisup_index l, cisup_index t) {
    return n->beta + ((l - 1) * n->T + t) * n->m;
}

static cisup_circuits gated(const mlp *n, const cisup_gate *gate) {
    cisup_circuits c;
    CHECK_OK(
        cisup_circuits_gate(&c, n->T, n->m, n->L, n->L, n->v, n->beta, gate, &error_));
    return c;
}

/* Theorem 3 (i). */
static void an_active_gate_keeps_the_function(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int trial = 0; trial < 200; trial++) {
        const mlp n = random_mlp(&rng);
        const cisup_gate gate = {0.3 + cisup_rng_unit(&rng), random_step(&rng)};
        const cisup_gate_step step = cisup_gate_step_of(gate.step);
        /* Sums of k a_0, -k a_1 and the bias: eight roundings of at most k (1 + s). */
        const double rounding = 8.0 * step.steepness * (1.0 + step.shift) * DBL_EPSILON;
        cisup_circuits c = gated(&n, &gate);
        const cisup_index t = check_between(&rng, 0, n.T - 1);
        double a[most_d] = {1.5, 0.5}, y[5], size = 3.0;
        for (cisup_index i = 0; i < n.m; i++) a[i + 2] = y[i] = cisup_rng_normal(&rng);
        for (cisup_index l = 1; l <= n.L; l++) {
            const double *v = inner_weights(&n, l, t), *beta = inner_bias(&n, l, t);
            double next[5], out[most_d];
            for (cisup_index i = 0; i < n.m; i++) {
                double sum = beta[i];
                for (cisup_index j = 0; j < n.m; j++) sum += v[i * n.m + j] * y[j];
                next[i] = fmax(sum, 0.0);
            }
            memcpy(y, next, sizeof y);
            cisup_circuits_step(&c, l, t, a, out);
            memcpy(a, out, sizeof a);
            if (gate.step.steepness == 0.0) assert_true(a[0] == 1.5 && a[1] == 0.5);
            CHECK_NEAR(a[0], 1.0 + step.shift, rounding);
            CHECK_NEAR(a[1], step.shift, rounding);
            /* Normal weights multiply errors and numbers by less than 4 m a layer. */
            size *= 4.0 * (double)n.m;
            for (cisup_index i = 0; i < n.m; i++)
                CHECK_NEAR(a[i + 2], y[i], size * (16.0 * DBL_EPSILON + 2.0 * rounding));
        }
        cisup_circuits_free(&c);
    }
}

/* Theorem 3 (ii), for every family with an indicator. */
static void an_inactive_gate_stays_at_exactly_zero(void **state) {
    (void)state;
    static const struct {
        cisup_family family;
        cisup_index d;
    } of[] = {{CISUP_ROTATION3, 3}, {CISUP_ROTATION4, 4}, {CISUP_STEP2, 2},
              {CISUP_GATE, 3},      {CISUP_GATE, 9},      {CISUP_RANDOM_RELU, 5},
              {CISUP_IDENTITY, 5}};
    for (size_t k = 0; k < sizeof of / sizeof of[0]; k++) {
        cisup_family_options o = drawn(of[k].family, 1);
        cisup_rng rng = check_rng((cisup_index)k);
        o.step = random_step(&rng);
        cisup_circuits c = made(4, of[k].d, 5, &o);
        for (cisup_index t = 0; t < 4; t++) {
            double a[most_d] = {0.0};
            run(&c, 5, t, a);
            for (cisup_index i = 0; i < c.d; i++) assert_true(a[i] == 0.0);
        }
        cisup_circuits_free(&c);
    }
}

/* Theorem 3 (iii): repaired to exactly 1 from 3/4 on, to exactly 0 up to 1/4. */
static void a_noisy_indicator_is_repaired(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    const cisup_family_options o = drawn(CISUP_GATE, 0);
    cisup_circuits c = made(1, 4, 1, &o);
    for (int trial = 0; trial < 2000; trial++) {
        const double unit = 1.0 / 1024.0;
        const double low = unit * (double)check_between(&rng, -1024, 1024);
        double high[4] = {low + 0.75 + unit * (double)check_between(&rng, 0, 1024), low};
        double off[4] = {low + 0.25 - unit * (double)check_between(&rng, 0, 1024), low};
        high[2] = off[2] = cisup_rng_normal(&rng);
        high[3] = off[3] = cisup_rng_normal(&rng);
        run(&c, 1, 0, high);
        assert_true(cisup_circuits_on(&c, high) == 1.0);
        run(&c, 1, 0, off);
        assert_true(off[0] == 0.0 && off[1] == 0.0);
    }
    double above[4] = {0.25 + 1.0 / 1024.0};
    run(&c, 1, 0, above);
    assert_true(above[0] > 0.0);
    cisup_circuits_free(&c);
}

/* The row that noise of data (times eta) and on-value (times tau) reaches most, and how
 * much of it that row reads, (14.3). */
static cisup_index most_reached(const mlp *n, double margin, double eta, double tau,
                                double *reach) {
    const double *v = inner_weights(n, 1, 0), *beta = inner_bias(n, 1, 0);
    cisup_index worst = 0;
    *reach = 0.0;
    for (cisup_index i = 0; i < n->m; i++) {
        double sum = tau * fabs(beta[i] + margin);
        for (cisup_index j = 0; j < n->m; j++) sum += eta * fabs(v[i * n->m + j]);
        if (sum <= *reach) continue;
        *reach = sum;
        worst = i;
    }
    return worst;
}

/* Noise times scale, with the signs that row i adds up. a: [m+2] */
static void aligned_noise(const mlp *n, double margin, cisup_index i, double eta,
                          double tau, double *a) {
    const double *v = inner_weights(n, 1, 0) + i * n->m;
    a[0] = copysign(tau, inner_bias(n, 1, 0)[i] + margin);
    a[1] = 0.0;
    for (cisup_index j = 0; j < n->m; j++) a[j + 2] = copysign(eta, v[j]);
}

/* Theorem 3 (iv): (14.3) is sufficient and tight, with and without on-noise. */
static void the_noise_tolerance_is_tight(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    int with_on_noise = 0;
    for (int trial = 0; trial < 300; trial++) {
        const mlp n = random_mlp(&rng);
        const double margin = 0.3 + cisup_rng_unit(&rng);
        const double ratio = trial % 2 ? 0.2 : 0.0; /* tau / eta */
        const cisup_gate gate = {margin, random_step(&rng)};
        cisup_circuits c = gated(&n, &gate);
        double reach, a[most_d];
        const cisup_index i = most_reached(&n, margin, 1.0, ratio, &reach);
        const double eta = margin / reach;
        if (1.01 * eta * ratio <=
            cisup_gate_closed_to(gate.step)) { /* else the indicator itself fires */
            aligned_noise(&n, margin, i, 0.99 * eta, 0.99 * eta * ratio, a);
            run(&c, 1, 0, a);
            for (cisup_index k = 0; k < c.d; k++) assert_true(a[k] == 0.0);
            aligned_noise(&n, margin, i, 1.01 * eta, 1.01 * eta * ratio, a);
            run(&c, 1, 0, a);
            assert_true(a[i + 2] > 0.0 && a[0] == 0.0 && a[1] == 0.0);
            with_on_noise += ratio > 0.0;
        }
        cisup_circuits_free(&c);
    }
    assert_true(with_on_noise > 100);
}

static void a_gate_has_the_mean_as_common_part(void **state) {
    (void)state;
    const double v[3] = {1, 2, 6}, beta[3] = {0.5, 0, -2};
    cisup_circuits c;
    CHECK_OK(cisup_circuits_gate(&c, 3, 1, 4, 1, v, beta, &(cisup_gate){.margin = 0.25},
                                 &error_));
    const double common[9] = {2, -2, 0, 2, -2, 0, -0.25, 0.25, 3};
    const double second[9] = {2, -2, 0, 2, -2, 0, 0.25, -0.25, 2};
    const double bias[3] = {-0.5, -1.5, -0.25};
    check_row(cisup_circuits_common(&c, 4), common, 9, DBL_EPSILON);
    check_row(cisup_circuits_weights(&c, 3, 1), second, 9, 0.0);
    check_row(cisup_circuits_bias(&c, 2), bias, 3, 0.0);
    cisup_circuits_free(&c);
    const cisup_gate steep = {0.25, {8.0, 0.5}};
    const double steep_weights[9] = {8, -8, 0, 8, -8, 0, 0.25, -0.25, 2};
    const double steep_bias[3] = {-6.5, -7.5, -0.25};
    CHECK_OK(cisup_circuits_gate(&c, 3, 1, 4, 1, v, beta, &steep, &error_));
    check_row(cisup_circuits_weights(&c, 3, 1), steep_weights, 9, 0.0);
    check_row(cisup_circuits_bias(&c, 2), steep_bias, 3, 0.0);
    cisup_circuits_free(&c);
}

static void check_refused(cisup_index T, cisup_index m, cisup_index L, cisup_index layers,
                          double margin) {
    const double none[4] = {0.0};
    cisup_circuits c = {.T = 99};
    const cisup_gate gate = {.margin = margin};
    assert_int_equal(cisup_circuits_gate(&c, T, m, L, layers, none, none, &gate, NULL),
                     CISUP_EINVAL);
    assert_null(c.w);
    assert_int_equal(c.T, 0);
}

static void unsuitable_sizes_and_margins_are_refused(void **state) {
    (void)state;
    check_refused(1, -1, 1, 1, 1.0);
    check_refused(1, INT64_MAX, 1, 1, 1.0);
    check_refused(0, 1, 1, 1, 1.0);
    check_refused(1, 1, 3, 2, 1.0);
    check_refused(1, 1, 1, 1, 0.0);
    check_refused(1, 1, 1, 1, -2.0);
    check_refused(1, 1, 1, 1, (double)NAN);
    check_refused(1, 1, 1, 1, (double)INFINITY);
}

static void check_step(double k, double s, cisup_status want, const char *says) {
    const double none[4] = {0.0};
    const cisup_gate gate = {1.0, {k, s}};
    cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    cisup_circuits c = {.T = 99};
    cisup_error err = {0};
    assert_int_equal(cisup_circuits_gate(&c, 1, 1, 1, 1, none, none, &gate, &err), want);
    assert_non_null(strstr(err.text, says));
    cisup_circuits_free(&c);
    o.step = gate.step;
    assert_int_equal(cisup_circuits_make(&c, 1, 4, 1, &o, NULL), want);
    cisup_circuits_free(&c);
}

/* 0 and 1 are repaired if 0 < s < k-1; the edges of that and of the numbers. */
static void unsuitable_steps_are_refused(void **state) {
    (void)state;
    check_step(1.5, 0.5, CISUP_EINVAL, "steepness 1.5 is not above 1 + shift = 1.5");
    check_step(1.5 + 1e-9, 0.5, CISUP_OK, "");
    check_step(1.0, 1e-6, CISUP_EINVAL, "steepness 1");
    check_step(0.5, 0.0, CISUP_EINVAL, "steepness 0.5");
    check_step(0.0, 1.0, CISUP_EINVAL, "steepness 2 is not above 1 + shift = 2");
    check_step(-8.0, 0.5, CISUP_EINVAL, "steepness -8");
    check_step(1e6, 1e-6, CISUP_OK, "");
    check_step(1.001e6, 0.5, CISUP_EINVAL, "at most 1e+06");
    check_step(8.0, 0.9e-6, CISUP_EINVAL, "shift 9e-07 is not at least 1e-06");
    check_step(8.0, -0.5, CISUP_EINVAL, "shift -0.5");
    check_step(8.0, (double)NAN, CISUP_EINVAL, "shift nan");
    check_step((double)NAN, 0.5, CISUP_EINVAL, "steepness nan");
    check_step((double)INFINITY, 0.5, CISUP_EINVAL, "steepness inf");
    check_step(8.0, (double)INFINITY, CISUP_EINVAL, "shift inf");
}

static cisup_status gate_and_free(void *context) {
    cisup_circuits c;
    const cisup_status status = cisup_circuits_gate(&c, 1, 1, 1, 1, context, context,
                                                    &(cisup_gate){.margin = 1.0}, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    cisup_circuits_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    double some[1] = {0.5};
    assert_int_equal(check_every_allocation(gate_and_free, some), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_indicator_is_the_step_map),
        cmocka_unit_test(a_step_has_its_thresholds),
        cmocka_unit_test(an_active_gate_keeps_the_function),
        cmocka_unit_test(an_inactive_gate_stays_at_exactly_zero),
        cmocka_unit_test(a_noisy_indicator_is_repaired),
        cmocka_unit_test(the_noise_tolerance_is_tight),
        cmocka_unit_test(a_gate_has_the_mean_as_common_part),
        cmocka_unit_test(unsuitable_sizes_and_margins_are_refused),
        cmocka_unit_test(unsuitable_steps_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
