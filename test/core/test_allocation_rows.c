/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of all schemes against docs/math.md, section 2. The oracles follow the words
 * of 2.1 and 2.2 and compare all pairs of circuits; they share nothing with core. */
#include "common/allocations.h"
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

static cisup_allocation_options random_of(uint64_t seed) {
    return (cisup_allocation_options){.scheme = CISUP_SCHEME_RANDOM, .seed = seed};
}

/* --- oracles ------------------------------------------------------------------- */

static bool is_base(cisup_index s, cisup_index S) {
    for (cisup_index q = 2; q < S; q++)
        if (is_prime(q) && s % q == 0) return false;
    return true;
}

static cisup_index divisor(cisup_index a, cisup_index b) {
    return b == 0 ? a : divisor(b, a % b);
}

/* Lemma 1 against all accepted steps. */
static bool fits(cisup_index s, cisup_index S, const cisup_index *step, int count) {
    for (int k = 0; k < count; k++) {
        const cisup_index larger = s > step[k] ? s : step[k];
        if (larger / divisor(s, step[k]) < S) return false;
    }
    return true;
}

/* 2.1, in order. step: room for N numbers; returns how many there are. */
static int steps_of(cisup_scheme scheme, cisup_index N, cisup_index S,
                    cisup_index *step) {
    int count = 0;
    for (cisup_index s = 1; s * (S - 1) <= N - 1; s++) {
        if (scheme == CISUP_SCHEME_GREEDY) {
            if (fits(s, S, step, count)) step[count++] = s;
            continue;
        }
        if (!is_base(s, S)) continue;
        step[count++] = s;
        if (scheme == CISUP_SCHEME_REF && !is_prime(S))
            for (cisup_index m = s * S; m * (S - 1) <= N - 1; m *= S) step[count++] = m;
    }
    return count;
}

enum { most_N = 108 };

/* The loop of 2.2 without an end; compares the first a->T rows with those of a and
 * returns how many there are altogether. */
static cisup_index walk(const cisup_allocation *a, const cisup_allocation_options *o) {
    const cisup_index N = a->N, S = a->S;
    cisup_index step[most_N], t = 0;
    const int count = steps_of(o->scheme, N, S, step);
    for (int k = 0; k < count; k++)
        for (cisup_index s = step[k], shift = 0; shift < s; shift++)
            for (cisup_index start = shift; start + (S - 1) * s <= N - 1;
                 start += (o->hop == CISUP_HOP_S ? S : S - 1) * s, t++) {
                if (t >= a->T) continue;
                const bool mirrored = o->reflect && k % 2 == 1;
                for (cisup_index j = 0; j < S; j++) {
                    const cisup_index n = start + j * s;
                    const int32_t *row = cisup_allocation_row(a, t);
                    if (mirrored ? row[S - 1 - j] != N - 1 - n : row[j] != n)
                        fail_msg("N = %d, S = %d: circuit %d differs", (int)N, (int)S,
                                 (int)t);
                }
            }
    return t;
}

/* --- properties ---------------------------------------------------------------- */

static void check_progressions(cisup_index N, cisup_index S,
                               const cisup_allocation_options *o) {
    const cisup_index capacity = capacity_of(N, S, o);
    assert_true(1 <= capacity && capacity <= N * (N - 1) / (S * (S - 1)));
    cisup_allocation a = made(N, S, capacity, o);
    assert_int_equal(walk(&a, o), capacity);
    check_valid(&a);
    cisup_allocation_free(&a);
    check_refused(N, S, capacity + 1, o, capacity);
    const cisup_index fewer = (capacity + 1) / 2;
    a = made(N, S, fewer, o); /* the first rows do not depend on T */
    (void)walk(&a, o);
    cisup_allocation_free(&a);
}

static void every_progression_scheme_is_the_loop_of_2_2_and_valid(void **state) {
    (void)state;
    for (cisup_index N = 2; N <= most_N; N += N < 34 ? 1 : 37)
        for (cisup_index S = N < 100 ? 2 : 4; S <= N; S += S < 16 ? 1 : 11)
            for (int variant = 0; variant < 12; variant++) {
                const cisup_allocation_options o =
                    with((cisup_scheme)(variant % 3), (cisup_hop)(variant / 3 % 2),
                         variant / 6);
                check_progressions(N, S, &o);
            }
}

static void the_random_scheme_is_valid_and_fills_to_its_capacity(void **state) {
    (void)state;
    for (cisup_index N = 2; N <= 120; N += N < 12 ? 1 : 27)
        for (cisup_index S = 2; S <= N && S < 12; S++) {
            const cisup_allocation_options o = random_of((uint64_t)(100 * N + S));
            const cisup_index capacity = capacity_of(N, S, &o);
            assert_true(1 <= capacity && capacity <= N * (N - 1) / (S * (S - 1)));
            cisup_allocation a = made(N, S, capacity, &o);
            check_valid(&a);
            cisup_allocation_free(&a);
            check_refused(N, S, capacity + 1, &o, capacity);
        }
}

