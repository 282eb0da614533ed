/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bulk pass (analysis/pass/bulk.h): in double precision the bytes of the pass that
 * observers watch, in single precision the same figures to 10^-5. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/pass/bulk.h>
#include <cisup/core/schemes.h>

/* What is run: a stable network, where errors stay of order 1 and below. */
static cisup_experiment experiment_of(const cisup_allocation *base, int weights, int mode,
                                      const cisup_index *z) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.d = 4;
    x.L = 4;
    x.network.weights.scheme = (cisup_weight_scheme)weights;
    x.mode = (cisup_mode)mode;
    x.z = z;
    x.z_count = 2;
    x.networks = 2;
    x.engine = CISUP_PASS_BATCHED;
    x.inputs = 37; /* neither a multiple of 8 nor of 16 */
    return x;
}

static cisup_allocation placed(void) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, 250, 5, 150, NULL, &error_));
    return a;
}

static cisup_report ran(const cisup_experiment *x) {
    cisup_report r;
    CHECK_OK(cisup_experiment_run(x, &r, &error_));
    return r;
}

static void check_same_bytes(const cisup_report *a, const cisup_report *b) {
    const size_t cells = (size_t)cisup_cell(a->L + 1, 0, 0), n = (size_t)(a->L * a->d);
    for (cisup_index k = 0; k < a->z_count; k++) {
        const cisup_result *x = &a->result[k], *y = &b->result[k];
        assert_memory_equal(x->mse, y->mse, cells * sizeof *x->mse);
        assert_memory_equal(x->worst, y->worst, cells * sizeof *x->worst);
        assert_memory_equal(x->median, y->median, cells * sizeof *x->median);
        assert_memory_equal(x->q99, y->q99, cells * sizeof *x->q99);
        assert_memory_equal(x->open, y->open, n * sizeof *x->open);
        assert_memory_equal(x->wrong, y->wrong, n * sizeof *x->wrong);
    }
}

static const cisup_index z[] = {1, 3};

/* Asking for the worst circuit brings observers in. */
static void check_bytes_of_watched(cisup_experiment x) {
    cisup_report bulk = ran(&x);
    x.worst = 1;
    cisup_report watched = ran(&x);
    check_same_bytes(&bulk, &watched);
    cisup_report_free(&bulk);
    cisup_report_free(&watched);
}

static void double_gives_the_bytes_of_the_watched_pass(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (int weights = 0; weights < 4; weights++)
        for (int mode = 0; mode < 4; mode++) {
            cisup_experiment x = experiment_of(&a, weights, mode, z);
            check_bytes_of_watched(x);
        }
    cisup_allocation_free(&a);
}

/* More circuits than are sent in one go, and more read-outs than are all counted. */
static void many_circuits_give_the_same_bytes(void **state) {
    (void)state;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, 500, 5, CISUP_BULK_BLOCK + 500, NULL, &error_));
    for (int weights = 0; weights < 4; weights++) {
        cisup_experiment x = experiment_of(&a, weights, CISUP_MODE_RELU, z);
        x.networks = 1;
        x.L = 2;
        x.inputs = CISUP_MANY_READOUTS / a.T + 1;
        check_bytes_of_watched(x);
    }
    cisup_allocation_free(&a);
}

/* One pass of a batch by the kernel: what was measured. */
static void pass(const cisup_network *net, const cisup_bulk_kernel *kernel,
                 cisup_measure *m) {
    cisup_bulk_plan plan;
    cisup_bulk b;
    cisup_batch batch;
    CHECK_OK(cisup_bulk_plan_make(&plan, net, kernel, 1, &error_));
    CHECK_OK(cisup_bulk_init(&b, &plan, &error_));
    CHECK_OK(cisup_batch_init(&batch, 3, net->circuits, &error_));
    CHECK_OK(cisup_measure_init(m, net, 3, &error_));
    cisup_batch_draw(&batch, net->circuits, 7, 0, 0, cisup_bulk_lanes(kernel) - 1);
    m->circuits = net->circuits;
    (void)cisup_measure_start(m, &batch, 0, batch.used);
    cisup_bulk_run(&b, CISUP_MODE_RELU, &batch, m);
    cisup_batch_free(&batch);
    cisup_bulk_free(&b);
    cisup_bulk_plan_free(&plan);
}

