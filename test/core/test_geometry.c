/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * That lines and walks agree and no pair is twice is in test_incidence.c. */
#include "common/check.h"

#include <cisup/core/computed/geometry.h>

static cisup_geometry made(cisup_geometry_kind kind, int dimension, cisup_index q,
                           cisup_index less) {
    cisup_geometry g;
    CHECK_OK(cisup_geometry_init(&g, kind, dimension, q, less, &error_));
    return g;
}

/* --- counts -------------------------------------------------------------------- */

static void points_and_lines_are_those_of_the_books(void **state) {
    (void)state;
    const cisup_index row[][5] = {
        /* kind, m, q, points, lines */
        {CISUP_AFFINE, 2, 3, 9, 12},
        {CISUP_AFFINE, 3, 2, 8, 28},
        {CISUP_AFFINE, 3, 4, 64, 336},
        {CISUP_AFFINE, 4, 3, 81, 1080},
        {CISUP_PROJECTIVE, 2, 2, 7, 7},
        {CISUP_PROJECTIVE, 3, 2, 15, 35},
        {CISUP_PROJECTIVE, 3, 3, 40, 130},
        {CISUP_PROJECTIVE, 2, 9, 91, 91},
        {CISUP_PROJECTIVE, 4, 4, 341, 5797},
        {CISUP_AFFINE, 30, 2, 1 << 30, 0},
        {CISUP_PROJECTIVE, 30, 2, INT32_MAX, 0},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_index points, lines;
        const cisup_index *r = row[k];
        assert_true(cisup_geometry_sizes((cisup_geometry_kind)r[0], (int)r[1], r[2],
                                         &points, &lines));
        assert_int_equal(points, r[3]);
        if (r[4]) assert_int_equal(lines, r[4]);
    }
}

static void what_is_no_geometry_is_refused(void **state) {
    (void)state;
    const cisup_index row[][4] = {
        {CISUP_AFFINE, 2, 6, 0},      {CISUP_AFFINE, 1, 5, 0},
        {CISUP_AFFINE, 2, 1, 0},      {CISUP_AFFINE, 31, 2, 0},
        {CISUP_AFFINE, 2, 4, 5},      {CISUP_AFFINE, 2, 4, -1},
        {CISUP_PROJECTIVE, 31, 2, 0}, {CISUP_AFFINE, 32, 2, 0},
        {CISUP_PROJECTIVE, 2, 12, 0}, {CISUP_PROJECTIVE, 2, 3, 5},
        {CISUP_AFFINE, 2, 0, 0},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_geometry g;
        const cisup_index *r = row[k];
        assert_int_equal(cisup_geometry_init(&g, (cisup_geometry_kind)r[0], (int)r[1],
                                             r[2], r[3], NULL),
                         CISUP_EINVAL);
        assert_true(g.points == 0 && g.field.q == 0);
    }
}

/* --- points left out ----------------------------------------------------------- */

static bool row_holds(const int32_t *row, cisup_index S, cisup_index low,
                      cisup_index high) {
    for (cisup_index k = 0; k < S; k++)
        if (row[k] >= low && row[k] < high) return true;
    return false;
}

/* The lines that are left are, in order, those of the whole geometry without the points
 * left out: the first of AG, the last of PG. PG's rounds lose directions, which moves
 * nothing else, so that both are compared as sets. */
static void check_less(cisup_geometry_kind kind, int m, cisup_index q, cisup_index less) {
    cisup_geometry whole = made(kind, m, q, 0), g = made(kind, m, q, less);
    const cisup_index first = kind == CISUP_AFFINE ? 0 : whole.points - less;
    int32_t row[40], want[40];
    cisup_index left = 0;
    assert_int_equal(g.points, whole.points - less);
    for (cisup_index t = 0; t < whole.lines; t++) {
        cisup_geometry_row(&whole, t, want);
        if (row_holds(want, whole.S, first, first + less)) continue;
        left++;
        if (kind == CISUP_AFFINE)
            for (cisup_index k = 0; k < g.S; k++) want[k] -= (int32_t)less;
        cisup_geometry_walk c = cisup_geometry_through(&g, g.lines, want[0]);
        bool found = false;
        for (cisup_index u; !found && (u = cisup_geometry_next(&c)) >= 0;) {
            cisup_geometry_row(&g, u, row);
            found = memcmp(row, want, (size_t)g.S * sizeof *row) == 0;
        }
        assert_true(found);
    }
    assert_int_equal(left, g.lines);
    cisup_geometry_free(&whole);
    cisup_geometry_free(&g);
}

static void points_of_one_line_can_be_left_out(void **state) {
    (void)state;
    for (cisup_index less = 0; less <= 5; less++) {
        if (less <= 4) {
            check_less(CISUP_AFFINE, 2, 4, less);
            check_less(CISUP_AFFINE, 3, 4, less);
            check_less(CISUP_PROJECTIVE, 4, 3, less);
        }
        check_less(CISUP_AFFINE, 3, 5, less);
        check_less(CISUP_PROJECTIVE, 2, 4, less);
        check_less(CISUP_PROJECTIVE, 3, 4, less);
    }
    check_less(CISUP_AFFINE, 2, 9, 9);
    check_less(CISUP_PROJECTIVE, 3, 8, 9);
}

