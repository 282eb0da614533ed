/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"

#include <cisup/core/search_starts.h>

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

/* Cells whose plan has fewer circuits than the column with_searched_small_blocks. */
static void effort_1_finds_the_stated_counts(void **state) {
    (void)state;
    const cisup_index row[][3] = {{50, 9, 12},    {100, 8, 140},  {125, 7, 317},
                                  {156, 7, 487},  {200, 10, 386}, {300, 9, 1096},
                                  {400, 9, 1984}, {500, 9, 3112}};
    const cisup_local_search_options o = {.effort = 1.0, .seed = 1};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan;
        cisup_allocation a;
        CHECK_OK(cisup_packing_plan_make(&plan, row[k][0], row[k][1], NULL, &error_));
        CHECK_OK(cisup_search_starts(&plan, &o, &a, &error_));
        assert_int_equal(a.T, row[k][2]);
        cisup_allocation_free(&a);
        cisup_packing_plan_free(&plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grid_is_reached_without_searched_blocks),
        cmocka_unit_test(the_grid_is_reached_with_searched_blocks),
        cmocka_unit_test(effort_1_finds_the_stated_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
