/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/drawn.h"

#include <cisup/core/assumptions.h>
#include <cisup/core/circuits/gate.h>

static cisup_assumptions checked(const cisup_circuits *c) {
    cisup_assumptions a;
    CHECK_OK(cisup_assumptions_check(c, &a, &error_));
    return a;
}

/* Three circuits of width 2, one layer, all numbers exact. */
static cisup_circuits by_hand(void) {
    static const double w[12] = {3, 4, 0, -5, 0, 2, -1, 3, 1, -0.5, 0.25, 0.25};
    static const double b[2] = {-0.5, -1.5};
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 3, 2, 4, 1, &error_));
    memcpy(c.w, w, sizeof w);
    memcpy(c.b, b, sizeof b);
    return c;
}

/* Row norms 7, 5; 2, 4; 1.5, 0.5: the least -b/norm is 0.5/7 of circuit 0. */
static void the_noise_tolerance_is_that_of_the_worst_row(void **state) {
    (void)state;
    cisup_circuits c = by_hand();
    cisup_assumptions a = checked(&c);
    assert_true(a.noise_tolerance == 0.5 / 7.0);
    assert_true(a.weakest_circuit == 0 && a.weakest_layer == 1);
    assert_true(isnan(a.on_tolerance) && a.a2_holds);
    c.w[4] = -6.0; /* row 0 of circuit 1 */
    a = checked(&c);
    assert_true(a.noise_tolerance == 0.5 / 8.0 && a.weakest_circuit == 1);
    c.b[1] = 0.0;
    a = checked(&c);
    assert_true(a.noise_tolerance == 0.0 && !a.a2_holds && a.a3_holds);
    assert_true(a.largest_bias == 0.0);
    c.b[1] = 0.25;
    a = checked(&c);
    assert_true(a.noise_tolerance == -0.25 / 0.5 && a.weakest_circuit == 2);
    assert_true(!a.a2_holds && !a.a3_holds && a.largest_bias == 0.25);
    cisup_circuits_free(&c);
}

static void the_weakest_layer_is_named(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 2, 1, 3, 3, &error_));
    const double w[6] = {1, -2, 3, 8, 1, 1}, b[3] = {-1, -2, -0.5};
    memcpy(c.w, w, sizeof w);
    memcpy(c.b, b, sizeof b);
    const cisup_assumptions a = checked(&c);
    assert_true(a.noise_tolerance == 0.25);
    assert_true(a.weakest_layer == 2 && a.weakest_circuit == 1);
    assert_true(a.largest_bias == -0.5 && a.a3_holds);
    cisup_circuits_free(&c);
}

/* A neuron that reads nothing ignores all noise, unless its bias opens it. */
static void a_row_of_zeros_is_no_limit(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 1, 1, 1, 1, &error_));
    cisup_assumptions a = checked(&c);
    assert_true(isinf(a.noise_tolerance) && a.a2_holds && a.weakest_circuit == -1);
    assert_true(a.common_part == 0.0 && a.largest_correlation == 0.0 && a.a4_holds);
    c.b[0] = 1.0;
    a = checked(&c);
    assert_true(a.noise_tolerance < 0.0 && !a.a2_holds && a.weakest_circuit == 0);
    cisup_circuits_free(&c);
}

/* Gate with m = 2, b = 1/2: data rows of norms 3, 1 and 2, 4; largest beta+b 3.5. */
static void a_gate_has_the_tolerances_of_theorem_3(void **state) {
    (void)state;
    const double v[8] = {1, -2, 0, 1, 2, 0, -1, 3}, beta[4] = {0.5, -1, 3, 0};
    cisup_gate gate = {.margin = 0.5};
    cisup_circuits c;
    CHECK_OK(cisup_circuits_gate(&c, 2, 2, 1, 1, v, beta, &gate, &error_));
    cisup_assumptions a = checked(&c);
    assert_true(a.noise_tolerance == 0.5 / 4.0 && a.weakest_circuit == 1);
    assert_true(a.on_tolerance == 0.5 / 3.5);
    assert_true(a.a2_holds && a.a3_holds && a.largest_bias == -0.5);
    assert_false(a.a4_holds);
    cisup_circuits_free(&c);
    const double small[4] = {0.5, -1, 0.25, 0};
    CHECK_OK(cisup_circuits_gate(&c, 2, 2, 1, 1, v, small, &gate, &error_));
    assert_true(checked(&c).on_tolerance == 0.25);
    cisup_circuits_free(&c);
    gate.step.steepness = 8.0; /* closed up to 13/16, but largest beta+b 1, b = 1/2 */
    CHECK_OK(cisup_circuits_gate(&c, 2, 2, 1, 1, v, small, &gate, &error_));
    assert_true(checked(&c).on_tolerance == 0.5);
    cisup_circuits_free(&c);
    gate.margin = 16.0; /* 16/16.5 is above it */
    CHECK_OK(cisup_circuits_gate(&c, 2, 2, 1, 1, v, small, &gate, &error_));
    assert_true(checked(&c).on_tolerance == 13.0 / 16.0);
    cisup_circuits_free(&c);
    gate = (cisup_gate){.margin = 0.5};
    const double none[1] = {0};
    CHECK_OK(cisup_circuits_gate(&c, 1, 1, 1, 1, none, none, &gate, &error_));
    c.b[2] = 0.0; /* reads no data, but half of the on-value */
    c.w[2] = 9.0; /* what an on-neuron reads of data is not looked at */
    a = checked(&c);
    assert_true(isinf(a.noise_tolerance) && a.on_tolerance == 0.0 && !a.a2_holds);
    cisup_circuits_free(&c);
}

