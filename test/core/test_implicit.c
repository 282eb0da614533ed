/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/computed/implicit.h>
#include <cisup/core/overlap.h>

#include <time.h>

static cisup_implicit planned(cisup_index N, cisup_index S, cisup_groups groups) {
    cisup_implicit m;
    CHECK_OK(cisup_implicit_init(&m, N, S, groups, &error_));
    return m;
}

static cisup_allocation stored(const cisup_implicit *m, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_implicit_store(m, T, &a, &error_));
    return a;
}

/* --- counts -------------------------------------------------------------------- */

static cisup_index capacity(cisup_index N, cisup_index S, cisup_groups groups) {
    cisup_implicit m = planned(N, S, groups);
    const cisup_index T = m.T_max;
    cisup_implicit_free(&m);
    return T;
}

static void the_counts_are_those_of_the_table(void **state) {
    (void)state;
    static const cisup_index table[][3] = {
        {250, 6, 2011},
        {1000, 8, 17041},
        {10000, 16, 413041},
        {100000000, 5, 499999795640625},
        {100000000, 6, 333332845501234},
        {100000000, 10, 111110931910000},
        {100000000, 64, 2480105453937},
        {1000000000, 10, 11111109319100000},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
        assert_int_equal(capacity(table[k][0], table[k][1], CISUP_GROUPS_SHARE_POINT),
                         table[k][2]);
    assert_int_equal(capacity(250, 6, CISUP_GROUPS_APART), 1723);
    assert_int_equal(capacity(250, 10, CISUP_GROUPS_APART), 645);
}

/* Usable by definition: every exact prime power above S. */
static bool naive_usable(cisup_index q, cisup_index S) {
    bool usable = q > S;
    for (cisup_index p = 2; p <= q; p++) {
        cisup_index power = 1;
        while (q % p == 0) {
            q /= p;
            power *= p;
        }
        if (power > 1 && power <= S) usable = false;
    }
    return usable;
}

/* f(n) = q^2 + S f(q + w), q the largest usable number <= n/S; b rows at the end. */
static cisup_index naive_capacity(cisup_index n, cisup_index S, bool share) {
    cisup_index q = n / S;
    while (q > S && !naive_usable(q, S)) q--;
    if (q > S) return q * q + S * naive_capacity(q + (share && n > S * q), S, share);
    cisup_index b = 0;
    while (b <= S && (b + 1) * S - (b + 1) * b / 2 <= n) b++;
    return b;
}

static void T_max_is_the_recursion_and_below_the_bound(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 16; S++)
        for (cisup_index N = S; N <= 1200; N++)
            for (int w = 0; w < 2; w++) {
                const cisup_index T = capacity(N, S, (cisup_groups)w);
                assert_int_equal(T, naive_capacity(N, S, w));
                assert_true(T >= 1 && T <= cisup_packing_bound(N, S));
            }
}

static void a_million_neurons_reach_98_percent(void **state) {
    (void)state;
    const double bound = (double)cisup_packing_bound(1000000, 16);
    assert_true((double)capacity(1000000, 16, CISUP_GROUPS_SHARE_POINT) >= 0.98 * bound);
    assert_true(capacity(INT32_MAX, 2, CISUP_GROUPS_SHARE_POINT) <=
                cisup_packing_bound(INT32_MAX, 2));
    assert_true(capacity(1000000000, 3, CISUP_GROUPS_APART) >
                INT64_C(100000000000000000));
}

/* --- both forms agree ---------------------------------------------------------- */

/* The circuits through n are exactly the rows that hold n, each once. seen: [T]. */
static void check_neuron(const cisup_implicit *m, const cisup_allocation *a,
                         cisup_index n, cisup_index load, char *seen) {
    cisup_implicit_walk c = cisup_implicit_through(m, a->T, n);
    cisup_index found = 0;
    for (cisup_index t; (t = cisup_implicit_next(&c)) >= 0; found++) {
        assert_true(t < a->T && seen[t] != 1);
        seen[t] = 1;
        const int32_t *row = cisup_allocation_row(a, t);
        cisup_index k = 0;
        while (k < a->S && row[k] != n) k++;
        assert_true(k < a->S);
    }
    assert_int_equal(found, load);
    assert_int_equal(cisup_implicit_next(&c), -1);
    memset(seen, 0, (size_t)a->T);
}

static void check_forms(cisup_index N, cisup_index S, cisup_groups groups,
                        cisup_index share) {
    cisup_implicit m = planned(N, S, groups);
    const cisup_index T = m.T_max * share / 4 > 0 ? m.T_max * share / 4 : 1;
    cisup_allocation a = stored(&m, T);
    cisup_overlap_report report;
    CHECK_OK(cisup_overlap_check(&a, &report, &error_));
    assert_true(report.holds);
    cisup_index *load;
    char *seen;
    CHECK_OK(cisup_new(&load, N, sizeof *load, &error_));
    CHECK_OK(cisup_new(&seen, T, 1, &error_));
    cisup_allocation_loads(&a, load);
    for (cisup_index n = 0; n < N; n++) check_neuron(&m, &a, n, load[n], seen);
    cisup_release(load);
    cisup_release(seen);
    cisup_allocation_free(&a);
    cisup_implicit_free(&m);
}

