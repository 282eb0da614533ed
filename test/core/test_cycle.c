/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test_cycle stores the smaller cells of data/cycle_targets.csv and checks them; "full"
 * stores all of them. */
#include "common/check.h"
#include "common/cycles.h"

#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <inttypes.h>

static cisup_cycle_plan planned(cisup_index N, cisup_index S, cisup_index c) {
    cisup_cycle_plan plan;
    CHECK_OK(cisup_cycle_plan_make(&plan, N, S, c, &error_));
    return plan;
}

/* --- plans ----------------------------------------------------------------------- */

typedef struct {
    cisup_index N, S, prototype, known, halves, bound, circuits;
} cell;

static cisup_index largest_stored = 20000;

static void check_cell(const cell *k) {
    const cisup_cycle_plan plan = planned(k->N, k->S, 2);
    assert_int_equal(k->N * (k->N / k->S) / k->S, k->halves);
    assert_int_equal(plan.bound, k->bound);
    assert_true(plan.T >= k->prototype && plan.T <= plan.bound);
    if (plan.T != k->circuits)
        fail_msg("N = %" PRId64 ", S = %" PRId64 ": %" PRId64 " circuits, not %" PRId64,
                 k->N, k->S, plan.T, k->circuits);
    if (plan.T > largest_stored) return;
    cisup_cycle x = made(k->N, k->S, 2, plan.T);
    assert_true(checked(&x).holds);
    cisup_cycle_free(&x);
}

static void the_table_is_reached(void **state) {
    (void)state;
    FILE *file = fopen(CISUP_DATA "/cycle_targets.csv", "r");
    char line[200];
    int cells = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (cell k; fgets(line, sizeof line, file); cells++) {
        assert_int_equal(sscanf(line,
                                "%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNd64
                                ",%" SCNd64 ",%" SCNd64,
                                &k.N, &k.S, &k.prototype, &k.known, &k.halves, &k.bound,
                                &k.circuits),
                         7);
        check_cell(&k);
    }
    (void)fclose(file);
    assert_int_equal(cells, 56);
}

/* With S | N and a prime N/S >= c S every pair of neurons is used: the bound. */
static void prime_groups_reach_the_bound(void **state) {
    (void)state;
    for (cisup_index c = 2; c <= 4; c++)
        for (cisup_index S = 1; S <= 9; S++) {
            const cisup_cycle_plan plan = planned(S * 101, S, c);
            assert_int_equal(plan.T, 101 * 101);
            assert_int_equal(plan.bound, plan.T);
            assert_true(plan.q == 101 && plan.order == 101 && plan.less == 0);
        }
    const cisup_cycle_plan large = planned(10000000, 8, 2);
    assert_true(large.q == 1250000 && large.T == large.q * large.q);
    assert_int_equal(large.T, large.bound);
}

/* 16 points a group, three left out in each half: 256 - 6 16 + 15. */
static void points_that_no_block_has_three_of_are_left_out(void **state) {
    (void)state;
    const cisup_cycle_plan plan = planned(125, 8, 2);
    assert_true(plan.T == 175 && plan.less == 3 && plan.q == 0);
    assert_string_equal(plan.recipe, "td(16,16) less 3 a part");
    for (cisup_index T = 1; T <= 175; T += 29) {
        cisup_cycle x = made(125, 8, 2, T);
        assert_true(checked(&x).holds);
        cisup_cycle_free(&x);
    }
}

/* 50 points, blocks of 4, four orbits: two orbits of 50 neurons in each half. */
static void duals_have_more_than_disjoint_circuits(void **state) {
    (void)state;
    const cisup_index row[][4] = {{100, 8, 2, 50},  {110, 8, 2, 50}, {63, 6, 2, 63},
                                  {162, 10, 2, 81}, {144, 9, 2, 0},  {150, 9, 2, 50}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const cisup_cycle_plan plan = planned(row[k][0], row[k][1], row[k][2]);
        if (row[k][3] == 0) {
            assert_true(plan.dual == 0);
            continue;
        }
        assert_true(plan.T == row[k][3] && plan.dual > 0 && plan.T <= plan.bound);
        for (cisup_index T = plan.T; T > 0; T /= 2) {
            cisup_cycle x = made(plan.N, plan.S, 2, T);
            assert_true(checked(&x).holds);
            cisup_cycle_free(&x);
        }
    }
    assert_string_equal(planned(100, 8, 2).recipe, "dual 4 of 50");
}