/* --- evenness ------------------------------------------------------------------ */

/* Largest less smallest load of the points first..last-1 after each prefix. */
static cisup_index largest_spread(const cisup_geometry *g, cisup_index lines,
                                  cisup_index first, cisup_index last) {
    cisup_index load[400] = {0}, most = 0;
    for (cisup_index t = 0; t < lines; t++) {
        int32_t row[40];
        cisup_geometry_row(g, t, row);
        for (cisup_index k = 0; k < g->S; k++) load[row[k]]++;
        cisup_index low = load[first], high = load[first];
        for (cisup_index n = first; n < last; n++) {
            if (load[n] < low) low = load[n];
            if (load[n] > high) high = load[n];
        }
        if (high - low > most) most = high - low;
    }
    return most;
}

static void affine_prefixes_are_whole_parallel_classes(void **state) {
    (void)state;
    const cisup_index row[][2] = {{2, 5}, {2, 9}, {3, 4}, {3, 7}, {5, 3}, {8, 2}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_geometry g = made(CISUP_AFFINE, (int)row[k][0], row[k][1], 0);
        assert_int_equal(largest_spread(&g, g.lines, 0, g.points), 1);
        cisup_geometry_free(&g);
    }
}

/* Rounds load the directions alike, and the turns keep the lines of a round from
 * meeting in one affine point: without them a spread is the full load of q^(m-1) + ... +
 * 1 less 2 at most. */
static void projective_prefixes_are_rounds(void **state) {
    (void)state;
    const cisup_index row[][3] = {{2, 5, 5}, {2, 9, 7},  {2, 11, 8}, {2, 16, 12},
                                  {3, 3, 7}, {3, 5, 13}, {4, 3, 15}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const int m = (int)row[k][0];
        cisup_geometry g = made(CISUP_PROJECTIVE, m, row[k][1], 0);
        const cisup_index affine = g.power[m], lines = g.first[m - 1];
        assert_int_equal(largest_spread(&g, lines, affine, g.points), 1);
        assert_int_equal(largest_spread(&g, lines, 0, affine), row[k][2]);
        cisup_geometry_free(&g);
    }
}

/* --- large ones ---------------------------------------------------------------- */

static void check_row(const cisup_geometry *g, const int32_t *row, cisup_index n) {
    bool found = false;
    for (cisup_index k = 0; k < g->S; k++) {
        assert_in_range(row[k], k ? row[k - 1] + 1 : 0, g->points - 1);
        found |= row[k] == n;
    }
    assert_true(found);
}

/* The first 200 lines through a point hold it and are different; any line is a row. */
static void check_large(cisup_geometry_kind kind, int m, cisup_index q) {
    cisup_geometry g = made(kind, m, q, 2);
    cisup_rng rng = check_rng(m);
    int32_t row[200], other[200];
    for (int k = 0; k < 50; k++) {
        const cisup_index n = k ? check_between(&rng, 0, g.points - 1) : g.points - 1;
        cisup_geometry_walk c = cisup_geometry_through(&g, g.lines, n);
        cisup_index last = -1;
        for (int j = 0; j < 200; j++) {
            const cisup_index t = cisup_geometry_next(&c);
            if (t < 0) break;
            assert_true(t != last && t < g.lines);
            last = t;
            cisup_geometry_row(&g, t, row);
            check_row(&g, row, n);
        }
        const cisup_index t = check_between(&rng, 0, g.lines - 1);
        cisup_geometry_row(&g, t, other);
        check_row(&g, other, other[0]);
    }
    cisup_geometry_free(&g);
}

static void large_spaces_are_consistent(void **state) {
    (void)state;
    check_large(CISUP_AFFINE, 9, 9);
    check_large(CISUP_AFFINE, 4, 101);
    check_large(CISUP_AFFINE, 4, 128);
    check_large(CISUP_AFFINE, 30, 2);
    check_large(CISUP_PROJECTIVE, 8, 9);
    check_large(CISUP_PROJECTIVE, 29, 2);
    check_large(CISUP_PROJECTIVE, 3, 125);
}

static cisup_status make_and_free(void *context) {
    (void)context;
    cisup_geometry g;
    const cisup_status status = cisup_geometry_init(&g, CISUP_AFFINE, 3, 9, 0, NULL);
    if (status != CISUP_OK) assert_int_equal(g.points, 0);
    cisup_geometry_free(&g);
    cisup_geometry_free(&g);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    assert_true(check_every_allocation(make_and_free, NULL) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_and_lines_are_those_of_the_books),
        cmocka_unit_test(what_is_no_geometry_is_refused),
        cmocka_unit_test(points_of_one_line_can_be_left_out),
        cmocka_unit_test(affine_prefixes_are_whole_parallel_classes),
        cmocka_unit_test(projective_prefixes_are_rounds),
        cmocka_unit_test(large_spaces_are_consistent),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
