/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rings that are asked for a line by two points, and transversal designs by recipes. */
#include "common/check.h"

#include <cisup/core/cycles/ring.h>
#include <cisup/core/cycles/td.h>

/* --- rings ----------------------------------------------------------------------- */

static cisup_ring ring_made(cisup_index q, cisup_index groups) {
    cisup_ring ring;
    CHECK_OK(cisup_ring_init(&ring, q, groups, &error_));
    return ring;
}

static void check_pair(const cisup_ring *ring, cisup_index t, cisup_index i,
                       cisup_index j) {
    const cisup_index q = ring->lines.q, a = t % q, b = t / q;
    const cisup_index y = cisup_ring_point(ring, i, a, b);
    const cisup_index z = cisup_ring_point(ring, j, a, b);
    assert_int_equal(y, cisup_lines_point(&ring->lines, i, a, b));
    assert_int_equal(cisup_ring_line(ring, i, y, b), a);
    assert_int_equal(cisup_ring_through(ring, i, y, j, z), t);
    assert_int_equal(cisup_ring_through(ring, j, z, i, y), t);
}

/* Every line, by every pair of its points; that there are q^2 of each shows that any two
 * points of different groups are on one line. */
static void a_line_is_found_by_any_two_of_its_points(void **state) {
    (void)state;
    const cisup_index row[][2] = {{2, 2},   {7, 7},  {4, 4},   {8, 5},   {9, 9},
                                  {25, 9},  {27, 6}, {72, 8},  {35, 5},  {77, 7},
                                  {47, 10}, {1, 2},  {64, 16}, {49, 40}, {121, 12}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_ring ring = ring_made(row[k][0], row[k][1]);
        for (cisup_index t = 0; t < ring.lines.q * ring.lines.q; t++)
            for (cisup_index i = 1; i < ring.groups; i++)
                for (cisup_index j = 0; j < i; j++) check_pair(&ring, t, i, j);
        cisup_ring_free(&ring);
        cisup_ring_free(&ring);
    }
}

static void large_rings_are_exact(void **state) {
    (void)state;
    /* a prime, primes to the second power as numbers, fields, products of both */
    const cisup_index row[][2] = {
        {1000003, 16},      {2147483647, 6},   {INT64_C(1) << 30, 20},
        {1018081, 12},      {1594323, 9},      {1953125, 10},
        {1000003 * 64, 32}, {823543 * 128, 8}, {1048576, 64}};
    cisup_rng rng = check_rng(1);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_ring ring = ring_made(row[k][0], row[k][1]);
        const cisup_index q = ring.lines.q;
        for (int n = 0; n < 2000; n++) {
            const cisup_index i = check_between(&rng, 1, ring.groups - 1);
            check_pair(&ring, n ? check_between(&rng, 0, q * q - 1) : q * q - 1, i,
                       check_between(&rng, 0, i - 1));
        }
        cisup_ring_free(&ring);
    }
}

static void division_without_dividing_is_division(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    for (int k = 0; k < 20000; k++) {
        const uint64_t n = 1 + (cisup_rng_next(&rng) >> (33 + k % 31));
        const uint64_t x = k % 5 ? cisup_rng_next(&rng) >> (k % 64)
                                 : n * (UINT64_MAX / n) - (uint64_t)(k % 2);
        const cisup_divisor d = cisup_divisor_of(n);
        assert_true(cisup_divided(d, x) == x / n && cisup_remainder(d, x) == x % n);
    }
}

/* --- designs --------------------------------------------------------------------- */

/* As many blocks as said, points within [0, n), any two blocks with one in common at
 * most: no pair of points twice. */
