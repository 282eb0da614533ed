/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole experiments through the neurons of active circuits alone, against batched ones
 * and those of open neurons. */
#include "common/cycle_shape.h"
#include "common/reports.h"

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/experiment_part.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <stdbool.h>

static const cisup_index some_z[] = {1, 2, 4};

/* What an experiment borrows. Must stay where it is. */
typedef struct {
    cisup_cycle cycle;
    cisup_allocation rows;
    cisup_experiment x;
} trial;

static void trial_make(trial *e, shape n, cisup_family family, bool is_stored) {
    *e = (trial){.x = cisup_experiment_defaults()};
    CHECK_OK(cisup_cycle_make(&e->cycle, n.N, n.S, n.c, n.T, &error_));
    e->rows = (cisup_allocation){n.N, n.S, n.T, NULL};
    if (is_stored) CHECK_OK(cisup_cycle_store(&e->cycle, &e->rows, &error_));
    e->x.base = &e->rows;
    e->x.cycle = &e->cycle;
    e->x.network.carrying.cycle = n.c;
    e->x.network.weights.scheme = CISUP_WEIGHTS_PLAIN;
    e->x.family.family = family;
    e->x.family.carried = 1;
    e->x.d = family == CISUP_ROTATION2 ? 2 : 3;
    e->x.L = n.L;
    e->x.z = some_z;
    e->x.z_count = 3;
    e->x.networks = 2;
    e->x.inputs = 19;
    e->x.threads = 1;
}

static void trial_free(trial *e) {
    if (e->rows.slot) cisup_allocation_free(&e->rows);
    cisup_cycle_free(&e->cycle);
}

static cisup_report ran_by(cisup_experiment x, cisup_engine engine) {
    cisup_report r;
    x.engine = engine;
    CHECK_OK(cisup_experiment_run(&x, &r, &error_));
    return r;
}

/* To 1e-12 of the value; squares of roundings, of which passes have others, are below
 * 1e-25, and 0 where z = 1 and circuits do not clip; bins of quantiles are 1.6 % wide. */
static void check_same(double got, double want, double part) {
    CHECK_NEAR(got, want, part * fabs(want) + 1e-13);
}

static void compare_reports(const cisup_report *got, const cisup_report *want) {
    for (cisup_index k = 0; k < want->z_count; k++) {
        const cisup_result *g = &got->result[k], *w = &want->result[k];
        for (cisup_index cell = 0; cell < cisup_cell(want->L + 1, 0, 0); cell++) {
            check_same(g->mse[cell].mean, w->mse[cell].mean, 1e-12);
            check_same(g->worst[cell], w->worst[cell], 1e-12);
            check_same(g->median[cell], w->median[cell], 0.035);
            check_same(g->q99[cell], w->q99[cell], 0.035);
        }
        for (cisup_index n = 0; n < want->L * want->d; n++) {
            assert_true(g->open[n] == w->open[n]);
            check_same(g->wrong[n], w->wrong[n], 0.0);
        }
    }
}

