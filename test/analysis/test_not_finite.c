/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that diverges: no way through it may make a number of what ran over, neither
 * in ReLU nor in masks, and all agree where it did. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/network_error.h>
#include <cisup/analysis/pass/bulk.h>
#include <cisup/analysis/statistics/decide.h>

enum { T = 60, N = 100, S = 4, L = 8, D = 3 };

/* Weights of both signs and of size `scale`, which is the growth from layer to layer. */
static cisup_circuits growing(double scale) {
    cisup_circuits c;
    cisup_rng rng = check_rng(1);
    CHECK_OK(cisup_circuits_init(&c, T, D, L, 1, &error_));
    for (cisup_index k = 0; k < T * D * D; k++)
        c.w[k] = scale * (2.0 * cisup_rng_unit(&rng) - 0.8);
    cisup_circuits_set_mean(&c);
    return c;
}

static cisup_allocation placed(void) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    return a;
}

static const cisup_index z[] = {2};

static cisup_experiment experiment_of(const cisup_allocation *base,
                                      const cisup_circuits *c, int weights, int mode) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.circuits = c;
    x.d = D;
    x.L = L;
    x.network.weights.scheme = (cisup_weight_scheme)weights;
    x.mode = (cisup_mode)mode;
    x.engine = CISUP_ENGINE_BATCHED;
    x.z = z;
    x.z_count = 1;
    x.networks = 2;
    x.inputs = 19;
    return x;
}

static cisup_report ran(const cisup_experiment *x) {
    cisup_report r;
    CHECK_OK(cisup_experiment_run(x, &r, &error_));
    return r;
}

/* The first layer without a share of open neurons, L + 1: none. */
static cisup_index lost_in(const cisup_result *r) {
    cisup_index l = 1;
    while (l <= L && isfinite(r->open[(l - 1) * D])) l++;
    return l;
}

/* From layer `first` on nothing of a read-out is a number. */
static void check_nothing_is_finite(const cisup_result *r, cisup_index first) {
    for (cisup_index l = first; l <= L; l++) {
        for (int state = 0; state <= CISUP_INACTIVE; state++) {
            const cisup_index cell = cisup_cell(l, state, CISUP_READOUT);
            assert_true(r->mse[cell].mean == (double)INFINITY);
            assert_true(isnan(r->mse[cell].low) && isnan(r->mse[cell].high));
            assert_true(r->worst[cell] == (double)INFINITY);
            assert_true(r->q99[cell] == (double)INFINITY);
            assert_true(r->median[cell] == (double)INFINITY);
        }
        for (cisup_index i = 0; i < D; i++) {
            assert_true(isnan(r->open[(l - 1) * D + i]));
            assert_true(isnan(r->wrong[(l - 1) * D + i]));
        }
    }
}

/* Both lost in the same layer, and of the same errors before. */
static void check_same(const cisup_result *r, const cisup_result *want,
                       double tolerance) {
    const cisup_index lost = lost_in(want);
    assert_int_equal(lost_in(r), lost);
    for (cisup_index cell = 0; cell < cisup_cell(lost, 0, 0); cell++) {
        const double x = r->mse[cell].mean, y = want->mse[cell].mean;
        assert_int_equal(isfinite(x), isfinite(y));
        if (isfinite(y)) CHECK_NEAR(x, y, tolerance * fabs(y));
    }
    check_nothing_is_finite(r, lost);
}

/* In double precision also the pass that is watched and the one of stored weights. */
static void check_engines(cisup_experiment x, cisup_index layers) {
    const double tolerance = x.precision == CISUP_PRECISION_DOUBLE ? 1e-9 : 1e-3;
    cisup_report batched = ran(&x);
    assert_int_equal(lost_in(batched.result), layers);
    check_nothing_is_finite(batched.result, layers);
    x.engine = CISUP_ENGINE_SPARSE;
    cisup_report sparse = ran(&x);
    check_same(sparse.result, batched.result, tolerance);
    if (x.precision == CISUP_PRECISION_DOUBLE) {
        x.engine = CISUP_ENGINE_ASSEMBLED;
        cisup_report assembled = ran(&x);
        check_same(assembled.result, batched.result, tolerance);
        x.engine = CISUP_ENGINE_BATCHED;
        x.worst = 1;
        cisup_report watched = ran(&x);
        check_same(watched.result, batched.result, 0.0);
        assert_true(watched.result->ranked[0].mse == (double)INFINITY ||
                    isnan(watched.result->ranked[0].mse));
        cisup_report_free(&assembled);
        cisup_report_free(&watched);
    }
    cisup_report_free(&batched);
    cisup_report_free(&sparse);
}

