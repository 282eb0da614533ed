/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory_closed.h>
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/core/schemes.h>

static const cisup_error_formula formulas[] = {CISUP_ERROR_POST, CISUP_ERROR_SETTLED,
                                               CISUP_ERROR_GENERAL, CISUP_ERROR_FOLLOWUP,
                                               CISUP_ERROR_ROTATION};
enum { formula_count = sizeof formulas / sizeof formulas[0] };

static cisup_theory_case published(double z) {
    return (cisup_theory_case){
        .D = 1000, .d = 4, .S = 6, .z = z, .N = 250, .margin = 1.0};
}

/* tr((UE)^2)/T counted from an allocation: 1 + (T-1) p, as o_tu is 0 or 1. */
static void growth_is_the_trace_of_the_square(void **state) {
    (void)state;
    cisup_allocation a;
    cisup_index load[60];
    CHECK_OK(cisup_allocation_make(&a, 60, 4, 90, NULL, &error_));
    cisup_allocation_loads(&a, load);
    cisup_theory_case c = {.T = 90, .S = 4, .N = 60, .D = 240, .d = 4};
    c.p = cisup_allocation_statistics(load, 60, 4, 90).p;
    cisup_index squares = 0;
    for (cisup_index t = 0; t < 90; t++)
        for (cisup_index u = 0; u < 90; u++) {
            cisup_index shared = 0;
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    shared += a.slot[t * 4 + i] == a.slot[u * 4 + j];
            squares += shared * shared;
        }
    CHECK_NEAR(cisup_theory_growth(&c), (double)squares / 16.0 / 90.0, 1e-14);
    cisup_allocation_free(&a);
}

/* Even loads: T d/D + 1 - 1/S; the post's form is exact at S = 1. */
static void growth_has_its_even_form(void **state) {
    (void)state;
    for (double S = 1; S <= 6; S++) {
        cisup_theory_case c = published(1);
        c.S = S;
        c = cisup_theory_even(&c, 557);
        CHECK_NEAR(cisup_theory_growth(&c), 2.228 + 1.0 - 1.0 / S, 1e-14);
        CHECK_NEAR(cisup_theory_growth_post(&c), 2.228, 1e-15);
    }
    const cisup_theory_case alone = {.T = 1, .p = (double)NAN};
    assert_true(cisup_theory_growth(&alone) == 1.0);
}

static void worst_overlaps_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 9, .S = 4, .z = 3};
    assert_true(cisup_theory_worst_overlap(&c).active == 0.5);
    assert_true(cisup_theory_worst_overlap(&c).inactive == 0.75);
    c.z = 9;
    assert_true(isnan(cisup_theory_worst_overlap(&c).inactive));
}

/* D = 1000, d = 4, L = 5, z = 1, budget 0.04: 0.04 * 62500/4 = 625. z = 3: 208.3. */
static void post_capacity_has_its_value(void **state) {
    (void)state;
    const cisup_theory_case one = published(1), three = published(3);
    assert_int_equal(cisup_theory_T_post(&one, 5, 0.0400001), 625);
    assert_int_equal(cisup_theory_T_post(&three, 5, 0.04), 208);
    assert_true(cisup_theory_T_post(&one, 1, 0.0) == INT64_MAX);
    assert_true(cisup_theory_T_post(&three, 1, 0.008) == INT64_MAX);
    assert_int_equal(cisup_theory_T_post(&three, 1, 0.0079), 0);
    assert_true(cisup_theory_T_post(&one, 2, 1e300) == INT64_MAX);
    assert_int_equal(cisup_theory_T_post(&three, 2, 3.01 * 3.0 / 62500.0), 3);
    assert_int_equal(cisup_theory_T_post(&three, 2, 2.99 * 3.0 / 62500.0), 0);
}

/* (12.1) is the inverse of the post's error, found by bisection. */
static void post_capacity_inverts_its_error(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 100; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_theory_case c = published((double)check_between(&rng, 1, 4));
        const cisup_index L = check_between(&rng, 2, 9);
        const double budget = 0.02 + cisup_rng_unit(&rng);
        assert_int_equal(cisup_theory_T_post(&c, L, budget),
                         cisup_theory_T_error(&c, CISUP_ERROR_POST, L, budget));
    }
}

