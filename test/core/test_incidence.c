/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Computed and stored allocations are the same, circuit by circuit and neuron by neuron,
 * for every family that has both forms. `test_incidence full` takes more sizes S; with
 * a sanitizer, which makes it ten times slower, one N in `sparser`. */
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/computed/triples.h>
#include <cisup/core/incidence.h>
#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>

static bool full;
#ifdef __SANITIZE_ADDRESS__
enum { sparser = 11 };
#else
enum { sparser = 1 };
#endif

static cisup_incidence computed(cisup_index N, cisup_index S, cisup_index T,
                                cisup_scheme scheme) {
    cisup_incidence x;
    CHECK_OK(cisup_incidence_make(&x, N, S, T, scheme, &error_));
    return x;
}

static cisup_allocation placed(cisup_index N, cisup_index S, cisup_index T,
                               cisup_scheme scheme) {
    cisup_allocation_options options = cisup_allocation_defaults();
    options.scheme = scheme;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, &options, &error_));
    return a;
}

static cisup_index capacity(cisup_index N, cisup_index S, cisup_scheme scheme) {
    cisup_allocation_options options = cisup_allocation_defaults();
    options.scheme = scheme;
    cisup_index T;
    CHECK_OK(cisup_allocation_capacity(N, S, &options, &T, &error_));
    return T;
}

/* --- one comparison ------------------------------------------------------------ */

static bool row_holds(const cisup_allocation *a, cisup_index t, cisup_index n) {
    const int32_t *row = cisup_allocation_row(a, t);
    for (cisup_index k = 0; k < a->S; k++)
        if (row[k] == n) return true;
    return false;
}

/* The walk gives the circuits whose rows hold n, each once. seen: [T], zeros. */
static void check_walk(const cisup_incidence *x, const cisup_allocation *a, cisup_index n,
                       cisup_index load, int32_t *seen) {
    cisup_through c = cisup_incidence_through(x, n);
    cisup_index found = 0;
    for (cisup_index t; (t = cisup_through_next(&c)) >= 0; found++) {
        if (t >= a->T || seen[t] == n + 1 || !row_holds(a, t, n))
            fail_msg("N = %d, S = %d, T = %d: circuit %d of neuron %d", (int)a->N,
                     (int)a->S, (int)a->T, (int)t, (int)n);
        seen[t] = (int32_t)(n + 1);
    }
    if (found != load)
        fail_msg("N = %d, S = %d, T = %d: neuron %d has %d circuits, %d found", (int)a->N,
                 (int)a->S, (int)a->T, (int)n, (int)load, (int)found);
    assert_int_equal(cisup_through_next(&c), -1);
}

static void check_rows(const cisup_incidence *x, const cisup_allocation *a) {
    int32_t row[128];
    for (cisup_index t = 0; t < a->T; t++) {
        cisup_incidence_row(x, t, row);
        if (memcmp(row, cisup_allocation_row(a, t), (size_t)a->S * sizeof *row) != 0)
            fail_msg("N = %d, S = %d: row %d differs", (int)a->N, (int)a->S, (int)t);
    }
}

/* Both directions of x against the rows of a; the loads add up. */
static void check_same(const cisup_incidence *x, const cisup_allocation *a) {
    cisup_index *load, sum = 0;
    int32_t *seen;
    assert_true(x->N == a->N && x->S == a->S && x->T == a->T);
    check_rows(x, a);
    CHECK_OK(cisup_new(&load, a->N, sizeof *load, &error_));
    CHECK_OK(cisup_new(&seen, a->T, sizeof *seen, &error_));
    cisup_allocation_loads(a, load);
    for (cisup_index n = 0; n < a->N; n++) {
        check_walk(x, a, n, load[n], seen);
        sum += load[n];
    }
    assert_int_equal(sum, a->T * a->S);
    cisup_release(load);
    cisup_release(seen);
}

static void check_valid(const cisup_allocation *a) {
    cisup_overlap_report report;
    CHECK_OK(cisup_overlap_check(a, &report, &error_));
    if (!report.holds)
        fail_msg("N = %d, S = %d: circuits %d and %d share two", (int)a->N, (int)a->S,
                 (int)report.witness_circuits[0], (int)report.witness_circuits[1]);
}

