/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/analysis/theory/theory_overlap.h>

#include <complex.h>

static cisup_theory_masks sizes(double N, double S, double z, cisup_index c) {
    return (cisup_theory_masks){.N = N, .S = S, .z = z, .c = c};
}

static cisup_theory_masks full(double q, double S, double z, cisup_index c) {
    const cisup_theory_masks of = sizes(S * q, S, z, c);
    return cisup_theory_masks_random(&of, q * q);
}

/* Theorem 4, and the inactive read-out of one active circuit: p, with no rounding. */
static void one_active_circuit_has_no_error(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 200; k++) {
        cisup_rng rng = check_rng(k);
        const double S = (double)check_between(&rng, 1, 5);
        const double q = (double)check_between(&rng, 3, 40);
        cisup_theory_masks m = sizes(S * q, S, 1, check_between(&rng, 2, 4));
        m.fresh = (int)check_between(&rng, 0, 1);
        m = cisup_theory_masks_random(
            &m, (double)check_between(&rng, 2, (cisup_index)(q * q)));
        for (cisup_index l = 1; l <= 20; l++) {
            const cisup_theory_error law = cisup_theory_masks_law(&m, l),
                                     recursion = cisup_theory_masks_recursion(&m, l);
            assert_true(law.active == 0.0 && recursion.active == 0.0);
            assert_true(law.inactive == m.P / (S * S));
            assert_true(recursion.inactive == m.P / (S * S));
        }
    }
}

/* q = 5, S = 2, T = 25: P = 1/3, p = 1/12, r = 1, kap = 1/6. z = 2: e_1 = 1/12, s_1 =
 * 7/6, e_2 = 1/12 + (1/12)(13/12) + (1/6)(7/6), s_2 = 721/432. z = 3: e_1 = 1/6, s_1 =
 * 4/3. Tolerance: a few roundings of numbers near 1. */
static void the_recursion_starts_as_by_hand(void **state) {
    (void)state;
    cisup_theory_masks m = full(5, 2, 2, 3);
    CHECK_NEAR(m.P, 1.0 / 3.0, 1e-16);
    CHECK_NEAR(m.r, 1.0, 0.0);
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 1).active, 1.0 / 12.0, 1e-15);
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 1).inactive, 7.0 / 36.0, 1e-15);
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 2).active, 53.0 / 144.0, 1e-15);
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 2).inactive, 721.0 / 2592.0, 1e-15);
    CHECK_NEAR(cisup_theory_masks_law(&m, 3).active, 2.0 * 25.0 / 144.0 + 0.25, 1e-15);
    CHECK_NEAR(cisup_theory_masks_law(&m, 3).inactive, 1.0 / 6.0, 1e-15);
    m.z = 3;
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 1).active, 1.0 / 6.0, 1e-15);
    CHECK_NEAR(cisup_theory_masks_recursion(&m, 2).active, 29.0 / 36.0, 1e-15);
}

/* The same network. Layer 3 is the first to which something returns: with c = 2, (2(S-1)
 * + 1)/S^4 - 1/S^3 = 1/16. With c = 3 nothing until layer 6, where two of four crossings
 * are the same: (6-4)/S^3 = 1/4 for no stay, 0 for stays. With c = 2, layer 4: (2) 3/16 -
 * 2/8 for no stay; layer 5: (5) 3/16 - 3/8 for no stay, 4 kap^2 - 2 kap^2 and 2 kap^2 -
 * kap^2 for stays, kap = 1/6. z-1 times that. */
static void returns_are_as_by_hand(void **state) {
    (void)state;
    static const double want[2][6] = {{0, 0, 1.0 / 16, 1.0 / 8, 31.0 / 48},
                                      {0, 0, 0, 0, 0, 0.25}};
    for (double z = 2; z <= 4; z++)
        for (cisup_index c = 2; c <= 3; c++)
            for (cisup_index l = 1; l <= c + 3; l++) {
                cisup_theory_masks m = full(5, 2, z, c);
                const double same = cisup_theory_masks_recursion(&m, l).active;
                m.fresh = 1;
                const double extra = same - cisup_theory_masks_recursion(&m, l).active;
                const double other = cisup_theory_masks_recursion(&m, l).inactive;
                m.fresh = 0;
                CHECK_NEAR(cisup_theory_masks_recursion(&m, l).inactive - other,
                           z * m.P / 4.0 * extra, 1e-14 * same);
                const double bound = 1e-14 * same; /* of a difference of sums */
                CHECK_NEAR(extra, (z - 1.0) * want[c - 2][l - 1], bound);
            }
}