/* What (14.3) promises does happen in a step: see test_gate.c for the gate itself. */
static void noise_within_the_tolerance_is_ignored(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    const cisup_family_options o = drawn(CISUP_GATE, 1);
    cisup_circuits c = made(20, 7, 3, &o);
    const cisup_assumptions found = checked(&c);
    for (int trial = 0; trial < 2000; trial++) {
        double a[7] = {0.0}, next[7];
        const double size = found.noise_tolerance * (trial % 2 ? 1.0 : 1e-3);
        for (int j = 2; j < 7; j++)
            a[j] = size * (2.0 * cisup_rng_unit(&rng) - 1.0) * (1.0 - 1e-14);
        cisup_circuits_step(&c, check_between(&rng, 1, 3), check_between(&rng, 0, 19), a,
                            next);
        for (int i = 0; i < 7; i++) assert_true(next[i] == 0.0);
    }
    cisup_circuits_free(&c);
}

/* w_0 = (3,4), w_1 = (4,-3), w_2 = (6,8) in the first row: norms 5, 5, 10; mean
 * (13,9)/3 of square 250/9; mean square norm 50. */
static void common_part_and_correlation_by_hand(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 3, 2, 1, 1, &error_));
    const double w[12] = {3, 4, 0, 0, 4, -3, 0, 0, 6, 8, 0, 0};
    memcpy(c.w, w, sizeof w);
    cisup_assumptions a = checked(&c);
    CHECK_NEAR(a.common_part, sqrt(250.0 / 9.0 / 50.0), 8 * DBL_EPSILON);
    CHECK_NEAR(a.largest_correlation, 1.0, 4 * DBL_EPSILON);
    assert_true(a.correlated[0] == 0 && a.correlated[1] == 2 && a.compared == 3);
    assert_false(a.a4_holds); /* two circuits are multiples of each other */
    c.w[8] = -6.5; /* <w_1,w_2> = -50 now, |w_2|^2 = 106.25; <w_0,w_2> = 12.5 */
    a = checked(&c);
    CHECK_NEAR(a.largest_correlation, 50.0 / (5.0 * sqrt(106.25)), 8 * DBL_EPSILON);
    assert_true(a.correlated[0] == 1 && a.correlated[1] == 2);
    assert_true(a.a4_holds); /* common part (0.5,9)/3: T c^2 = 0.52 */
    cisup_circuits_free(&c);
}

static void zero_weights_count_as_uncorrelated(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 2, 2, 1, 1, &error_));
    c.w[0] = 3.0;
    const cisup_assumptions a = checked(&c);
    assert_true(a.largest_correlation == 0.0);
    assert_true(a.correlated[0] == -1 && a.correlated[1] == -1);
    CHECK_NEAR(a.common_part, 1.5 / sqrt(4.5), 4 * DBL_EPSILON);
    assert_true(a.a4_holds);
    cisup_circuits_free(&c);
}

/* The worst of two layers counts: uncorrelated in the first, opposite in the second. */
static void the_worst_layer_decides_a4(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 2, 2, 2, 2, &error_));
    c.w[0] = c.w[5] = c.w[8] = 1.0;
    c.w[12] = -2.0;
    const cisup_assumptions a = checked(&c);
    CHECK_NEAR(a.largest_correlation, 1.0, 4 * DBL_EPSILON);
    CHECK_NEAR(a.common_part, sqrt(0.5), 4 * DBL_EPSILON); /* of the first layer */
    assert_false(a.a4_holds);
    cisup_circuits_free(&c);
}