static void wrong_sizes_are_named(void **state) {
    (void)state;
    cisup_cycle_plan plan;
    cisup_cycle x;
    cisup_error err;
    assert_int_equal(cisup_cycle_plan_make(&plan, 100, 4, 1, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "a cycle of 1"));
    assert_int_equal(plan.N, 0);
    assert_int_equal(cisup_cycle_plan_make(&plan, 100, 0, 2, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_plan_make(&plan, 3, 4, 2, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_plan_make(&plan, INT64_C(1) << 30, 4, 2, NULL),
                     CISUP_EINVAL);
    assert_int_equal(cisup_cycle_make(&x, 100, 4, 2, 0, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_cycle_make(&x, 100, 4, 2, 626, &err), CISUP_EINFEASIBLE);
    assert_non_null(strstr(err.text, "td(8,25) places 625"));
    assert_non_null(strstr(err.text, "more than 625"));
    assert_true(x.N == 0 && !x.form);
}

/* --- cycles ---------------------------------------------------------------------- */

/* Loads of a part; the largest less the smallest among the neurons with circuits of the
 * whole cycle's groups. */
static cisup_index spread(const cisup_cycle *x, cisup_index h, cisup_index neurons) {
    int32_t row[64];
    cisup_index load[2000] = {0}, least = INT64_MAX, most = 0;
    for (cisup_index t = 0; t < x->T; t++) {
        cisup_cycle_row(x, h, t, row);
        for (cisup_index k = 0; k < x->S; k++) load[row[k]]++;
    }
    for (cisup_index n = 0; n < neurons; n++) {
        if (load[n] < least) least = load[n];
        if (load[n] > most) most = load[n];
    }
    for (cisup_index n = neurons; n < x->N; n++) assert_int_equal(load[n], 0);
    assert_true(most <= x->most);
    return most - least;
}

/* Circuit t by any two of its neurons in one part, and none by one of them twice. */
static void check_same_part(const cisup_cycle *x, cisup_index h, cisup_index t) {
    int32_t row[64];
    cisup_index circuit[64 * 64];
    cisup_cycle_row(x, h, t, row);
    const cisup_places all = {h, row, x->S};
    cisup_cycle_through(x, all, all, circuit);
    for (cisup_index i = 0; i < x->S * x->S; i++)
        assert_int_equal(circuit[i], i / x->S == i % x->S ? -1 : t);
}

/* The neurons of circuits find the circuits: singly and by two; any two neurons have a
 * circuit if and only if the lists of both have it. */
static void check_queries(const cisup_cycle *x, cisup_rng *rng) {
    int32_t from[64], to[64];
    cisup_index circuit[64 * 64], list[2000], other[2000];
    for (int k = 0; k < 40; k++) {
        const cisup_index t = check_between(rng, 0, x->T - 1);
        const cisup_index h = check_between(rng, 0, x->c - 1);
        const cisup_index g = (h + check_between(rng, 1, x->c - 1)) % x->c;
        const cisup_index other_part = k % 2 ? g : h; /* of the last pair */
        check_same_part(x, h, t);
        cisup_cycle_row(x, h, t, from);
        cisup_cycle_row(x, g, t, to);
        cisup_cycle_through(x, (cisup_places){h, from, x->S}, (cisup_places){g, to, x->S},
                            circuit);
        for (cisup_index i = 0; i < x->S * x->S; i++) assert_int_equal(circuit[i], t);
        from[0] = (int32_t)check_between(rng, 0, x->N - 1);
        to[0] = (int32_t)check_between(rng, 0, x->N - 1);
        const cisup_index count = cisup_cycle_circuits(x, h, from[0], list);
        const cisup_index others = cisup_cycle_circuits(x, other_part, to[0], other);
        assert_true(count <= x->most && others <= x->most);
        assert_int_equal(count, cisup_cycle_load(x, h, from[0]));
        assert_int_equal(others, cisup_cycle_load(x, other_part, to[0]));
        cisup_index both = -1;
        for (cisup_index i = 0; i < count; i++) {
            assert_true(list[i] >= 0 && list[i] < x->T && (!i || list[i] > list[i - 1]));
            for (cisup_index j = 0; j < others; j++)
                if (list[i] == other[j]) both = list[i];
        }
        if (other_part == h && from[0] == to[0]) both = -1;
        cisup_cycle_through(x, (cisup_places){h, from, 1},
                            (cisup_places){other_part, to, 1}, circuit);
        assert_int_equal(circuit[0], both);
    }
}

/* Lists have each circuit S times in each part. */
static void check_lists(const cisup_cycle *x) {
    cisup_index list[2000], seats = 0;
    for (cisup_index h = 0; h < x->c; h++)
        for (cisup_index n = 0; n < x->N; n++)
            seats += cisup_cycle_circuits(x, h, n, list);
    assert_int_equal(seats, x->c * x->T * x->S);
}

/* Computed or built, and the same once stored. */
static void check_cycle(cisup_index N, cisup_index S, cisup_index c, cisup_index T,
                        cisup_rng *rng) {
    cisup_cycle x = made(N, S, c, T), y;
    cisup_allocation part[most_c];
    assert_true(checked(&x).holds);
    check_queries(&x, rng);
    check_lists(&x);
    if (x.q)
        for (cisup_index h = 0; h < c; h++) assert_true(spread(&x, h, S * x.q) <= 1);
    store(&x, part);
    CHECK_OK(cisup_cycle_of(&y, part, c, &error_));
    assert_true(y.q == 0 && y.most == x.most);
    CHECK_NEAR(y.P, x.P, 1e-11); /* sums of integers, some divisions */
    assert_true(checked(&y).holds);
    check_queries(&y, rng);
    for (cisup_index h = 0; h < c; h++) cisup_allocation_free(&part[h]);
    cisup_cycle_free(&y);
    cisup_cycle_free(&x);
    cisup_cycle_free(&x);
}

static void random_cycles_hold_and_answer(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    for (int k = 0; k < 150; k++) {
        const cisup_index c = check_between(&rng, 2, most_c);
        const cisup_index S = check_between(&rng, 1, 6);
        const cisup_index N = check_between(&rng, S, S * 60);
        const cisup_cycle_plan plan = planned(N, S, c);
        assert_true(plan.T >= 1 && plan.T <= plan.bound);
        check_cycle(N, S, c, plan.T, &rng);
        check_cycle(N, S, c, check_between(&rng, 1, plan.T), &rng);
        if (plan.q && plan.q * plan.q < plan.T)
            check_cycle(N, S, c, plan.q * plan.q + 1, &rng);
    }
}

/* TD(5, 50) exists, so that TD(4, 50) has parallel classes; of TD(8, 62), which takes
 * over from the ring at 3722, rounds are made of what is left. */
static void stored_prefixes_load_neurons_evenly(void **state) {
    (void)state;
    for (cisup_index T = 2402; T <= 2500; T += 7) {
        cisup_cycle x = made(100, 2, 2, T);
        assert_true(x.q == 0 && spread(&x, 0, 100) <= 1 && spread(&x, 1, 100) <= 1);
        cisup_cycle_free(&x);
    }
    for (cisup_index T = 3722; T <= 3814; T += 13) {
        cisup_cycle x = made(248, 4, 2, T);
        assert_true(x.q == 0 && spread(&x, 0, 248) <= 5); /* of 62 */
        cisup_cycle_free(&x);
    }
}

/* More neurons than are looked at in one go: T circuits join S^2 pairs each. */
static void every_pair_of_neurons_at_once(void **state) {
    (void)state;
    int32_t all[140];
    static cisup_index circuit[140 * 140];
    cisup_cycle x = made(140, 2, 2, 67 * 40 + 5);
    for (int32_t n = 0; n < 140; n++) all[n] = n;
    cisup_cycle_through(&x, (cisup_places){1, all, 140}, (cisup_places){0, all, 140},
                        circuit);
    cisup_index joined = 0;
    for (cisup_index k = 0; k < 140 * 140; k++) {
        cisup_index one;
        cisup_cycle_through(&x, (cisup_places){1, all + k / 140, 1},
                            (cisup_places){0, all + k % 140, 1}, &one);
        assert_int_equal(circuit[k], one);
        joined += one >= 0;
    }
    assert_int_equal(joined, 4 * x.T);
    cisup_cycle_free(&x);
}

/* --- huge ones ------------------------------------------------------------------- */

static void a_trillion_circuits_are_computed(void **state) {
    (void)state;
    const cisup_index T = INT64_C(1000000000000);
    cisup_rng rng = check_rng(4);
    cisup_cycle x = made(4 * 1000003, 4, 2, T);
    assert_int_equal(x.q, 1000003);
    int32_t from[4], to[4];
    cisup_index circuit[16];
    for (int k = 0; k < 1000; k++) {
        const cisup_index t = check_between(&rng, 0, T - 1);
        cisup_cycle_row(&x, 1, t, from);
        cisup_cycle_row(&x, 0, t, to);
        cisup_cycle_through(&x, (cisup_places){1, from, 4}, (cisup_places){0, to, 4},
                            circuit);
        for (int i = 0; i < 16; i++) assert_int_equal(circuit[i], t);
    }
    cisup_index *list;
    CHECK_OK(cisup_new(&list, x.most, sizeof *list, &error_));
    const cisup_index count = cisup_cycle_circuits(&x, 1, from[2], list);
    assert_true(count == x.most || count == x.most - 1);
    for (cisup_index k = 0; k < count; k += 997) {
        cisup_cycle_row(&x, 1, list[k], to);
        assert_int_equal(to[2], from[2]);
    }
    cisup_release(list);
    cisup_cycle_free(&x);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "full") == 0) largest_stored = INT64_MAX;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_reached),
        cmocka_unit_test(prime_groups_reach_the_bound),
        cmocka_unit_test(points_that_no_block_has_three_of_are_left_out),
        cmocka_unit_test(duals_have_more_than_disjoint_circuits),
        cmocka_unit_test(wrong_sizes_are_named),
        cmocka_unit_test(random_cycles_hold_and_answer),
        cmocka_unit_test(stored_prefixes_load_neurons_evenly),
        cmocka_unit_test(a_trillion_circuits_are_computed),
        cmocka_unit_test(every_pair_of_neurons_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