/* The error is within the budget at T and above it at T + 1. */
static void capacities_invert_their_errors(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 60; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_theory_case c = published((double)check_between(&rng, 1, 4));
        const cisup_index L = check_between(&rng, 2, 6);
        const double budget = 1.0 + cisup_rng_unit(&rng);
        for (int f = 0; f < formula_count; f++) {
            const cisup_index T = cisup_theory_T_error(&c, formulas[f], L, budget);
            if (T == 0) continue;
            const cisup_theory_case at = cisup_theory_even(&c, (double)T);
            const cisup_theory_case next = cisup_theory_even(&c, (double)(T + 1));
            assert_true(cisup_theory_error_by(formulas[f], &at, L) <= budget);
            assert_true(cisup_theory_error_by(formulas[f], &next, L) > budget);
        }
    }
}

/* What bisection relies on. */
static void errors_grow_with_T(void **state) {
    (void)state;
    for (int f = 0; f < formula_count; f++)
        for (double z = 1; z <= 4; z++) {
            const cisup_theory_case c = published(z);
            double before = -1.0;
            for (double T = z; T <= 5000; T += 7) {
                const cisup_theory_case even = cisup_theory_even(&c, T);
                const double now = cisup_theory_error_by(formulas[f], &even, 4);
                assert_true(now >= before);
                before = now;
            }
        }
}

static void capacities_grow_with_the_budget_and_width(void **state) {
    (void)state;
    for (int f = 0; f < formula_count; f++) {
        cisup_theory_case c = published(1);
        const cisup_index T = cisup_theory_T_error(&c, formulas[f], 4, 0.01);
        assert_true(T > 0 && cisup_theory_T_error(&c, formulas[f], 4, 0.02) > T);
        assert_true(cisup_theory_T_error(&c, formulas[f], 8, 0.01) < T);
        c.D *= 2.0;
        c.N *= 2.0;
        assert_true(cisup_theory_T_error(&c, formulas[f], 4, 0.01) > T);
    }
}

/* Layer 1 of z = 1 has no error at any T; a budget below the error of T = z no T. */
static void ends_of_the_range_are_told(void **state) {
    (void)state;
    const cisup_theory_case one = published(1), four = published(4);
    assert_true(cisup_theory_T_error(&one, CISUP_ERROR_GENERAL, 1, 0.0) == INT64_MAX);
    cisup_theory_case full = four;
    full.S = 240; /* four circuits share places already */
    assert_int_equal(cisup_theory_T_error(&full, CISUP_ERROR_GENERAL, 1, 1e-6), 0);
}

/* (L-1) T z p^2/(1-g) + L (z-1) p, z = 2, L = 4, T = 251, S = 6, d/D = 1/250:
 * p = 251/250 (1/250 - 1/1506), g = z S T p^2. */
static void settled_error_has_its_value(void **state) {
    (void)state;
    const cisup_theory_case sizes = published(2), c = cisup_theory_even(&sizes, 251);
    const double p = 251.0 / 250.0 * (0.004 - 1.0 / 1506.0);
    const double g = 2.0 * 6.0 * 251.0 * p * p;
    CHECK_NEAR(cisup_theory_error_by(CISUP_ERROR_SETTLED, &c, 4),
               3.0 * 251.0 * 2.0 * p * p / (1.0 - g) + 4.0 * p, 1e-16);
}

/* g < 1 at T, not at T + 1; leading order D^2/(z S d^2), from which p_even differs by
 * N/(S T) once and 1/T: here T = 10497, so less than 2 %. */
static void feedback_limit_is_where_g_is_one(void **state) {
    (void)state;
    for (double z = 1; z <= 4; z++) {
        const cisup_theory_case c = published(z);
        const cisup_index T = cisup_theory_T_feedback(&c);
        const cisup_theory_case at = cisup_theory_even(&c, (double)T);
        const cisup_theory_case next = cisup_theory_even(&c, (double)(T + 1));
        assert_true(cisup_theory_feedback(&at) < 1.0);
        assert_true(cisup_theory_feedback(&next) >= 1.0);
        CHECK_NEAR(cisup_theory_T_feedback_leading(&c), 62500.0 / (6.0 * z), 1e-11);
        CHECK_NEAR((double)T, 62500.0 / (6.0 * z), 0.04 * 62500.0 / (6.0 * z));
    }
}

