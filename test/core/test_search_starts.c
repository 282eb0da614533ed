/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/overlap.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/search_starts.h>
#include <cisup/core/schemes.h>

static cisup_packing_plan planned(cisup_index N, cisup_index S) {
    cisup_packing_plan plan;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, NULL, &error_));
    return plan;
}

static cisup_allocation searched(const cisup_packing_plan *plan, double effort,
                                 uint64_t seed) {
    const cisup_local_search_options o = {.effort = effort, .seed = seed};
    cisup_allocation a;
    cisup_overlap_report report;
    CHECK_OK(cisup_search_starts(plan, &o, &a, &error_));
    CHECK_OK(cisup_overlap_check(&a, &report, &error_));
    assert_true(report.holds);
    assert_true(a.N == plan->N && a.S == plan->S && a.T >= plan->blocks);
    assert_true(a.T <= cisup_johnson_bound(a.N, a.S));
    return a;
}

/* From TD(7, 27), TD(9, 19) and TD(9, 43) with empty groups, where the full plan stays at
 * 813, 407 and 1960; (50, 9) from a single circuit. */
static void empty_groups_lead_further_than_full_ones(void **state) {
    (void)state;
    const cisup_index row[][3] = {
        {200, 7, 835}, {200, 9, 415}, {400, 9, 1980}, {50, 9, 12}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan = planned(row[k][0], row[k][1]);
        cisup_allocation a = searched(&plan, 1.0, 1);
        assert_true(a.T >= row[k][2]);
        cisup_allocation_free(&a);
        cisup_packing_plan_free(&plan);
    }
}

static void a_result_holds_and_is_never_below_the_plan(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int k = 0; k < 120; k++) {
        const cisup_index S = check_between(&rng, 2, 12);
        const cisup_index N = check_between(&rng, S, 110);
        cisup_packing_plan plan = planned(N, S);
        cisup_allocation a = searched(&plan, k % 5 * 0.005, (uint64_t)k);
        cisup_allocation_free(&a);
        cisup_packing_plan_free(&plan);
    }
}

static void plan_seed_and_effort_decide_the_result(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(60, 6);
    cisup_allocation a = searched(&plan, 0.1, 7), b = searched(&plan, 0.1, 7);
    cisup_allocation c = searched(&plan, 0.1, 8);
    const size_t bytes = (size_t)(a.T * a.S) * sizeof *a.slot;
    assert_true(a.T == b.T && memcmp(a.slot, b.slot, bytes) == 0);
    assert_true(a.T != c.T || memcmp(a.slot, c.slot, bytes) != 0);
    cisup_allocation_free(&a);
    cisup_allocation_free(&b);
    cisup_allocation_free(&c);
    cisup_packing_plan_free(&plan);
}

/* Its effort would take days. */
static void an_optimal_plan_is_returned_as_it_is(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(125, 5);
    assert_int_equal(plan.blocks, 775);
    cisup_allocation a = searched(&plan, 1e9, 1);
    assert_int_equal(a.T, 775);
    cisup_allocation_free(&a);
    cisup_packing_plan_free(&plan);
}

/* Scheme best takes the search where the plan does not do: 10 circuits, with 12. */
static void scheme_best_searches_for_what_the_plan_lacks(void **state) {
    (void)state;
    cisup_allocation_options o = cisup_allocation_defaults();
    o.effort = 0.5;
    cisup_index most;
    CHECK_OK(cisup_allocation_capacity(50, 9, &o, &most, &error_));
    assert_int_equal(most, 12);
    for (cisup_index T = 9; T <= 13; T++) {
        cisup_allocation a;
        cisup_error err = {0};
        const cisup_status want = T <= most ? CISUP_OK : CISUP_EINFEASIBLE;
        assert_int_equal(cisup_allocation_fits(50, 9, T, &o, NULL), want);
        assert_int_equal(cisup_allocation_make(&a, 50, 9, T, &o, &err), want);
        assert_int_equal(a.T, T <= most ? T : 0);
        if (T > most) assert_non_null(strstr(err.text, "at most 12 circuits"));
        cisup_allocation_free(&a);
    }
}

static void an_impossible_effort_is_refused(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(50, 5);
    const double effort[] = {-1.0, (double)NAN, (double)INFINITY};
    for (int k = 0; k < 3; k++) {
        const cisup_local_search_options o = {.effort = effort[k], .seed = 1};
        cisup_allocation a;
        assert_int_equal(cisup_search_starts(&plan, &o, &a, NULL), CISUP_EINVAL);
        assert_true(!a.slot && a.T == 0);
    }
    cisup_packing_plan_free(&plan);
}

static cisup_status search_and_free(void *context) {
    const cisup_local_search_options o = {.effort = 0.001, .seed = 1};
    cisup_allocation a;
    const cisup_status status = cisup_search_starts(context, &o, &a, NULL);
    if (status != CISUP_OK) assert_true(!a.slot && a.T == 0);
    cisup_allocation_free(&a);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    const cisup_index row[][2] = {{50, 9}, {50, 5}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan = planned(row[k][0], row[k][1]);
        assert_true(check_every_allocation(search_and_free, &plan) >= 50);
        cisup_packing_plan_free(&plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_groups_lead_further_than_full_ones),
        cmocka_unit_test(a_result_holds_and_is_never_below_the_plan),
        cmocka_unit_test(plan_seed_and_effort_decide_the_result),
        cmocka_unit_test(an_optimal_plan_is_returned_as_it_is),
        cmocka_unit_test(scheme_best_searches_for_what_the_plan_lacks),
        cmocka_unit_test(an_impossible_effort_is_refused),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
