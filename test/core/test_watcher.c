/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations and their checks under a watcher, and the vigil that all jobs keep. */
#include "common/check.h"
#include "common/watched.h"

#include <cisup/core/allocation/even_out.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/overlap.h>
#include <cisup/core/overlap/overlap_memory.h>
#include <cisup/core/packing/local_search.h>
#include <cisup/core/schemes.h>

#include <omp.h>

typedef struct {
    cisup_index N, S, T;
    cisup_allocation_options options;
    cisup_overlap_options check;
    cisup_allocation a;
} job;

static cisup_status place(void *context, const cisup_watcher *watcher, uint64_t *sum) {
    const job *j = context;
    cisup_allocation_options o = j->options;
    cisup_allocation a;
    o.watcher = watcher;
    const cisup_status status = cisup_allocation_make(&a, j->N, j->S, j->T, &o, NULL);
    if (status == CISUP_OK)
        *sum = watched_hash(0, a.slot, (size_t)(a.T * a.S) * sizeof *a.slot);
    else
        assert_null(a.slot);
    cisup_allocation_free(&a);
    return status;
}

static cisup_status count(void *context, const cisup_watcher *watcher, uint64_t *sum) {
    const job *j = context;
    cisup_allocation_options o = j->options;
    cisup_index most = -1;
    o.watcher = watcher;
    const cisup_status status = cisup_allocation_capacity(j->N, j->S, &o, &most, NULL);
    *sum = (uint64_t)most;
    return status;
}

static void allocations_are_watched(void **state) {
    (void)state;
    job single = {.N = 30, .S = 1, .T = 100, .options = cisup_allocation_defaults()};
    (void)check_watched(place, &single);
    job evened = {.N = 300, .S = 5, .T = 1000, .options = cisup_allocation_defaults()};
    evened.options.scheme = CISUP_SCHEME_REF;
    evened.options.even_out = CISUP_EVEN_OUT_YES;
    assert_true(check_watched(place, &evened) > 20);
    job drawn = {.N = 60, .S = 4, .T = 100, .options = {.scheme = CISUP_SCHEME_RANDOM}};
    assert_true(check_watched(place, &drawn) > 100);
    assert_true(check_watched(count, &drawn) > 100);
    job searched = {.N = 50, .S = 9, .T = 1, .options = cisup_allocation_defaults()};
    searched.options.effort = 0.02;
    assert_true(check_watched(count, &searched) > 20);
    CHECK_OK(cisup_allocation_capacity(searched.N, searched.S, &searched.options,
                                       &searched.T, &error_));
    assert_true(check_watched(place, &searched) > 20);
    for (int scheme = 0; scheme <= CISUP_SCHEME_DESIGN; scheme++) {
        job j = {.N = 49, .S = 3, .T = 30, .options = {.scheme = (cisup_scheme)scheme}};
        if (scheme == CISUP_SCHEME_PAIRS) j.S = 2;
        (void)check_watched(place, &j);
    }
}

static cisup_status even_out(void *context, const cisup_watcher *watcher, uint64_t *sum) {
    const job *j = context;
    cisup_allocation a;
    cisup_status status = cisup_allocation_make(&a, j->N, j->S, j->T, &j->options, NULL);
    if (status == CISUP_OK) status = cisup_even_out(&a, watcher, NULL);
    if (a.slot) {
        cisup_overlap_report report;
        CHECK_OK(cisup_overlap_check(&a, &report, &error_));
        assert_true(report.holds); /* also half way */
        *sum = watched_hash(0, a.slot, (size_t)(a.T * a.S) * sizeof *a.slot);
    }
    cisup_allocation_free(&a);
    return status;
}

static void evening_out_is_watched(void **state) {
    (void)state;
    job j = {.N = 200, .S = 4, .T = 600, .options = {.scheme = CISUP_SCHEME_REF}};
    j.options.even_out = CISUP_EVEN_OUT_NO;
    assert_true(check_watched(even_out, &j) > 20);
    j.S = 1;
    (void)check_watched(even_out, &j);
}

static cisup_status check(void *context, const cisup_watcher *watcher, uint64_t *sum) {
    const job *j = context;
    const cisup_rows rows = cisup_rows_stored(&j->a);
    cisup_overlap_options o = j->check;
    cisup_overlap_report r;
    o.watcher = watcher;
    const cisup_status status = cisup_overlap_check_rows(&rows, &o, &r, NULL);
    *sum = watched_hash(0, &r.max_overlap, sizeof r.max_overlap);
    *sum = watched_hash(*sum, r.witness_circuits, sizeof r.witness_circuits);
    *sum = watched_hash(*sum, r.witness_neurons, sizeof r.witness_neurons);
    if (status != CISUP_OK) assert_true(!r.holds && r.pairs == 0.0);
    return status;
}