/* Mean square error of t in the network of two circuits with S = 1, c = 2, by running it
 * with every angle a multiple of a 20th of a turn: the mean of a trigonometric polynomial
 * of degree below 20 in each angle is exact so. One angle may be held at 0, for an error
 * does not change if all turn. */
static double pair_by_running(int has_v, int has_x, int layers) {
    enum { STEPS = 20 };
    double sum = 0.0;
    const double angle = 2.0 * 3.14159265358979323846 / STEPS;
    const double complex turn = cos(angle) + sin(angle) * csqrt(-1.0);
    double complex unit[STEPS] = {1.0};
    for (int k = 1; k < STEPS; k++) unit[k] = unit[k - 1] * turn;
    for (int k = 0; k < STEPS * STEPS * STEPS; k++) {
        const double complex u = unit[k % STEPS], v = has_v * unit[k / STEPS % STEPS],
                             x = has_x * unit[k / STEPS / STEPS];
        for (int source = 0; source < 2; source++) {
            double complex y[2] = {source == 0, source == 1};
            for (int l = 2; l <= layers; l++) {
                const double complex to_t = l % 2 ? v : x, to_u = l % 2 ? x : v;
                const double complex t = y[0] + to_t * y[1];
                y[1] = to_u * y[0] + u * y[1];
                y[0] = t;
            }
            const double complex error = y[0] - (source == 0);
            sum += creal(error * conj(error));
        }
    }
    return sum / (STEPS * STEPS * STEPS);
}

/* What a network of two does, counted and run; tolerance: 8000 roundings at most. */
static void pairs_are_counted_exactly(void **state) {
    (void)state;
    cisup_theory_masks m = sizes(5, 1, 2, 2);
    m.T = 25;
    for (int l = 1; l <= 9; l++) {
        const double one = pair_by_running(1, 0, l) + pair_by_running(0, 1, l);
        const double both = pair_by_running(1, 1, l);
        m.P = 0.0, m.r = m.r_both = 1.0;
        CHECK_NEAR(cisup_theory_masks_pair(&m, l), both, 1e-12 * both);
        m.r_both = 0.0;
        CHECK_NEAR(cisup_theory_masks_pair(&m, l), one, 1e-12 * one);
        m.P = 0.1, m.r = 0.5, m.r_both = 0.3;
        static const double shared[] = {1, 2, 4, 6, 14, 22, 50, 78, 178};
        const double want = 0.1 * shared[l - 1] + 0.8 * (0.2 * one + 0.3 * both);
        CHECK_NEAR(cisup_theory_masks_pair(&m, l), want, 1e-12 * want);
    }
    assert_true(isnan(cisup_theory_masks_pair(&m, 0)));
    assert_true(isfinite(cisup_theory_masks_pair(&m, CISUP_MASKS_PAIR_LAYERS)));
    assert_true(isnan(cisup_theory_masks_pair(&m, CISUP_MASKS_PAIR_LAYERS + 1)));
}

/* With z = 2 the recursion is that count, and s_l is 1 + e_l. */
static void two_active_circuits_are_a_pair(void **state) {
    (void)state;
    const cisup_theory_masks of = sizes(53, 1, 2, 2);
    const cisup_theory_masks m = cisup_theory_masks_random(&of, 1500);
    for (cisup_index l = 1; l <= CISUP_MASKS_PAIR_LAYERS; l++) {
        const double want = cisup_theory_masks_pair(&m, l);
        const cisup_theory_error got = cisup_theory_masks_recursion(&m, l);
        CHECK_NEAR(got.active, want, 1e-14 * want); /* a sum and its difference */
        CHECK_NEAR(got.inactive, 2.0 / 54.0 * (1.0 + want), 1e-14 * (1.0 + want));
    }
}

