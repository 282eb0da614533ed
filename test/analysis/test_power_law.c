/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/statistics/power_law.h>

static cisup_power_point point(double x, double y, double error) {
    return (cisup_power_point){x, y, y * exp(-1.96 * error), y * exp(1.96 * error)};
}

static cisup_power_law fitted(const cisup_power_point *p, cisup_index n) {
    cisup_power_law law;
    CHECK_OK(cisup_power_law_fit(p, n, 0.95, &law, &error_));
    return law;
}

static void an_exact_law_is_found(void **state) {
    (void)state;
    cisup_power_point p[4];
    for (int k = 0; k < 4; k++) {
        const double x = 500.0 * pow(2.0, k);
        p[k] = point(x, 3e-4 * x * x, 0.01 * (k + 1));
    }
    const cisup_power_law law = fitted(p, 4);
    CHECK_NEAR(law.exponent, 2.0, 1e-12);
    CHECK_NEAR(law.misfit, 0.0, 1e-9);
    assert_true(law.low < 2.0 && 2.0 < law.high);
}

/* Two points, errors 0.01 and 0.02 of ln y: the slope over ln 4 has the error
 * sqrt(5) 0.01/ln 4; 1.96 is 1.959964. */
static void two_points_have_an_interval(void **state) {
    (void)state;
    const cisup_power_point p[] = {point(1, 1e5, 0.01), point(4, 8e5, 0.02)};
    const cisup_power_law law = fitted(p, 2);
    CHECK_NEAR(law.exponent, 1.5, 1e-12);
    CHECK_NEAR(law.high - law.low, 2.0 * 1.96 * sqrt(5.0) * 0.01 / log(4.0), 1e-6);
    assert_true(isnan(law.misfit));
}

/* Points off the line by far more than their errors widen the interval. */
static void misfit_widens_the_interval(void **state) {
    (void)state;
    const cisup_power_point p[] = {point(1, 1e5, 1e-3), point(2, 2.4e5, 1e-3),
                                   point(4, 4e5, 1e-3)};
    const cisup_power_law law = fitted(p, 3);
    /* Off by (-1, 2, -1)/3 ln 1.2 = 60.8 errors times that. */
    CHECK_NEAR(law.misfit, log(1.2) / 1e-3 * sqrt(6.0) / 3.0, 0.1);
    CHECK_NEAR(law.high - law.low,
               2.0 * 1.96 * 1e-3 * law.misfit / (sqrt(2.0) * log(2.0)), 1e-4);
}

/* Small numbers are known to their rounding only, 1/(y sqrt 12). */
static void rounding_counts(void **state) {
    (void)state;
    const cisup_power_point p[] = {point(1, 7, 0.0), point(4, 28, 0.0)};
    const double error = sqrt(1.0 / 49.0 + 1.0 / 784.0) / sqrt(12.0) / log(4.0);
    const cisup_power_law law = fitted(p, 2);
    CHECK_NEAR(law.high - law.low, 2.0 * 1.96 * error, 1e-5);
}

/* 1000 times five points with the errors they state: 950, standard error 7. */
static void interval_covers(void **state) {
    (void)state;
    int covered = 0;
    for (cisup_index seed = 0; seed < 1000; seed++) {
        cisup_rng rng = check_rng(seed);
        cisup_power_point p[5];
        for (int k = 0; k < 5; k++)
            p[k] = point(k + 1.0, 1e6 * exp(0.02 * cisup_rng_normal(&rng)) / (k + 1.0),
                         0.02);
        const cisup_power_law law = fitted(p, 5);
        covered += law.low <= -1.0 && -1.0 <= law.high;
    }
    assert_true(covered >= 930);
}

static void one_place_has_no_exponent(void **state) {
    (void)state;
    const cisup_power_point p[] = {point(3, 10, 0.1), point(3, 11, 0.1)};
    assert_true(isnan(fitted(p, 0).exponent));
    assert_true(isnan(fitted(p, 1).exponent));
    assert_true(isnan(fitted(p, 2).low));
}

static cisup_status fit_three(void *context) {
    cisup_power_law law;
    return cisup_power_law_fit(context, 3, 0.95, &law, NULL);
}

static void memory_may_run_out(void **state) {
    (void)state;
    cisup_power_point p[] = {point(1, 7, 0.1), point(4, 28, 0.1), point(5, 30, 0.1)};
    assert_int_equal(check_every_allocation(fit_three, p), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exact_law_is_found),
        cmocka_unit_test(two_points_have_an_interval),
        cmocka_unit_test(misfit_widens_the_interval),
        cmocka_unit_test(rounding_counts),
        cmocka_unit_test(interval_covers),
        cmocka_unit_test(one_place_has_no_exponent),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
