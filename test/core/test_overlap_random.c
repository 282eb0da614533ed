/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check of random and planted allocations against the definition: all pairs of
 * circuits. */
#include "common/check.h"
#include "common/overlaps.h"

#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>

/* --- properties ---------------------------------------------------------------- */

static void random_sets_agree_with_the_definition(void **state) {
    (void)state;
    int holding = 0, deep = 0;
    for (cisup_index k = 0; k < 6000; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 1, 7);
        const cisup_index N = S + check_between(&rng, 0, k % 2 ? 40 : 8);
        const cisup_index T = check_between(&rng, 1, k % 3 ? 6 : 16);
        cisup_allocation a = random_rows(N, S, T, &rng);
        const cisup_overlap_report r = check_against_oracle(&a);
        assert_true(r.max_overlap_exact);
        holding += r.holds;
        deep += r.max_overlap > 2;
        cisup_allocation_free(&a);
    }
    assert_in_range(holding, 1000, 5000); /* both answers are well represented */
    assert_in_range(deep, 1000, 5000);
}

/* A valid allocation in random order of circuits, shuffled by row. */
static cisup_allocation shuffled_valid(cisup_rng *rng) {
    cisup_allocation valid, a;
    const cisup_index N = check_between(rng, 8, 60);
    const cisup_index S = check_between(rng, 2, N < 14 ? 3 : 6);
    const cisup_allocation_options o = {.scheme = (cisup_scheme)cisup_rng_below(rng, 4),
                                        .hop = (cisup_hop)cisup_rng_below(rng, 2),
                                        .seed = cisup_rng_next(rng)};
    cisup_index most, order[60];
    CHECK_OK(cisup_allocation_capacity(N, S, &o, &most, &error_));
    const cisup_index T = most < 60 ? most : 60;
    CHECK_OK(cisup_allocation_make(&valid, N, S, T, &o, &error_));
    a = empty_rows(N, S, T);
    cisup_rng_permutation(rng, T, order);
    for (cisup_index t = 0; t < T; t++)
        memcpy(a.slot + t * S, cisup_allocation_row(&valid, order[t]),
               (size_t)S * sizeof *a.slot);
    cisup_allocation_free(&valid);
    return a;
}

static int ascending(const void *left, const void *right) {
    const int32_t *x = left, *y = right;
    return (*x > *y) - (*x < *y);
}

/* Circuit u becomes a set that shares exactly `both` neurons with t; N >= 2S. */
static void plant(cisup_allocation *a, cisup_index t, cisup_index u, cisup_index both,
                  cisup_rng *rng) {
    int32_t *row = a->slot + u * a->S;
    cisup_index chosen[64], count = 0;
    cisup_rng_subset(rng, a->S, both, chosen);
    for (cisup_index k = 0; k < a->S; k++) row[k] = -1;
    while (count < both) {
        row[count] = cisup_allocation_row(a, t)[chosen[count]];
        count++;
    }
    while (count < a->S) {
        const cisup_index n = check_between(rng, 0, a->N - 1);
        if (!contains(a, t, n) && !contains(a, u, n)) row[count++] = (int32_t)n;
    }
    qsort(row, (size_t)a->S, sizeof *row, ascending);
}

static void planted_overlaps_are_found(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 400; k++) {
        cisup_rng rng = check_rng(10000 + k);
        cisup_allocation a = shuffled_valid(&rng);
        assert_true(check_against_oracle(&a).holds);
        for (int times = 0; times < 3 && a.T > 1; times++) {
            const cisup_index u = check_between(&rng, 1, a.T - 1);
            const cisup_index t = check_between(&rng, 0, u - 1);
            const cisup_index both = check_between(&rng, 2, a.S);
            plant(&a, t, u, both, &rng);
            const cisup_overlap_report r = check_against_oracle(&a);
            assert_true(!r.holds && r.max_overlap_exact && r.max_overlap >= both);
        }
        cisup_allocation_free(&a);
    }
}