static void what_is_no_case_is_nan(void **state) {
    (void)state;
    const cisup_theory_masks good = full(7, 2, 3, 2);
    assert_true(isfinite(cisup_theory_masks_recursion(&good, 3).active));
    cisup_theory_masks bad[7];
    for (int k = 0; k < 7; k++) bad[k] = good;
    bad[0].c = 1;
    bad[1].S = 0.5;
    bad[2].N = 1;
    bad[3].z = 0;
    bad[4].T = 2;
    bad[5].T = 50;
    bad[6].N = (double)NAN;
    for (int k = 0; k < 7; k++) {
        assert_true(isnan(cisup_theory_masks_law(&bad[k], 3).active));
        assert_true(isnan(cisup_theory_masks_recursion(&bad[k], 3).active));
        assert_true(isnan(cisup_theory_masks_recursion(&bad[k], 3).inactive));
    }
    cisup_theory_masks all = full(5, 1, 25, 3);
    assert_true(isnan(cisup_theory_masks_recursion(&all, 1).inactive)); /* T = z */
    all = full(5, 1, 2, 2);
    assert_true(isnan(cisup_theory_masks_recursion(&all, 17).active));
    all.fresh = 1;
    assert_true(isfinite(cisup_theory_masks_recursion(&all, 17).active));
}

/* Lines (a, b) of slope a in `slopes`, places b and a + b modulo q, counted over all
 * ordered pairs that share no place: how many, with a line from the first place of t to
 * the second of u, and with one from u to t as well. */
static void count_pairs(int q, unsigned slopes, double count[3]) {
    for (int t = 0; t < q * q; t++)
        for (int u = 0; u < q * q; u++) {
            const int b_t = t % q, e_t = (t / q + b_t) % q, b_u = u % q,
                      e_u = (u / q + b_u) % q;
            if (!(slopes >> t / q & 1u && slopes >> u / q & 1u) || b_t == b_u ||
                e_t == e_u)
                continue;
            const unsigned v = slopes >> (e_u - b_t + q) % q & 1u;
            const unsigned x = slopes >> (e_t - b_u + q) % q & 1u;
            count[0] += 1.0;
            count[1] += v;
            count[2] += v && x;
        }
}

/* All sets of k slopes modulo 5 and 7, and consecutive ones: exact counts. */
static void choices_are_counted_exactly(void **state) {
    (void)state;
    for (int q = 5; q <= 7; q += 2)
        for (int k = 2; k <= q; k++) {
            double any[3] = {0}, row[3] = {0};
            for (unsigned set = 0; set < 1u << q; set++) {
                int size = 0;
                for (int a = 0; a < q; a++) size += (int)(set >> a & 1u);
                if (size == k) count_pairs(q, set, any);
            }
            count_pairs(q, (1u << k) - 1u, row);
            const cisup_theory_masks of = sizes(q, 1, 2, 2);
            const cisup_theory_masks c = cisup_theory_masks_classes(&of, k * q),
                                     s = cisup_theory_masks_consecutive(&of, k * q);
            CHECK_NEAR(c.r, any[1] / any[0], 1e-14); /* a few roundings below 1 */
            CHECK_NEAR(c.r_both, any[2] / any[0], 1e-14);
            CHECK_NEAR(s.r, row[1] / row[0], 1e-14);
            CHECK_NEAR(s.r_both, row[2] / row[0], 1e-14);
            const double pairs = k * q * (k * q - 1.0);
            CHECK_NEAR(c.P, (pairs - row[0]) / pairs / 2.0, 1e-14);
        }
}

static void choices_agree_on_a_full_design(void **state) {
    (void)state;
    const cisup_theory_masks of = sizes(3 * 13, 3, 2, 2);
    const cisup_theory_masks a = cisup_theory_masks_random(&of, 169),
                             b = cisup_theory_masks_classes(&of, 169),
                             c = cisup_theory_masks_consecutive(&of, 169);
    CHECK_NEAR(a.P, b.P, 1e-15);
    assert_true(a.r == 1.0 && b.r == 1.0 && c.r == 1.0);
    assert_true(a.r_both == 1.0 && b.r_both == 1.0);
    CHECK_NEAR(c.r_both, 1.0, 1e-14);
    const cisup_theory_masks one = cisup_theory_masks_classes(&of, 13);
    assert_true(one.P == 0.0 && one.r == 0.0 && one.r_both == 0.0);
}

/* A full design with S = 1 meets Welch's bound, 1/(N+1). */
static void a_full_design_meets_the_floor(void **state) {
    (void)state;
    for (double q = 3; q <= 50; q++) {
        const cisup_theory_masks m = full(q, 1, 1, 2);
        const cisup_theory_case floor = {.T = q * q, .N = q};
        const double inactive = cisup_theory_masks_recursion(&m, 2).inactive;
        CHECK_NEAR(inactive, 1.0 / (q + 1.0), 1e-16);
        CHECK_NEAR(cisup_theory_overlap_floor(&floor), inactive, 1e-16);
    }
}

