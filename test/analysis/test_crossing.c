/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/interval.h>
#include <cisup/analysis/statistics/crossing.h>

static const double places[] = {-0.3, 0.05, 0.4};

/* Networks y = 2 + 3 u + noise, the first part of it the same at all places. */
static void draw(cisup_rng *rng, cisup_index K, double shared, double own, double *y) {
    for (cisup_index k = 0; k < K; k++) {
        const double g = shared * cisup_rng_normal(rng);
        for (int j = 0; j < 3; j++)
            y[k * 3 + j] = 2.0 + 3.0 * places[j] + g + own * cisup_rng_normal(rng);
    }
}

static void lines_without_noise_cross_exactly(void **state) {
    (void)state;
    cisup_rng rng = check_rng(0);
    double y[5 * 3];
    draw(&rng, 5, 0.0, 0.0, y);
    const cisup_crossing c = cisup_crossing_find(places, 3, y, 5, 2.385, 0.95);
    CHECK_NEAR(c.at, 0.385 / 3.0, 1e-14);
    CHECK_NEAR(c.low, c.at, 1e-14);
    CHECK_NEAR(c.high, c.at, 1e-14);
    CHECK_NEAR(c.slope, 3.0, 1e-13);
    assert_true(c.is_bounded);
}

/* At both ends of the interval a t-test of the networks' lines against the limit gives
 * exactly the level: the interval is the set that the test does not reject. */
static void interval_ends_where_the_test_does(void **state) {
    (void)state;
    for (cisup_index seed = 0; seed < 50; seed++) {
        cisup_rng rng = check_rng(seed);
        enum { K = 9 };
        double y[K * 3], here[K];
        draw(&rng, K, 0.3, 0.2, y);
        const cisup_crossing c = cisup_crossing_find(places, 3, y, K, 2.1, 0.9);
        assert_true(c.is_bounded && c.low < c.at && c.at < c.high);
        for (int end = 0; end < 2; end++) {
            const double u = end ? c.high : c.low;
            for (int k = 0; k < K; k++) { /* by hand: the line through three points */
                const double *p = y + k * 3, mean = (p[0] + p[1] + p[2]) / 3.0;
                double top = 0.0, bottom = 0.0;
                for (int j = 0; j < 3; j++) {
                    top += (places[j] - 0.05) * p[j];
                    bottom += (places[j] - 0.05) * (places[j] - 0.05);
                }
                here[k] = mean + (u - 0.05) * top / bottom;
            }
            const cisup_interval test = cisup_interval_mean(here, K, 0.9);
            CHECK_NEAR(end ? test.low : test.high, 2.1, 1e-12);
        }
    }
}

/* 2000 times; the standard error of the count is 10. */
static void interval_covers_whatever_is_shared(void **state) {
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        int covered = 0;
        for (cisup_index seed = 0; seed < 2000; seed++) {
            cisup_rng rng = check_rng(seed);
            double y[8 * 3];
            draw(&rng, 8, shared ? 0.3 : 0.0, shared ? 0.05 : 0.3, y);
            const cisup_crossing c = cisup_crossing_find(places, 3, y, 8, 2.3, 0.95);
            covered += c.low <= 0.1 && 0.1 <= c.high;
        }
        assert_in_range(covered, 1860, 1940);
    }
}

static void a_slope_that_may_be_zero_bounds_nothing(void **state) {
    (void)state;
    const double flat[] = {1, 1.5, 1.2, 1, 0.5, 0.9}, falling[] = {3, 2, 1, 3.5, 2, 0.5};
    cisup_crossing c = cisup_crossing_find(places, 3, flat, 2, 1.0, 0.95);
    assert_true(!c.is_bounded && isinf(c.low) && isinf(c.high));
    c = cisup_crossing_find(places, 3, falling, 2, 1.0, 0.95);
    assert_true(!c.is_bounded && isnan(c.at) && c.slope < 0.0);
}

static void too_few_or_infinite_values_bound_nothing(void **state) {
    (void)state;
    const double y[] = {1, 2, 3, 1, 2, (double)INFINITY};
    assert_false(cisup_crossing_find(places, 3, y, 1, 2.0, 0.95).is_bounded);
    assert_false(cisup_crossing_find(places, 1, y, 5, 2.0, 0.95).is_bounded);
    const cisup_crossing c = cisup_crossing_find(places, 3, y, 2, 2.0, 0.95);
    assert_true(isnan(c.at) && !c.is_bounded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_without_noise_cross_exactly),
        cmocka_unit_test(interval_ends_where_the_test_does),
        cmocka_unit_test(interval_covers_whatever_is_shared),
        cmocka_unit_test(a_slope_that_may_be_zero_bounds_nothing),
        cmocka_unit_test(too_few_or_infinite_values_bound_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