/* D = 1000, d = 4, S = 6, z = 1, k = 2: 62500/(16*4*6) = 162.76. */
static void closed_limit_is_where_k_deviations_reach_a_quarter(void **state) {
    (void)state;
    cisup_theory_case c = published(1);
    CHECK_NEAR(cisup_theory_T_closed_leading(&c, 2.0), 62500.0 / 384.0, 1e-12);
    c.step = (cisup_gate_step){8.0, 0.5}; /* 13/16 for 1/4: 13^2/4^2 times as many */
    CHECK_NEAR(cisup_theory_T_closed_leading(&c, 2.0), 62500.0 / 384.0 * 10.5625, 1e-11);
    const cisup_index steep = cisup_theory_T_closed(&c, 3.25);
    c.step = (cisup_gate_step){0};
    assert_int_equal(steep, cisup_theory_T_closed(&c, 1.0)); /* 3.25 = 13/4 */
    for (double k = 0.5; k <= 4.0; k += 0.5) {
        const cisup_index T = cisup_theory_T_closed(&c, k);
        const cisup_theory_case at = cisup_theory_even(&c, (double)T);
        const cisup_theory_case next = cisup_theory_even(&c, (double)(T + 1));
        assert_true(k * sqrt(cisup_theory_closed_variance(&at)) <= 0.25);
        assert_true(k * sqrt(cisup_theory_closed_variance(&next)) > 0.25);
    }
}

/* N = 25000, where corrections to leading order are below a tenth: TS/N is 15 at k = 2
 * and kappa 0.09. */
static void closed_limit_has_its_leading_order(void **state) {
    (void)state;
    cisup_theory_case c = published(1);
    c.N *= 100.0;
    c.D *= 100.0;
    const double leading = cisup_theory_T_closed_leading(&c, 2.0);
    CHECK_NEAR((double)cisup_theory_T_closed(&c, 2.0), leading, 0.1 * leading);
}

/* D^2/(4 z S^2 d^2) = 62500/144 = 434.03 for z = 1. */
static void plain_limit_is_where_the_mean_is_a_quarter(void **state) {
    (void)state;
    cisup_theory_case c = published(1);
    CHECK_NEAR(cisup_theory_T_plain_leading(&c), 62500.0 / 144.0, 1e-12);
    c.step = (cisup_gate_step){4.0, 1.0}; /* half for a quarter */
    CHECK_NEAR(cisup_theory_T_plain_leading(&c), 62500.0 / 72.0, 1e-12);
    const cisup_theory_case twice =
        cisup_theory_even(&c, (double)cisup_theory_T_plain(&c));
    assert_true(cisup_theory_plain_mean(&twice) > 0.49 &&
                cisup_theory_plain_mean(&twice) < 0.5);
    c.step = (cisup_gate_step){0};
    const cisup_index T = cisup_theory_T_plain(&c);
    const cisup_theory_case at = cisup_theory_even(&c, (double)T);
    const cisup_theory_case next = cisup_theory_even(&c, (double)(T + 1));
    assert_true(cisup_theory_plain_mean(&at) < 0.25);
    assert_true(cisup_theory_plain_mean(&next) >= 0.25);
}

static void storage_has_its_value(void **state) {
    (void)state;
    const cisup_theory_case c = published(2);
    CHECK_NEAR(cisup_theory_storage_ln(&c, 0.04), 2.5, 1e-15);
}

static int is_at_most(const cisup_theory_case *c, const void *context) {
    return c->T <= *(const double *)context;
}