static void check_design(const cisup_td_table *table, int extra, cisup_index n) {
    const cisup_td_recipe r = cisup_td_find(table, extra, n);
    const cisup_index k = table->groups + extra;
    if (r.kind == CISUP_TD_NONE) return;
    assert_true(r.blocks >= 1 && r.blocks <= n * n);
    int32_t *row;
    char *met;
    CHECK_OK(cisup_new(&row, r.blocks * k, sizeof *row, &error_));
    CHECK_OK(cisup_new(&met, n * n, 1, &error_));
    CHECK_OK(cisup_td_build(table, extra, n, row, &error_));
    for (cisup_index i = 1; i < k; i++)
        for (cisup_index j = 0; j < i; j++) {
            memset(met, 0, (size_t)(n * n));
            for (cisup_index b = 0; b < r.blocks; b++) {
                const int32_t x = row[b * k + i], y = row[b * k + j];
                assert_true(x >= 0 && x < n && y >= 0 && y < n && !met[x * n + y]);
                met[x * n + y] = 1;
            }
        }
    cisup_release(met);
    cisup_release(row);
}

static void designs_are_what_their_recipes_say(void **state) {
    (void)state;
    for (cisup_index k = 2; k <= 18; k++) {
        cisup_td_table table;
        const cisup_index most = k < 8 ? 64 : 36;
        CHECK_OK(cisup_td_table_init(&table, k, most, &error_));
        for (cisup_index n = 1; n <= most; n++)
            for (int extra = 0; extra < CISUP_TD_EXTRAS; extra++)
                check_design(&table, extra, n);
        cisup_td_table_free(&table);
    }
}

static void check_text(cisup_index k, cisup_index n, const char *want) {
    cisup_td_table table;
    char text[48];
    CHECK_OK(cisup_td_table_init(&table, k, n, &error_));
    cisup_td_text(&table, n, text);
    assert_string_equal(text, want);
    cisup_td_table_free(&table);
}

static void recipes_have_names(void **state) {
    (void)state;
    check_text(10, 47, "td(10,47)");
    check_text(14, 13, "td(14,13)");
    check_text(4, 62, "wilson 3*17+11");
    check_text(4, 50, "vector 7*7+1");
    check_text(4, 250, "product 5*50");
    check_text(16, 12, "disjoint 12");
    check_text(10, 40, "td(10,37)"); /* of 37 points, three are left over */
    check_text(20, 5000, "td(20,4999)");
    check_text(3001, 3001, "td(3001,3001)");
    check_text(3000, 2999, "td(3000,2999)");
    check_text(3002, 2999, "disjoint 2999");
}

static void there_is_not_always_a_recipe(void **state) {
    (void)state;
    cisup_td_table table;
    int32_t row[64];
    CHECK_OK(cisup_td_table_init(&table, 4, 6, &error_));
    assert_int_equal(cisup_td_find(&table, 1, 6).kind, CISUP_TD_NONE);
    assert_int_equal(cisup_td_build(&table, 1, 6, row, NULL), CISUP_EINVAL);
    assert_true(cisup_td_find(&table, 0, 6).blocks < 36); /* Euler's officers */
    cisup_td_table_free(&table);
}

/* wilson, product, vector and rings with a field */
static cisup_status build_and_free(void *context) {
    const cisup_index *size = context;
    cisup_td_table table;
    int32_t *row = NULL;
    cisup_status status = cisup_td_table_init(&table, size[0], size[1], NULL);
    if (status == CISUP_OK)
        status = cisup_new(&row, size[1] * size[1] * size[0], sizeof *row, NULL);
    if (status == CISUP_OK) status = cisup_td_build(&table, 0, size[1], row, NULL);
    cisup_release(row);
    cisup_td_table_free(&table);
    cisup_ring ring;
    if (status == CISUP_OK) status = cisup_ring_init(&ring, 72, 8, NULL);
    if (status == CISUP_OK) cisup_ring_free(&ring);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_index size[][2] = {{4, 62}, {4, 250}, {4, 50}, {8, 62}, {10, 9}};
    for (int k = 0; k < 5; k++)
        assert_true(check_every_allocation(build_and_free, size[k]) >= 13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_by_any_two_of_its_points),
        cmocka_unit_test(large_rings_are_exact),
        cmocka_unit_test(division_without_dividing_is_division),
        cmocka_unit_test(designs_are_what_their_recipes_say),
        cmocka_unit_test(recipes_have_names),
        cmocka_unit_test(there_is_not_always_a_recipe),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
