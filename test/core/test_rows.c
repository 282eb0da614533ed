/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/rows.h>

#include <sys/mman.h>

static void the_first_fault_is_found(void **state) {
    (void)state;
    const int32_t slot[] = {0, 3, 5, 1, 2, 3, 0, 4, 6};
    assert_int_equal(cisup_rows_fault(slot, 3, 3, 7), -1);
    assert_int_equal(cisup_rows_fault(slot, 3, 3, 6), 8);
    const int32_t equal[] = {0, 3, 5, 1, 1, 3};
    assert_int_equal(cisup_rows_fault(equal, 2, 3, 7), 4);
    const int32_t negative[] = {0, 3, 5, -1, 1, 3};
    assert_int_equal(cisup_rows_fault(negative, 2, 3, 7), 3);
}

/* 2^31 + 2 circuits that sit in neuron 0 alone: every row begins no higher than the one
 * before. The pages are never written and take no memory. */
static void more_than_2_31_rows_are_counted(void **state) {
    (void)state;
    const cisup_index rows = (INT64_C(1) << 31) + 2;
    int32_t *slot = mmap(NULL, (size_t)rows * sizeof *slot, PROT_READ,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slot == MAP_FAILED) skip();
    assert_int_equal(cisup_rows_fault(slot, rows, 1, 1), -1);
    assert_int_equal(munmap(slot, (size_t)rows * sizeof *slot), 0);
}

int main(int argc, char **argv) {
    (void)argv;
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_fault_is_found)};
    const struct CMUnitTest large[] = {cmocka_unit_test(more_than_2_31_rows_are_counted)};
    return argc > 1 ? cmocka_run_group_tests(large, NULL, NULL)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
