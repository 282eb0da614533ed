/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/statistics/quantile.h>

/* What the header promises, sqrt(33/32) - 1, and a rounding. */
static const double relative = 0.015505;

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static cisup_histogram histogram_of(const double *x, int n) {
    cisup_histogram h = {0};
    for (int k = 0; k < n; k++) cisup_histogram_add(&h, x[k] * x[k]);
    return h;
}

/* The definition: the smallest of the sorted x that a part `level` does not exceed. */
static double exact_quantile(const double *sorted, int n, double level) {
    const double rank = ceil(level * n);
    return sorted[rank < 1.0 ? 0 : (int)rank - 1];
}

static void check_all_levels(double *x, int n) {
    const cisup_histogram h = histogram_of(x, n);
    assert_int_equal(cisup_histogram_total(&h), n);
    qsort(x, (size_t)n, sizeof *x, by_size);
    for (int k = 0; k <= 1000; k++) {
        const double want = exact_quantile(x, n, k / 1000.0);
        CHECK_NEAR(cisup_histogram_quantile(&h, k / 1000.0), want, relative * want);
    }
}

/* Twenty decades, from 1e-11 to 1e7 and back. */
static void quantiles_are_near_the_sorted_ones(void **state) {
    (void)state;
    static double x[5003];
    for (int run = 0; run < 4; run++) {
        cisup_rng rng = check_rng(run);
        const int n = (int[]){1, 2, 47, 5003}[run];
        for (int k = 0; k < n; k++) x[k] = pow(10.0, -11.0 + 18.0 * cisup_rng_unit(&rng));
        check_all_levels(x, n);
    }
}

/* The worst place: all in one bin, at either of its ends and spread over it. */
static void quantiles_are_near_inside_one_bin(void **state) {
    (void)state;
    double low[9], high[9], both[9];
    for (int k = 0; k < 9; k++) {
        low[k] = sqrt(1.0);
        high[k] = sqrt(1.03125 - 1e-9);
        both[k] = k < 5 ? low[k] : high[k];
    }
    check_all_levels(low, 9);
    check_all_levels(high, 9);
    check_all_levels(both, 9);
}

/* Nine squares in [1, 33/32): the end of the first 9 level of them lies a part `level`
 * into the bin. Half of 2 in [1, 33/32) and 2 in [2, 2+1/16): the end of the first. */
static void interpolation_is_linear_in_the_square(void **state) {
    (void)state;
    cisup_histogram h = {0};
    for (int k = 0; k < 9; k++) cisup_histogram_add(&h, 1.0 + k / 300.0);
    CHECK_NEAR(cisup_histogram_quantile(&h, 0.0), 1.0, 1e-15);
    CHECK_NEAR(cisup_histogram_quantile(&h, 0.5), sqrt(1.0 + 0.5 / 32), 1e-15);
    CHECK_NEAR(cisup_histogram_quantile(&h, 1.0), sqrt(1.0 + 1.0 / 32), 1e-15);
    h = (cisup_histogram){0};
    for (int k = 0; k < 4; k++) cisup_histogram_add(&h, k < 2 ? 1.0 : 2.0);
    CHECK_NEAR(cisup_histogram_quantile(&h, 0.5), sqrt(1.0 + 1.0 / 32), 1e-15);
    CHECK_NEAR(cisup_histogram_quantile(&h, 0.75), sqrt(2.0 + 1.0 / 32), 1e-15);
}

/* Every bin's ends, exactly: 2^e (1 + j/32) opens a bin, the number below closes one. */
static void bins_begin_where_they_should(void **state) {
    (void)state;
    int bin = 1;
    for (int e = -80; e < 48; e++)
        for (int j = 0; j < 32; j++, bin++) {
            const double edge = ldexp(1.0 + j / 32.0, e);
            assert_int_equal(cisup_histogram_bin(edge), bin);
            assert_int_equal(cisup_histogram_bin(nextafter(edge, 0.0)), bin - 1);
        }
    assert_int_equal(bin, CISUP_HISTOGRAM_LAST);
    assert_int_equal(cisup_histogram_bin(ldexp(1.0, 48)), CISUP_HISTOGRAM_LAST);
}

static void the_ends_take_what_is_outside(void **state) {
    (void)state;
    static const double none[] = {0.0, -0.0, 5e-324, 1e-300, 8e-25};
    for (int k = 0; k < 5; k++) assert_int_equal(cisup_histogram_bin(none[k]), 0);
    const double huge[] = {3e14, 1e308, (double)INFINITY, (double)NAN, -(double)NAN};
    for (int k = 0; k < 5; k++)
        assert_int_equal(cisup_histogram_bin(huge[k]), CISUP_HISTOGRAM_LAST);

    cisup_histogram h = {0};
    for (int k = 0; k < 5; k++) cisup_histogram_add(&h, none[k]);
    assert_true(cisup_histogram_quantile(&h, 1.0) == 0.0);
    for (int k = 0; k < 5; k++) cisup_histogram_add(&h, huge[k]);
    assert_int_equal(cisup_histogram_total(&h), 10);
    assert_true(cisup_histogram_quantile(&h, 0.0) == 0.0);
    assert_true(cisup_histogram_quantile(&h, 0.5) == 0.0);
    assert_true(isinf(cisup_histogram_quantile(&h, 0.51)));
    assert_true(isinf(cisup_histogram_quantile(&h, 1.0)));
}

static void nothing_has_no_quantile(void **state) {
    (void)state;
    cisup_histogram h = {0};
    assert_true(isnan(cisup_histogram_quantile(&h, 0.5)));
    cisup_histogram_add(&h, 2.385);
    assert_true(isnan(cisup_histogram_quantile(&h, -0.1)));
    assert_true(isnan(cisup_histogram_quantile(&h, 1.1)));
    assert_true(isnan(cisup_histogram_quantile(&h, (double)NAN)));
}

static void quantiles_never_decrease(void **state) {
    (void)state;
    cisup_rng rng = check_rng(10);
    cisup_histogram h = {0};
    for (int k = 0; k < 300; k++) {
        const double x = cisup_rng_normal(&rng);
        cisup_histogram_add(&h, k % 10 ? x * x : 0.0);
    }
    double last = 0.0;
    for (int k = 0; k <= 10000; k++) {
        const double now = cisup_histogram_quantile(&h, k / 10000.0);
        assert_true(now >= last);
        last = now;
    }
}

/* Any split over any number of histograms, merged in any order, is one histogram. */
static void merge_equals_one_pass(void **state) {
    (void)state;
    static cisup_histogram part[3], whole, forward, backward;
    cisup_rng rng = check_rng(11);
    for (int k = 0; k < 1000; k++) {
        const double s = exp(30.0 * cisup_rng_normal(&rng));
        cisup_histogram_add(&whole, s);
        cisup_histogram_add(&part[cisup_rng_below(&rng, 3)], s);
    }
    for (int k = 0; k < 3; k++) {
        cisup_histogram_merge(&forward, &part[k]);
        cisup_histogram_merge(&backward, &part[2 - k]);
    }
    assert_memory_equal(&forward, &whole, sizeof whole);
    assert_memory_equal(&backward, &whole, sizeof whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_near_the_sorted_ones),
        cmocka_unit_test(quantiles_are_near_inside_one_bin),
        cmocka_unit_test(interpolation_is_linear_in_the_square),
        cmocka_unit_test(bins_begin_where_they_should),
        cmocka_unit_test(the_ends_take_what_is_outside),
        cmocka_unit_test(nothing_has_no_quantile),
        cmocka_unit_test(quantiles_never_decrease),
        cmocka_unit_test(merge_equals_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
