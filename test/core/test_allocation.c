/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations against docs/math.md, section 2. The oracles below follow the words
 * of 2.1 and 2.2 and compare all pairs of circuits; they share nothing with core. */
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/schemes.h>

#include <float.h>
#include <stdbool.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static cisup_allocation_options with(cisup_scheme scheme, cisup_hop hop, int reflect) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = scheme;
    o.hop = hop;
    o.reflect = reflect;
    return o;
}

static const cisup_allocation_options ref = {.scheme = CISUP_SCHEME_REF};

static cisup_allocation_options random_of(uint64_t seed) {
    return (cisup_allocation_options){.scheme = CISUP_SCHEME_RANDOM, .seed = seed};
}

static cisup_allocation made(cisup_index N, cisup_index S, cisup_index T,
                             const cisup_allocation_options *o) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, o, &error_));
    assert_true(a.N == N && a.S == S && a.T == T);
    return a;
}

static cisup_index capacity_of(cisup_index N, cisup_index S,
                               const cisup_allocation_options *o) {
    cisup_index capacity = -1;
    CHECK_OK(cisup_allocation_capacity(N, S, o, &capacity, &error_));
    return capacity;
}

/* --- oracles ------------------------------------------------------------------- */

static bool is_prime(cisup_index q) {
    for (cisup_index f = 2; f < q; f++)
        if (q % f == 0) return false;
    return q >= 2;
}

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

static int shared(const cisup_allocation *a, cisup_index t, cisup_index u) {
    const int32_t *x = cisup_allocation_row(a, t), *y = cisup_allocation_row(a, u);
    int count = 0;
    for (cisup_index j = 0; j < a->S; j++)
        for (cisup_index k = 0; k < a->S; k++) count += x[j] == y[k];
    return count;
}

/* Rows increase within [0, N) and all pairs of rows share at most one neuron. */
static void check_valid(const cisup_allocation *a) {
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *row = cisup_allocation_row(a, t);
        for (cisup_index k = 0; k < a->S; k++)
            assert_true(row[k] < a->N && row[k] > (k ? row[k - 1] : -1));
        for (cisup_index u = 0; u < t; u++)
            if (shared(a, t, u) > 1)
                fail_msg("N = %d, S = %d: circuits %d, %d", (int)a->N, (int)a->S, (int)u,
                         (int)t);
    }
}

/* One circuit more than fits is refused with the capacity and the packing bound. */
static void check_refused(cisup_index N, cisup_index S, cisup_index T,
                          const cisup_allocation_options *o, cisup_index most) {
    cisup_allocation a;
    cisup_error err = {0};
    assert_int_equal(cisup_allocation_make(&a, N, S, T, o, &err), CISUP_EINFEASIBLE);
    assert_null(a.slot);
    assert_true(a.N == 0 && a.S == 0 && a.T == 0);
    char wanted[2][60];
    (void)snprintf(wanted[0], sizeof wanted[0], "%s places at most %" PRId64 " ",
                   cisup_scheme_name(o->scheme), most);
    (void)snprintf(wanted[1], sizeof wanted[1], "bound %" PRId64 ")",
                   N * (N - 1) / (S * (S - 1)));
    for (int k = 0; k < 2; k++)
        if (!strstr(err.text, wanted[k]))
            fail_msg("%s is missing in: %s", wanted[k], err.text);
}

/* --- exact cases --------------------------------------------------------------- */

static void the_counts_are_those_of_section_2_4(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, prime, ref, greedy, ref_hop;
    } row[] = {
        {20, 3, 25, 25, 29, 30},          {30, 4, 19, 25, 28, 29},
        {100, 4, 219, 295, 314, 332},     {200, 6, 267, 317, 381, 355},
        {250, 6, 441, 557, 605, 611},     {500, 5, 3237, 3237, 4168, 3642},
        {500, 6, 1725, 2101, 2397, 2345}, {1000, 6, 6935, 8243, 9537, 9071},
    };
    for (size_t k = 0; k < COUNT(row); k++) {
        const cisup_index want[] = {row[k].prime, row[k].ref, row[k].greedy,
                                    row[k].ref_hop};
        for (int j = 0; j < 4; j++) {
            const cisup_allocation_options o =
                with(j < 3 ? (cisup_scheme)j : CISUP_SCHEME_REF,
                     j < 3 ? CISUP_HOP_S : CISUP_HOP_S_LESS_1, 0);
            assert_int_equal(capacity_of(row[k].N, row[k].S, &o), want[j]);
            cisup_allocation a = made(row[k].N, row[k].S, want[j], &o);
            cisup_allocation_free(&a);
            check_refused(row[k].N, row[k].S, want[j] + 1, &o, want[j]);
        }
    }
}

