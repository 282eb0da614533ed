/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chances that circuits of a cycle meet, counted by their definition. */
#include "common/check.h"
#include "common/cycles.h"

#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

/* By the definition: all t, u, n, m. */
static void count_chances(const cisup_cycle *x, double *P, double *r) {
    int32_t row[2][2][16];
    double shared = 0.0, cases = 0.0, joined = 0.0;
    for (cisup_index t = 0; t < x->T; t++)
        for (cisup_index u = 0; u < x->T; u++)
            for (cisup_index hg = 0; hg < x->c * x->c && t != u; hg++) {
                const cisup_index part[2] = {hg / x->c, hg % x->c};
                for (int k = 0; k < 2; k++) {
                    cisup_cycle_row(x, part[k], t, row[0][k]);
                    cisup_cycle_row(x, part[k], u, row[1][k]);
                }
                for (cisup_index i = 0; i < x->S * x->S; i++) {
                    const int32_t n = row[0][0][i / x->S], m = row[1][1][i % x->S];
                    int on = part[0] == part[1] && n == m;
                    shared += on;
                    for (cisup_index k = 0; k < x->S; k++)
                        on |= row[1][0][k] == n || row[0][1][k] == m;
                    if (on || part[0] == part[1]) continue;
                    cisup_index v;
                    cisup_cycle_through(x, (cisup_places){part[0], &n, 1},
                                        (cisup_places){part[1], &m, 1}, &v);
                    cases += 1.0;
                    joined += v >= 0;
                }
            }
    *P = shared / ((double)x->c * (double)x->T * ((double)x->T - 1.0));
    *r = joined / cases;
}

static void check_chances(cisup_index N, cisup_index S, cisup_index c, cisup_index T) {
    cisup_cycle x = made(N, S, c, T), y;
    cisup_allocation part[most_c];
    double P, r;
    store(&x, part);
    CHECK_OK(cisup_cycle_of(&y, part, c, &error_));
    count_chances(&x, &P, &r);
    CHECK_NEAR(x.P, P, 1e-11);
    CHECK_NEAR(y.P, P, 1e-11);
    CHECK_NEAR(y.r, r, 1e-12); /* quotients of integers */
    /* whole classes: a quotient of integers; else what a line more or less changes */
    CHECK_NEAR(x.r, r, x.q == 0 || T % x.q == 0 ? 1e-12 : 1.0 / (double)T);
    for (cisup_index h = 0; h < c; h++) cisup_allocation_free(&part[h]);
    cisup_cycle_free(&y);
    cisup_cycle_free(&x);
}

static void chances_are_those_counted(void **state) {
    (void)state;
    check_chances(7, 1, 2, 49);
    check_chances(7, 1, 3, 21);
    check_chances(22, 2, 2, 33);
    check_chances(22, 2, 2, 38);
    check_chances(22, 2, 3, 60);
    check_chances(39, 3, 2, 100);
    check_chances(14, 2, 2, 20);
    check_chances(28, 2, 2, 190); /* stored */
    check_chances(39, 3, 2, 26);
}

/* r of 10 whole circuits of TD(4, 5) and two more of the next class, over all such two:
 * the mean is what is said of the computed first 12. */
static void r_is_the_mean_over_the_lines_of_a_class(void **state) {
    (void)state;
    cisup_cycle whole = made(10, 2, 2, 25), first = made(10, 2, 2, 12), x;
    int32_t slot[2][12 * 2];
    const cisup_allocation part[2] = {{10, 2, 12, slot[0]}, {10, 2, 12, slot[1]}};
    double sum = 0.0;
    assert_true(whole.q == 5 && first.q == 5);
    for (cisup_index a = 0; a < 5; a++)
        for (cisup_index b = 0; b < a; b++) {
            for (cisup_index h = 0; h < 2; h++)
                for (cisup_index t = 0; t < 12; t++)
                    cisup_cycle_row(&whole, h, t < 10 ? t : 10 + (t == 10 ? b : a),
                                    slot[h] + 2 * t);
            CHECK_OK(cisup_cycle_of(&x, part, 2, &error_));
            sum += x.r;
            cisup_cycle_free(&x);
        }
    CHECK_NEAR(first.r, sum / 10.0, 1e-12); /* quotients of integers */
    cisup_cycle_free(&first);
    cisup_cycle_free(&whole);
}

/* All q^2: S/(q+1), and every pair of neurons has its circuit. k classes: S(k-1)/(T-1).
 * One class: no two circuits meet, and nothing joins two of them. */
static void chances_of_whole_designs(void **state) {
    (void)state;
    cisup_cycle x = made(235, 5, 2, 2209);
    CHECK_NEAR(x.P, 5.0 / 48.0, 1e-15);
    CHECK_NEAR(x.r, 1.0, 1e-12);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 564);
    CHECK_NEAR(x.P, 5.0 * 11.0 / 563.0, 1e-15);
    CHECK_NEAR(x.r, 121.0 / (563.0 - 22.0), 1e-12);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 47);
    CHECK_NEAR(x.P, 0.0, 0.0);
    CHECK_NEAR(x.r, 0.0, 0.0);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 1);
    assert_true(isnan(x.P) && isnan(x.r));
    cisup_cycle_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_are_those_counted),
        cmocka_unit_test(r_is_the_mean_over_the_lines_of_a_class),
        cmocka_unit_test(chances_of_whole_designs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