/* The whole allocation and two prefixes of it. */
static void check_family(cisup_index N, cisup_index S, cisup_scheme scheme) {
    const cisup_index T = capacity(N, S, scheme);
    if (T == 0) return;
    assert_true(T <= cisup_johnson_bound(N, S));
    const cisup_index part[] = {T, 1 + T * 2 / 3, 1 + T / (N + 1)};
    for (int k = 0; k < 3; k++) {
        cisup_allocation a = placed(N, S, part[k], scheme);
        cisup_incidence x = computed(N, S, part[k], scheme);
        if (k == 0) check_valid(&a);
        check_same(&x, &a);
        cisup_incidence_free(&x);
        cisup_allocation_free(&a);
    }
}

static void check_sizes(cisup_scheme scheme, const cisup_index *S, size_t count,
                        cisup_index step) {
    for (size_t k = 0; k < count; k++)
        for (cisup_index N = S[k]; N <= 500; N += full ? 1 : step * sparser)
            check_family(N, S[k], scheme);
}

#define CHECK_SIZES(scheme, S, step)                                                     \
    check_sizes((scheme), (S), (full ? sizeof(S) / sizeof *(S) : 3), (step))

/* --- families ------------------------------------------------------------------ */

/* The first three S without `full`. */
static void td_is_the_same_computed_and_stored(void **state) {
    (void)state;
    const cisup_index S[] = {5, 8, 16, 2, 3, 4, 6, 7, 9, 10, 11, 12, 24, 32};
    CHECK_SIZES(CISUP_SCHEME_TD, S, 1);
}

static void pairs_are_the_same_computed_and_stored(void **state) {
    (void)state;
    check_sizes(CISUP_SCHEME_PAIRS, (const cisup_index[]){2}, 1, 3);
    check_sizes(CISUP_SCHEME_PAIRS, (const cisup_index[]){2}, 1, 4);
}

static void triples_are_the_same_computed_and_stored(void **state) {
    (void)state;
    check_sizes(CISUP_SCHEME_STS, (const cisup_index[]){3}, 1, 1);
}

static void affine_lines_are_the_same_computed_and_stored(void **state) {
    (void)state;
    const cisup_index S[] = {4, 5, 9, 2, 3, 7, 8, 11, 13, 16, 17, 19};
    CHECK_SIZES(CISUP_SCHEME_AFFINE, S, 1);
}

static void projective_lines_are_the_same_computed_and_stored(void **state) {
    (void)state;
    const cisup_index S[] = {4, 5, 9, 3, 6, 8, 10, 12, 14, 17, 18, 20};
    CHECK_SIZES(CISUP_SCHEME_PROJECTIVE, S, 1);
}

static void one_neuron_a_circuit_has_no_limit(void **state) {
    (void)state;
    for (cisup_index N = 1; N < 12; N++)
        for (cisup_index T = 1; T < 40; T += 4) {
            cisup_allocation a = placed(N, 1, T, CISUP_SCHEME_REF);
            cisup_incidence x = computed(N, 1, T, CISUP_SCHEME_REF);
            check_same(&x, &a);
            cisup_incidence_free(&x);
            cisup_allocation_free(&a);
        }
}

/* --- evenness ------------------------------------------------------------------ */

/* The largest difference of two loads of the first `points` neurons after any prefix. */
static cisup_index largest_spread(const cisup_incidence *x, cisup_index points) {
    cisup_index load[128] = {0}, most = 0;
    for (cisup_index t = 0; t < x->T; t++) {
        int32_t row[8];
        cisup_incidence_row(x, t, row);
        for (cisup_index k = 0; k < x->S; k++) load[row[k]]++;
        cisup_index low = load[0], high = load[0];
        for (cisup_index n = 0; n < points; n++) {
            if (load[n] < low) low = load[n];
            if (load[n] > high) high = load[n];
        }
        if (high - low > most) most = high - low;
    }
    return most;
}

static void prefixes_of_pairs_and_triples_are_even(void **state) {
    (void)state;
    cisup_index pairs = 0, triples = 0;
    for (cisup_index n = 5; n <= 120; n++) {
        cisup_incidence x =
            computed(n, 2, capacity(n, 2, CISUP_SCHEME_PAIRS), CISUP_SCHEME_PAIRS);
        const cisup_index spread = largest_spread(&x, n);
        if (spread > pairs) pairs = spread;
        cisup_incidence_free(&x);
        x = computed(n, 3, capacity(n, 3, CISUP_SCHEME_STS), CISUP_SCHEME_STS);
        const cisup_index moving = 3 * cisup_triples_of(n).size;
        const cisup_index other = largest_spread(&x, moving < n ? moving : n);
        if (other > triples) triples = other;
        cisup_incidence_free(&x);
    }
    assert_int_equal(pairs, 2);
    assert_int_equal(triples, 4);
}