/* Both forms of keys, with and without pairs met twice, and in rounds. */
static void checks_are_watched(void **state) {
    (void)state;
    const cisup_index N[] = {400, 400, 70000};
    for (int k = 0; k < 3; k++) {
        job j = {.N = N[k], .S = 5};
        const cisup_allocation_options o = {.scheme = CISUP_SCHEME_REF};
        CHECK_OK(cisup_allocation_make(&j.a, N[k], 5, 2000, &o, &error_));
        if (k == 1) /* many circuits on the same neurons */
            for (cisup_index t = 1; t < 300; t++)
                for (cisup_index i = 0; i < 5; i++)
                    j.a.slot[t * 5 + i] = (int32_t)(i + t % 100);
        const cisup_rows rows = cisup_rows_stored(&j.a);
        const double least = cisup_overlap_memory(&rows);
        for (int threads = 1; threads <= 2; threads++)
            for (int tight = 0; tight < 2; tight++) {
                j.check = (cisup_overlap_options){.threads = threads,
                                                  .memory = tight ? least : 0.0};
                assert_true(check_watched(check, &j) > 4);
            }
        cisup_allocation_free(&j.a);
    }
}

/* --- the vigil ----------------------------------------------------------------- */

static void only_the_caller_asks(void **state) {
    (void)state;
    watched w = {0};
    const cisup_watcher watcher = watched_by(&w); /* sees that it is the caller */
    cisup_vigil v;
    CHECK_OK(cisup_vigil_begin(&v, &watcher, 1000.0, &error_));
#pragma omp parallel for num_threads(3) schedule(dynamic)
    for (int k = 0; k < 1000; k++) (void)cisup_vigil_step(&v, 1.0);
    CHECK_OK(cisup_vigil_end(&v, &error_));
    assert_true(w.done == 1000.0 && w.questions >= 2);
}

static void all_threads_see_the_end(void **state) {
    (void)state;
    watched w = {.stop_at = 2};
    const cisup_watcher watcher = watched_by(&w);
    cisup_vigil v;
    int seen = 0;
    CHECK_OK(cisup_vigil_begin(&v, &watcher, 1.0, &error_));
    assert_true(cisup_vigil_step(&v, 0.5));
#pragma omp parallel num_threads(3) reduction(+ : seen)
    seen += cisup_vigil_step(&v, 0.1);
    assert_int_equal(seen, 3);
    cisup_error err = {0};
    assert_int_equal(cisup_vigil_advance(&v, 0.0, &err), CISUP_ESTOPPED);
    assert_int_equal(err.code, CISUP_ESTOPPED);
    assert_int_equal(cisup_vigil_end(&v, NULL), CISUP_ESTOPPED);
    assert_int_equal(w.questions, 2);
}

/* The first and the last are asked, and about every hundredth of a second one. */
static void questions_have_a_pause(void **state) {
    (void)state;
    watched w = {0};
    cisup_watcher watcher = watched_by(&w);
    watcher.pause = 0.0;
    cisup_vigil v;
    CHECK_OK(cisup_vigil_begin(&v, &watcher, 1e6, &error_));
    const double start = omp_get_wtime();
    double steps = 0.0;
    for (; omp_get_wtime() < start + 0.1; steps++) (void)cisup_vigil_step(&v, 1.0);
    CHECK_OK(cisup_vigil_end(&v, &error_));
    assert_true(w.questions >= 3 && w.questions <= 13);
    assert_true(w.done == 1e6 || steps > 1e6);
}

static void parts_go_on_within_the_whole(void **state) {
    (void)state;
    watched w = {0};
    const cisup_watcher watcher = watched_by(&w);
    cisup_vigil whole, inner;
    CHECK_OK(cisup_vigil_begin(&whole, &watcher, 4.0, &error_));
    for (int k = 0; k < 4; k++) {
        cisup_vigil_part part = {&whole, 1.0};
        const cisup_watcher within = cisup_vigil_watcher(&part);
        CHECK_OK(cisup_vigil_begin(&inner, &within, 10.0, &error_));
        assert_true(w.done == (double)k);
        (void)cisup_vigil_step(&inner, 5.0);
        assert_true(w.done == (double)k + 0.5);
        CHECK_OK(cisup_vigil_end(&inner, &error_));
        assert_true(w.done == (double)k + 1.0);
        (void)cisup_vigil_step(&whole, 1.0);
    }
    CHECK_OK(cisup_vigil_end(&whole, &error_));
    cisup_vigil nobody;
    CHECK_OK(cisup_vigil_begin(&nobody, NULL, 1.0, &error_));
    cisup_vigil_part part = {&nobody, 1.0}, none = {NULL, 1.0};
    assert_null(cisup_vigil_watcher(&part).ask);
    assert_null(cisup_vigil_watcher(&none).ask);
    assert_false(cisup_vigil_step(NULL, 1.0));
    assert_false(cisup_vigil_reach(&nobody, 1.0));
    CHECK_OK(cisup_vigil_end(&nobody, &error_));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_caller_asks),
        cmocka_unit_test(all_threads_see_the_end),
        cmocka_unit_test(questions_have_a_pause),
        cmocka_unit_test(parts_go_on_within_the_whole),
        cmocka_unit_test(allocations_are_watched),
        cmocka_unit_test(evening_out_is_watched),
        cmocka_unit_test(checks_are_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
