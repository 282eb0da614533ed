/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory_published.h>

static double scale(const char *name, const cisup_theory_case *c) {
    return cisup_theory_statement_find(name)->scale(c);
}

/* T = 1000, D = 10000, N = 2500, z = 5, ln 1000 = 6.907755278982137, ln 10000 =
 * 9.210340371976184, ln 2500 = 7.824046010856292. Tolerances: a few roundings. */
static void scales_have_their_values(void **state) {
    (void)state;
    const cisup_theory_case c = {.T = 1000, .D = 10000, .d = 4, .N = 2500, .z = 5};
    const double ln = 6.907755278982137;
    CHECK_NEAR(scale("and-neurons", &c), 2500.0, 1e-11);
    CHECK_NEAR(scale("template-width", &c), 8000.0, 1e-10);
    CHECK_NEAR(scale("features", &c), 1e8 / 9.210340371976184, 1e-7);
    CHECK_NEAR(scale("neurons", &c), sqrt(1000.0 * ln), 1e-12);
    CHECK_NEAR(scale("parameters", &c), 1000.0 * ln, 1e-11);
    CHECK_NEAR(scale("and-neurons-boolean", &c), sqrt(1000.0) * ln, 1e-11);
    CHECK_NEAR(scale("and-parameters", &c), 1000.0 * ln * ln, 1e-9);
    CHECK_NEAR(scale("storage-neurons", &c), ln, 1e-14);
    CHECK_NEAR(scale("threshold-active", &c), 2500.0 / 7.824046010856292, 1e-11);
    CHECK_NEAR(scale("linear-error", &c), 0.002, 1e-17);
    CHECK_NEAR(scale("linear-access", &c), 25.0 * log(200.0) / log(5.0), 1e-12);
    CHECK_NEAR(scale("linear-enough", &c), 25.0 * ln, 1e-12);
    CHECK_NEAR(scale("nonlinear-enough", &c), 5.0 * log(200.0), 1e-13);
    CHECK_NEAR(scale("union", &c), 1000.0 * ln * 16e-8, 1e-16);
}

/* The exact floor is below its form N^(-1/2) for T >> N, 0 where T <= N, and that form
 * in the limit: sqrt(307/(250 556)) and 1/sqrt(250). */
static void cross_talk_is_the_exact_floor(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 557, .D = 1000, .d = 4, .N = 250, .z = 1};
    CHECK_NEAR(scale("cross-talk", &c), 0.046996, 1e-6);
    c.T = 250;
    assert_true(scale("cross-talk", &c) == 0.0);
    c.T = 1e12;
    CHECK_NEAR(scale("cross-talk", &c), 1.0 / sqrt(250.0), 1e-9); /* N/T */
    assert_int_equal(cisup_theory_statement_find("cross-talk")->claim, CISUP_CLAIM_BOUND);
}

/* By hand: T = 557, N = 250: 7 (sqrt(2 ln 7) + sqrt(2 ln 550))^2 = 213, 8: 250.1; the
 * factor 3: 3 (3 sqrt(2 ln 3) + sqrt(2 ln 554))^2 = 192, 4: 291. */
static void thresholds_are_sharper_than_their_order(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 557, .D = 1000, .d = 4, .N = 250, .z = 1};
    assert_true(scale("threshold-features", &c) == 7.0);
    assert_true(scale("threshold-ands", &c) == 3.0);
    assert_true(scale("threshold-active", &c) > 45.0);
    c.T = 62500;
    assert_true(scale("threshold-features", &c) == 5.0);
    assert_true(scale("threshold-ands", &c) == 2.0);
}

/* [LRF]'s statements are for T = N^2, [ROT]'s for a small value; others hold for all. */
static void statements_know_what_they_are_about(void **state) {
    (void)state;
    const struct {
        const char *name;
        double T;
        int is_meant;
    } row[] = {{"linear-error", 557, 0},
               {"linear-error", 6250, 1},
               {"linear-error", 625001, 0},
               {"threshold-active", 557, 0},
               {"threshold-active", 62500, 1},
               {"union", 900, 1},
               {"union", 1000, 0}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        const cisup_theory_case c = {.T = row[k].T, .D = 1000, .d = 4, .N = 250, .z = 1};
        const cisup_theory_statement *s = cisup_theory_statement_find(row[k].name);
        assert_int_equal(s->is_in_range(&c), row[k].is_meant);
    }
    assert_null(cisup_theory_statement_find("neurons")->is_in_range);
}

/* The two forms of [CNC]'s lower bound are one: with T = D^2/ln D, sqrt(T ln T) is D up
 * to a constant between 1 and sqrt 2. */
static void neurons_and_features_agree(void **state) {
    (void)state;
    for (double D = 100; D < 1e12; D *= 10) {
        cisup_theory_case c = {.D = D};
        c.T = scale("features", &c);
        const double ratio = scale("neurons", &c) / D;
        assert_true(ratio > 1.0 && ratio < sqrt(2.0));
    }
}

static void undefined_scales_are_nan(void **state) {
    (void)state;
    const cisup_theory_case c = {.T = 1, .D = 1, .d = 1, .N = 1, .z = 1};
    assert_true(isnan(scale("features", &c)) && isnan(scale("threshold-active", &c)));
    assert_true(scale("neurons", &c) == 0.0);
}

static void names_are_unique_and_found(void **state) {
    (void)state;
    int count;
    const cisup_theory_statement *all = cisup_theory_statements(&count);
    for (int k = 0; k < count; k++)
        assert_ptr_equal(cisup_theory_statement_find(all[k].name), &all[k]);
    assert_null(cisup_theory_statement_find("no such statement"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_have_their_values),
        cmocka_unit_test(cross_talk_is_the_exact_floor),
        cmocka_unit_test(thresholds_are_sharper_than_their_order),
        cmocka_unit_test(statements_know_what_they_are_about),
        cmocka_unit_test(neurons_and_features_agree),
        cmocka_unit_test(undefined_scales_are_nan),
        cmocka_unit_test(names_are_unique_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
