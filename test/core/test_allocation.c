/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations against docs/math.md, section 2: what is known of them, and failures. */
#include "common/allocations.h"
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

static const cisup_allocation_options ref = {.scheme = CISUP_SCHEME_REF};

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
        cmocka_unit_test(a_wrong_size_is_named),
        cmocka_unit_test(a_huge_T_is_refused_before_memory_is_taken),
        cmocka_unit_test(an_allocation_may_be_freed_twice),
        cmocka_unit_test(every_scheme_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