/* --- large ones ---------------------------------------------------------------- */

/* Some circuits through a neuron hold it; with T = t + 1, every neuron of circuit t has
 * it among its circuits, where their number is small. */
static void check_large(cisup_index N, cisup_index S, cisup_index T, cisup_scheme scheme,
                        bool both) {
    cisup_incidence x = computed(N, S, T, scheme);
    cisup_rng rng = check_rng(S);
    int32_t row[16];
    for (int k = 0; k < 30; k++) {
        cisup_index t = -1;
        const cisup_index n = check_between(&rng, 0, N - 1);
        cisup_through c = cisup_incidence_through(&x, n);
        for (int j = 0; j < 100 && (t = cisup_through_next(&c)) >= 0; j++) {
            assert_in_range(t, 0, T - 1);
            cisup_incidence_row(&x, t, row);
            cisup_index at = 0;
            while (at < S && row[at] != n) at++;
            assert_true(at < S);
        }
        const cisup_index few = check_between(&rng, 0, T < 30 * N ? T - 1 : 30 * N);
        cisup_incidence_row(&x, few, row);
        for (cisup_index i = 0; i < S && both; i++) {
            assert_in_range(row[i], i ? row[i - 1] + 1 : 0, N - 1);
            x.T = few + 1;
            c = cisup_incidence_through(&x, row[i]);
            while ((t = cisup_through_next(&c)) >= 0 && t != few) {
            }
            assert_int_equal(t, few);
            x.T = T;
        }
    }
    cisup_incidence_free(&x);
}

static void large_networks_are_consistent(void **state) {
    (void)state;
    const cisup_index n = 100000000, all = INT64_C(100000000000000);
    check_large(n, 10, all, CISUP_SCHEME_TD, true);
    check_large(n + 1, 2, all, CISUP_SCHEME_PAIRS, true);
    for (cisup_index r = 0; r < 6; r++)
        check_large(n + r, 3, all, CISUP_SCHEME_STS, true);
    check_large(n, 9, all / 100, CISUP_SCHEME_AFFINE, true);
    check_large(n, 10, all / 100, CISUP_SCHEME_PROJECTIVE, false);
    check_large(INT32_MAX, 3, INT64_C(768614335330822485), CISUP_SCHEME_STS, true);
}

/* --- stored -------------------------------------------------------------------- */

static void a_stored_allocation_is_read_in_both_directions(void **state) {
    (void)state;
    const cisup_scheme scheme[] = {CISUP_SCHEME_REF, CISUP_SCHEME_RANDOM,
                                   CISUP_SCHEME_BEST};
    for (size_t k = 0; k < 3; k++)
        for (cisup_index S = 2; S <= 6; S++)
            for (cisup_index N = 50; N <= 130; N += 16) {
                cisup_allocation a = placed(N, S, 20, scheme[k]), copy;
                cisup_incidence x;
                CHECK_OK(cisup_incidence_of(&x, &a, &error_));
                check_same(&x, &a);
                cisup_through c = cisup_incidence_through(&x, N / 2);
                for (cisup_index t, last = -1; (t = cisup_through_next(&c)) >= 0;
                     last = t)
                    assert_true(t > last);
                CHECK_OK(cisup_incidence_store(&x, &copy, &error_));
                check_rows(&x, &copy);
                cisup_incidence_free(&x);
                cisup_allocation_free(&copy);
                cisup_allocation_free(&a);
            }
}

static void a_wrong_row_is_named(void **state) {
    (void)state;
    const int32_t wrong[][3] = {{0, 0, 1}, {2, 1, 3}, {-1, 2, 3}, {0, 1, 5}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        cisup_allocation a;
        cisup_incidence x;
        cisup_error err = {0};
        CHECK_OK(cisup_allocation_init(&a, 5, 3, 2, &error_));
        const int32_t right[] = {0, 1, 2};
        memcpy(a.slot, right, sizeof right);
        memcpy(a.slot + 3, wrong[k], sizeof right);
        assert_int_equal(cisup_incidence_of(&x, &a, &err), CISUP_EFORMAT);
        assert_non_null(strstr(err.text, "circuit 1"));
        assert_int_equal(x.N, 0);
        cisup_allocation_free(&a);
    }
}