static void the_rows_for_N_30_and_S_4_are_known(void **state) {
    (void)state;
    static const int32_t want[][5] = {
        {0, 0, 1, 2, 3},     {6, 24, 25, 26, 27}, {7, 0, 4, 8, 12},
        {8, 16, 20, 24, 28}, {9, 1, 5, 9, 13},    {10, 17, 21, 25, 29},
    };
    cisup_allocation a = made(30, 4, 25, &ref);
    for (size_t k = 0; k < COUNT(want); k++)
        assert_memory_equal(cisup_allocation_row(&a, want[k][0]), want[k] + 1,
                            4 * sizeof(int32_t));
    cisup_allocation_free(&a);
}

static void the_steps_of_ref_are_not_sorted(void **state) {
    (void)state;
    static const int want[] = {1,  6,  36, 7,  42, 11, 13, 17, 19,
                               23, 29, 31, 37, 41, 43, 47, 49};
    cisup_allocation a = made(250, 6, 557, &ref);
    size_t count = 0;
    for (cisup_index t = 0; t < a.T; t++) {
        const int32_t *row = cisup_allocation_row(&a, t);
        if (count > 0 && row[1] - row[0] == want[count - 1]) continue;
        assert_true(count < COUNT(want));
        assert_int_equal(row[1] - row[0], want[count++]);
    }
    assert_int_equal(count, COUNT(want));
    cisup_allocation_free(&a);
}

static void pairs_with_hop_1_attain_the_packing_bound(void **state) {
    (void)state;
    for (cisup_index N = 2; N <= 300; N += N < 40 ? 1 : 13) {
        const cisup_allocation_options o = with(CISUP_SCHEME_REF, CISUP_HOP_S_LESS_1, 0);
        assert_int_equal(cisup_packing_bound(N, 2), N * (N - 1) / 2);
        assert_int_equal(capacity_of(N, 2, &o), N * (N - 1) / 2);
    }
}

static void the_packing_bound_does_not_overflow(void **state) {
    (void)state;
    assert_int_equal(cisup_packing_bound(7, 3), 7); /* the Fano plane */
    assert_int_equal(cisup_packing_bound(8, 3), 9); /* 56 / 6 */
    assert_int_equal(cisup_packing_bound(1, 2), 0);
    assert_int_equal(cisup_packing_bound(INT32_MAX, 2), INT64_C(2305843005992468481));
    assert_int_equal(cisup_packing_bound(INT32_MAX, INT32_MAX), 1);
    assert_int_equal(cisup_packing_bound(5, 1), INT64_MAX);
}

/* S = 46341 = 9 * 19 * 271 has no base step but 1, and s <= 46341: the steps are 1
 * with floor(N/S) = 46340 progressions and S with N mod S = 41707 full classes. */
static void the_largest_N_is_counted_without_overflow(void **state) {
    (void)state;
    assert_int_equal(capacity_of(INT32_MAX, 46341, &ref), 46340 + 41707);
    assert_int_equal(capacity_of(INT32_MAX, INT32_MAX - 1, &ref), 1);
}

static void single_neurons_are_dealt_in_turn_without_limit(void **state) {
    (void)state;
    for (int scheme = CISUP_SCHEME_PRIME; scheme <= CISUP_SCHEME_RANDOM; scheme++)
        for (int variant = 0; variant < 4; variant++) {
            const cisup_allocation_options o =
                with((cisup_scheme)scheme, (cisup_hop)(variant % 2), variant / 2);
            assert_int_equal(capacity_of(11, 1, &o), INT64_MAX);
            cisup_allocation a = made(11, 1, 40, &o);
            for (cisup_index t = 0; t < 40; t++) assert_int_equal(a.slot[t], t % 11);
            cisup_allocation_free(&a);
        }
}

