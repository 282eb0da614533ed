/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/interval.h>
#include <cisup/analysis/statistics/interval_square.h>
#include <cisup/core/base/rng.h>

#include <gsl/gsl_errno.h>

static const double pi = 3.14159265358979323846;

static int contains_zero(cisup_interval i) {
    return i.low <= 0.0 && 0.0 <= i.high;
}

/* t_{0.975} = tan(0.475 pi) = 12.7062047361747 with 1 degree of freedom and, by the
 * closed form below, 2.7764451051977944 with 4.
 *   1.5 2.5:       mean 2, sd = sqrt(1/2), sd/sqrt(2) = 1/2
 *   1 2 3 4 5:     mean 3, sd = sqrt(5/2), sd/sqrt(5) = sqrt(1/2) */
static void bounds_have_their_values(void **state) {
    (void)state;
    static const double two[2] = {1.5, 2.5}, five[5] = {4, 1, 5, 3, 2};
    cisup_interval i = cisup_interval_mean(two, 2, 0.95);
    CHECK_NEAR(i.mean, 2.0, 1e-16);
    CHECK_NEAR(i.sd, sqrt(0.5), 1e-15);
    /* GSL iterates until a quantile is right to about 1e-13 of its size. */
    CHECK_NEAR(i.high - 2.0, 12.7062047361747 / 2.0, 1e-12);
    CHECK_NEAR(2.0 - i.low, 12.7062047361747 / 2.0, 1e-12);
    i = cisup_interval_mean(five, 5, 0.95);
    CHECK_NEAR(i.mean, 3.0, 1e-15);
    CHECK_NEAR(i.sd, sqrt(2.5), 1e-15);
    CHECK_NEAR(i.high - 3.0, 2.7764451051977944 * sqrt(0.5), 1e-12);
    CHECK_NEAR(3.0 - i.low, 2.7764451051977944 * sqrt(0.5), 1e-12);
}

/* Closed forms of the law: with 1 degree P(|T| < t) = 2/pi atan t, with 2 it is
 * t / sqrt(2 + t^2), with 4 it is y (3 - y^2)/2 where y = t / sqrt(4 + t^2). */
static void quantiles_invert_the_law(void **state) {
    (void)state;
    static const double x[5] = {-2, -1, 0, 1, 2}; /* variance 2.5 */
    static const double level[] = {0.001, 0.25, 0.5, 0.683, 0.9, 0.95, 0.99, 0.9999999};
    for (size_t k = 0; k < sizeof level / sizeof *level; k++) {
        const double t1 = 2.0 * (cisup_interval_mean(x + 1, 2, level[k]).high + 0.5);
        CHECK_NEAR(2.0 / pi * atan(t1), level[k], 1e-12);
        const double t2 = cisup_interval_mean(x + 1, 3, level[k]).high * sqrt(3.0);
        CHECK_NEAR(t2 / sqrt(2.0 + t2 * t2), level[k], 1e-12);
        const double t4 = cisup_interval_mean(x, 5, level[k]).high * sqrt(2.0);
        const double y = t4 / sqrt(4.0 + t4 * t4);
        CHECK_NEAR(y * (3.0 - y * y) / 2.0, level[k], 1e-12);
    }
}

/* Exact coverage, no sampling. K iid normal values point in a uniform direction, and
 * whether the interval holds their true mean 0 depends on the direction alone.
 * K = 2: the angle is uniform; a grid of M angles crosses 4 bounds, each of which
 * misplaces at most one point. */
static void two_values_cover_as_promised(void **state) {
    (void)state;
    enum { M = 20000 };
    for (double level = 0.05; level < 1.0; level += 0.1) {
        int covered = 0;
        for (int k = 0; k < M; k++) {
            const double angle = 2.0 * pi * (k + 0.5) / M;
            const double x[2] = {cos(angle), sin(angle)};
            covered += contains_zero(cisup_interval_mean(x, 2, level));
        }
        CHECK_NEAR((double)covered / M, level, 4.0 / M);
    }
}

/* K = 3: the component along (1,1,1) is uniform in [-1, 1] (Archimedes), the direction
 * across does not matter; 2 bounds. */
static void three_values_cover_as_promised(void **state) {
    (void)state;
    enum { M = 20000 };
    for (double level = 0.05; level < 1.0; level += 0.1) {
        int covered = 0;
        for (int k = 0; k < M; k++) {
            const double along = (2.0 * (k + 0.5) / M - 1.0) / sqrt(3.0);
            const double across = sqrt((1.0 - 3.0 * along * along) / 2.0);
            const double x[3] = {along + across, along - across, along};
            covered += contains_zero(cisup_interval_mean(x, 3, level));
        }
        CHECK_NEAR((double)covered / M, level, 2.0 / M);
    }
}

/* A large mean takes nothing from the spread: the sum of squares minus the square of
 * the sum would leave no digit of sd here. */
static void a_large_mean_keeps_the_spread(void **state) {
    (void)state;
    static const double x[4] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    const cisup_interval i = cisup_interval_mean(x, 4, 0.9);
    CHECK_NEAR(i.mean, 1e9 + 10, 1e-6);
    CHECK_NEAR(i.sd, sqrt(30.0), 1e-6); /* deviations to 1e-7, 1e9's last digit */
}

