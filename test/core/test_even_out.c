/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/allocation/even_out.h>
#include <cisup/core/overlap.h>
#include <cisup/core/packing/packing_build.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/schemes.h>

static cisup_allocation built(cisup_index N, cisup_index S, cisup_index T) {
    cisup_packing_plan plan;
    cisup_allocation a;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, NULL, &error_));
    CHECK_OK(cisup_packing_build(&a, &plan, T ? T : plan.blocks, &error_));
    cisup_packing_plan_free(&plan);
    return a;
}

static cisup_allocation_stats statistics_of(const cisup_allocation *a) {
    static cisup_index load[3000];
    cisup_allocation_loads(a, load);
    return cisup_allocation_statistics(load, a->N, a->S, a->T);
}

static double squared_loads(const cisup_allocation *a) {
    static cisup_index load[3000];
    double sum = 0.0;
    cisup_allocation_loads(a, load);
    for (cisup_index n = 0; n < a->N; n++) sum += (double)load[n] * (double)load[n];
    return sum;
}

/* Neurons that circuits of `a` have and the same circuits of `b` have not. */
static cisup_index neurons_given_up(const cisup_allocation *a,
                                    const cisup_allocation *b) {
    cisup_index count = a->T * a->S;
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *p = cisup_allocation_row(a, t), *q = cisup_allocation_row(b, t);
        for (cisup_index i = 0, j = 0; i < a->S && j < a->S;) {
            count -= p[i] == q[j];
            const int is_less = p[i]<q[j], is_more = p[i]> q[j];
            i += !is_more;
            j += !is_less;
        }
    }
    return count;
}

/* Still valid, with as many circuits, and no more uneven than before. A neuron of load c
 * given up for one of load b lowers the sum of squares by 2(c - b - 1), 2 at least. */
static void check_evened(cisup_allocation *a) {
    const cisup_allocation_stats before = statistics_of(a);
    const double squares = squared_loads(a);
    const cisup_index T = a->T;
    cisup_allocation old;
    CHECK_OK(cisup_allocation_init(&old, a->N, a->S, a->T, &error_));
    memcpy(old.slot, a->slot, (size_t)(T * a->S) * sizeof *a->slot);
    CHECK_OK(cisup_even_out(a, NULL, &error_));
    assert_true(squares - squared_loads(a) >= 2.0 * (double)neurons_given_up(&old, a));
    cisup_allocation_free(&old);
    const cisup_allocation_stats after = statistics_of(a);
    assert_int_equal(a->T, T);
    assert_true(after.load_cv <= before.load_cv);
    assert_true(after.load_min >= before.load_min && after.load_max <= before.load_max);
    cisup_overlap_report report;
    CHECK_OK(cisup_overlap_check(a, &report, &error_));
    assert_true(report.holds);
}

static void validity_and_T_stay(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 300; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 2, 14);
        const cisup_index N = check_between(&rng, S, 300);
        cisup_allocation a = built(N, S, 0);
        const cisup_index T = check_between(&rng, 1, a.T);
        cisup_allocation_free(&a);
        a = built(N, S, T);
        check_evened(&a);
        cisup_allocation_free(&a);
    }
}

static void progressions_become_more_even(void **state) {
    (void)state;
    cisup_allocation a;
    const cisup_allocation_options ref = {.scheme = CISUP_SCHEME_REF};
    CHECK_OK(cisup_allocation_make(&a, 250, 6, 557, &ref, &error_));
    const double before = statistics_of(&a).load_cv;
    check_evened(&a);
    assert_true(statistics_of(&a).load_cv < 0.5 * before);
    cisup_allocation_free(&a);
}

/* Neurons left over by a prefix of parallel classes have all their pairs free. */
static void prefixes_become_even_within_one(void **state) {
    (void)state;
    const cisup_index row[][3] = {{250, 6, 557},
                                  {1000, 8, 3661},
                                  {1000, 5, 12901},
                                  {500, 6, 2101},
                                  {2500, 16, 4327}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_allocation a = built(row[k][0], row[k][1], row[k][2]);
        check_evened(&a);
        const cisup_allocation_stats s = statistics_of(&a);
        assert_true(s.load_max - s.load_min <= 1);
        cisup_allocation_free(&a);
    }
}

static void the_result_is_always_the_same(void **state) {
    (void)state;
    cisup_allocation a = built(250, 9, 500), b = built(250, 9, 500);
    CHECK_OK(cisup_even_out(&a, NULL, &error_));
    CHECK_OK(cisup_even_out(&b, NULL, &error_));
    assert_memory_equal(a.slot, b.slot, 500 * 9 * sizeof *a.slot);
    cisup_allocation_free(&a);
    cisup_allocation_free(&b);
}

static void single_neurons_and_single_circuits_are_left_alone(void **state) {
    (void)state;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, 5, 1, 13, NULL, &error_));
    check_evened(&a);
    cisup_allocation_free(&a);
    a = built(9, 9, 1);
    check_evened(&a);
    cisup_allocation_free(&a);
}

static cisup_status even_a_copy(void *context) {
    (void)context;
    cisup_allocation a;
    const cisup_allocation_options ref = {.scheme = CISUP_SCHEME_REF};
    cisup_status status = cisup_allocation_make(&a, 60, 5, 20, &ref, NULL);
    if (status == CISUP_OK) status = cisup_even_out(&a, NULL, NULL);
    cisup_allocation_free(&a);
    return status;
}

static void evening_survives_every_allocation_failure(void **state) {
    (void)state;
    assert_true(check_every_allocation(even_a_copy, NULL) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validity_and_T_stay),
        cmocka_unit_test(progressions_become_more_even),
        cmocka_unit_test(prefixes_become_even_within_one),
        cmocka_unit_test(the_result_is_always_the_same),
        cmocka_unit_test(single_neurons_and_single_circuits_are_left_alone),
        cmocka_unit_test(evening_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