/* Root mean square errors of simulated networks, rotations, the same in all layers,
 * docs/math.md 20.5. 8 % as claimed there for these, 2 % for sampling. */
static void simulated_networks_agree(void **state) {
    (void)state;
    const struct {
        double q, S, T, z;
        cisup_index c;
        int fresh;
        cisup_theory_masks_choice *choice;
        double rms[4]; /* layers 2, 4, 6, 8 */
    } row[] = {
        {47, 5, 2209, 2, 2, 0, cisup_theory_masks_random, {.2153, .4011, .6071, .8570}},
        {47, 5, 2209, 3, 3, 0, cisup_theory_masks_random, {.3067, .5861, .8329, 1.1091}},
        {47, 5, 2209, 2, 2, 1, cisup_theory_masks_random, {.2163, .3892, .5156, .6284}},
        {47, 5, 557, 3, 2, 0, cisup_theory_masks_random, {.1896, .3162, .4332, .5617}},
        {47, 5, 188, 2, 2, 0, cisup_theory_masks_classes, {.0909, .1386, .1802, .2224}},
        {113, 2, 1130, 3, 3, 0, cisup_theory_masks_classes, {.2273, .3877, .5091, .6415}},
        {31, 8, 961, 4, 2, 0, cisup_theory_masks_random, {.2600, .4831, .7114, .9793}},
        {101, 1, 5000, 2, 2, 0, cisup_theory_masks_random, {.7080, 1.789, 4.381, 11.776}},
        {233,
         1,
         2330,
         2,
         2,
         0,
         cisup_theory_masks_classes,
         {.2072, .4843, 1.0289, 2.2286}},
        {233,
         1,
         2330,
         2,
         2,
         0,
         cisup_theory_masks_consecutive,
         {.2085, .5083, 1.2435, 3.2969}},
    };
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        cisup_theory_masks m = sizes(row[k].q * row[k].S, row[k].S, row[k].z, row[k].c);
        m.fresh = row[k].fresh;
        m = row[k].choice(&m, row[k].T);
        for (int i = 0; i < 4; i++) {
            const double got = sqrt(cisup_theory_masks_recursion(&m, 2 * i + 2).active);
            CHECK_NEAR(got, row[k].rms[i], 0.1 * row[k].rms[i]);
        }
    }
}

/* N floor(N/S)/S: 250 * 41/6 = 1708.3, 100 * 14/7, 125 * 15/8 = 234.4. */
static void the_cycle_bound_has_its_values(void **state) {
    (void)state;
    assert_int_equal(cisup_theory_masks_T_cycle(250, 6), 1708);
    assert_int_equal(cisup_theory_masks_T_cycle(100, 7), 200);
    assert_int_equal(cisup_theory_masks_T_cycle(125, 8), 234);
    assert_int_equal(cisup_theory_masks_T_cycle(1000, 1), 1000000);
    assert_int_equal(cisup_theory_masks_T_cycle(5, 6), 0);
    assert_int_equal(cisup_theory_masks_T_cycle((double)NAN, 6), 0);
    assert_int_equal(cisup_theory_masks_T_cycle(250, 0), 0);
    assert_true(cisup_theory_masks_T_cycle(1e10, 1) == INT64_MAX);
}

/* N = 1000, z = 3, L = 3, budget 0.04: 10^6 (0.02 - 0.003)/2 = 8500, less a rounding. */
static void the_law_is_solved_for_T(void **state) {
    (void)state;
    const cisup_theory_masks three = sizes(1000, 1, 3, 2), one = sizes(1000, 1, 1, 2);
    assert_int_equal(cisup_theory_masks_T_law(&three, 3, 0.0400001), 8500);
    assert_int_equal(cisup_theory_masks_T_law(&three, 3, 0.006), 0);
    assert_true(cisup_theory_masks_T_law(&three, 1, 0.002) == INT64_MAX);
    assert_int_equal(cisup_theory_masks_T_law(&three, 1, 0.0019), 0);
    assert_true(cisup_theory_masks_T_law(&one, 3, 0.0) == INT64_MAX);
    assert_true(cisup_theory_masks_T_law(&three, 3, 1e300) == INT64_MAX);
}

