/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * kappa estimated from some neurons against the whole count, and against stored networks:
 * over many networks it has no bias, and errors of the size that it says. */
#include "common/check.h"

#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network/wiring.h>

#include <math.h>

/* Sums over estimates. */
typedef struct {
    double n, bias, squares, from_stored, stored_squares, variance;
} sums;

/* The layers of one network, from `columns` neurons each. */
static void add_network(sums *of, const cisup_allocation *a, const cisup_incidence *x,
                        cisup_index columns, uint64_t seed) {
    enum { L = 6 };
    cisup_family_options family = cisup_family_defaults();
    cisup_network_options o = cisup_network_defaults();
    cisup_circuits c;
    cisup_network net;
    cisup_wiring w;
    family.family = CISUP_STEP2;
    o.seed = seed;
    o.threads = 1;
    CHECK_OK(cisup_circuits_make(&c, a->T, 2, L, &family, &error_));
    CHECK_OK(cisup_network_make(&net, a, &c, &o, &error_));
    CHECK_OK(cisup_wiring_of(&w, x, &net, &error_));
    for (cisup_index l = 2; l <= L; l++) {
        cisup_kappa_estimate some, all;
        CHECK_OK(cisup_wiring_kappa(&w, l, 1.0, columns, seed, &some, &error_));
        CHECK_OK(cisup_wiring_kappa(&w, l, 1.0, a->N, seed, &all, &error_));
        assert_true(some.columns == columns && all.columns == a->N);
        assert_true(some.kappa >= 0.0 && all.kappa >= 0.0 && all.error == 0.0);
        const double off = some.kappa - all.kappa;
        const double away = some.kappa - cisup_operator_kappa(&net.layers[l - 2]);
        of->n++;
        of->bias += off;
        of->squares += off * off;
        of->from_stored += away;
        of->stored_squares += away * away;
        of->variance += some.error * some.error;
    }
    cisup_wiring_free(&w);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
}

static sums measured(cisup_index N, cisup_index S, cisup_index T, cisup_index columns,
                     uint64_t networks) {
    const cisup_allocation_options o = {.scheme = CISUP_SCHEME_RANDOM, .seed = 3};
    cisup_allocation a;
    cisup_incidence x;
    sums of = {0};
    CHECK_OK(cisup_allocation_make(&a, N, S, T, &o, &error_));
    CHECK_OK(cisup_incidence_of(&x, &a, &error_));
    for (uint64_t seed = 1; seed <= networks; seed++)
        add_network(&of, &a, &x, columns, seed);
    cisup_incidence_free(&x);
    cisup_allocation_free(&a);
    return of;
}

/* A mean of 0 within 4 standard errors. */
static void check_unbiased(double sum, double squares, double n) {
    assert_true(fabs(sum) < 4.0 * sqrt(squares));
    assert_true(n > 1.0 && squares > 0.0);
}

/* Loads of 0 to 5 circuits a neuron, T S/N on average; columns of the larger ones reach
 * more neurons than are all asked for their load. */
static void small_loads_give_no_bias(void **state) {
    (void)state;
    static const double load[] = {0.5, 0.8, 1.5, 6.0};
    const cisup_index N = 4200, S = 7;
    for (size_t k = 0; k < sizeof load / sizeof *load; k++) {
        const cisup_index T = (cisup_index)(load[k] * (double)N / (double)S);
        const sums of = measured(N, S, T, 64, 80);
        check_unbiased(of.bias, of.squares, of.n);
        check_unbiased(of.from_stored, of.stored_squares, of.n);
        CHECK_NEAR(of.squares / of.variance, 1.0, 0.25); /* 4 of 400 squares' sqrt(2/400),
                                                            somewhat skew */
    }
}

/* Of 3 columns, so that a variance divided by 3 instead of 2 would show. */
static void the_error_is_that_of_few_columns_too(void **state) {
    (void)state;
    const sums of = measured(400, 4, 120, 3, 400);
    check_unbiased(of.bias, of.squares, of.n);
    CHECK_NEAR(of.squares / of.variance, 1.0, 0.25);
}

/* Computed circuits of which no two meet have no pairs: kappa is 0, and known. */
static void circuits_that_do_not_meet_have_none(void **state) {
    (void)state;
    static const struct {
        cisup_index N, S, T;
    } row[] = {{20000, 4, 2500}, {20000, 4, 4000}, {50000, 5, 5000}, {50000, 5, 8000}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_incidence x;
        CHECK_OK(cisup_incidence_make(&x, row[k].N, row[k].S, row[k].T, CISUP_SCHEME_TD,
                                      &error_));
        for (uint64_t seed = 1; seed <= 20; seed++) {
            cisup_wiring w;
            cisup_kappa_estimate found;
            CHECK_OK(cisup_wiring_make(&w, &x, 2, 0, seed, 0, &error_));
            CHECK_OK(cisup_wiring_kappa(&w, 2, 1.0, 64, seed, &found, &error_));
            assert_true(found.kappa == 0.0 && found.error == 0.0);
            cisup_wiring_free(&w);
        }
        cisup_incidence_free(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_loads_give_no_bias),
        cmocka_unit_test(the_error_is_that_of_few_columns_too),
        cmocka_unit_test(circuits_that_do_not_meet_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
