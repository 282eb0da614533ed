/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test_cycle stores the smaller cells of data/cycle_targets.csv and checks them; "full"
 * stores all of them. */
#include "common/check.h"

#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <inttypes.h>

enum { most_c = 5 };

static cisup_cycle_plan planned(cisup_index N, cisup_index S, cisup_index c) {
    cisup_cycle_plan plan;
    CHECK_OK(cisup_cycle_plan_make(&plan, N, S, c, &error_));
    return plan;
}

static cisup_cycle made(cisup_index N, cisup_index S, cisup_index c, cisup_index T) {
    cisup_cycle x;
    CHECK_OK(cisup_cycle_make(&x, N, S, c, T, &error_));
    return x;
}

static void store(const cisup_cycle *x, cisup_allocation *part) {
    const cisup_rows rows = cisup_cycle_rows(x);
    CHECK_OK(cisup_cycle_split(&rows, x->c, part, &error_));
}

static cisup_cycle_report checked(const cisup_cycle *x) {
    cisup_cycle_report report;
    const cisup_rows rows = cisup_cycle_rows(x);
    CHECK_OK(cisup_cycle_check(&rows, x->c, NULL, &report, &error_));
    return report;
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

/* --- chances --------------------------------------------------------------------- */

/* By the definition: all t, u, n, m. */
static void count_chances(const cisup_cycle *x, double *P, double *r) {
    int32_t row[2][2][16];
    double shared = 0.0, cases = 0.0, joined = 0.0;
    for (cisup_index t = 0; t < x->T; t++)
        for (cisup_index u = 0; u < x->T; u++)
            for (cisup_index hg = 0; hg < x->c * x->c && t != u; hg++) {
                const cisup_index part[2] = {hg / x->c, hg % x->c};
                for (int k = 0; k < 2; k++) {
                    cisup_cycle_row(x, part[k], t, row[0][k]);
                    cisup_cycle_row(x, part[k], u, row[1][k]);
                }
                for (cisup_index i = 0; i < x->S * x->S; i++) {
                    const int32_t n = row[0][0][i / x->S], m = row[1][1][i % x->S];
                    int on = part[0] == part[1] && n == m;
                    shared += on;
                    for (cisup_index k = 0; k < x->S; k++)
                        on |= row[1][0][k] == n || row[0][1][k] == m;
                    if (on || part[0] == part[1]) continue;
                    cisup_index v;
                    cisup_cycle_through(x, (cisup_places){part[0], &n, 1},
                                        (cisup_places){part[1], &m, 1}, &v);
                    cases += 1.0;
                    joined += v >= 0;
                }
            }
    *P = shared / ((double)x->c * (double)x->T * ((double)x->T - 1.0));
    *r = joined / cases;
}

static void check_chances(cisup_index N, cisup_index S, cisup_index c, cisup_index T) {
    cisup_cycle x = made(N, S, c, T), y;
    cisup_allocation part[most_c];
    double P, r;
    store(&x, part);
    CHECK_OK(cisup_cycle_of(&y, part, c, &error_));
    count_chances(&x, &P, &r);
    CHECK_NEAR(x.P, P, 1e-11);
    CHECK_NEAR(y.P, P, 1e-11);
    CHECK_NEAR(y.r, r, 1e-12); /* quotients of integers */
    /* whole classes: a quotient of integers; else what a line more or less changes */
    CHECK_NEAR(x.r, r, x.q == 0 || T % x.q == 0 ? 1e-12 : 1.0 / (double)T);
    for (cisup_index h = 0; h < c; h++) cisup_allocation_free(&part[h]);
    cisup_cycle_free(&y);
    cisup_cycle_free(&x);
}

static void chances_are_those_counted(void **state) {
    (void)state;
    check_chances(7, 1, 2, 49);
    check_chances(7, 1, 3, 21);
    check_chances(22, 2, 2, 33);
    check_chances(22, 2, 2, 38);
    check_chances(22, 2, 3, 60);
    check_chances(39, 3, 2, 100);
    check_chances(14, 2, 2, 20);
    check_chances(28, 2, 2, 190); /* stored */
    check_chances(39, 3, 2, 26);
}

/* r of 10 whole circuits of TD(4, 5) and two more of the next class, over all such two:
 * the mean is what is said of the computed first 12. */
static void r_is_the_mean_over_the_lines_of_a_class(void **state) {
    (void)state;
    cisup_cycle whole = made(10, 2, 2, 25), first = made(10, 2, 2, 12), x;
    int32_t slot[2][12 * 2];
    const cisup_allocation part[2] = {{10, 2, 12, slot[0]}, {10, 2, 12, slot[1]}};
    double sum = 0.0;
    assert_true(whole.q == 5 && first.q == 5);
    for (cisup_index a = 0; a < 5; a++)
        for (cisup_index b = 0; b < a; b++) {
            for (cisup_index h = 0; h < 2; h++)
                for (cisup_index t = 0; t < 12; t++)
                    cisup_cycle_row(&whole, h, t < 10 ? t : 10 + (t == 10 ? b : a),
                                    slot[h] + 2 * t);
            CHECK_OK(cisup_cycle_of(&x, part, 2, &error_));
            sum += x.r;
            cisup_cycle_free(&x);
        }
    CHECK_NEAR(first.r, sum / 10.0, 1e-12); /* quotients of integers */
    cisup_cycle_free(&first);
    cisup_cycle_free(&whole);
}

/* All q^2: S/(q+1), and every pair of neurons has its circuit. k classes: S(k-1)/(T-1).
 * One class: no two circuits meet, and nothing joins two of them. */
static void chances_of_whole_designs(void **state) {
    (void)state;
    cisup_cycle x = made(235, 5, 2, 2209);
    CHECK_NEAR(x.P, 5.0 / 48.0, 1e-15);
    CHECK_NEAR(x.r, 1.0, 1e-12);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 564);
    CHECK_NEAR(x.P, 5.0 * 11.0 / 563.0, 1e-15);
    CHECK_NEAR(x.r, 121.0 / (563.0 - 22.0), 1e-12);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 47);
    CHECK_NEAR(x.P, 0.0, 0.0);
    CHECK_NEAR(x.r, 0.0, 0.0);
    cisup_cycle_free(&x);
    x = made(235, 5, 2, 1);
    assert_true(isnan(x.P) && isnan(x.r));
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

/* --- what is foreign, and wrong --------------------------------------------------- */

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
        cmocka_unit_test(chances_are_those_counted),
        cmocka_unit_test(r_is_the_mean_over_the_lines_of_a_class),
        cmocka_unit_test(chances_of_whole_designs),
        cmocka_unit_test(a_trillion_circuits_are_computed),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(circuits_unlike_the_first_are_named),
        cmocka_unit_test(every_pair_of_neurons_at_once),
        cmocka_unit_test(errors_are_named),
        cmocka_unit_test(what_is_no_cycle_is_not_split),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
