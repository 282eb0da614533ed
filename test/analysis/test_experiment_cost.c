/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction of an experiment's operations: what it must grow with. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/experiment_cost.h>

static const cisup_index one_z[] = {1};

typedef struct {
    cisup_index N, S, T, L, networks, inputs;
    cisup_engine engine;
} shape;

static double operations(shape s) {
    const cisup_allocation base = {s.N, s.S, s.T, NULL};
    cisup_experiment x = cisup_experiment_defaults();
    x.base = &base;
    x.d = 4;
    x.L = s.L;
    x.z = one_z;
    x.z_count = 1;
    x.networks = s.networks;
    x.inputs = s.inputs;
    x.engine = s.engine;
    x.threads = 1;
    return cisup_experiment_operations(&x);
}

/* With ten circuits all of the time goes to neurons that nobody uses. */
static void few_circuits_cost_what_their_neurons_do(void **state) {
    (void)state;
    for (int engine = CISUP_ENGINE_AUTO; engine <= CISUP_ENGINE_ASSEMBLED; engine++) {
        const shape small = {100000, 3, 10, 2, 2, 8, (cisup_engine)engine};
        shape large = small;
        large.N *= 10;
        CHECK_NEAR(operations(large) / operations(small), 10.0, 0.5);
        CHECK_NEAR(operations(small) / 2e9, 0.5, 0.5); /* some 10 operations a byte */
    }
}

static void layers_and_samples_count_without_circuits(void **state) {
    (void)state;
    for (int engine = CISUP_ENGINE_AUTO; engine <= CISUP_ENGINE_ASSEMBLED; engine++) {
        const shape few = {250, 3, 10, 500, 2, 100, (cisup_engine)engine};
        shape more = few;
        more.L *= 10;
        CHECK_NEAR(operations(more) / operations(few), 10.0, 0.1);
        shape samples = few;
        samples.inputs *= 1000;
        assert_true(operations(samples) > 100.0 * operations(few));
    }
}

/* Where circuits fill the neurons it is them that count, as ever. */
static void many_circuits_cost_what_they_do(void **state) {
    (void)state;
    const shape few = {2500, 5, 100000, 3, 1, 1000, CISUP_ENGINE_BATCHED};
    shape more = few;
    more.T *= 4;
    CHECK_NEAR(operations(more) / operations(few), 4.0, 0.4);
}

/* CPU seconds that one thread took, at 8e9 operations a second: within a factor of 5. */
static void four_shapes_are_about_right(void **state) {
    (void)state;
    static const struct {
        shape s;
        double seconds;
    } row[] = {
        {{1000000, 3, 10, 2, 2, 8, CISUP_ENGINE_AUTO}, 0.84},
        {{100000, 3, 10, 2, 20, 100, CISUP_ENGINE_AUTO}, 0.34},
        {{250, 3, 10, 5000, 2, 100, CISUP_ENGINE_AUTO}, 1.7},
        {{250, 3, 10, 2, 10, 10000, CISUP_ENGINE_AUTO}, 0.27},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const double ratio = operations(row[k].s) / 8e9 / row[k].seconds;
        if (ratio < 0.2 || ratio > 5.0) print_message("row %zu: %g\n", k, ratio);
        assert_true(ratio > 0.2 && ratio < 5.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_circuits_cost_what_their_neurons_do),
        cmocka_unit_test(layers_and_samples_count_without_circuits),
        cmocka_unit_test(many_circuits_cost_what_they_do),
        cmocka_unit_test(four_shapes_are_about_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