static void all_engines_agree_on_what_is_lost(void **state) {
    (void)state;
    cisup_allocation a = placed();
    cisup_circuits big = growing(1e60), small = growing(1e9);
    for (int weights = 0; weights < 4; weights++)
        for (int mode = 0; mode < 4; mode++) {
            cisup_experiment x = experiment_of(&a, &big, weights, mode);
            check_engines(x, 6); /* 1e300 in layer 5 */
            x = experiment_of(&a, &small, weights, mode);
            x.precision = CISUP_PRECISION_SINGLE;
            check_engines(x, 5); /* 1e36 in layer 4 */
        }
    cisup_circuits_free(&big);
    cisup_circuits_free(&small);
    cisup_allocation_free(&a);
}

static void one_kappa_a_row_agrees(void **state) {
    (void)state;
    cisup_allocation a = placed();
    cisup_circuits c = growing(1e60);
    cisup_experiment x = experiment_of(&a, &c, CISUP_WEIGHTS_CAPPED, CISUP_MODE_RELU);
    x.network.weights.kappa = CISUP_KAPPA_ROWS;
    cisup_report batched = ran(&x);
    assert_int_equal(lost_in(batched.result), 6);
    x.engine = CISUP_ENGINE_ASSEMBLED;
    cisup_report assembled = ran(&x);
    check_same(assembled.result, batched.result, 1e-9);
    cisup_report_free(&batched);
    cisup_report_free(&assembled);
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

/* One pass of a batch by the kernel: what was measured. */
static void pass(const cisup_network *net, const cisup_bulk_kernel *kernel,
                 cisup_mode mode, cisup_measure *m) {
    cisup_bulk_plan plan;
    cisup_bulk b;
    cisup_batch batch;
    CHECK_OK(cisup_bulk_plan_make(&plan, net, kernel, 1, &error_));
    CHECK_OK(cisup_bulk_init(&b, &plan, false, &error_));
    CHECK_OK(cisup_batch_init(&batch, 2, net->circuits, &error_));
    CHECK_OK(cisup_measure_init(m, net, 2, &error_));
    cisup_batch_draw(&batch, net->circuits, 7, 0, 0, cisup_bulk_lanes(kernel) - 1);
    m->circuits = net->circuits;
    (void)cisup_measure_start(m, &batch, 0, batch.used);
    cisup_bulk_run(&b, mode, &batch, m, NULL);
    cisup_batch_free(&batch);
    cisup_bulk_free(&b);
    cisup_bulk_plan_free(&plan);
}

static void check_instructions(const cisup_network *net, cisup_precision precision,
                               cisup_mode mode) {
    cisup_measure plain, other;
    pass(net, cisup_bulk_kernel_for(precision, CISUP_INSTRUCTIONS_PLAIN), mode, &plain);
    assert_true(plain.open[L * D - 1].lost > 0);
    for (int set = 1; set < CISUP_INSTRUCTIONS; set++) {
        const cisup_bulk_kernel *kernel =
            cisup_bulk_kernel_for(precision, (cisup_instructions)set);
        if (!kernel) continue;
        pass(net, kernel, mode, &other);
        const size_t cells = (size_t)cisup_cell(L + 1, 0, 0);
        for (size_t k = 0; k < cells * CISUP_LANES_MOST; k++)
            assert_true(plain.sum[k] == other.sum[k] ||
                        (isnan(plain.sum[k]) && isnan(other.sum[k])));
        assert_memory_equal(other.tally, plain.tally, cells * sizeof *plain.tally);
        assert_memory_equal(other.open, plain.open, (size_t)(L * D) * sizeof *plain.open);
        cisup_measure_free(&other);
    }
    cisup_measure_free(&plain);
}

/* Of those that this machine has. */
static void instructions_agree_on_what_is_lost(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (int k = 0; k < 4 * 4 * CISUP_PRECISIONS; k++) {
        const cisup_precision precision = (cisup_precision)(k / 16);
        cisup_network_options o = cisup_network_defaults();
        cisup_network net;
        cisup_circuits c = growing(precision == CISUP_PRECISION_SINGLE ? 1e9 : 1e60);
        o.weights.scheme = (cisup_weight_scheme)(k % 4);
        CHECK_OK(cisup_network_make(&net, &a, &c, &o, &error_));
        check_instructions(&net, precision, (cisup_mode)(k / 4 % 4));
        cisup_network_free(&net);
        cisup_circuits_free(&c);
    }
    cisup_allocation_free(&a);
}

/* A sum that runs over to -infinity may have been on its way to a positive number. */
static void a_step_keeps_what_is_not_finite(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 1, 2, 1, 1, &error_));
    const double w[][2] = {{1e200, 0.0}, {-1e200, 0.0}, {1e200, -1e200}, {-2.0, 0.0}};
    const double a[2] = {1e150, 1e150};
    for (int k = 0; k < 4; k++) {
        double next[2];
        for (int j = 0; j < 2; j++) {
            c.w[j] = w[k][j];
            c.w[2 + j] = 0.5 * (j == 0);
        }
        cisup_circuits_step(&c, 1, 0, a, next);
        assert_int_equal(isfinite(next[0]), k == 3);
        assert_true(k < 3 || next[0] == 0.0);
        CHECK_NEAR(next[1], 5e149, 1e135);
    }
    const double lost[2] = {(double)NAN, 1.0};
    double next[2];
    cisup_circuits_step(&c, 1, 0, lost, next);
    assert_true(isnan(next[0]) && isnan(next[1]));
    cisup_circuits_free(&c);
}

