/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who meets most often, against the definition. */
#include "common/check.h"

#include <cisup/core/overlap/overlap_most.h>

static cisup_allocation random_rows(cisup_rng *rng, cisup_index N, cisup_index S,
                                    cisup_index T) {
    cisup_allocation a;
    cisup_index row[16];
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a.slot[t * S + k] = (int32_t)row[k];
    }
    return a;
}

static int holds(const cisup_allocation *a, cisup_index t, cisup_index n) {
    int found = 0;
    for (cisup_index k = 0; k < a->S; k++) found |= a->slot[t * a->S + k] == n;
    return found;
}

/* The first pair with the most meetings, from a table of who is where. */
static cisup_meeting most_of(const cisup_allocation *a, int of_neurons) {
    cisup_meeting most = {0, -1, -1};
    const cisup_index count = of_neurons ? a->N : a->T, over = of_neurons ? a->T : a->N;
    for (cisup_index x = 0; x < count; x++)
        for (cisup_index y = x + 1; y < count; y++) {
            cisup_index times = 0;
            for (cisup_index z = 0; z < over; z++)
                times += of_neurons ? holds(a, z, x) && holds(a, z, y)
                                    : holds(a, x, z) && holds(a, y, z);
            if (times > most.times) most = (cisup_meeting){times, x, y};
        }
    return most;
}

static void check_meeting(cisup_meeting got, cisup_meeting want) {
    assert_int_equal(got.times, want.times);
    assert_int_equal(got.a, want.a);
    assert_int_equal(got.b, want.b);
}

static void the_largest_overlap_and_index_are_found(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 60; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 1, 7);
        cisup_allocation a = random_rows(&rng, check_between(&rng, S, k % 2 ? 12 : 40), S,
                                         check_between(&rng, 1, 30));
        const cisup_rows rows = cisup_rows_stored(&a);
        cisup_overlap_most most;
        CHECK_OK(cisup_overlap_most_find(&rows, 0.0, NULL, &most, &error_));
        check_meeting(most.circuits, most_of(&a, 0));
        check_meeting(most.neurons, most_of(&a, 1));
        cisup_allocation_free(&a);
    }
}

/* 8 T S + 8 (N + T + 2) + 4 max(N, T) bytes are asked for, and steps as documented. */
static void memory_is_asked_for_first(void **state) {
    (void)state;
    cisup_rng rng = check_rng(100);
    cisup_allocation a = random_rows(&rng, 10, 3, 20);
    const cisup_rows rows = cisup_rows_stored(&a);
    const double bytes = 8 * 60 + 8 * 32 + 4 * 20;
    cisup_overlap_most most;
    cisup_error err;
    CHECK_OK(cisup_overlap_most_find(&rows, bytes, NULL, &most, &error_));
    assert_int_equal(cisup_overlap_most_find(&rows, bytes - 1, NULL, &most, &err),
                     CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "the largest overlap takes 816 B"));
    const cisup_index load[10] = {60};
    assert_true(cisup_overlap_most_steps(&rows, load) == 20 * 9 + 3600);
    cisup_allocation_free(&a);
}

static cisup_status find(void *rows) {
    cisup_overlap_most most;
    return cisup_overlap_most_find(rows, 0.0, NULL, &most, NULL);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_rng rng = check_rng(101);
    cisup_allocation a = random_rows(&rng, 10, 3, 20);
    cisup_rows rows = cisup_rows_stored(&a);
    assert_int_equal(check_every_allocation(find, &rows), 5);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_overlap_and_index_are_found),
        cmocka_unit_test(memory_is_asked_for_first),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