static void all_neurons_make_one_circuit(void **state) {
    (void)state;
    for (cisup_index N = 2; N < 20; N++)
        for (int scheme = CISUP_SCHEME_PRIME; scheme <= CISUP_SCHEME_RANDOM; scheme++) {
            const cisup_allocation_options o = with((cisup_scheme)scheme, CISUP_HOP_S, 0);
            cisup_allocation a = made(N, N, 1, &o);
            for (cisup_index k = 0; k < N; k++) assert_int_equal(a.slot[k], k);
            cisup_allocation_free(&a);
            assert_int_equal(capacity_of(N, N, &o), 1);
        }
}

static void schemes_are_found_by_their_names(void **state) {
    (void)state;
    static const char *const name[] = {"prime", "ref", "greedy", "random"};
    for (int k = 0; k < 4; k++) {
        assert_string_equal(cisup_scheme_name((cisup_scheme)k), name[k]);
        assert_int_equal(cisup_scheme_find(name[k]), k);
    }
    assert_int_equal(cisup_scheme_find("Ref"), -1);
    assert_int_equal(cisup_scheme_find(""), -1);
    const cisup_allocation_options o = cisup_allocation_defaults();
    assert_true(o.scheme == CISUP_SCHEME_BEST && o.hop == CISUP_HOP_S);
    assert_true(o.reflect == 0 && o.seed == 1 && o.even_out == CISUP_EVEN_OUT_AUTO);
}

/* (2.3) as a series to 10^6 terms; its tail is below S/10^6 of the sum. */
static double fraction_of_bound(cisup_index S, bool has_powers, cisup_hop hop,
                                int *primes) {
    double fraction = has_powers && !is_prime(S) ? (double)S / (double)(S - 1) : 1.0,
           sum = 0.0;
    *primes = 0;
    for (cisup_index q = 2; q < S; q++)
        if (is_prime(q)) {
            fraction *= 1.0 - 1.0 / (double)q;
            ++*primes;
        }
    for (double k = 1e6; k >= 1.0; k--) {
        const double length = k * (double)(hop == CISUP_HOP_S ? S : S - 1);
        sum += 1.0 / (length * (hop == CISUP_HOP_S ? length - 1.0 : length + 1.0));
    }
    return fraction * (double)(S * (S - 1)) / 2.0 * sum;
}

/* Sieving by m primes counts an interval to 2^m, so that the count of progressions,
 * N/s at most for each step, is known to about 2^m N, which is 2^m S^2/N of the bound. */
static void large_networks_reach_the_fraction_2_3(void **state) {
    (void)state;
    const double N = 3e6;
    for (cisup_index S = 2; S <= 10; S++)
        for (int variant = 0; variant < 4; variant++) {
            const cisup_allocation_options o =
                with(variant < 2 ? CISUP_SCHEME_PRIME : CISUP_SCHEME_REF,
                     (cisup_hop)(variant % 2), 0);
            int primes;
            const double want = fraction_of_bound(S, variant >= 2, o.hop, &primes);
            const double tolerance =
                1e-6 * (double)S + pow(2.0, primes) * (double)(S * S) / N;
            CHECK_NEAR((double)capacity_of((cisup_index)N, S, &o) /
                           (double)cisup_packing_bound((cisup_index)N, S),
                       want, tolerance);
        }
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

/* --- statistics, 2.5 ----------------------------------------------------------- */

static cisup_allocation_stats statistics_of(const cisup_allocation *a) {
    static cisup_index load[3000];
    cisup_allocation_loads(a, load);
    return cisup_allocation_statistics(load, a->N, a->S, a->T);
}

/* P, p and the range of loads of an allocation from all pairs of circuits. */
static void check_statistics(const cisup_allocation *a) {
    const cisup_allocation_stats s = statistics_of(a);
    cisup_index load[100] = {0}, sum = 0, low = INT64_MAX, high = 0, met = 0;
    for (cisup_index k = 0; k < a->T * a->S; k++) load[a->slot[k]]++;
    for (cisup_index n = 0; n < a->N; n++) {
        sum += load[n];
        low = load[n] < low ? load[n] : low;
        high = load[n] > high ? load[n] : high;
    }
    assert_int_equal(sum, a->T * a->S);
    assert_true(s.load_min == low && s.load_max == high);
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index u = 0; u < a->T; u++)
            if (u != t) met += shared(a, t, u);
    /* One division of two whole numbers: no rounding but its own. */
    const double pairs = (double)(a->T * (a->T - 1));
    const double P = a->T > 1 ? (double)met / pairs : (double)NAN;
    CHECK_NEAR(s.P, P, 0.0);
    CHECK_NEAR(s.p, P / (double)(a->S * a->S), 0.0);

    const double mean = (double)sum / (double)a->N;
    double variance = 0.0;
    for (cisup_index n = 0; n < a->N; n++)
        variance += ((double)load[n] - mean) * ((double)load[n] - mean) / (double)a->N;
    /* sum c^2/N - mean^2: two roundings of the size of sum c^2/N; here N of them. */
    const double square = s.load_cv * s.load_cv, most = 1.0 + square;
    CHECK_NEAR(square, variance / mean / mean, (double)(a->N + 8) * DBL_EPSILON * most);
    if (a->T < 2) return;
    CHECK_NEAR((double)a->S * (mean * most - 1.0) / (double)(a->T - 1), P,
               16.0 * DBL_EPSILON * (double)a->S * mean * most / (double)(a->T - 1));
}