/* --- arguments ----------------------------------------------------------------- */

static cisup_status tried(cisup_index N, cisup_index S, cisup_index T,
                          cisup_scheme scheme, cisup_error *err) {
    cisup_incidence x;
    const cisup_status status = cisup_incidence_make(&x, N, S, T, scheme, err);
    if (status != CISUP_OK) assert_true(x.N == 0 && x.T == 0);
    cisup_incidence_free(&x);
    cisup_incidence_free(&x);
    return status;
}

static void what_cannot_be_computed_is_refused(void **state) {
    (void)state;
    cisup_error err = {0};
    assert_int_equal(tried(250, 6, 9, CISUP_SCHEME_REF, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "ref"));
    assert_int_equal(tried(250, 6, 0, CISUP_SCHEME_TD, &err), CISUP_EINVAL);
    assert_int_equal(tried(250, 1, 0, CISUP_SCHEME_TD, &err), CISUP_EINVAL);
    assert_int_equal(tried(5, 6, 1, CISUP_SCHEME_TD, &err), CISUP_EINVAL);
    assert_int_equal(tried(250, 6, 2012, CISUP_SCHEME_TD, &err), CISUP_EINFEASIBLE);
    assert_non_null(strstr(err.text, "2011"));
    assert_int_equal(tried(250, 6, 9, CISUP_SCHEME_STS, &err), CISUP_EINVAL);
    assert_int_equal(tried(250, 6, 9, CISUP_SCHEME_AFFINE, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "6 is no prime power"));
    assert_int_equal(tried(250, 7, 9, CISUP_SCHEME_PROJECTIVE, &err), CISUP_EINVAL);
    assert_int_equal(tried(11, 4, 1, CISUP_SCHEME_AFFINE, &err), CISUP_EINFEASIBLE);
    assert_int_equal(tried(99, 2, 4852, CISUP_SCHEME_PAIRS, &err), CISUP_EINFEASIBLE);
    assert_int_equal(tried(9, 3, 13, CISUP_SCHEME_STS, &err), CISUP_EINFEASIBLE);
    assert_non_null(strstr(err.text, "at most 12"));
    assert_true(cisup_incidence_exists(CISUP_SCHEME_TD, 6));
    assert_true(cisup_incidence_exists(CISUP_SCHEME_REF, 1));
    assert_false(cisup_incidence_exists(CISUP_SCHEME_BEST, 6));
}

static cisup_status make_both(void *context) {
    const cisup_scheme scheme = *(const cisup_scheme *)context;
    cisup_incidence x, y = {0};
    cisup_allocation a = {0};
    cisup_status status = cisup_incidence_make(&x, 60, 4, 100, scheme, NULL);
    if (status == CISUP_OK) status = cisup_incidence_store(&x, &a, NULL);
    if (status == CISUP_OK) status = cisup_incidence_of(&y, &a, NULL);
    cisup_incidence_free(&x);
    cisup_incidence_free(&y);
    cisup_allocation_free(&a);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_scheme scheme[] = {CISUP_SCHEME_TD, CISUP_SCHEME_AFFINE,
                             CISUP_SCHEME_PROJECTIVE};
    for (int k = 0; k < 3; k++)
        assert_true(check_every_allocation(make_both, &scheme[k]) >= 3);
}

int main(int argc, char **argv) {
    full = argc > 1 && strcmp(argv[1], "full") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(td_is_the_same_computed_and_stored),
        cmocka_unit_test(pairs_are_the_same_computed_and_stored),
        cmocka_unit_test(triples_are_the_same_computed_and_stored),
        cmocka_unit_test(affine_lines_are_the_same_computed_and_stored),
        cmocka_unit_test(projective_lines_are_the_same_computed_and_stored),
        cmocka_unit_test(one_neuron_a_circuit_has_no_limit),
        cmocka_unit_test(prefixes_of_pairs_and_triples_are_even),
        cmocka_unit_test(large_networks_are_consistent),
        cmocka_unit_test(a_stored_allocation_is_read_in_both_directions),
        cmocka_unit_test(a_wrong_row_is_named),
        cmocka_unit_test(what_cannot_be_computed_is_refused),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
