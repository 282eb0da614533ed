/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory_closed.h>
#include <cisup/analysis/theory/theory_overlap.h>

static cisup_theory_case drawn_case(cisup_rng *rng) {
    cisup_theory_case c = {.D = 1000, .d = 4, .N = 250};
    c.S = (double)check_between(rng, 1, 12);
    c.z = (double)check_between(rng, 1, 6);
    c.T = (double)check_between(rng, 10, 900);
    c.P = cisup_rng_unit(rng) * c.S * c.S / 250.0;
    c.p = c.P / (c.S * c.S);
    c.kappa = 0.8 * cisup_rng_unit(rng);
    if (check_between(rng, 0, 1)) return c; /* the published gate */
    c.step.shift = 0.05 + cisup_rng_unit(rng);
    c.step.steepness = 1.05 + c.step.shift + 10.0 * cisup_rng_unit(rng);
    return c;
}

/* z = 2, T = 100, P = 0.3, S = 6: 2*100*0.09/36 = 0.5; kappa = 0.15: 2*0.15/6 = 0.05. */
static void means_and_variances_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 100, .S = 6, .z = 2, .P = 0.3, .kappa = 0.15};
    CHECK_NEAR(cisup_theory_plain_mean(&c), 0.5, 1e-15);
    CHECK_NEAR(cisup_theory_closed_variance(&c), 0.05, 1e-16);
    c.T = 1;
    c.P = (double)NAN;
    assert_true(cisup_theory_plain_mean(&c) == 0.0);
}

/* With 1 + kappa = 1/(1 - rho') the noise (j (1+kappa) - kappa z S)/S has mean 0 and
 * variance exactly z kappa/S. */
static void variance_is_that_of_the_binomial(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 50; k++) {
        cisup_rng rng = check_rng(k);
        cisup_theory_case c = drawn_case(&rng);
        const double fill = cisup_theory_fill(&c), n = c.z * c.S;
        c.kappa = fill / (1.0 - fill);
        const double mean = (n * fill * (1.0 + c.kappa) - c.kappa * n) / c.S;
        const double variance =
            n * fill * (1.0 - fill) * (1.0 + c.kappa) * (1.0 + c.kappa) / (c.S * c.S);
        CHECK_NEAR(mean, 0.0, 1e-13);
        CHECK_NEAR(cisup_theory_closed_variance(&c), variance, 1e-13);
    }
}

static int stays_closed(const cisup_theory_case *c, double j) {
    const double k = c->step.steepness, s = c->step.shift;
    const double theta = k > 0.0 ? (k - 1.0 - s) / k : 0.25;
    return j * (1.0 + c->kappa) - c->kappa * c->z * c->S <= c->S * theta;
}

/* By the definition, over all j; kappa is random, so no j is on the border. */
static void most_ones_are_the_last_that_stay_closed(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 200; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_theory_case c = drawn_case(&rng);
        double want = -1.0;
        for (double j = 0.0; j <= c.z * c.S; j++)
            if (stays_closed(&c, j)) want = j;
        assert_true(cisup_theory_closed_most(&c) == want);
    }
}

/* The sum of the binomial law, at most 72 terms of 5 roundings each. */
static void wrong_openings_follow_the_binomial_law(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 200; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_theory_case c = drawn_case(&rng);
        const double rho = cisup_theory_fill(&c);
        const int n = (int)(c.z * c.S);
        double open = 0.0, term = pow(1.0 - rho, n);
        for (int j = 0; j <= n; j++) {
            if (!stays_closed(&c, j)) open += term;
            term *= (double)(n - j) / (j + 1.0) * rho / (1.0 - rho);
        }
        CHECK_NEAR(cisup_theory_open_wrongly(&c), open, 1e-12);
    }
}

/* S = 4, z = 1, kappa = 0: j <= 1, so 1 - (1-r)^4 - 4 r (1-r)^3; r = 1/2: 11/16. */
static void a_small_case_is_right(void **state) {
    (void)state;
    const cisup_theory_case c = {.T = 16, .S = 4, .z = 1, .P = sqrt(log(2.0))};
    assert_true(cisup_theory_closed_most(&c) == 1.0);
    CHECK_NEAR(cisup_theory_open_wrongly(&c), 11.0 / 16.0, 1e-14);
    cisup_theory_case steep = c; /* 13/16: j <= 3, so 1/16 */
    steep.step = (cisup_gate_step){8.0, 0.5};
    assert_true(cisup_theory_closed_to(&c) == 0.25);
    assert_true(cisup_theory_closed_to(&steep) == 0.8125);
    assert_true(cisup_theory_closed_most(&steep) == 3.0);
    CHECK_NEAR(cisup_theory_open_wrongly(&steep), 1.0 / 16.0, 1e-14);
}

static void limits_of_the_background_are_right(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 100, .S = 6, .z = 2};
    assert_true(cisup_theory_open_wrongly(&c) == 0.0);
    c.P = 1e6; /* full rows: kappa is infinite, all zS ones are there */
    c.kappa = (double)INFINITY;
    assert_true(cisup_theory_closed_most(&c) == 11.0);
    assert_true(cisup_theory_open_wrongly(&c) == 1.0);
    c = (cisup_theory_case){.T = 1, .S = 6, .z = 1, .P = (double)NAN};
    assert_true(cisup_theory_open_wrongly(&c) == 0.0);
}

/* docs/math.md 14, T = 150 on N = 250 by scheme ref: P and kappa counted. */
static void the_published_shape_has_its_value(void **state) {
    (void)state;
    const cisup_theory_case c = {.T = 150, .S = 6, .z = 1, .P = 0.1095, .kappa = 0.0927};
    CHECK_NEAR(cisup_theory_open_wrongly(&c), 0.031, 5e-4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_variances_have_their_values),
        cmocka_unit_test(variance_is_that_of_the_binomial),
        cmocka_unit_test(most_ones_are_the_last_that_stay_closed),
        cmocka_unit_test(wrong_openings_follow_the_binomial_law),
        cmocka_unit_test(a_small_case_is_right),
        cmocka_unit_test(limits_of_the_background_are_right),
        cmocka_unit_test(the_published_shape_has_its_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