/* So few read-outs that all are counted by all engines. */
static void engines_agree(void **state) {
    (void)state;
    static const shape row[] = {
        {55, 5, 2, 80, 3}, {40, 2, 3, 361, 4}, {14, 1, 2, 150, 5}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        for (int variant = 0; variant < 8; variant++) {
            trial e;
            trial_make(&e, row[k], variant % 2 ? CISUP_RANDOM_RELU : CISUP_ROTATION2,
                       true);
            e.x.mode = variant / 2 % 2 ? CISUP_MODE_MASKED_RELU : CISUP_MODE_RELU;
            e.x.family.fresh = variant / 4;
            if (variant / 4) e.x.network.carrying.offset = 1.0;
            cisup_report got = ran_by(e.x, CISUP_ENGINE_REDUCED);
            assert_int_equal(got.result[1].engine, CISUP_ENGINE_REDUCED);
            static const cisup_engine other[] = {CISUP_ENGINE_BATCHED,
                                                 CISUP_ENGINE_SPARSE};
            for (int o = 0; o < 2; o++) {
                cisup_report want = ran_by(e.x, other[o]);
                compare_reports(&got, &want);
                cisup_report_free(&want);
            }
            cisup_report_free(&got);
            trial_free(&e);
        }
}

static void engines_agree_without_some_circuits(void **state) {
    (void)state;
    static const cisup_index out[] = {0, 3, 4, 17, 200, 360};
    trial e;
    trial_make(&e, (shape){40, 2, 3, 361, 4}, CISUP_ROTATION2, true);
    e.x.exclude = (cisup_exclusion){out, 6, 0};
    cisup_report got = ran_by(e.x, CISUP_ENGINE_REDUCED);
    cisup_report want = ran_by(e.x, CISUP_ENGINE_BATCHED);
    compare_reports(&got, &want);
    cisup_report_free(&got);
    cisup_report_free(&want);
    trial_free(&e);
}

/* And the same bytes on any number of threads. */
static void computed_networks_agree_with_stored_ones(void **state) {
    (void)state;
    static const cisup_family family[] = {CISUP_ROTATION2, CISUP_IDENTITY};
    for (int k = 0; k < 2; k++) {
        trial e, f;
        trial_make(&e, (shape){40, 2, 3, 361, 4}, family[k], true);
        trial_make(&f, (shape){40, 2, 3, 361, 4}, family[k], false);
        cisup_report want = ran_by(e.x, CISUP_ENGINE_REDUCED);
        cisup_report got = ran_by(f.x, CISUP_ENGINE_AUTO);
        for (int z = 0; z < 3; z++)
            assert_int_equal(got.result[z].engine, CISUP_ENGINE_REDUCED);
        compare_reports(&got, &want);
        cisup_report_free(&want);
        f.x.threads = 3;
        want = ran_by(f.x, CISUP_ENGINE_AUTO);
        assert_equal_reports(&got, &want, 0, 0);
        cisup_report_free(&got);
        cisup_report_free(&want);
        trial_free(&e);
        trial_free(&f);
    }
}

/* The second part through a file. */
static void parts_give_the_whole(void **state) {
    (void)state;
    trial e;
    cisup_part part, other, read;
    cisup_report got;
    trial_make(&e, (shape){40, 2, 3, 361, 4}, CISUP_ROTATION2, false);
    CHECK_OK(cisup_experiment_part(&e.x, 0, 2, &part, &error_));
    CHECK_OK(cisup_experiment_part(&e.x, 1, 2, &other, &error_));
    FILE *file = tmpfile();
    assert_non_null(file);
    CHECK_OK(cisup_part_write(&other, file, &error_));
    rewind(file);
    CHECK_OK(cisup_part_read(&e.x, file, &read, &error_));
    assert_int_equal(read.of[0].engine, CISUP_ENGINE_REDUCED);
    CHECK_OK(cisup_part_merge(&part, &read, &error_));
    CHECK_OK(cisup_part_report(&e.x, &part, &got, &error_));
    cisup_report want = ran_by(e.x, CISUP_ENGINE_AUTO);
    assert_equal_reports(&got, &want, 0, 0);
    (void)fclose(file);
    cisup_report_free(&got);
    cisup_report_free(&want);
    cisup_part_free(&part);
    cisup_part_free(&other);
    cisup_part_free(&read);
    trial_free(&e);
}

/* Half a million points a group; 1/S = 1/2 does not round. The loads that active circuits
 * do not account for are those of the others: their mean square is counted by hand. */
static void one_active_circuit_of_10_to_the_11_is_exact(void **state) {
    (void)state;
    const cisup_index q = 500000, one = 1;
    trial e;
    trial_make(&e, (shape){1000000, 2, 2, q * q, 10}, CISUP_ROTATION2, false);
    assert_int_equal(e.cycle.q, q);
    e.x.z = &one;
    e.x.z_count = 1;
    e.x.inputs = 5;
    cisup_report r = ran_by(e.x, CISUP_ENGINE_AUTO);
    for (cisup_index l = 1; l <= 10; l++) {
        const cisup_result *z = &r.result[0];
        assert_true(z->worst[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)] <= 1e-12);
        const double T = (double)q * (double)q, others = 2.0 * ((double)q - 1.0);
        CHECK_NEAR(z->mse[cisup_cell(l, CISUP_INACTIVE, CISUP_READOUT)].mean * (T - 1.0) /
                       others,
                   0.25, 1e-12); /* half of a state of norm 1 */
        CHECK_NEAR(z->worst[cisup_cell(l, CISUP_INACTIVE, CISUP_READOUT)], 0.5, 1e-12);
    }
    cisup_report_free(&r);
    trial_free(&e);
}

