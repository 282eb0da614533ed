/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Experiments on small networks, and their reports compared byte by byte. */
#ifndef CISUP_TEST_EXPERIMENTS_H
#define CISUP_TEST_EXPERIMENTS_H

#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/core/schemes.h>

static const cisup_index some_z[] = {1, 3};

static inline cisup_allocation placed(cisup_index N, cisup_index S, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    return a;
}

/* Rotations in a small network; five batches of samples, the last one not full. */
static inline cisup_experiment small(const cisup_allocation *base) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.engine = CISUP_ENGINE_BATCHED; /* its bytes are those of the definition */
    x.d = 4;
    x.L = 3;
    x.z = some_z;
    x.z_count = 2;
    x.networks = 3;
    x.inputs = 37;
    x.threads = 1;
    return x;
}

static inline cisup_report ran(const cisup_experiment *x) {
    cisup_report r;
    CHECK_OK(cisup_experiment_run(x, &r, &error_));
    return r;
}

static inline void assert_same_result(const cisup_result *a, const cisup_result *b,
                                      cisup_index cells, cisup_index neurons) {
    const size_t numbers = (size_t)cells * sizeof(double);
    assert_int_equal(a->z, b->z);
    assert_memory_equal(a->mse, b->mse, (size_t)cells * sizeof *a->mse);
    assert_memory_equal(a->median, b->median, numbers);
    assert_memory_equal(a->q99, b->q99, numbers);
    assert_memory_equal(a->worst, b->worst, numbers);
    assert_memory_equal(a->theory, b->theory, (size_t)cells * sizeof *a->theory);
    assert_memory_equal(a->open, b->open, (size_t)neurons * sizeof(double));
    assert_memory_equal(a->wrong, b->wrong, (size_t)neurons * sizeof(double));
    assert_true(a->feedback == b->feedback);
}

/* The same bits in all but the times. */
static inline void assert_same_report(const cisup_report *a, const cisup_report *b) {
    assert_int_equal(a->L, b->L);
    assert_int_equal(a->d, b->d);
    assert_int_equal(a->networks, b->networks);
    assert_int_equal(a->z_count, b->z_count);
    const cisup_index cells = cisup_cell(a->L + 1, 0, 0);
    for (cisup_index k = 0; k < a->z_count; k++)
        assert_same_result(&a->result[k], &b->result[k], cells, a->L * a->d);
    assert_memory_equal(a->kappa, b->kappa, (size_t)(a->L - 1) * sizeof *a->kappa);
    assert_true(a->stats.P == b->stats.P && a->stats.load_cv == b->stats.load_cv);
}

#endif