static void both_forms_agree_and_are_valid_for_every_S(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 16; S++)
        for (cisup_index N = S; N <= 500; N += 1 + N / 24)
            for (int w = 0; w < 2; w++) check_forms(N, S, (cisup_groups)w, 4);
}

static void both_forms_agree_for_the_first_T(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 16; S++)
        for (cisup_index N = S; N <= 400; N += 1 + N / 9)
            for (int w = 0; w < 2; w++) check_forms(N, S, (cisup_groups)w, 1 + N % 3);
}

/* Orders with one, two and three fields, with and without Z_m, chunks of digits. */
static void both_forms_agree_for_composite_groups(void **state) {
    (void)state;
    check_forms(2 * 128, 2, CISUP_GROUPS_APART, 4);
    check_forms(3 * 4 * 9 + 2, 3, CISUP_GROUPS_SHARE_POINT, 4);
    check_forms(4 * 8 * 9 * 5 + 3, 4, CISUP_GROUPS_SHARE_POINT, 4);
    check_forms(6 * 8 * 25, 6, CISUP_GROUPS_APART, 4);
    check_forms(7 * 343 + 5, 7, CISUP_GROUPS_SHARE_POINT, 4);
    check_forms(13 * 169 + 13, 13, CISUP_GROUPS_SHARE_POINT, 4);
}

/* t -> row -> every neuron of the row finds t again. The walk cannot be run to its end
 * at this size, so it stops where t comes up: T = t + 1 and t is in the last class. */
static void a_hundred_million_neurons_are_consistent(void **state) {
    (void)state;
    const clock_t start = clock();
    cisup_implicit m = planned(100000000, 10, CISUP_GROUPS_SHARE_POINT);
    cisup_rng rng = check_rng(1);
    const cisup_index classes = 60;
    for (int k = 0; k < 200; k++) {
        int32_t row[10];
        const cisup_index q = m.level[0].lines.q;
        const cisup_index t = check_between(&rng, 0, classes * q - 1);
        cisup_implicit_row(&m, t, row);
        for (int i = 0; i < 10; i++) {
            if (i) assert_true(row[i - 1] < row[i]);
            cisup_implicit_walk c = cisup_implicit_through(&m, t + 1, row[i]);
            cisup_index u;
            while ((u = cisup_implicit_next(&c)) >= 0 && u != t) {
            }
            assert_int_equal(u, t);
        }
    }
    cisup_implicit_free(&m);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
}

static void the_walk_through_a_neuron_of_a_huge_network_is_right(void **state) {
    (void)state;
    cisup_implicit m = planned(100000007, 10, CISUP_GROUPS_SHARE_POINT);
    cisup_rng rng = check_rng(2);
    for (int k = 0; k < 60; k++) {
        const cisup_index n = k == 0 ? m.N - 1 : check_between(&rng, 0, m.N - 1);
        cisup_implicit_walk c = cisup_implicit_through(&m, m.T_max, n);
        for (int j = 0; j < 300; j++) {
            const cisup_index t = cisup_implicit_next(&c);
            int32_t row[10];
            if (n == m.N - 1 && t < 0) break; /* shared on every level: few circuits */
            assert_in_range(t, 0, m.T_max - 1);
            cisup_implicit_row(&m, t, row);
            int i = 0;
            while (i < 10 && row[i] != n) i++;
            assert_true(i < 10);
        }
    }
    cisup_implicit_free(&m);
}

/* --- evenness ------------------------------------------------------------------ */

static void check_loads(cisup_index N, cisup_index S, cisup_index T, cisup_index least,
                        cisup_index most) {
    cisup_implicit m = planned(N, S, CISUP_GROUPS_APART);
    cisup_allocation a = stored(&m, T);
    cisup_index *load;
    CHECK_OK(cisup_new(&load, N, sizeof *load, &error_));
    cisup_allocation_loads(&a, load);
    const cisup_allocation_stats s = cisup_allocation_statistics(load, N, S, T);
    assert_int_equal(s.load_min, least);
    assert_int_equal(s.load_max, most);
    cisup_release(load);
    cisup_allocation_free(&a);
    cisup_implicit_free(&m);
}

static void the_first_circuits_load_neurons_almost_evenly(void **state) {
    (void)state;
    check_loads(250, 6, 557, 12, 14);
    check_loads(500, 6, 2101, 23, 26);
    check_loads(250, 10, 142, 5, 6);
    check_loads(1000, 8, 3661, 29, 30);
    check_loads(1000, 5, 12901, 64, 65);
    check_loads(2500, 16, 4327, 21, 29);
}

