/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check of an allocation against the definition: all pairs of circuits. */
#include "common/check.h"

#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static cisup_allocation empty_rows(cisup_index N, cisup_index S, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    return a;
}

static cisup_allocation of_rows(cisup_index N, cisup_index S, cisup_index T,
                                const int32_t *slots) {
    cisup_allocation a = empty_rows(N, S, T);
    memcpy(a.slot, slots, (size_t)(T * S) * sizeof *slots);
    return a;
}

static void put_subset(cisup_allocation *a, cisup_index t, cisup_rng *rng) {
    cisup_index row[64];
    assert_true(a->S <= 64);
    cisup_rng_subset(rng, a->N, a->S, row);
    for (cisup_index k = 0; k < a->S; k++) a->slot[t * a->S + k] = (int32_t)row[k];
}

static cisup_allocation random_rows(cisup_index N, cisup_index S, cisup_index T,
                                    cisup_rng *rng) {
    cisup_allocation a = empty_rows(N, S, T);
    for (cisup_index t = 0; t < T; t++) put_subset(&a, t, rng);
    return a;
}

static cisup_overlap_report checked(const cisup_allocation *a) {
    cisup_overlap_report report;
    memset(&report, 0x5a, sizeof report);
    CHECK_OK(cisup_overlap_check(a, &report, &error_));
    return report;
}

/* --- the oracle ---------------------------------------------------------------- */

static int contains(const cisup_allocation *a, cisup_index t, cisup_index n) {
    for (cisup_index k = 0; k < a->S; k++)
        if (cisup_allocation_row(a, t)[k] == n) return 1;
    return 0;
}

static cisup_index shared(const cisup_allocation *a, cisup_index t, cisup_index u) {
    cisup_index count = 0;
    for (cisup_index n = 0; n < a->N; n++)
        count += contains(a, t, n) && contains(a, u, n);
    return count;
}

/* The smallest n, then m, then t, then u with n < m both in circuits t < u. */
static void first_witness(const cisup_allocation *a, cisup_overlap_report *want) {
    for (cisup_index n = 0; n < a->N; n++)
        for (cisup_index m = n + 1; m < a->N; m++) {
            cisup_index first = -1;
            for (cisup_index t = 0; t < a->T; t++) {
                if (!contains(a, t, n) || !contains(a, t, m)) continue;
                if (first < 0) {
                    first = t;
                    continue;
                }
                want->witness_neurons[0] = n;
                want->witness_neurons[1] = m;
                want->witness_circuits[0] = first;
                want->witness_circuits[1] = t;
                return;
            }
        }
}

static cisup_overlap_report naive(const cisup_allocation *a) {
    cisup_overlap_report want = {.witness_circuits = {-1, -1},
                                 .witness_neurons = {-1, -1}};
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index u = 0; u < t; u++) {
            const cisup_index both = shared(a, t, u);
            if (both > want.max_overlap) want.max_overlap = both;
        }
    want.holds = want.max_overlap <= 1;
    if (!want.holds) first_witness(a, &want);
    return want;
}

static void check_witness(const cisup_overlap_report *got, cisup_index t, cisup_index u,
                          cisup_index n, cisup_index m) {
    assert_int_equal(got->witness_neurons[0], n);
    assert_int_equal(got->witness_neurons[1], m);
    assert_int_equal(got->witness_circuits[0], t);
    assert_int_equal(got->witness_circuits[1], u);
}

static cisup_overlap_report check_against_oracle(const cisup_allocation *a) {
    const cisup_overlap_report got = checked(a), want = naive(a);
    assert_int_equal(got.holds, want.holds);
    check_witness(&got, want.witness_circuits[0], want.witness_circuits[1],
                  want.witness_neurons[0], want.witness_neurons[1]);
    CHECK_NEAR(got.pairs, (double)(a->T * a->S * (a->S - 1) / 2), 0.0);
    if (got.max_overlap_exact) {
        assert_int_equal(got.max_overlap, want.max_overlap);
    } else {
        assert_false(got.holds);
        assert_in_range(got.max_overlap, 2, want.max_overlap);
    }
    return got;
}

/* --- exact cases --------------------------------------------------------------- */

static const int32_t fano[] = {0, 1, 2, 0, 3, 4, 0, 5, 6, 1, 3,
                               5, 1, 4, 6, 2, 3, 6, 2, 4, 5};

static void the_fano_plane_holds(void **state) {
    (void)state;
    cisup_allocation a = of_rows(7, 3, 7, fano);
    const cisup_overlap_report r = checked(&a);
    assert_true(r.holds && r.max_overlap_exact);
    assert_int_equal(r.max_overlap, 1);
    CHECK_NEAR(r.pairs, 21.0, 0.0); /* all pairs of 7 neurons, once */
    check_witness(&r, -1, -1, -1, -1);
    cisup_allocation_free(&a);
}

static void any_eighth_circuit_breaks_the_fano_plane(void **state) {
    (void)state;
    cisup_allocation a = empty_rows(7, 3, 8);
    memcpy(a.slot, fano, sizeof fano);
    for (int32_t x = 0; x < 7; x++)
        for (int32_t y = x + 1; y < 7; y++)
            for (int32_t w = y + 1; w < 7; w++) {
                const int32_t row[] = {x, y, w};
                memcpy(a.slot + 21, row, sizeof row);
                const cisup_overlap_report r = check_against_oracle(&a);
                assert_false(r.holds);
                check_witness(&r, r.witness_circuits[0], 7, x, y);
            }
    cisup_allocation_free(&a);
}

