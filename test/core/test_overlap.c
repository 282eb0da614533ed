/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check of an allocation on known rows, and its failures. */
#include "common/check.h"
#include "common/overlaps.h"

#include <cisup/core/overlap.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static cisup_allocation of_rows(cisup_index N, cisup_index S, cisup_index T,
                                const int32_t *slots) {
    cisup_allocation a = empty_rows(N, S, T);
    memcpy(a.slot, slots, (size_t)(T * S) * sizeof *slots);
    return a;
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
        cmocka_unit_test(a_row_that_does_not_increase_within_N_is_malformed),
        cmocka_unit_test(the_check_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