static void bisection_finds_every_border(void **state) {
    (void)state;
    const cisup_theory_case c = published(3);
    for (double border = 1; border <= 50; border++)
        assert_true((double)cisup_theory_largest(&c, is_at_most, &border) ==
                    (border < 3 ? 0 : border));
    const double high = 0x1p53 - 1, none = 0x1p53;
    assert_true(cisup_theory_largest(&c, is_at_most, &high) == (INT64_C(1) << 53) - 1);
    assert_true(cisup_theory_largest(&c, is_at_most, &none) == INT64_MAX);
}

/* D = 1000, d = 4: 62,500 circuits at equal precision; a rotation by L = 3, error 0.1:
 * log2(20 pi) = 5.97 bits, 2 10^6 weights of one bit; 62,746 labels, 62,746 log2 62,746 =
 * 999,998 (62,747: 1,000,015). */
static void weights_hold_so_much(void **state) {
    (void)state;
    assert_int_equal(cisup_theory_T_information(1.0, 1e6, 16.0), 62500);
    assert_int_equal(cisup_theory_T_information(3.0, 1e6, 16.0), 187500);
    CHECK_NEAR(cisup_theory_angle_bits(3, 0.1), 5.973424, 1e-6);
    CHECK_NEAR(cisup_theory_angle_bits(5, 0.1), 6.973424, 1e-6);
    assert_int_equal(
        cisup_theory_T_information(1.0, 2e6, cisup_theory_angle_bits(3, 0.1)), 334816);
    assert_true(isnan(cisup_theory_angle_bits(1, 0.1)));
    assert_int_equal(cisup_theory_T_information(1.0, 2e6, (double)NAN), 0);
    assert_int_equal(cisup_theory_T_information(1.0, 2e6, -1.0), 0);
    assert_true(cisup_theory_T_information(1.0, 1e300, 1.0) == INT64_MAX);
    assert_int_equal(cisup_theory_T_labels(1e6), 62746);
    assert_int_equal(cisup_theory_T_labels(2.0), 2);
    assert_int_equal(cisup_theory_T_labels(0.0), 1);
    assert_true(cisup_theory_T_labels(1e300) == INT64_MAX);
}

/* (12.9) holds at z and not at z + 1; there is none where not even z = 1 fits. */
static void recovered_z_is_a_border(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 100; k++) {
        cisup_rng rng = check_rng(k);
        const double T = (double)check_between(&rng, 1000, 1000000),
                     a = k % 2 ? 3.0 : 1.0;
        const double N = (double)check_between(&rng, 1, 2000);
        const double z = (double)cisup_theory_z_recovered(N, T, a);
        for (double at = z; at <= z + 1.0; at++) {
            const double root = a * sqrt(2.0 * log(at)) + sqrt(2.0 * log(T - at));
            if (at > 0.0) assert_int_equal(at * root * root <= N, at == z);
        }
    }
    assert_int_equal(cisup_theory_z_recovered(250, 1, 1), 0);
    assert_int_equal(cisup_theory_z_recovered(250, (double)NAN, 1), 0);
    assert_int_equal(cisup_theory_z_recovered(1e9, 9, 1), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_the_trace_of_the_square),
        cmocka_unit_test(growth_has_its_even_form),
        cmocka_unit_test(worst_overlaps_have_their_values),
        cmocka_unit_test(post_capacity_has_its_value),
        cmocka_unit_test(post_capacity_inverts_its_error),
        cmocka_unit_test(capacities_invert_their_errors),
        cmocka_unit_test(errors_grow_with_T),
        cmocka_unit_test(capacities_grow_with_the_budget_and_width),
        cmocka_unit_test(ends_of_the_range_are_told),
        cmocka_unit_test(settled_error_has_its_value),
        cmocka_unit_test(feedback_limit_is_where_g_is_one),
        cmocka_unit_test(closed_limit_is_where_k_deviations_reach_a_quarter),
        cmocka_unit_test(closed_limit_has_its_leading_order),
        cmocka_unit_test(plain_limit_is_where_the_mean_is_a_quarter),
        cmocka_unit_test(storage_has_its_value),
        cmocka_unit_test(bisection_finds_every_border),
        cmocka_unit_test(weights_hold_so_much),
        cmocka_unit_test(recovered_z_is_a_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
