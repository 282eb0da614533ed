/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"

/* The figures docs/allocations.md states: at least 95 % of the cells reach the number
 * planned, none is under 97 % of it. */
static void check_grid(int searched) {
    const grid_result r = grid_run(25000, searched);
    printf("%d of %d cells, smallest ratio %.4f, slowest plan %.2f s\n", r.reached,
           r.cells, r.least, r.slowest);
    assert_int_equal(r.cells, 221);
    assert_true(r.reached * 100 >= r.cells * 95);
    assert_true(r.least >= 0.97);
}

static void the_grid_is_reached_without_searched_blocks(void **state) {
    (void)state;
    check_grid(0);
}

static void the_grid_is_reached_with_searched_blocks(void **state) {
    (void)state;
    check_grid(1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grid_is_reached_without_searched_blocks),
        cmocka_unit_test(the_grid_is_reached_with_searched_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
