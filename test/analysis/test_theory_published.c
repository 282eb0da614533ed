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
    CHECK_NEAR(scale("and-neurons", &c), 100.0, 1e-12);
    CHECK_NEAR(scale("template-features", &c), 1e6, 1e-9);
    CHECK_NEAR(scale("features", &c), 1e8 / 9.210340371976184, 1e-7);
    CHECK_NEAR(scale("neurons", &c), sqrt(1000.0 * ln), 1e-12);
    CHECK_NEAR(scale("parameters", &c), 1000.0 * ln, 1e-11);
    CHECK_NEAR(scale("and-neurons-boolean", &c), sqrt(1000.0) * ln, 1e-11);
    CHECK_NEAR(scale("and-parameters", &c), 1000.0 * ln * ln, 1e-9);
    CHECK_NEAR(scale("storage-neurons", &c), ln, 1e-14);
    CHECK_NEAR(scale("cross-talk", &c), 0.02, 1e-17);
    CHECK_NEAR(scale("threshold-active", &c), 2500.0 / 7.824046010856292, 1e-11);
    CHECK_NEAR(scale("linear-error", &c), 0.002, 1e-17);
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
        cmocka_unit_test(neurons_and_features_agree),
        cmocka_unit_test(undefined_scales_are_nan),
        cmocka_unit_test(names_are_unique_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