static void families_satisfy_what_section_13_says(void **state) {
    (void)state;
    static const struct {
        cisup_family family;
        cisup_index d;
        int a2, a3, a4;
    } of[] = {{CISUP_ROTATION3, 3, 1, 1, 0}, {CISUP_ROTATION4, 4, 1, 1, 0},
              {CISUP_STEP2, 2, 1, 1, 0},     {CISUP_RANDOM_RELU, 8, 0, 1, 1},
              {CISUP_IDENTITY, 5, 0, 1, 0},  {CISUP_GATE, 8, 1, 1, 0}};
    for (int k = 0; k < 6; k++)
        for (int fresh = 0; fresh < 2; fresh++) {
            const cisup_family_options o = drawn(of[k].family, fresh);
            cisup_circuits c = made(300, of[k].d, 3, &o);
            const cisup_assumptions a = checked(&c);
            assert_int_equal(a.a2_holds, of[k].a2);
            assert_int_equal(a.a3_holds, of[k].a3);
            assert_int_equal(a.a4_holds, of[k].a4);
            assert_int_equal(a.compared, 300);
            cisup_circuits_free(&c);
        }
}

/* Rotation with margin 1: data rows (cos, -sin), norm at most sqrt 2; on-value read with
 * 1+b-r_i, r_i at least -sqrt 2. */
static void rotations_have_the_tolerance_of_their_angle(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    cisup_circuits c = made(500, 4, 1, &o);
    const cisup_assumptions a = checked(&c);
    assert_true(a.noise_tolerance >= 1.0 / sqrt(2.0) && a.noise_tolerance < 0.72);
    assert_true(a.on_tolerance == 0.25);
    CHECK_NEAR(a.common_part, 1.0, 0.2); /* mostly its indicator */
    cisup_circuits_free(&c);
}

/* Random weights with a common part: 1 + T c^2 against 1 + 4 sqrt(2/n). */
static void a_small_common_part_is_noticed(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 0);
    cisup_circuits c = made(2000, 5, 1, &o);
    assert_true(checked(&c).a4_holds);
    for (cisup_index k = 0; k < c.T * 25; k++) c.w[k] += 0.1; /* sd 0.63, 7 s.e. */
    const cisup_assumptions a = checked(&c);
    CHECK_NEAR(a.common_part, 0.1 / sqrt(0.41), 0.02);
    assert_false(a.a4_holds);
    cisup_circuits_free(&c);
}

/* One circuit hidden a second time, turned over and scaled, among 60 of width 8. */
static void a_repeated_circuit_is_noticed(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 0);
    cisup_circuits c = made(60, 8, 1, &o);
    for (int e = 0; e < 64; e++) c.w[64 * 47 + e] = -3.0 * c.w[64 * 11 + e];
    const cisup_assumptions a = checked(&c);
    assert_true(a.correlated[0] == 11 && a.correlated[1] == 47 && !a.a4_holds);
    CHECK_NEAR(a.largest_correlation, 1.0, 64 * DBL_EPSILON);
    cisup_circuits_free(&c);
}

static void many_circuits_are_compared_in_part(void **state) {
    (void)state;
    static const struct {
        cisup_index T, d, compared;
    } of[] = {{4100, 1, 4000}, {4000, 1, 4000}, {900, 50, 894}};
    for (int k = 0; k < 3; k++) { /* sqrt(2e9/2500) = 894.4 */
        cisup_circuits c;
        CHECK_OK(cisup_circuits_init(&c, of[k].T, of[k].d, 1, 1, &error_));
        c.w[of[k].d * of[k].d * (of[k].compared - 1)] = 1.0;
        c.w[of[k].d * of[k].d * (of[k].compared - 2)] = -2.385;
        const cisup_assumptions a = checked(&c);
        assert_int_equal(a.compared, of[k].compared);
        assert_int_equal(a.correlated[0], of[k].compared - 2);
        assert_int_equal(a.correlated[1], of[k].compared - 1);
        cisup_circuits_free(&c);
    }
}

static cisup_status check_once(void *context) {
    cisup_assumptions a = {.compared = 99};
    const cisup_status status = cisup_assumptions_check(context, &a, NULL);
    if (status != CISUP_OK) assert_int_equal(a.compared, 99);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_circuits c = by_hand();
    assert_int_equal(check_every_allocation(check_once, &c), 2);
    cisup_circuits_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_noise_tolerance_is_that_of_the_worst_row),
        cmocka_unit_test(the_weakest_layer_is_named),
        cmocka_unit_test(a_row_of_zeros_is_no_limit),
        cmocka_unit_test(a_gate_has_the_tolerances_of_theorem_3),
        cmocka_unit_test(noise_within_the_tolerance_is_ignored),
        cmocka_unit_test(common_part_and_correlation_by_hand),
        cmocka_unit_test(zero_weights_count_as_uncorrelated),
        cmocka_unit_test(the_worst_layer_decides_a4),
        cmocka_unit_test(families_satisfy_what_section_13_says),
        cmocka_unit_test(rotations_have_the_tolerance_of_their_angle),
        cmocka_unit_test(a_small_common_part_is_noticed),
        cmocka_unit_test(a_repeated_circuit_is_noticed),
        cmocka_unit_test(many_circuits_are_compared_in_part),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
