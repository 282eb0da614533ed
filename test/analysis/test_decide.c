/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/statistics/decide.h>

static void clear_cases_are_decided(void **state) {
    (void)state;
    const double y[] = {1.0, 1.1, 0.9, 1.05, 0.95};
    assert_int_equal(cisup_decide(y, 5, 2.385, 0.01), CISUP_WITHIN);
    assert_int_equal(cisup_decide(y, 5, 0.5, 0.01), CISUP_ABOVE);
    assert_int_equal(cisup_decide(y, 5, 1.01, 0.01), CISUP_CLOSE);
    assert_int_equal(cisup_decide(y, 1, 2.385, 0.01), CISUP_CLOSE);
}

static void equal_values_are_the_mean(void **state) {
    (void)state;
    const double y[] = {0.5, 0.5, 0.5};
    assert_int_equal(cisup_decide(y, 3, 0.5, 0.01), CISUP_WITHIN);
    assert_int_equal(cisup_decide(y, 3, 0.499, 0.01), CISUP_ABOVE);
}

static void a_network_that_diverged_is_above(void **state) {
    (void)state;
    const double inf[] = {0.5, 0.4, (double)INFINITY}, nan[] = {(double)NAN, 0.1, 0.2};
    assert_int_equal(cisup_decide(inf, 3, 1e300, 0.01), CISUP_ABOVE);
    assert_int_equal(cisup_decide(nan, 3, 1e300, 0.01), CISUP_ABOVE);
}

/* A mean at the limit is called above with the probability asked for, and within as
 * often: 2000 of 20000 each, standard error 42. */
static void verdicts_err_as_often_as_stated(void **state) {
    (void)state;
    int count[3] = {0, 0, 0};
    for (cisup_index k = 0; k < 20000; k++) {
        cisup_rng rng = check_rng(k);
        double y[5];
        for (int j = 0; j < 5; j++) y[j] = 7.0 + 2.0 * cisup_rng_normal(&rng);
        count[cisup_decide(y, 5, 7.0, 0.1)]++;
    }
    assert_in_range(count[CISUP_WITHIN], 1830, 2170);
    assert_in_range(count[CISUP_ABOVE], 1830, 2170);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clear_cases_are_decided),
        cmocka_unit_test(equal_values_are_the_mean),
        cmocka_unit_test(a_network_that_diverged_is_above),
        cmocka_unit_test(verdicts_err_as_often_as_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