static void P_is_the_mean_overlap_of_all_pairs(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 400; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index N = check_between(&rng, 2, 100);
        const cisup_index S = check_between(&rng, 1, N < 9 ? N : 9);
        const cisup_allocation_options o =
            with((cisup_scheme)(k % 4), (cisup_hop)(k / 4 % 2), k & 8 ? 1 : 0);
        const cisup_index most = S > 1 ? capacity_of(N, S, &o) : 150;
        cisup_allocation a =
            made(N, S, check_between(&rng, 1, most < 60 ? most : 60), &o);
        check_statistics(&a);
        /* It is true of any sets, also of those that share more than one. */
        for (cisup_index t = 0; t < a.T; t++) {
            cisup_index row[9];
            cisup_rng_subset(&rng, N, S, row);
            for (cisup_index j = 0; j < S; j++) a.slot[t * S + j] = (int32_t)row[j];
        }
        check_statistics(&a);
        cisup_allocation_free(&a);
    }
}

static void equal_loads_have_no_variation(void **state) {
    (void)state;
    for (cisup_index T = 7; T < 200; T += 7) {
        cisup_allocation a = made(7, 1, T, NULL);
        const cisup_allocation_stats s = statistics_of(&a);
        assert_true(s.load_min == T / 7 && s.load_max == T / 7);
        CHECK_NEAR(s.load_cv, 0.0, 0.0);
        CHECK_NEAR(s.P, cisup_even_overlap(7, 1, T), 4.0 * DBL_EPSILON * s.P);
        cisup_allocation_free(&a);
    }
}

static void the_even_overlap_is_2_5(void **state) {
    (void)state;
    /* S (TS/N - 1)/(T - 1) with results that are short in binary */
    CHECK_NEAR(cisup_even_overlap(10, 5, 5), 1.875, 0.0);
    CHECK_NEAR(cisup_even_overlap(32, 4, 17), 0.28125, 0.0);
    CHECK_NEAR(cisup_even_overlap(1, 1, 2), 1.0, 0.0);
    CHECK_NEAR(cisup_even_overlap(250, 6, 41), 0.0, 0.0); /* T S < N */
    CHECK_NEAR(cisup_even_overlap(247, 6, 41), 0.0, 0.0);
    CHECK_NEAR(cisup_even_overlap(246, 6, 41), 0.0, 0.0); /* T S = N */
    assert_true(cisup_even_overlap(245, 6, 41) > 0.0);
    CHECK_NEAR(cisup_even_overlap(3, 5, 1), 0.0, 0.0); /* T = 1 */
}

/* The coefficients of variation and ratios of P to P_even that were found by others,
 * to half a unit of their last digit. */
static void the_loads_vary_as_section_2_5_says(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, T;
        double hop_less_1, hop;
    } row[] = {{250, 6, 278, .213, .194},
               {250, 6, 500, .270, .257},
               {250, 6, 557, .252, .231},
               {250, 3, 1927, .203, .199},
               {500, 5, 2427, .254, .292}};
    for (size_t k = 0; k < COUNT(row); k++)
        for (int h = 0; h < 2; h++) {
            const cisup_allocation_options o = with(CISUP_SCHEME_REF, (cisup_hop)h, 0);
            cisup_allocation a = made(row[k].N, row[k].S, row[k].T, &o);
            CHECK_NEAR(statistics_of(&a).load_cv, h ? row[k].hop_less_1 : row[k].hop,
                       5e-4);
            cisup_allocation_free(&a);
        }
}