static void parts_of_a_lost_error_are_lost(void **state) {
    (void)state;
    cisup_allocation a = placed();
    cisup_circuits c = growing(1e60);
    cisup_experiment x = experiment_of(&a, &c, CISUP_WEIGHTS_CAPPED, CISUP_MODE_RELU);
    x.terms = 1;
    cisup_report r = ran(&x);
    for (int state_kind = 0; state_kind < 2; state_kind++)
        for (int part = 0; part < CISUP_TERMS; part++)
            for (cisup_index l = 6; l <= L; l++) {
                const cisup_index cell = cisup_term_cell(l, state_kind, part);
                if (part != CISUP_TERM_READOUT_CORRECTION)
                    assert_true(!isfinite(r.result->term[cell].mean));
                assert_true(isnan(r.result->correlation[cell]));
            }
    cisup_report_free(&r);
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

/* What searches for capacities measure and decide. */
static void a_lost_network_is_above_every_limit(void **state) {
    (void)state;
    cisup_circuits c = growing(1e60);
    cisup_network_error e = {.x = cisup_experiment_defaults(),
                             .N = N,
                             .S = S,
                             .z = 2,
                             .state = CISUP_ACTIVE,
                             .quantity = CISUP_READOUT,
                             .seed = 1};
    double y[8];
    e.x.circuits = &c;
    e.x.L = L;
    e.x.inputs = 9;
    e.allocation = cisup_allocation_defaults();
    for (int kind = 0; kind < 2; kind++) {
        e.measure = kind ? CISUP_WORST : CISUP_MEAN_SQUARE;
        CHECK_OK(cisup_network_error_measure(&e, 50, 0, 8, y, &error_));
        for (int k = 0; k < 8; k++) assert_true(y[k] == (double)INFINITY);
        assert_int_equal(cisup_decide(y, 8, 1e300, 0.01), CISUP_ABOVE);
    }
    cisup_network_error_free(&e);
    cisup_circuits_free(&c);
}

/* Numbers whose squares run over. */
static void large_numbers_have_an_interval(void **state) {
    (void)state;
    const double small[] = {2.385, 1.5, 2.0, 1.75}, inf = (double)INFINITY;
    double x[4];
    for (int k = 0; k < 4; k++) x[k] = small[k] * 1e200;
    const cisup_interval want = cisup_interval_mean(small, 4, 0.95);
    const cisup_interval got = cisup_interval_mean(x, 4, 0.95);
    CHECK_NEAR(got.mean * 1e-200, want.mean, 1e-14);
    CHECK_NEAR(got.sd * 1e-200, want.sd, 1e-14);
    CHECK_NEAR(got.low * 1e-200, want.low, 1e-14);
    CHECK_NEAR(got.high * 1e-200, want.high, 1e-14);
    assert_int_equal(cisup_decide(x, 4, 0.5, 0.01), CISUP_ABOVE);
    x[1] = x[2] = inf;
    assert_true(cisup_interval_mean(x, 4, 0.95).mean == inf);
    assert_true(isnan(cisup_interval_mean(x, 4, 0.95).high));
    x[3] = -inf;
    assert_true(isnan(cisup_interval_mean(x, 4, 0.95).mean));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_engines_agree_on_what_is_lost),
        cmocka_unit_test(one_kappa_a_row_agrees),
        cmocka_unit_test(instructions_agree_on_what_is_lost),
        cmocka_unit_test(a_step_keeps_what_is_not_finite),
        cmocka_unit_test(parts_of_a_lost_error_are_lost),
        cmocka_unit_test(a_lost_network_is_above_every_limit),
        cmocka_unit_test(large_numbers_have_an_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