/* The error is within the budget at T and above it at T + 1. */
static void the_recursion_is_solved_for_T(void **state) {
    (void)state;
    cisup_theory_masks_choice *const choice[] = {cisup_theory_masks_random,
                                                 cisup_theory_masks_classes};
    int inside = 0;
    for (cisup_index k = 0; k < 60; k++) {
        cisup_rng rng = check_rng(k);
        const double S = (double)check_between(&rng, 1, 5);
        const cisup_theory_masks of =
            sizes(S * (double)check_between(&rng, 10, 300), S,
                  (double)check_between(&rng, 2, 4), check_between(&rng, 2, 3));
        const cisup_index L = check_between(&rng, 2, 6);
        const double budget = 0.2 * cisup_rng_unit(&rng);
        const cisup_index T =
            cisup_theory_masks_T_recursion(&of, choice[k % 2], L, budget);
        if (T == 0 || T == cisup_theory_masks_T_cycle(of.N, of.S)) continue;
        const cisup_theory_masks at = choice[k % 2](&of, (double)T),
                                 after = choice[k % 2](&of, (double)T + 1.0);
        assert_true(cisup_theory_masks_recursion(&at, L).active <= budget);
        assert_true(cisup_theory_masks_recursion(&after, L).active > budget);
        inside++;
    }
    assert_true(inside > 20);
    const cisup_theory_masks one = sizes(246, 6, 1, 2), two = sizes(246, 6, 2, 2);
    assert_int_equal(cisup_theory_masks_T_recursion(&one, choice[0], 3, 0.0), 1681);
    assert_int_equal(cisup_theory_masks_T_recursion(&two, choice[0], 3, 0.0), 0);
    assert_int_equal(cisup_theory_masks_T_recursion(&two, choice[0], 3, 1e9), 1681);
    const cisup_theory_masks deep = sizes(233, 1, 2, 2), none = sizes(233, 1, 2, 1);
    assert_int_equal(cisup_theory_masks_T_recursion(&deep, choice[0], 17, 0.1), -1);
    assert_int_equal(cisup_theory_masks_T_recursion(&none, choice[0], 3, 0.1), -1);
}

/* T p^2 is what a large network's budget fixes, so T ~ N^2; smaller ones gain more, for L
 * (z-1)/N falls, by the law 2 + (L/N)/(budget/(z-1) - L/N). */
static void the_exponent_falls_to_2(void **state) {
    (void)state;
    double before = INFINITY;
    for (double N = 1e3; N < 1e8; N *= 10) {
        const cisup_theory_masks of = sizes(N, 1, 2, 3);
        const double got =
            cisup_theory_masks_exponent(&of, cisup_theory_masks_random, 3, 0.01);
        assert_true(got > 2.0 && got < before);
        if (N >= 1e5)
            CHECK_NEAR(got - 2.0, 3.0 / N / (0.01 - 3.0 / N), 0.1 * (got - 2.0));
        before = got;
    }
    const cisup_theory_masks of = sizes(1000, 2, 2, 2);
    assert_true(isnan(
        cisup_theory_masks_exponent(&of, cisup_theory_masks_random, 3, (double)NAN)));
    const cisup_theory_masks one = sizes(1000, 2, 1, 2), two = sizes(100, 5, 2, 2);
    CHECK_NEAR(cisup_theory_masks_exponent(&one, cisup_theory_masks_random, 3, 0.01), 2.0,
               1e-12); /* all of the design */
    assert_true(
        isnan(cisup_theory_masks_exponent(&two, cisup_theory_masks_random, 3, 1e-6)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_active_circuit_has_no_error),
        cmocka_unit_test(the_recursion_starts_as_by_hand),
        cmocka_unit_test(returns_are_as_by_hand),
        cmocka_unit_test(pairs_are_counted_exactly),
        cmocka_unit_test(two_active_circuits_are_a_pair),
        cmocka_unit_test(what_is_no_case_is_nan),
        cmocka_unit_test(choices_are_counted_exactly),
        cmocka_unit_test(choices_agree_on_a_full_design),
        cmocka_unit_test(a_full_design_meets_the_floor),
        cmocka_unit_test(simulated_networks_agree),
        cmocka_unit_test(the_cycle_bound_has_its_values),
        cmocka_unit_test(the_law_is_solved_for_T),
        cmocka_unit_test(the_recursion_is_solved_for_T),
        cmocka_unit_test(the_exponent_falls_to_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