static void reflection_evens_the_loads_as_section_2_5_says(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, T;
        double cv[2], ratio[2]; /* without and with reflection */
    } row[] = {{100, 4, 73, {.28, .22}, {1.117, 1.074}},
               {250, 10, 100, {.34, .18}, {1.153, 1.045}},
               {200, 6, 150, {.21, .19}, {1.056, 1.048}},
               {250, 6, 500, {.26, .15}, {1.072, 1.026}},
               {500, 6, 2000, {.27, .15}, {1.077, 1.023}},
               {500, 5, 2427, {.29, .15}, {1.089, 1.024}}};
    for (size_t k = 0; k < COUNT(row); k++)
        for (int reflect = 0; reflect < 2; reflect++) {
            const cisup_allocation_options o =
                with(CISUP_SCHEME_REF, CISUP_HOP_S, reflect);
            cisup_allocation a = made(row[k].N, row[k].S, row[k].T, &o);
            const cisup_allocation_stats s = statistics_of(&a);
            CHECK_NEAR(s.load_cv, row[k].cv[reflect], 5e-3);
            CHECK_NEAR(s.P / cisup_even_overlap(a.N, a.S, a.T), row[k].ratio[reflect],
                       5e-4);
            cisup_allocation_free(&a);
        }
}

/* --- failures ------------------------------------------------------------------ */

static void a_wrong_size_is_named(void **state) {
    (void)state;
    const struct {
        cisup_index N, S, T;
        const char *first, *second;
    } row[] = {
        {30, 0, 5, "S = 0", ""},
        {30, -4, 5, "S = -4", ""},
        {30, INT64_MIN, 5, "S = -9223372036854775808", ""},
        {30, 31, 1, "S = 31", "N = 30"},
        {0, 1, 1, "S = 1", "N = 0"},
        {-7, 2, 1, "S = 2", "N = -7"},
        {30, INT64_MAX, 1, "S = 9223372036854775807", "N = 30"},
        {INT64_C(2147483648), 4, 5, "N = 2147483648", "2147483647"},
        {INT64_MAX, 1, 1, "N = 9223372036854775807", "2147483647"},
        {INT64_MAX, INT64_MAX, 1, "N = 9223372036854775807", "2147483647"},
        {30, 4, 0, "T = 0", ""},
        {30, 1, -1, "T = -1", ""},
        {30, 4, INT64_MIN, "T = -9223372036854775808", ""},
    };
    for (size_t k = 0; k < COUNT(row); k++)
        for (int scheme = -1; scheme <= CISUP_SCHEME_RANDOM; scheme++) {
            cisup_allocation a;
            cisup_error err = {0};
            const cisup_allocation_options o =
                with((cisup_scheme)(scheme < 0 ? 0 : scheme), CISUP_HOP_S, 0);
            const cisup_index N = row[k].N, S = row[k].S, T = row[k].T;
            assert_int_equal(scheme < 0 ? cisup_allocation_init(&a, N, S, T, &err)
                                        : cisup_allocation_make(&a, N, S, T, &o, &err),
                             CISUP_EINVAL);
            assert_null(a.slot);
            assert_int_equal(a.T, 0);
            if (!strstr(err.text, row[k].first) || !strstr(err.text, row[k].second))
                fail_msg("%s, %s: %s", row[k].first, row[k].second, err.text);
            cisup_index capacity = -2385;
            if (T < 1) continue; /* which the capacity is not asked for */
            assert_int_equal(cisup_allocation_capacity(N, S, &o, &capacity, NULL),
                             CISUP_EINVAL);
            assert_int_equal(capacity, -2385);
        }
}