static void the_random_scheme_reaches_every_neuron_and_pair(void **state) {
    (void)state;
    for (cisup_index N = 62; N < 67; N++) {
        const cisup_allocation_options o = random_of(2385);
        cisup_allocation a = made(N, 2, 9 * N * (N - 1) / 20, &o); /* 90 % of all pairs */
        cisup_index load[66];
        cisup_allocation_loads(&a, load);
        for (cisup_index n = 0; n < N; n++) assert_true(load[n] > 0);
        cisup_allocation_free(&a);
    }
}

static void the_first_circuits_do_not_depend_on_T(void **state) {
    (void)state;
    for (int scheme = CISUP_SCHEME_PRIME; scheme <= CISUP_SCHEME_RANDOM; scheme++) {
        const cisup_allocation_options o =
            with((cisup_scheme)scheme, CISUP_HOP_S_LESS_1, 1);
        const cisup_index most = capacity_of(77, 5, &o);
        cisup_allocation all = made(77, 5, most, &o);
        for (cisup_index T = 1; T < most; T = 2 * T + 1) {
            cisup_allocation a = made(77, 5, T, &o);
            assert_memory_equal(a.slot, all.slot, (size_t)(T * 5) * sizeof *a.slot);
            cisup_allocation_free(&a);
        }
        cisup_allocation_free(&all);
    }
}

static void a_seed_gives_one_random_allocation(void **state) {
    (void)state;
    enum { seeds = 12, T = 20, S = 4 };
    cisup_allocation a[seeds];
    for (int k = 0; k < seeds; k++) {
        const cisup_allocation_options o = random_of((uint64_t)k); /* 0 is a seed too */
        a[k] = made(100, S, T, &o);
        cisup_allocation again = made(100, S, T, &o);
        assert_memory_equal(a[k].slot, again.slot, T * S * sizeof *again.slot);
        cisup_allocation_free(&again);
        for (int j = 0; j < k; j++)
            assert_memory_not_equal(a[k].slot, a[j].slot, T * S * sizeof *a[j].slot);
    }
    for (int k = 0; k < seeds; k++) cisup_allocation_free(&a[k]);
}

/* On 4 neurons the first pair has one of 6 values; if it is {a,b}, the second one is
 * {c,d} when c or d (1/2) is drawn first and the other among 3 second: 1/6. */
static void neurons_are_drawn_uniformly_among_those_open(void **state) {
    (void)state;
    enum { draws = 12000 };
    int first[16] = {0}, disjoint = 0;
    for (int k = 0; k < draws; k++) {
        const cisup_allocation_options o = random_of((uint64_t)k);
        cisup_allocation a = made(4, 2, 2, &o);
        first[4 * a.slot[0] + a.slot[1]]++;
        disjoint += shared(&a, 0, 1) == 0;
        cisup_allocation_free(&a);
    }
    /* Mean 2000, sd 40.8; 6 sd. The seeds are fixed: no luck involved. */
    assert_in_range(disjoint, 2000 - 245, 2000 + 245);
    for (int n = 0; n < 4; n++)
        for (int m = n + 1; m < 4; m++)
            assert_in_range(first[4 * n + m], 2000 - 245, 2000 + 245);
}

static void a_row_is_sorted(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 200; k++) {
        cisup_rng rng = check_rng(1000 + k);
        const cisup_index S = check_between(&rng, 0, 12);
        cisup_index order[12];
        int32_t row[13];
        cisup_rng_permutation(&rng, S, order);
        for (cisup_index j = 0; j < S; j++) row[j] = (int32_t)(3 * order[j]);
        row[S] = -5; /* behind the row: stays */
        cisup_row_sort(row, S);
        for (cisup_index j = 0; j < S; j++) assert_int_equal(row[j], 3 * j);
        assert_int_equal(row[S], -5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_progression_scheme_is_the_loop_of_2_2_and_valid),
        cmocka_unit_test(the_random_scheme_is_valid_and_fills_to_its_capacity),
        cmocka_unit_test(the_random_scheme_reaches_every_neuron_and_pair),
        cmocka_unit_test(the_first_circuits_do_not_depend_on_T),
        cmocka_unit_test(a_seed_gives_one_random_allocation),
        cmocka_unit_test(neurons_are_drawn_uniformly_among_those_open),
        cmocka_unit_test(a_row_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