static void unknown_bounds_are_nan(void **state) {
    (void)state;
    static const double x[3] = {2.385, 2.385, (double)NAN};
    cisup_interval i = cisup_interval_mean(NULL, 0, 0.95);
    assert_true(isnan(i.mean) && isnan(i.sd) && isnan(i.low) && isnan(i.high));
    i = cisup_interval_mean(x, 1, 0.95);
    assert_true(i.mean == 2.385 && isnan(i.sd) && isnan(i.low) && isnan(i.high));
    i = cisup_interval_mean(x, 2, 0.95);
    assert_true(i.sd == 0.0 && i.low == 2.385 && i.high == 2.385);
    static const double bad[4] = {0.0, 1.0, -0.5, (double)NAN};
    for (int k = 0; k < 4; k++) {
        i = cisup_interval_mean(x, 2, bad[k]);
        assert_true(i.mean == 2.385 && i.sd == 0.0 && isnan(i.low) && isnan(i.high));
    }
    i = cisup_interval_mean(x, 3, 0.95);
    assert_true(isnan(i.low) && isnan(i.high));
}

typedef cisup_interval interval_rule(const double *x, cisup_index K, double level);

/* P(S <= s) of a sum S of K exponential values of mean 1. */
static double sum_law(cisup_index K, double s) {
    double term = exp(-s), beyond = 0.0;
    if (isinf(s)) return 1.0;
    for (cisup_index k = 0; k < K; k++) {
        beyond += term;
        term *= s / (double)(k + 1);
    }
    return 1.0 - beyond;
}

/* How often a rule covers the mean 1 of K exponential values. Their shares of the sum do
 * not depend on the sum S, and the ends of the interval grow with it: so for given shares
 * it covers with a probability known exactly. The mean over M drawn shares. */
static double coverage(interval_rule *rule, cisup_index K) {
    enum { M = 20000 };
    double x[20], covered = 0.0;
    cisup_rng rng;
    cisup_rng_init(&rng, 7, CISUP_STREAM_TEST, K, 0, 0);
    for (int m = 0; m < M; m++) {
        double sum = 0.0;
        for (cisup_index k = 0; k < K; k++) sum += x[k] = -log1p(-cisup_rng_unit(&rng));
        for (cisup_index k = 0; k < K; k++) x[k] /= sum;
        const cisup_interval i = rule(x, K, 0.95); /* of S = 1 */
        const double most = i.low > 0.0 ? 1.0 / i.low : (double)INFINITY;
        covered += sum_law(K, most) - sum_law(K, 1.0 / i.high);
    }
    return covered / M;
}

/* Skewed values, K networks. The figures of t and of squares by 4 10^5 samples of another
 * program: 0.9111 0.8845 0.8835 0.9188 and 0.9498 0.9420 0.9134 0.9188, each known to
 * 0.0005; what is drawn here has a standard error below 0.001. */
static void squares_of_few_networks_are_covered(void **state) {
    (void)state;
    static const cisup_index K[4] = {2, 3, 5, 20};
    static const double t[4] = {0.9111, 0.8845, 0.8835, 0.9188};
    static const double square[4] = {0.9498, 0.9420, 0.9134, 0.9188};
    for (int k = 0; k < 4; k++) {
        CHECK_NEAR(coverage(cisup_interval_mean, K[k]), t[k], 0.005);
        CHECK_NEAR(coverage(cisup_interval_square, K[k]), square[k], 0.005);
        assert_true(coverage(cisup_interval_square, K[k]) > 0.9);
    }
}

/* Where t's lower end is not negative nothing changes; else the ends are mean e^-+h with
 * h the half width over the mean, and positive. */
static void no_square_has_a_negative_end(void **state) {
    (void)state;
    static const double two[2] = {0.0, 2.0}, zero[3] = {0.0, 0.0, 0.0};
    double x[5] = {3, 3, 3, 3, 3};
    cisup_interval i = cisup_interval_square(two, 2, 0.95);
    assert_true(i.mean == 1.0 && i.sd == sqrt(2.0)); /* h = t sd/sqrt 2 = t */
    CHECK_NEAR(log(i.low), -12.7062047361747, 1e-12);
    CHECK_NEAR(log(i.high), 12.7062047361747, 1e-12);
    i = cisup_interval_square(zero, 3, 0.95);
    assert_true(i.mean == 0.0 && i.low == 0.0 && i.high == 0.0);
    int kept = 0;
    for (int k = 0; k < 40; k++) {
        x[0] = 0.5 * k;
        const cisup_interval t = cisup_interval_mean(x, 5, 0.95);
        i = cisup_interval_square(x, 5, 0.95);
        assert_true(i.low >= 0.0 && i.low <= i.mean && i.mean <= i.high);
        if (t.low < 0.0) continue;
        assert_true(i.low == t.low && i.high == t.high);
        kept++;
    }
    assert_true(0 < kept && kept < 40);
}

int main(void) {
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_have_their_values),
        cmocka_unit_test(quantiles_invert_the_law),
        cmocka_unit_test(two_values_cover_as_promised),
        cmocka_unit_test(three_values_cover_as_promised),
        cmocka_unit_test(a_large_mean_keeps_the_spread),
        cmocka_unit_test(unknown_bounds_are_nan),
        cmocka_unit_test(squares_of_few_networks_are_covered),
        cmocka_unit_test(no_square_has_a_negative_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
