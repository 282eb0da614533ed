/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/grid.h"

static cisup_index planned(cisup_index N, cisup_index S, int searched) {
    cisup_plan_options options = cisup_plan_defaults();
    options.searched = searched;
    cisup_packing_plan plan;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, &options, &error_));
    const cisup_index blocks = plan.blocks;
    assert_true(plan.N == N && plan.S == S && plan.node[plan.root].points == N);
    assert_int_equal(plan.node[plan.root].blocks, blocks);
    cisup_packing_plan_free(&plan);
    cisup_packing_plan_free(&plan);
    return blocks;
}

/* The bound with its two refinements where it is known to be attained or to matter. */
static void the_bound_is_johnsons(void **state) {
    (void)state;
    const cisup_index row[][3] = {
        {7, 3, 7},      {9, 3, 12},  {5, 3, 2},   {13, 4, 13},    {6, 3, 4},
        {250, 6, 2041}, {50, 10, 7}, {50, 8, 25}, {250, 10, 675}, {4, 5, 0},
        {5, 5, 1},      {10, 2, 45}, {11, 5, 2},  {21, 5, 21},    {1000, 32, 1000},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        assert_int_equal(cisup_johnson_bound(row[k][0], row[k][1]), row[k][2]);
    assert_int_equal(cisup_johnson_bound(10, 1), INT64_MAX);
}

static void the_bound_is_never_exceeded(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 600; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 2, 40);
        const cisup_index N = check_between(&rng, S, k % 10 ? 500 : 3000);
        const cisup_index plain = planned(N, S, 0), searched = planned(N, S, 1);
        assert_true(1 <= plain && plain <= searched);
        assert_true(searched <= cisup_johnson_bound(N, S));
    }
}

static void triples_and_pairs_are_optimal_for_every_n(void **state) {
    (void)state;
    for (cisup_index n = 3; n <= 200; n++) {
        assert_int_equal(planned(n, 2, 0), n * (n - 1) / 2);
        assert_int_equal(planned(n, 3, 0), cisup_johnson_bound(n, 3));
    }
}

/* Planes, spaces and other systems that cover every pair. */
static void steiner_systems_are_found(void **state) {
    (void)state;
    const cisup_index row[][2] = {{13, 4},  {16, 4},  {28, 4},   {40, 4},  {64, 4},
                                  {21, 5},  {25, 5},  {65, 5},   {125, 5}, {31, 6},
                                  {126, 6}, {57, 8},  {64, 8},   {120, 8}, {73, 9},
                                  {81, 9},  {91, 10}, {496, 16}, {307, 18}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const cisup_index N = row[k][0], S = row[k][1];
        assert_int_equal(planned(N, S, 0), N * (N - 1) / (S * (S - 1)));
    }
}

static void hundreds_of_circuits_are_gained(void **state) {
    (void)state;
    assert_true(planned(250, 6, 0) >= 2010);
    assert_true(planned(250, 10, 0) >= 640);
    assert_true((double)planned(1000000, 16, 0) >=
                0.98 * (double)cisup_johnson_bound(1000000, 16));
}

static void the_grid_up_to_1000_is_reached(void **state) {
    (void)state;
    for (int searched = 0; searched < 2; searched++) {
        const grid_result r = grid_run(1000, searched);
        assert_int_equal(r.cells, 156);
        assert_true(r.reached * 100 >= r.cells * 95);
        assert_true(r.least >= 0.97);
    }
}

/* Families left out are not used; more of them never give fewer blocks. */
/* Of so many points every size of a part has a plan of its own: what is not of use must
 * not be planned to the end. */
static void the_largest_sizes_reach_the_bound(void **state) {
    (void)state;
    const cisup_index N = INT32_MAX;
    for (cisup_index S = 2; S <= 8; S *= 2)
        assert_int_equal(planned(N, S, 1), cisup_johnson_bound(N, S));
}

static void families_can_be_left_out(void **state) {
    (void)state;
    for (unsigned kind = 0; kind <= CISUP_PLAN_HOLED; kind++) {
        cisup_plan_options options = cisup_plan_defaults();
        options.families = ~(1u << kind);
        cisup_packing_plan plan;
        CHECK_OK(cisup_packing_plan_make(&plan, 156, 7, &options, &error_));
        assert_true(plan.blocks <= planned(156, 7, 1));
        const int free_to_leave = kind != CISUP_PLAN_EMPTY && kind != CISUP_PLAN_PAD &&
                                  kind != CISUP_PLAN_HOLED;
        for (int k = 0; k < plan.nodes && free_to_leave; k++)
            assert_true(plan.node[k].kind != kind);
        cisup_packing_plan_free(&plan);
    }
}

static void check_text(cisup_index N, cisup_index S, const char *want) {
    cisup_plan_options options = cisup_plan_defaults();
    options.searched = 0;
    cisup_packing_plan plan;
    char *text;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, &options, &error_));
    CHECK_OK(cisup_packing_plan_text(&plan, &text, &error_));
    assert_string_equal(text, want);
    cisup_release(text);
    cisup_packing_plan_free(&plan);
}

static void a_plan_can_be_read(void **state) {
    (void)state;
    check_text(50, 2, "pairs(50)");
    check_text(50, 3, "sts(50)");
    check_text(100, 6,
               "td(16; 4 shared; groups dual(20; pairs(5)); last dual(20; pairs(5)))");
    check_text(400, 24, "pad(400; dual(392; sts(49)))");
}

static void a_wrong_size_is_refused(void **state) {
    (void)state;
    const cisup_index row[][2] = {{5, 6}, {5, 1}, {5, 0}, {5, -2}, {INT64_C(1) << 31, 4}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan;
        assert_int_equal(cisup_packing_plan_make(&plan, row[k][0], row[k][1], NULL, NULL),
                         CISUP_EINVAL);
        assert_null(plan.node);
    }
}

static cisup_status plan_and_tell(void *context) {
    (void)context;
    cisup_packing_plan plan;
    char *text = NULL;
    cisup_status status = cisup_packing_plan_make(&plan, 60, 5, NULL, NULL);
    if (status != CISUP_OK) assert_null(plan.node);
    if (status == CISUP_OK) status = cisup_packing_plan_text(&plan, &text, NULL);
    cisup_release(text);
    cisup_packing_plan_free(&plan);
    return status;
}

static void planning_survives_every_allocation_failure(void **state) {
    (void)state;
    assert_true(check_every_allocation(plan_and_tell, NULL) >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bound_is_johnsons),
        cmocka_unit_test(the_bound_is_never_exceeded),
        cmocka_unit_test(triples_and_pairs_are_optimal_for_every_n),
        cmocka_unit_test(steiner_systems_are_found),
        cmocka_unit_test(hundreds_of_circuits_are_gained),
        cmocka_unit_test(the_grid_up_to_1000_is_reached),
        cmocka_unit_test(the_largest_sizes_reach_the_bound),
        cmocka_unit_test(families_can_be_left_out),
        cmocka_unit_test(a_plan_can_be_read),
        cmocka_unit_test(a_wrong_size_is_refused),
        cmocka_unit_test(planning_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
