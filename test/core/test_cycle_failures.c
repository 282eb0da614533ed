/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows that are damaged or no cycle, errors, and failing allocations. */
#include "common/check.h"
#include "common/cycles.h"

#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

static void damage_is_found(void **state) {
    (void)state;
    int32_t a[] = {0, 2, 1, 3, 0, 3}, b[] = {0, 2, 1, 3, 4, 5};
    const cisup_allocation part[2] = {{6, 2, 3, a}, {6, 2, 3, b}};
    cisup_cycle x;
    CHECK_OK(cisup_cycle_of(&x, part, 2, &error_));
    assert_true(checked(&x).holds);
    b[4] = 3; /* circuits 1 and 2 meet in neuron 3 of both parts */
    cisup_cycle_report r = checked(&x);
    assert_true(!r.holds && !r.overlap.holds && r.parts.bad_circuit == -1);
    assert_true(r.overlap.witness_circuits[0] == 1 && r.overlap.witness_circuits[1] == 2);
    assert_true(r.overlap.witness_neurons[0] == 3 && r.overlap.witness_neurons[1] == 9);
    cisup_cycle_free(&x);
}

static cisup_cycle_report checked_joined(cisup_index N, cisup_index S, cisup_index T,
                                         int32_t *joined) {
    const cisup_allocation all = {N, S, T, joined};
    const cisup_rows rows = cisup_rows_stored(&all);
    cisup_cycle_report r;
    CHECK_OK(cisup_cycle_check(&rows, 2, NULL, &r, &error_));
    assert_int_equal(r.parts.N, N / 2);
    return r;
}

static void circuits_unlike_the_first_are_named(void **state) {
    (void)state;
    int32_t a[] = {0, 2, 4, 6, 1, 5, 6, 7}, b[] = {0, 2, 3, 4, 6}, d[] = {4, 5};
    cisup_cycle_report r = checked_joined(8, 4, 2, a);
    assert_true(!r.holds && r.overlap.holds && r.parts.S == 2);
    assert_true(r.parts.bad_circuit == 1 && r.parts.bad_part == 0);
    assert_int_equal(r.parts.bad_count, 1);
    r = checked_joined(8, 5, 1, b); /* three and two */
    assert_true(!r.holds && r.parts.S == 3 && r.parts.bad_circuit == 0);
    assert_true(r.parts.bad_part == 1 && r.parts.bad_count == 2);
    r = checked_joined(8, 2, 1, d); /* nothing in part 0 */
    assert_true(!r.holds && r.parts.bad_circuit == 0 && r.parts.bad_part == 0);
    a[4] = 1, a[5] = 3, a[6] = 5, a[7] = 7;
    assert_true(checked_joined(8, 4, 2, a).holds);
    /* a neuron of no part */
    const cisup_allocation all = {9, 4, 2, a};
    const cisup_rows rows = cisup_rows_stored(&all);
    cisup_cycle_parts parts;
    a[3] = 8;
    CHECK_OK(cisup_cycle_parts_check(&rows, 2, 4, &parts, &error_));
    assert_true(parts.bad_circuit == 0 && parts.bad_part == 1 && parts.bad_count == 1);
    assert_int_equal(cisup_cycle_parts_check(&rows, 2, 5, &parts, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_parts_check(&rows, 2, 0, &parts, NULL), CISUP_EINVAL);
}

static void errors_are_named(void **state) {
    (void)state;
    int32_t a[] = {0, 2, 1, 3}, b[] = {0, 2, 3, 1};
    cisup_allocation part[2] = {{4, 2, 2, a}, {4, 2, 2, b}};
    cisup_cycle x;
    cisup_error err;
    cisup_cycle_report r;
    assert_int_equal(cisup_cycle_of(&x, part, 1, &err), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_of(&x, part, 2, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "circuit 1"));
    part[1].N = 5;
    assert_int_equal(cisup_cycle_of(&x, part, 2, &err), CISUP_ESHAPE);
    assert_non_null(strstr(err.text, "part 1 has N = 5"));
    assert_true(x.N == 0 && !x.form);
    const cisup_rows rows = cisup_rows_stored(part);
    assert_int_equal(cisup_cycle_check(&rows, 1, NULL, &r, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_check(&rows, 0, NULL, &r, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_check(&rows, 3, NULL, &r, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "not 3 parts"));
    part[0].slot = b;
    assert_int_equal(
        cisup_cycle_check(&(cisup_rows){4, 2, 2, rows.fill, part, b}, 2, NULL, &r, NULL),
        CISUP_EFORMAT);
    assert_true(!r.holds && r.parts.N == 0);
}

static void what_is_no_cycle_is_not_split(void **state) {
    (void)state;
    int32_t joined[] = {0, 2, 4, 6, 1, 5, 6, 7};
    const cisup_allocation all = {8, 4, 2, joined};
    const cisup_rows rows = cisup_rows_stored(&all);
    cisup_allocation part[4];
    cisup_error err;
    assert_int_equal(cisup_cycle_split(&rows, 2, part, &err), CISUP_EINVARIANT);
    assert_non_null(strstr(err.text, "circuit 1 has not S = 2 neurons in part 0"));
    assert_true(!part[0].slot && !part[1].slot);
    joined[5] = 3;
    CHECK_OK(cisup_cycle_split(&rows, 2, part, &error_));
    assert_true(part[0].N == 4 && part[0].S == 2 && part[1].T == 2);
    assert_true(part[0].slot[3] == 3 && part[1].slot[0] == 0 && part[1].slot[3] == 3);
    cisup_allocation_free(&part[0]);
    cisup_allocation_free(&part[1]);
    joined[6] = 8;
    assert_int_equal(cisup_cycle_split(&rows, 2, part, NULL), CISUP_EFORMAT);
    assert_int_equal(cisup_cycle_split(&rows, 3, part, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_split(&rows, 8, part, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_split(&rows, 1, part, NULL), CISUP_EINVAL);
}

static cisup_status make_and_free(void *context) {
    const cisup_index *size = context;
    cisup_cycle x, y = {0};
    cisup_allocation part[most_c] = {{0}};
    cisup_cycle_report report;
    cisup_status status = cisup_cycle_make(&x, size[0], size[1], size[2], size[3], NULL);
    const cisup_rows rows = cisup_cycle_rows(&x);
    if (status == CISUP_OK) status = cisup_cycle_split(&rows, size[2], part, NULL);
    if (status == CISUP_OK) status = cisup_cycle_of(&y, part, size[2], NULL);
    if (status == CISUP_OK)
        status = cisup_cycle_check(&rows, size[2], NULL, &report, NULL);
    for (int h = 0; h < most_c; h++) cisup_allocation_free(&part[h]);
    cisup_cycle_free(&x);
    cisup_cycle_free(&y);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_index size[][4] = {{22, 2, 2, 100},
                             {32, 4, 2, 60},
                             {100, 2, 2, 2500},
                             {125, 8, 2, 175},
                             {248, 4, 2, 3800}};
    for (int k = 0; k < 5; k++)
        assert_true(check_every_allocation(make_and_free, size[k]) >= 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(circuits_unlike_the_first_are_named),
        cmocka_unit_test(errors_are_named),
        cmocka_unit_test(what_is_no_cycle_is_not_split),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
