/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured in a pass: measures that are merged, their sums, neurons outside. */
#include "common/check.h"
#include "common/few_circuits.h"

#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/pass/forward.h>

/* A network ready to be measured. */
typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
    cisup_batch batch;
    cisup_forward forward;
} ready;

/* The network borrows its parts from *g, which must stay where it is. */
static void get_ready(ready *g) {
    g->base = placed();
    CHECK_OK(cisup_circuits_make(&g->circuits, T, 4, L, NULL, &error_));
    CHECK_OK(cisup_network_make(&g->net, &g->base, &g->circuits, NULL, &error_));
    CHECK_OK(cisup_batch_init(&g->batch, 2, &g->circuits, &error_));
    CHECK_OK(cisup_forward_init(&g->forward, &g->net, &error_));
}

static void drop(ready *g) {
    cisup_forward_free(&g->forward);
    cisup_batch_free(&g->batch);
    cisup_network_free(&g->net);
    cisup_circuits_free(&g->circuits);
    cisup_allocation_free(&g->base);
}

static void measure_batch(ready *g, cisup_measure *m, cisup_index first,
                          cisup_index used) {
    cisup_batch_draw(&g->batch, &g->circuits, 1, 0, first, used);
    const cisup_observer o = cisup_measure_start(m, &g->batch, 0, 1);
    cisup_forward_run(&g->forward, &g->net, CISUP_MODE_MASKED_LINEAR, &g->batch, &o);
}

/* Two measures of halves, merged in either order, count what one counts. */
static void merging_equals_one_measure(void **state) {
    (void)state;
    ready g;
    get_ready(&g);
    cisup_measure m[4]; /* all; first; second; nothing yet */
    for (int k = 0; k < 4; k++) CHECK_OK(cisup_measure_init(&m[k], &g.net, 2, &error_));
    for (cisup_index first = 0; first < 40; first += 8) {
        measure_batch(&g, &m[0], first, first == 32 ? 3 : 8);
        measure_batch(&g, &m[first < 16 ? 1 : 2], first, first == 32 ? 3 : 8);
    }
    cisup_measure_merge(&m[3], &m[2]);
    cisup_measure_merge(&m[3], &m[1]);
    assert_int_equal(cisup_cell(L + 1, 0, 0), cells);
    for (cisup_index cell = 0; cell < cells; cell++) {
        const cisup_tally *one = &m[0].tally[cell], *merged = &m[3].tally[cell];
        assert_memory_equal(&one->squares, &merged->squares, sizeof one->squares);
        assert_true(cisup_tally_worst(one) == cisup_tally_worst(merged));
        const cisup_index who = cell / 3 % 3 == CISUP_INACTIVE ? T - 2 : 2;
        assert_int_equal(cisup_histogram_total(&one->squares), 35 * who);
    }
    assert_memory_equal(m[0].open, m[3].open, (size_t)(L * 4) * sizeof *m[0].open);
    for (int k = 0; k < 4; k++) {
        cisup_measure_free(&m[k]);
        assert_null(m[k].tally);
        cisup_measure_free(&m[k]);
    }
    drop(&g);
}

/* The sum is of the last batch alone, and the same whoever watched before. */
static void sums_are_of_the_last_batch(void **state) {
    (void)state;
    ready g;
    get_ready(&g);
    cisup_measure fresh, used;
    CHECK_OK(cisup_measure_init(&fresh, &g.net, 2, &error_));
    CHECK_OK(cisup_measure_init(&used, &g.net, 2, &error_));
    measure_batch(&g, &used, 0, 8);
    measure_batch(&g, &used, 8, 8);
    measure_batch(&g, &used, 16, 3);
    measure_batch(&g, &fresh, 16, 3);
    for (cisup_index cell = 0; cell < cells; cell++)
        assert_true(cisup_measure_sum(&used, cell) == cisup_measure_sum(&fresh, cell));
    assert_true(cisup_measure_sum(&fresh, cisup_cell(2, CISUP_ACTIVE, CISUP_X)) > 0.0);
    cisup_measure_free(&fresh);
    cisup_measure_free(&used);
    drop(&g);
}

/* Neurons outside K^l by its definition, of the pass that observers watch. */
static void outside_are_those_of_no_active_circuit(void **state) {
    (void)state;
    ready g;
    get_ready(&g);
    cisup_measure m;
    int64_t outside[L] = {0};
    CHECK_OK(cisup_measure_init(&m, &g.net, 2, &error_));
    for (cisup_index first = 0; first < 16; first += 8) {
        measure_batch(&g, &m, first, first ? 3 : 8);
        for (cisup_index l = 1; l <= L; l++)
            for (cisup_index lane = 0; lane < g.batch.used; lane++) {
                char is_inside[N] = {0};
                for (cisup_index k = 0; k < 2 * S; k++) {
                    const cisup_index t = g.batch.active[lane * 2 + k / S];
                    is_inside[cisup_network_row(&g.net, l, t)[k % S]] = 1;
                }
                for (cisup_index n = 0; n < N; n++) outside[l - 1] += !is_inside[n];
            }
    }
    for (cisup_index k = 0; k < L * 4; k++) {
        assert_int_equal(m.open[k].outside, outside[k / 4]);
        assert_true(outside[k / 4] < 11 * N && m.open[k].lost == 0);
    }
    cisup_measure_free(&m);
    drop(&g);
}

static void names_are_those_of_the_reports(void **state) {
    (void)state;
    assert_string_equal(cisup_state_name(CISUP_ACTIVE), "active");
    assert_string_equal(cisup_state_name(CISUP_INACTIVE), "inactive");
    assert_string_equal(cisup_state_name(CISUP_SIGNAL), "signal");
    assert_string_equal(cisup_quantity_name(CISUP_READOUT), "readout");
    assert_string_equal(cisup_quantity_name(CISUP_ON), "on");
    assert_string_equal(cisup_quantity_name(CISUP_X), "x");
}

static cisup_status make_measure(void *context) {
    cisup_measure m;
    const cisup_status status = cisup_measure_init(&m, context, 3, NULL);
    if (status != CISUP_OK) {
        assert_null(m.circuits);
        assert_null(m.tally);
        assert_null(m.order);
    }
    cisup_measure_free(&m);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    ready g;
    get_ready(&g);
    assert_int_equal(check_every_allocation(make_measure, &g.net), 5);
    drop(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_equals_one_measure),
        cmocka_unit_test(sums_are_of_the_last_batch),
        cmocka_unit_test(outside_are_those_of_no_active_circuit),
        cmocka_unit_test(names_are_those_of_the_reports),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