/* Which engine auto takes for one z. */
static cisup_engine taken(cisup_experiment x, cisup_index z) {
    x.z = &z;
    x.z_count = 1;
    cisup_report r = ran_by(x, CISUP_ENGINE_AUTO);
    const cisup_engine engine = r.result[0].engine;
    assert_true((engine == CISUP_ENGINE_REDUCED) == cisup_experiment_is_reduced(&x, z));
    cisup_report_free(&r);
    return engine;
}

/* (z S)^2 pairs cost less than T circuits, or more; what the engine lacks is left to the
 * others. */
static void auto_takes_the_engine_by_the_sizes(void **state) {
    (void)state;
    trial e;
    trial_make(&e, (shape){235, 5, 2, 2209, 3}, CISUP_ROTATION2, true);
    e.x.networks = e.x.inputs = 1;
    assert_int_equal(taken(e.x, 1), CISUP_ENGINE_REDUCED);
    assert_int_not_equal(taken(e.x, 40), CISUP_ENGINE_REDUCED);
    e.x.network.carrying.strength = 100.0;
    assert_int_not_equal(taken(e.x, 1), CISUP_ENGINE_REDUCED);
    e.x.mode = CISUP_MODE_MASKED_RELU; /* has no strength */
    assert_int_equal(taken(e.x, 1), CISUP_ENGINE_REDUCED);
    e.x.precision = CISUP_PRECISION_SINGLE;
    assert_int_not_equal(taken(e.x, 1), CISUP_ENGINE_REDUCED);
    trial_free(&e);
    trial_make(&e, (shape){235, 5, 2, 2209, 3}, CISUP_ROTATION2, false);
    e.x.networks = e.x.inputs = 1;
    assert_int_equal(taken(e.x, 3), CISUP_ENGINE_REDUCED);
    e.x.network.carrying.strength = 100.0;
    assert_int_equal(taken(e.x, 3), CISUP_ENGINE_SPARSE);
    trial_free(&e);
}

#define REFUSE(change, part)                                                             \
    do {                                                                                 \
        trial e;                                                                         \
        cisup_error err = {0};                                                           \
        cisup_report r;                                                                  \
        trial_make(&e, (shape){55, 5, 2, 80, 3}, CISUP_ROTATION2, true);                 \
        e.x.engine = CISUP_ENGINE_REDUCED;                                               \
        change;                                                                          \
        assert_int_equal(cisup_experiment_run(&e.x, &r, &err), CISUP_EINVAL);            \
        assert_non_null(strstr(err.text, part));                                         \
        trial_free(&e);                                                                  \
    } while (0)

static void what_the_engine_lacks_is_refused(void **state) {
    (void)state;
    REFUSE(e.x.terms = 1, "the engine reduced has no terms");
    REFUSE(e.x.worst = 1, "the engine reduced has no terms");
    REFUSE(e.x.precision = CISUP_PRECISION_SINGLE, "single precision");
    REFUSE(e.x.network.carrying.strength = 0.5, "in layer 1 the strength 0.5");
    REFUSE((e.x.cycle = NULL, e.x.network.carrying.cycle = 0),
           "networks that carry masks");
}

/* Nothing grows with N or T. */
static void memory_is_that_of_the_active_circuits(void **state) {
    (void)state;
    const cisup_allocation base = {100000000, 10, INT64_C(10000000000000), NULL};
    const cisup_cycle cycle = {.N = base.N, .S = 10, .c = 2, .T = base.T};
    trial e;
    trial_make(&e, (shape){55, 5, 2, 80, 8}, CISUP_ROTATION2, false);
    e.x.base = &base;
    e.x.cycle = &cycle;
    assert_true(cisup_experiment_bytes(&e.x) < 2e7);
    assert_true(cisup_experiment_operations(&e.x) < 1e9);
    e.x.engine = CISUP_ENGINE_SPARSE;
    assert_true(cisup_experiment_bytes(&e.x) > 2e9);
    trial_free(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(engines_agree_without_some_circuits),
        cmocka_unit_test(computed_networks_agree_with_stored_ones),
        cmocka_unit_test(parts_give_the_whole),
        cmocka_unit_test(one_active_circuit_of_10_to_the_11_is_exact),
        cmocka_unit_test(auto_takes_the_engine_by_the_sizes),
        cmocka_unit_test(what_the_engine_lacks_is_refused),
        cmocka_unit_test(memory_is_that_of_the_active_circuits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