/* Of those that this machine has; the others are the same source. */
static void instructions_do_not_matter(void **state) {
    (void)state;
    cisup_allocation a = placed();
    cisup_circuits circuits;
    CHECK_OK(cisup_circuits_make(&circuits, a.T, 4, 4, NULL, &error_));
    for (int k = 0; k < 4 * CISUP_PRECISIONS; k++) {
        const cisup_precision precision = (cisup_precision)(k / 4);
        cisup_network_options o = cisup_network_defaults();
        cisup_network net;
        cisup_measure plain, other;
        o.weights.scheme = (cisup_weight_scheme)(k % 4);
        CHECK_OK(cisup_network_make(&net, &a, &circuits, &o, &error_));
        pass(&net, cisup_bulk_kernel_for(precision, CISUP_INSTRUCTIONS_PLAIN), &plain);
        for (int set = 1; set < CISUP_INSTRUCTIONS; set++) {
            const cisup_bulk_kernel *kernel =
                cisup_bulk_kernel_for(precision, (cisup_instructions)set);
            if (!kernel) continue;
            pass(&net, kernel, &other);
            const size_t cells = (size_t)cisup_cell(5, 0, 0);
            assert_memory_equal(other.sum, plain.sum,
                                cells * CISUP_LANES_MOST * sizeof *plain.sum);
            assert_memory_equal(other.tally, plain.tally, cells * sizeof *plain.tally);
            assert_memory_equal(other.open, plain.open, 16 * sizeof *plain.open);
            cisup_measure_free(&other);
        }
        cisup_measure_free(&plain);
        cisup_network_free(&net);
    }
    cisup_circuits_free(&circuits);
    cisup_allocation_free(&a);
}

/* 1e-5 of every mean square error e^2, but for read-outs so close to a state of size 1
 * that its own rounding shows: those are off by some 6e-8, which moves e^2 by 2 e 1e-7 at
 * most. Errors below 1e-12 are roundings themselves. Linear mode grows without bound and
 * is left out. */
static void single_agrees_with_double(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (int weights = 0; weights < 4; weights++)
        for (int mode = 0; mode < CISUP_MODE_LINEAR; mode++) {
            cisup_experiment x = experiment_of(&a, weights, mode, z);
            cisup_report want = ran(&x);
            x.precision = CISUP_PRECISION_SINGLE;
            cisup_report got = ran(&x);
            for (cisup_index k = 0; k < 2; k++)
                for (cisup_index cell = 0; cell < cisup_cell(x.L + 1, 0, 0); cell++) {
                    const double mse = want.result[k].mse[cell].mean;
                    if (mse < 1e-12 || isnan(mse)) continue;
                    CHECK_NEAR(got.result[k].mse[cell].mean, mse,
                               1e-5 * mse + 2e-7 * sqrt(mse));
                }
            cisup_report_free(&want);
            cisup_report_free(&got);
        }
    cisup_allocation_free(&a);
}

static void threads_do_not_matter(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (int precision = 0; precision < CISUP_PRECISIONS; precision++) {
        cisup_experiment x = experiment_of(&a, CISUP_WEIGHTS_CAPPED, CISUP_MODE_RELU, z);
        x.precision = (cisup_precision)precision;
        x.threads = 1;
        cisup_report one = ran(&x);
        for (int threads = 2; threads <= 5; threads += 3) {
            x.threads = threads;
            cisup_report more = ran(&x);
            check_same_bytes(&one, &more);
            cisup_report_free(&more);
        }
        cisup_report_free(&one);
    }
    cisup_allocation_free(&a);
}

static void what_needs_double_is_refused(void **state) {
    (void)state;
    cisup_allocation a = placed();
    cisup_report r;
    cisup_experiment x = experiment_of(&a, CISUP_WEIGHTS_CAPPED, CISUP_MODE_RELU, z);
    x.precision = CISUP_PRECISION_SINGLE;
    x.terms = 1;
    assert_int_equal(cisup_experiment_run(&x, &r, NULL), CISUP_EINVAL);
    x.terms = 0;
    x.worst = 1;
    assert_int_equal(cisup_experiment_run(&x, &r, NULL), CISUP_EINVAL);
    x.worst = 0;
    x.engine = CISUP_PASS_ASSEMBLED;
    assert_int_equal(cisup_experiment_run(&x, &r, NULL), CISUP_EINVAL);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(double_gives_the_bytes_of_the_watched_pass),
        cmocka_unit_test(many_circuits_give_the_same_bytes),
        cmocka_unit_test(instructions_do_not_matter),
        cmocka_unit_test(single_agrees_with_double),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(what_needs_double_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