/* With N = S q no neuron is left over, and every class covers each once. */
static void no_left_over_means_a_spread_of_one(void **state) {
    (void)state;
    cisup_index load[6 * 25];
    cisup_implicit m = planned(150, 6, CISUP_GROUPS_APART);
    for (cisup_index T = 1; T <= 25 * 25; T++) {
        cisup_allocation a = stored(&m, T);
        cisup_allocation_loads(&a, load);
        const cisup_allocation_stats s = cisup_allocation_statistics(load, 150, 6, T);
        assert_true(s.load_max - s.load_min <= 1);
        cisup_allocation_free(&a);
    }
    cisup_implicit_free(&m);
}

/* --- arguments ----------------------------------------------------------------- */

static cisup_status tried(cisup_index N, cisup_index S, cisup_error *err) {
    cisup_implicit m;
    const cisup_status status = cisup_implicit_init(&m, N, S, CISUP_GROUPS_APART, err);
    if (status != CISUP_OK) assert_true(m.N == 0 && m.T_max == 0 && m.depth == 0);
    cisup_implicit_free(&m);
    return status;
}

static void a_wrong_size_is_named(void **state) {
    (void)state;
    cisup_error err;
    assert_int_equal(tried(10, 1, &err), CISUP_EINVAL);
    assert_int_equal(tried(5, 6, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "N = 5, S = 6"));
    assert_int_equal(tried(INT64_C(1) << 31, 6, NULL), CISUP_EINVAL);
    assert_int_equal(tried(6, 6, &err), CISUP_OK);
}

static void too_many_circuits_name_capacity_and_bound(void **state) {
    (void)state;
    cisup_implicit m = planned(250, 6, CISUP_GROUPS_SHARE_POINT);
    cisup_allocation a;
    cisup_error err;
    assert_int_equal(cisup_implicit_store(&m, 2012, &a, &err), CISUP_EINFEASIBLE);
    assert_null(a.slot);
    assert_non_null(strstr(err.text, "2011"));
    assert_non_null(strstr(err.text, "2075"));
    assert_int_equal(cisup_implicit_store(&m, 0, &a, NULL), CISUP_EINVAL);
    cisup_implicit_free(&m);
}

static void T_chooses_whether_groups_share_a_point(void **state) {
    (void)state;
    cisup_implicit m;
    cisup_error err;
    CHECK_OK(cisup_implicit_init_for(&m, 250, 6, 1723, &error_));
    assert_int_equal(m.T_max, 1723);
    cisup_implicit_free(&m);
    CHECK_OK(cisup_implicit_init_for(&m, 250, 6, 1724, &error_));
    assert_int_equal(m.T_max, 2011);
    cisup_implicit_free(&m);
    assert_int_equal(cisup_implicit_init_for(&m, 250, 6, 2012, &err), CISUP_EINFEASIBLE);
    assert_non_null(strstr(err.text, "2011"));
    assert_int_equal(m.N, 0);
    assert_int_equal(cisup_implicit_init_for(&m, 250, 6, 0, &err), CISUP_EINVAL);
    assert_int_equal(cisup_implicit_init_for(&m, 250, 1, 9, &err), CISUP_EINVAL);
}

static cisup_status make_and_free(void *context) {
    (void)context;
    cisup_implicit m;
    cisup_allocation a = {0};
    cisup_status status = cisup_implicit_init_for(&m, 290, 4, 3000, NULL);
    if (status == CISUP_OK) status = cisup_implicit_store(&m, 3000, &a, NULL);
    cisup_allocation_free(&a);
    cisup_implicit_free(&m);
    cisup_implicit_free(&m);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    assert_true(check_every_allocation(make_and_free, NULL) >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counts_are_those_of_the_table),
        cmocka_unit_test(T_max_is_the_recursion_and_below_the_bound),
        cmocka_unit_test(a_million_neurons_reach_98_percent),
        cmocka_unit_test(both_forms_agree_and_are_valid_for_every_S),
        cmocka_unit_test(both_forms_agree_for_the_first_T),
        cmocka_unit_test(both_forms_agree_for_composite_groups),
        cmocka_unit_test(a_hundred_million_neurons_are_consistent),
        cmocka_unit_test(the_walk_through_a_neuron_of_a_huge_network_is_right),
        cmocka_unit_test(the_first_circuits_load_neurons_almost_evenly),
        cmocka_unit_test(no_left_over_means_a_spread_of_one),
        cmocka_unit_test(a_wrong_size_is_named),
        cmocka_unit_test(too_many_circuits_name_capacity_and_bound),
        cmocka_unit_test(T_chooses_whether_groups_share_a_point),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
