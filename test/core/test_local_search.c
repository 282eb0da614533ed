/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/computed/implicit.h>
#include <cisup/core/overlap.h>
#include <cisup/core/packing/local_search.h>
#include <cisup/core/schemes.h>

static cisup_allocation lines(cisup_index N, cisup_index S, cisup_index T) {
    cisup_implicit m;
    cisup_allocation a;
    CHECK_OK(cisup_implicit_init_for(&m, N, S, T, &error_));
    CHECK_OK(cisup_implicit_store(&m, T, &a, &error_));
    cisup_implicit_free(&m);
    return a;
}

static cisup_allocation searched(const cisup_allocation *start, double effort,
                                 uint64_t seed) {
    const cisup_local_search_options o = {.effort = effort, .seed = seed};
    cisup_allocation a;
    CHECK_OK(cisup_local_search(start, &o, &a, &error_));
    cisup_overlap_report report;
    CHECK_OK(cisup_overlap_check(&a, &report, &error_));
    assert_true(report.holds);
    assert_true(a.N == start->N && a.S == start->S && a.T >= start->T);
    assert_true(a.T <= cisup_packing_bound(a.N, a.S));
    return a;
}

static bool same(const cisup_allocation *a, const cisup_allocation *b) {
    return a->T == b->T &&
           memcmp(a->slot, b->slot, (size_t)(a->T * a->S) * sizeof *a->slot) == 0;
}

/* TD(6, 16) on 96 of 100 neurons: 256 lines; the bound is 330. */
static void the_packing_of_100_and_6_gains(void **state) {
    (void)state;
    cisup_allocation start = lines(100, 6, 256);
    cisup_allocation a = searched(&start, 1.0, 1);
    assert_true(a.T >= 285);
    cisup_allocation_free(&a);
    cisup_allocation_free(&start);
}

static void a_result_is_valid_and_never_smaller(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int k = 0; k < 150; k++) {
        const cisup_index S = check_between(&rng, 2, 12);
        const cisup_index N = check_between(&rng, S, 90);
        cisup_allocation start;
        if (k % 2) {
            cisup_allocation_options o = cisup_allocation_defaults();
            cisup_index most;
            CHECK_OK(cisup_allocation_capacity(N, S, &o, &most, &error_));
            CHECK_OK(cisup_allocation_make(&start, N, S, check_between(&rng, 1, most), &o,
                                           &error_));
        } else {
            start = lines(N, S, 1);
        }
        cisup_allocation a = searched(&start, 0.005, (uint64_t)k);
        cisup_allocation_free(&a);
        cisup_allocation_free(&start);
    }
}

static void start_seed_and_effort_decide_the_result(void **state) {
    (void)state;
    cisup_allocation start = lines(60, 5, 136);
    cisup_allocation a = searched(&start, 0.1, 7), b = searched(&start, 0.1, 7);
    cisup_allocation c = searched(&start, 0.1, 8);
    assert_true(same(&a, &b));
    assert_false(same(&a, &c));
    cisup_allocation_free(&a);
    cisup_allocation_free(&b);
    cisup_allocation_free(&c);
    cisup_allocation_free(&start);
}

/* The number a walk comes to on every machine, as a file made from --seed and --effort
 * must stay what it was. Moves that cannot gain anything change it, too. */
static void a_walk_leads_to_the_same_circuits_everywhere(void **state) {
    (void)state;
    cisup_allocation start = lines(60, 5, 136);
    cisup_allocation a = searched(&start, 0.1, 7);
    uint64_t sum = 0;
    for (cisup_index k = 0; k < a.T * a.S; k++) sum = 31 * sum + (uint64_t)a.slot[k];
    assert_int_equal(a.T, 153);
    assert_int_equal(sum, UINT64_C(0x7451a61d9aefa751));
    cisup_allocation_free(&a);
    cisup_allocation_free(&start);
}

static void no_options_are_the_defaults(void **state) {
    (void)state;
    const cisup_local_search_options o = cisup_local_search_defaults();
    cisup_allocation start, a, b;
    CHECK_OK(cisup_allocation_init(&start, 13, 4, 1, &error_));
    for (int32_t k = 0; k < 4; k++) start.slot[k] = k;
    CHECK_OK(cisup_local_search(&start, &o, &a, &error_));
    CHECK_OK(cisup_local_search(&start, NULL, &b, &error_));
    assert_int_equal(a.T, b.T);
    assert_memory_equal(a.slot, b.slot, (size_t)(a.T * a.S) * sizeof *a.slot);
    cisup_allocation_free(&start);
    cisup_allocation_free(&a);
    cisup_allocation_free(&b);
}

