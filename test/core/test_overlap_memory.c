/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check takes no more memory than it was given: what malloc has handed out is looked
 * at whenever the check asks for rows, which it does in every phase. */
#include "common/check.h"

#include <cisup/core/overlap.h>
#include <cisup/core/overlap/overlap_memory.h>

#include <malloc.h>
#include <stdatomic.h>

static atomic_llong most_held;

static int64_t held_now(void) {
    const struct mallinfo2 all = mallinfo2();
    return (int64_t)(all.uordblks + all.hblkhd);
}

static cisup_status watched_rows(const void *from, cisup_index first, cisup_index count,
                                 int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_allocation *a = from;
    const int64_t now = held_now();
    long long before = atomic_load(&most_held);
    while (now > before && !atomic_compare_exchange_weak(&most_held, &before, now)) {
    }
    memcpy(out, a->slot + first * a->S, (size_t)(count * a->S) * sizeof *out);
    return CISUP_OK;
}

/* One check; the bytes it held at most. */
static int64_t check_watched(const cisup_allocation *a, const cisup_overlap_options *o,
                             const cisup_overlap_report *want) {
    const cisup_rows rows = {a->N, a->S, a->T, watched_rows, a, NULL};
    cisup_overlap_report got;
    const int64_t before = held_now();
    atomic_store(&most_held, before);
    CHECK_OK(cisup_overlap_check_rows(&rows, o, &got, &error_));
    assert_int_equal(got.holds, want->holds);
    assert_memory_equal(got.witness_circuits, want->witness_circuits, 16);
    assert_memory_equal(got.witness_neurons, want->witness_neurons, 16);
    return atomic_load(&most_held) - before;
}

static void check_within(const cisup_allocation *a, double memory, int threads,
                         const cisup_overlap_report *want) {
    const cisup_overlap_options o = {.memory = memory, .threads = threads};
    const int64_t held = check_watched(a, &o, want);
#ifndef __SANITIZE_ADDRESS__ /* whose malloc tells nothing */
    if ((double)held > memory)
        fail_msg("N %" PRId64 ", T %" PRId64 ", %d threads: %" PRId64
                 " bytes held, %.0f given",
                 a->N, a->T, threads, held, memory);
    assert_true((double)held > 8.0 * (double)a->N); /* something was seen */
#else
    (void)held;
#endif
}

/* Rows drawn at random, of which every `repeat`-th is the one before. */
static cisup_allocation drawn(cisup_index N, cisup_index S, cisup_index T,
                              cisup_index repeat, cisup_rng *rng) {
    cisup_allocation a;
    cisup_index row[64];
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        if (t % repeat != repeat - 1) cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a.slot[t * S + k] = (int32_t)row[k];
    }
    return a;
}

static void no_more_memory_is_taken_than_given(void **state) {
    (void)state;
    static const cisup_index size[][4] = {
        /* N, S, T, repeat */
        {300, 6, 5000, 5000}, {3000, 9, 20000, 7},     {60000, 4, 3000, 100},
        {64, 12, 4000, 3},    {70000, 5, 40000, 1000}, {400000, 3, 20000, 2},
    };
    for (int k = 0; k < 6; k++) {
        cisup_rng rng = check_rng(k);
        cisup_allocation a = drawn(size[k][0], size[k][1], size[k][2], size[k][3], &rng);
        const cisup_rows rows = {a.N, a.S, a.T, watched_rows, &a, NULL};
        const double least = cisup_overlap_memory(&rows);
        cisup_overlap_report want;
        CHECK_OK(cisup_overlap_check(&a, &want, &error_));
        for (int threads = 1; threads <= 3; threads++)
            for (double more = 0.0; more < 2e7; more = 8.0 * more + 1e4)
                check_within(&a, least + more, threads, &want);
        cisup_allocation_free(&a);
    }
}

static void too_little_memory_is_refused_saying_how_much_is_needed(void **state) {
    (void)state;
    cisup_rng rng = check_rng(10);
    cisup_allocation a = drawn(500, 5, 1000, 10, &rng);
    const cisup_rows rows = {a.N, a.S, a.T, watched_rows, &a, NULL};
    const double least = cisup_overlap_memory(&rows);
    cisup_overlap_report report;
    cisup_error err = {0};
    const cisup_overlap_options o = {.memory = 0.9 * least};
    assert_int_equal(cisup_overlap_check_rows(&rows, &o, &report, &err), CISUP_ENOMEM);
    assert_false(report.holds);
    char need[16];
    cisup_bytes_text(1.005 * least, need);
    if (!strstr(err.text, need)) fail_msg("%s is missing in: %s", need, err.text);
    cisup_allocation_free(&a);
}

/* Neurons that no circuit holds are counted all the same. */
static void what_the_machine_has_not_is_not_taken(void **state) {
    (void)state;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_init(&a, 100, 2, 3, &error_));
    for (int32_t k = 0; k < 6; k++) a.slot[k] = k;
    const cisup_rows rows = {INT32_MAX, 2, 3, watched_rows, &a, a.slot};
    cisup_overlap_report got;
    cisup_error err;
    const int64_t peak = cisup_memory_peak();
    const int is_large = cisup_memory_available() > cisup_overlap_memory(&rows);
    if (!is_large) {
        assert_int_equal(cisup_overlap_check_rows(&rows, NULL, &got, &err), CISUP_ENOMEM);
        assert_non_null(strstr(err.text, "the check would need"));
        assert_true(cisup_memory_peak() - peak < 10000000);
    }
    cisup_allocation_free(&a);
    if (is_large) skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_memory_is_taken_than_given),
        cmocka_unit_test(too_little_memory_is_refused_saying_how_much_is_needed),
        cmocka_unit_test(what_the_machine_has_not_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
