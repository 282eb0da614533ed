/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics of an allocation, section 2.5: loads of neurons and the overlap P. */
#include "common/allocations.h"
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/schemes.h>

#include <float.h>

static cisup_allocation_stats statistics_of(const cisup_allocation *a) {
    static cisup_index load[3000];
    cisup_allocation_loads(a, load);
    return cisup_allocation_statistics(load, a->N, a->S, a->T);
}

/* P, p and the range of loads of an allocation from all pairs of circuits. */
static void check_statistics(const cisup_allocation *a) {
    const cisup_allocation_stats s = statistics_of(a);
    cisup_index load[100] = {0}, sum = 0, low = INT64_MAX, high = 0, met = 0;
    for (cisup_index k = 0; k < a->T * a->S; k++) load[a->slot[k]]++;
    for (cisup_index n = 0; n < a->N; n++) {
        sum += load[n];
        low = load[n] < low ? load[n] : low;
        high = load[n] > high ? load[n] : high;
    }
    assert_int_equal(sum, a->T * a->S);
    assert_true(s.load_min == low && s.load_max == high);
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index u = 0; u < a->T; u++)
            if (u != t) met += shared(a, t, u);
    /* One division of two whole numbers: no rounding but its own. */
    const double pairs = (double)(a->T * (a->T - 1));
    const double P = a->T > 1 ? (double)met / pairs : (double)NAN;
    CHECK_NEAR(s.P, P, 0.0);
    CHECK_NEAR(s.p, P / (double)(a->S * a->S), 0.0);

    const double mean = (double)sum / (double)a->N;
    double variance = 0.0;
    for (cisup_index n = 0; n < a->N; n++)
        variance += ((double)load[n] - mean) * ((double)load[n] - mean) / (double)a->N;
    /* sum c^2/N - mean^2: two roundings of the size of sum c^2/N; here N of them. */
    const double square = s.load_cv * s.load_cv, most = 1.0 + square;
    CHECK_NEAR(square, variance / mean / mean, (double)(a->N + 8) * DBL_EPSILON * most);
    if (a->T < 2) return;
    CHECK_NEAR((double)a->S * (mean * most - 1.0) / (double)(a->T - 1), P,
               16.0 * DBL_EPSILON * (double)a->S * mean * most / (double)(a->T - 1));
}

static void P_is_the_mean_overlap_of_all_pairs(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 400; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index N = check_between(&rng, 2, 100);
        const cisup_index S = check_between(&rng, 1, N < 9 ? N : 9);
        const cisup_allocation_options o =
            with((cisup_scheme)(k % 4), (cisup_hop)(k / 4 % 2), k & 8 ? 1 : 0);
        const cisup_index most = S > 1 ? capacity_of(N, S, &o) : 150;
        cisup_allocation a =
            made(N, S, check_between(&rng, 1, most < 60 ? most : 60), &o);
        check_statistics(&a);
        /* It is true of any sets, also of those that share more than one. */
        for (cisup_index t = 0; t < a.T; t++) {
            cisup_index row[9];
            cisup_rng_subset(&rng, N, S, row);
            for (cisup_index j = 0; j < S; j++) a.slot[t * S + j] = (int32_t)row[j];
        }
        check_statistics(&a);
        cisup_allocation_free(&a);
    }
}

static void equal_loads_have_no_variation(void **state) {
    (void)state;
    for (cisup_index T = 7; T < 200; T += 7) {
        cisup_allocation a = made(7, 1, T, NULL);
        const cisup_allocation_stats s = statistics_of(&a);
        assert_true(s.load_min == T / 7 && s.load_max == T / 7);
        CHECK_NEAR(s.load_cv, 0.0, 0.0);
        CHECK_NEAR(s.P, cisup_even_overlap(7, 1, T), 4.0 * DBL_EPSILON * s.P);
        cisup_allocation_free(&a);
    }
}

static void the_even_overlap_is_2_5(void **state) {
    (void)state;
    /* S (TS/N - 1)/(T - 1) with results that are short in binary */
    CHECK_NEAR(cisup_even_overlap(10, 5, 5), 1.875, 0.0);
    CHECK_NEAR(cisup_even_overlap(32, 4, 17), 0.28125, 0.0);
    CHECK_NEAR(cisup_even_overlap(1, 1, 2), 1.0, 0.0);
    CHECK_NEAR(cisup_even_overlap(250, 6, 41), 0.0, 0.0); /* T S < N */
    CHECK_NEAR(cisup_even_overlap(247, 6, 41), 0.0, 0.0);
    CHECK_NEAR(cisup_even_overlap(246, 6, 41), 0.0, 0.0); /* T S = N */
    assert_true(cisup_even_overlap(245, 6, 41) > 0.0);
    CHECK_NEAR(cisup_even_overlap(3, 5, 1), 0.0, 0.0); /* T = 1 */
}

/* The coefficients of variation and ratios of P to P_even that were found by others,
 * to half a unit of their last digit. */
static void the_loads_vary_as_section_2_5_says(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, T;
        double hop_less_1, hop;
    } row[] = {{250, 6, 278, .213, .194},
               {250, 6, 500, .270, .257},
               {250, 6, 557, .252, .231},
               {250, 3, 1927, .203, .199},
               {500, 5, 2427, .254, .292}};
    for (size_t k = 0; k < COUNT(row); k++)
        for (int h = 0; h < 2; h++) {
            const cisup_allocation_options o = with(CISUP_SCHEME_REF, (cisup_hop)h, 0);
            cisup_allocation a = made(row[k].N, row[k].S, row[k].T, &o);
            CHECK_NEAR(statistics_of(&a).load_cv, h ? row[k].hop_less_1 : row[k].hop,
                       5e-4);
            cisup_allocation_free(&a);
        }
}

static void reflection_evens_the_loads_as_section_2_5_says(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, T;
        double cv[2], ratio[2]; /* without and with reflection */
    } row[] = {{100, 4, 73, {.28, .22}, {1.117, 1.074}},
               {250, 10, 100, {.34, .18}, {1.153, 1.045}},
               {200, 6, 150, {.21, .19}, {1.056, 1.048}},
               {250, 6, 500, {.26, .15}, {1.072, 1.026}},
               {500, 6, 2000, {.27, .15}, {1.077, 1.023}},
               {500, 5, 2427, {.29, .15}, {1.089, 1.024}}};
    for (size_t k = 0; k < COUNT(row); k++)
        for (int reflect = 0; reflect < 2; reflect++) {
            const cisup_allocation_options o =
                with(CISUP_SCHEME_REF, CISUP_HOP_S, reflect);
            cisup_allocation a = made(row[k].N, row[k].S, row[k].T, &o);
            const cisup_allocation_stats s = statistics_of(&a);
            CHECK_NEAR(s.load_cv, row[k].cv[reflect], 5e-3);
            CHECK_NEAR(s.P / cisup_even_overlap(a.N, a.S, a.T), row[k].ratio[reflect],
                       5e-4);
            cisup_allocation_free(&a);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P_is_the_mean_overlap_of_all_pairs),
        cmocka_unit_test(equal_loads_have_no_variation),
        cmocka_unit_test(the_even_overlap_is_2_5),
        cmocka_unit_test(the_loads_vary_as_section_2_5_says),
        cmocka_unit_test(reflection_evens_the_loads_as_section_2_5_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