static void more_effort_continues_the_same_walk(void **state) {
    (void)state;
    cisup_allocation start = lines(60, 5, 136);
    cisup_index last = 136;
    for (double effort = 0.0; effort < 0.5; effort += 0.1) {
        cisup_allocation a = searched(&start, effort, 3);
        if (effort == 0.0) assert_true(same(&a, &start));
        assert_true(a.T >= last);
        last = a.T;
        cisup_allocation_free(&a);
    }
    cisup_allocation_free(&start);
}

/* The 7 lines of the Fano plane and all pairs leave no pair: the walk stops at once. */
static void a_complete_design_is_left_alone(void **state) {
    (void)state;
    int32_t fano[] = {0, 1, 2, 0, 3, 4, 0, 5, 6, 1, 3, 5, 1, 4, 6, 2, 3, 6, 2, 4, 5};
    const cisup_allocation start = {.N = 7, .S = 3, .T = 7, .slot = fano};
    cisup_allocation a = searched(&start, 1e9, 1);
    assert_true(same(&a, &start));
    cisup_allocation_free(&a);
}

static void from_one_pair_it_finds_all(void **state) {
    (void)state;
    int32_t pair[] = {3, 8};
    const cisup_allocation start = {.N = 23, .S = 2, .T = 1, .slot = pair};
    cisup_allocation a = searched(&start, 0.01, 1);
    assert_int_equal(a.T, 23 * 22 / 2);
    cisup_allocation_free(&a);
}

/* --- failures ------------------------------------------------------------------ */

static cisup_status tried(int32_t *slot, cisup_index N, cisup_index S, cisup_index T,
                          double effort) {
    const cisup_allocation start = {.N = N, .S = S, .T = T, .slot = slot};
    const cisup_local_search_options o = {.effort = effort, .seed = 1};
    cisup_allocation a;
    cisup_error err;
    const cisup_status status = cisup_local_search(&start, &o, &a, &err);
    assert_true(status == CISUP_OK || (!a.slot && a.T == 0));
    cisup_allocation_free(&a);
    return status;
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    int32_t good[] = {0, 1, 2, 0, 3, 4}, shared[] = {0, 1, 2, 0, 1, 4};
    int32_t falling[] = {0, 2, 1, 0, 3, 4}, wide[121];
    for (int32_t k = 0; k < 121; k++) wide[k] = k;
    assert_int_equal(tried(good, 9, 3, 2, 0.0), CISUP_OK);
    assert_int_equal(tried(good, 9, 3, 2, -1.0), CISUP_EINVAL);
    assert_int_equal(tried(good, 9, 3, 2, (double)NAN), CISUP_EINVAL);
    assert_int_equal(tried(good, 9, 3, 2, (double)INFINITY), CISUP_EINVAL);
    assert_int_equal(tried(good, 9, 3, 0, 1.0), CISUP_EINVAL);
    assert_int_equal(tried(good, 9, 1, 2, 1.0), CISUP_EINVAL);
    assert_int_equal(tried(wide, 130, 121, 1, 1.0), CISUP_EINVAL);
    assert_int_equal(tried(good, (1 << 20) + 1, 3, 2, 1.0), CISUP_EINVAL);
    assert_int_equal(tried(wide, 130, 120, 1, 0.001), CISUP_OK);
    assert_int_equal(tried(shared, 9, 3, 2, 1.0), CISUP_EINVARIANT);
    assert_int_equal(tried(falling, 9, 3, 2, 1.0), CISUP_EFORMAT);
}

static cisup_status search_and_free(void *context) {
    const cisup_local_search_options o = {.effort = 0.001, .seed = 1};
    cisup_allocation a;
    const cisup_status status = cisup_local_search(context, &o, &a, NULL);
    if (status != CISUP_OK) assert_true(!a.slot && a.T == 0);
    cisup_allocation_free(&a);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_allocation start = lines(30, 4, 20);
    assert_true(check_every_allocation(search_and_free, &start) >= 10);
    cisup_allocation_free(&start);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packing_of_100_and_6_gains),
        cmocka_unit_test(a_result_is_valid_and_never_smaller),
        cmocka_unit_test(start_seed_and_effort_decide_the_result),
        cmocka_unit_test(a_walk_leads_to_the_same_circuits_everywhere),
        cmocka_unit_test(no_options_are_the_defaults),
        cmocka_unit_test(more_effort_continues_the_same_walk),
        cmocka_unit_test(a_complete_design_is_left_alone),
        cmocka_unit_test(from_one_pair_it_finds_all),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