static void a_huge_T_is_refused_before_memory_is_taken(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_allocation a;
    assert_int_equal(cisup_allocation_init(&a, 30, 4, INT64_MAX / 3, NULL), CISUP_ENOMEM);
    assert_int_equal(cisup_allocation_init(&a, 30, 1, INT64_MAX, NULL), CISUP_ENOMEM);
    assert_int_equal(cisup_allocation_make(&a, 30, 1, INT64_MAX, NULL, NULL),
                     CISUP_ENOMEM);
    assert_null(a.slot);
    for (int scheme = CISUP_SCHEME_PRIME; scheme <= CISUP_SCHEME_RANDOM; scheme++) {
        const cisup_allocation_options o = with((cisup_scheme)scheme, CISUP_HOP_S, 0);
        assert_int_equal(cisup_allocation_make(&a, 30, 4, INT64_MAX, &o, NULL),
                         CISUP_EINFEASIBLE);
        assert_null(a.slot);
    }
    assert_int_equal(cisup_memory_live(), before);
}

static void an_allocation_may_be_freed_twice(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_allocation a = made(30, 4, 5, NULL);
    assert_int_equal(cisup_memory_live(), before + 1); /* nothing else is kept */
    cisup_allocation_free(&a);
    cisup_allocation_free(&a);
    a = (cisup_allocation){0};
    cisup_allocation_free(&a);
    assert_int_equal(cisup_memory_live(), before);
}

typedef struct {
    cisup_allocation_options options;
    cisup_index capacity;
} made_case;

/* A failure that was swallowed would show in the rows or the number. */
static cisup_status make_and_free(void *context) {
    const made_case *c = context;
    cisup_allocation a;
    const cisup_status status = cisup_allocation_make(&a, 90, 4, 60, &c->options, NULL);
    if (status == CISUP_OK)
        check_valid(&a);
    else
        assert_true(!a.slot && a.N == 0 && a.S == 0 && a.T == 0);
    cisup_allocation_free(&a);
    return status;
}

static cisup_status count_only(void *context) {
    const made_case *c = context;
    cisup_index capacity = -2385;
    const cisup_status status =
        cisup_allocation_capacity(90, 4, &c->options, &capacity, NULL);
    assert_int_equal(capacity, status == CISUP_OK ? c->capacity : -2385);
    return status;
}

static void every_scheme_survives_every_allocation_failure(void **state) {
    (void)state;
    for (int scheme = CISUP_SCHEME_PRIME; scheme <= CISUP_SCHEME_RANDOM; scheme++) {
        made_case c = {.options = with((cisup_scheme)scheme, CISUP_HOP_S, 0)};
        c.capacity = capacity_of(90, 4, &c.options);
        assert_true(check_every_allocation(make_and_free, &c) >= 3);
        assert_true(check_every_allocation(count_only, &c) >= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counts_are_those_of_section_2_4),
        cmocka_unit_test(the_rows_for_N_30_and_S_4_are_known),
        cmocka_unit_test(the_steps_of_ref_are_not_sorted),
        cmocka_unit_test(pairs_with_hop_1_attain_the_packing_bound),
        cmocka_unit_test(the_packing_bound_does_not_overflow),
        cmocka_unit_test(the_largest_N_is_counted_without_overflow),
        cmocka_unit_test(single_neurons_are_dealt_in_turn_without_limit),
        cmocka_unit_test(all_neurons_make_one_circuit),
        cmocka_unit_test(schemes_are_found_by_their_names),
        cmocka_unit_test(large_networks_reach_the_fraction_2_3),
        cmocka_unit_test(every_progression_scheme_is_the_loop_of_2_2_and_valid),
        cmocka_unit_test(the_random_scheme_is_valid_and_fills_to_its_capacity),
        cmocka_unit_test(the_random_scheme_reaches_every_neuron_and_pair),
        cmocka_unit_test(the_first_circuits_do_not_depend_on_T),
        cmocka_unit_test(a_seed_gives_one_random_allocation),
        cmocka_unit_test(neurons_are_drawn_uniformly_among_those_open),
        cmocka_unit_test(a_row_is_sorted),
        cmocka_unit_test(P_is_the_mean_overlap_of_all_pairs),
        cmocka_unit_test(equal_loads_have_no_variation),
        cmocka_unit_test(the_even_overlap_is_2_5),
        cmocka_unit_test(the_loads_vary_as_section_2_5_says),
        cmocka_unit_test(reflection_evens_the_loads_as_section_2_5_says),
        cmocka_unit_test(a_wrong_size_is_named),
        cmocka_unit_test(a_huge_T_is_refused_before_memory_is_taken),
        cmocka_unit_test(an_allocation_may_be_freed_twice),
        cmocka_unit_test(every_scheme_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