static void disjoint_circuits_share_nothing(void **state) {
    (void)state;
    static const int32_t slots[] = {0, 4, 2, 7, 1, 8};
    cisup_allocation a = of_rows(9, 2, 3, slots);
    const cisup_overlap_report r = checked(&a);
    assert_true(r.holds && r.max_overlap_exact);
    assert_int_equal(r.max_overlap, 0);
    cisup_allocation_free(&a);
}

static void equal_circuits_share_all(void **state) {
    (void)state;
    for (cisup_index S = 1; S < 12; S++) {
        cisup_allocation a = empty_rows(3 * S, S, 2);
        for (cisup_index k = 0; k < S; k++)
            a.slot[k] = a.slot[S + k] = (int32_t)(3 * k + 1);
        const cisup_overlap_report r = check_against_oracle(&a);
        assert_int_equal(r.max_overlap, S);
        assert_int_equal(r.holds, S == 1);
        assert_true(r.max_overlap_exact);
        cisup_allocation_free(&a);
    }
}

static void a_single_circuit_holds(void **state) {
    (void)state;
    static const int32_t slots[] = {0, 1, 2, 3, 4};
    cisup_allocation a = of_rows(5, 5, 1, slots);
    const cisup_overlap_report r = check_against_oracle(&a);
    assert_true(r.holds && r.max_overlap == 0);
    cisup_allocation_free(&a);
}

/* Circuits 1 and 4 share the smallest neuron, 0, but as their smallest pair (0, 8);
 * 2, 3 and 5 share (0, 7); 0 and 6 share three neurons above. */
static void the_witness_has_the_smallest_neurons_then_circuits(void **state) {
    (void)state;
    static const int32_t slots[] = {1,  2,  3, 9, 0,  8,  10, 11, 0,  4,  7, 12, 0, 7,
                                    13, 14, 0, 8, 15, 16, 0,  7,  17, 18, 1, 2,  3, 19};
    cisup_allocation a = of_rows(20, 4, 7, slots);
    const cisup_overlap_report r = check_against_oracle(&a);
    check_witness(&r, 2, 3, 0, 7);
    assert_int_equal(r.max_overlap, 3);
    cisup_allocation_free(&a);
}

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

/* --- failures ------------------------------------------------------------------ */

/* The check refuses the rows, naming the circuit and the neuron, and reports nothing
 * that could be taken for an answer. */
static void check_malformed(const cisup_allocation *a, cisup_index t, int32_t n) {
    const int64_t before = cisup_memory_live();
    cisup_overlap_report report;
    memset(&report, 0x5a, sizeof report);
    cisup_error err = {0};
    char want[60];
    (void)snprintf(want, sizeof want, "circuit %" PRId64 ": neuron %" PRId32 " ", t, n);
    assert_int_equal(cisup_overlap_check(a, &report, &err), CISUP_EFORMAT);
    assert_int_equal(err.code, CISUP_EFORMAT);
    if (!strstr(err.text, want)) fail_msg("%s is missing in: %s", want, err.text);
    assert_false(report.holds);
    assert_int_equal(cisup_memory_live(), before);
}

static void a_row_that_does_not_increase_within_N_is_malformed(void **state) {
    (void)state;
    cisup_allocation a = of_rows(7, 3, 7, fano);
    const int32_t wrong[] = {-1, INT32_MIN, 7, 8, INT32_MAX};
    for (cisup_index k = 0; k < 21; k++) {
        const int32_t right = a.slot[k];
        for (size_t j = 0; j < COUNT(wrong); j++) {
            a.slot[k] = wrong[j];
            check_malformed(&a, k / 3, wrong[j]);
        }
        if (k % 3 > 0) { /* equal to the one before, below it */
            a.slot[k] = a.slot[k - 1];
            check_malformed(&a, k / 3, a.slot[k]);
            a.slot[k] = a.slot[k - 1] - 1;
            check_malformed(&a, k / 3, a.slot[k]);
        }
        a.slot[k] = right;
    }
    assert_true(checked(&a).holds);
    a.slot[20] = a.slot[4] = 0; /* the first of two is named */
    check_malformed(&a, 1, 0);
    cisup_allocation_free(&a);
}

/* A failure that was swallowed would show in the largest overlap. */
static cisup_status check_only(void *context) {
    cisup_overlap_report report = {.holds = 1};
    const cisup_status status = cisup_overlap_check(context, &report, NULL);
    if (status == CISUP_OK)
        assert_int_equal(report.max_overlap, naive(context).max_overlap);
    else
        assert_false(report.holds);
    return status;
}

static void the_check_survives_every_allocation_failure(void **state) {
    (void)state;
    cisup_allocation a = of_rows(7, 3, 7, fano);
    assert_true(check_every_allocation(check_only, &a) >= 1);
    cisup_allocation_free(&a);
    for (cisup_index k = 0; k < 20; k++) {
        cisup_rng rng = check_rng(50000 + k);
        a = random_rows(12, 5, 9, &rng);
        assert_true(check_every_allocation(check_only, &a) > 3); /* the search, too */
        cisup_allocation_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fano_plane_holds),
        cmocka_unit_test(any_eighth_circuit_breaks_the_fano_plane),
        cmocka_unit_test(disjoint_circuits_share_nothing),
        cmocka_unit_test(equal_circuits_share_all),
        cmocka_unit_test(a_single_circuit_holds),
        cmocka_unit_test(the_witness_has_the_smallest_neurons_then_circuits),
        cmocka_unit_test(random_sets_agree_with_the_definition),
        cmocka_unit_test(planted_overlaps_are_found),
        cmocka_unit_test(copies_of_circuits_are_found),
        cmocka_unit_test(a_search_that_is_cut_off_reports_a_lower_bound),
        cmocka_unit_test(two_million_circuits_are_checked_in_seconds),
        cmocka_unit_test(a_row_that_does_not_increase_within_N_is_malformed),
        cmocka_unit_test(the_check_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
