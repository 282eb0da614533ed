/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations against docs/math.md, section 2. The oracles below follow the words
 * of 2.1 and 2.2 and compare all pairs of circuits; they share nothing with core. */
#include "check.h"

#include <cisup/core/allocation.h>

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

enum { most_N = 160 };

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
        {20, 3, 25, 25, 29, 30},           {30, 4, 19, 25, 28, 29},
        {100, 4, 219, 295, 314, 332},      {200, 6, 267, 317, 381, 355},
        {250, 6, 441, 557, 605, 611},      {500, 5, 3237, 3237, 4168, 3642},
        {500, 6, 1725, 2101, 2397, 2345},  {1000, 6, 6935, 8243, 9537, 9071},
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
    cisup_allocation a = made(30, 4, 25, NULL); /* ref is the default */
    for (size_t k = 0; k < COUNT(want); k++)
        assert_memory_equal(cisup_allocation_row(&a, want[k][0]), want[k] + 1,
                            4 * sizeof(int32_t));
    cisup_allocation_free(&a);
}

static void the_steps_of_ref_are_not_sorted(void **state) {
    (void)state;
    static const int want[] = {1,  6,  36, 7,  42, 11, 13, 17, 19,
                               23, 29, 31, 37, 41, 43, 47, 49};
    cisup_allocation a = made(250, 6, 557, NULL);
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
    assert_int_equal(capacity_of(INT32_MAX, 46341, NULL), 46340 + 41707);
    assert_int_equal(capacity_of(INT32_MAX, INT32_MAX - 1, NULL), 1);
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
    assert_true(o.scheme == CISUP_SCHEME_REF && o.hop == CISUP_HOP_S);
    assert_true(o.reflect == 0 && o.seed == 1);
}

/* (2.3) as a series to 10^6 terms; its tail is below S/10^6 of the sum. */
static double fraction_of_bound(cisup_index S, bool ref, cisup_hop hop, int *primes) {
    double fraction = ref && !is_prime(S) ? (double)S / (double)(S - 1) : 1.0, sum = 0.0;
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