static void copies_of_circuits_are_found(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 300; k++) {
        cisup_rng rng = check_rng(20000 + k);
        cisup_allocation a = shuffled_valid(&rng);
        for (int copies = 0; copies < 3 && a.T > 1; copies++) {
            const cisup_index u = check_between(&rng, 1, a.T - 1);
            const cisup_index t = check_between(&rng, 0, u - 1);
            memcpy(a.slot + u * a.S, cisup_allocation_row(&a, t),
                   (size_t)a.S * sizeof *a.slot);
            const cisup_overlap_report r = check_against_oracle(&a);
            assert_true(!r.holds && r.max_overlap == a.S);
        }
        cisup_allocation_free(&a);
    }
}

/* Hundreds of large sets on few neurons: the search for the largest overlap gives up
 * in some and must then claim no more than there is. */
static void a_search_that_is_cut_off_reports_a_lower_bound(void **state) {
    (void)state;
    int cut_off = 0, finished = 0;
    for (cisup_index k = 0; k < 12; k++) {
        cisup_rng rng = check_rng(30000 + k);
        cisup_allocation a = random_rows(40, k < 9 ? 24 : 5, 120, &rng);
        const cisup_overlap_report r = check_against_oracle(&a);
        cut_off += !r.max_overlap_exact;
        finished += r.max_overlap_exact;
        cisup_allocation_free(&a);
    }
    assert_true(cut_off > 0 && finished > 0);
}

/* --- two million circuits ------------------------------------------------------ */

enum { large_N = 20000, large_S = 5, large_T = 2000000 };

/* The canonical witness when only circuit u may meet others twice. */
static cisup_overlap_report witness_of_one(const cisup_allocation *a, cisup_index u) {
    cisup_overlap_report want = {.holds = 1, .max_overlap = 1};
    const int32_t *row = cisup_allocation_row(a, u);
    for (cisup_index t = 0; t < a->T; t++) {
        cisup_index common[large_S], count = 0;
        for (cisup_index k = 0; t != u && k < a->S; k++)
            if (contains(a, t, row[k])) common[count++] = row[k];
        if (count > want.max_overlap) want.max_overlap = count;
        if (count < 2) continue;
        const cisup_index *const best = want.witness_neurons;
        if (want.holds || common[0] < best[0] ||
            (common[0] == best[0] && common[1] < best[1])) {
            want.witness_neurons[0] = common[0];
            want.witness_neurons[1] = common[1];
            want.witness_circuits[0] = t < u ? t : u;
            want.witness_circuits[1] = t < u ? u : t;
        }
        want.holds = 0;
    }
    return want;
}

/* Comparing all pairs, 2e12 of them, would take hours: that this ends is the test. */
static void two_million_circuits_are_checked_in_seconds(void **state) {
    (void)state;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, large_N, large_S, large_T, NULL, &error_));
    cisup_overlap_report r = checked(&a);
    assert_true(r.holds && r.max_overlap == 1 && r.max_overlap_exact);
    CHECK_NEAR(r.pairs, 2e7, 0.0);

    cisup_rng rng = check_rng(40000);
    const cisup_index t = check_between(&rng, 0, large_T - 2);
    const cisup_index u = check_between(&rng, t + 1, large_T - 1);
    plant(&a, t, u, 3, &rng);
    const cisup_overlap_report want = witness_of_one(&a, u);
    assert_false(want.holds);
    r = checked(&a);
    assert_true(!r.holds && r.max_overlap_exact);
    assert_int_equal(r.max_overlap, want.max_overlap);
    check_witness(&r, want.witness_circuits[0], want.witness_circuits[1],
                  want.witness_neurons[0], want.witness_neurons[1]);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sets_agree_with_the_definition),
        cmocka_unit_test(planted_overlaps_are_found),
        cmocka_unit_test(copies_of_circuits_are_found),
        cmocka_unit_test(a_search_that_is_cut_off_reports_a_lower_bound),
        cmocka_unit_test(two_million_circuits_are_checked_in_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
