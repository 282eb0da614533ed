/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an experiment reports is the mean over its networks, and the worst of their
 * circuits, counted sample by sample. */
#include "common/check.h"
#include "common/experiments.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/statistics/interval_square.h>
#include <cisup/sparse/layer/operator.h>

#include <float.h>

/* The mean of squares of network k of an experiment in each cell, sample by sample. */
static void network_means(const cisup_experiment *x, cisup_index k, cisup_index z,
                          double *mean) {
    cisup_family_options family = x->family;
    cisup_network_options options = x->network;
    family.seed = options.seed = x->seed;
    family.network = options.network = k;
    cisup_circuits c;
    cisup_network net;
    cisup_batch batch;
    cisup_forward forward;
    cisup_measure m;
    CHECK_OK(cisup_circuits_make(&c, x->base->T, x->d, x->L, &family, &error_));
    CHECK_OK(cisup_network_make(&net, x->base, &c, &options, &error_));
    CHECK_OK(cisup_batch_init(&batch, z, &c, &error_));
    CHECK_OK(cisup_forward_init(&forward, &net, &error_));
    CHECK_OK(cisup_measure_init(&m, &net, z, &error_));
    const cisup_index cells = cisup_cell(x->L + 1, 0, 0);
    for (cisup_index cell = 0; cell < cells; cell++) mean[cell] = 0.0;
    for (cisup_index sample = 0; sample < x->inputs; sample++) {
        cisup_batch_draw(&batch, &c, x->seed, k, sample, 1);
        const cisup_observer o = cisup_measure_start(&m, &batch, 0, 1);
        cisup_forward_run(&forward, &net, x->mode, &batch, &o);
        for (cisup_index cell = 0; cell < cells; cell++) {
            const int inactive = cell / CISUP_QUANTITIES % CISUP_STATES == CISUP_INACTIVE;
            const double who = (double)(inactive ? x->base->T - z : z);
            mean[cell] += cisup_measure_sum(&m, cell) / (who * (double)x->inputs);
        }
    }
    cisup_measure_free(&m);
    cisup_forward_free(&forward);
    cisup_batch_free(&batch);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
}

/* A mean is of z M or (T-z) M positive numbers, so n eps off at most; bounds take t
 * (4.3 for three networks) spreads, each off by as much. */
static void intervals_are_over_networks(void **state) {
    (void)state;
    enum { K = 3, most_cells = 27 };
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report r = ran(&x);
    double mean[K][most_cells];
    for (int j = 0; j < 2; j++) {
        for (cisup_index k = 0; k < K; k++) network_means(&x, k, x.z[j], mean[k]);
        assert_int_equal(cisup_cell(x.L + 1, 0, 0), most_cells);
        for (cisup_index cell = 0; cell < most_cells; cell++) {
            const double column[K] = {mean[0][cell], mean[1][cell], mean[2][cell]};
            const cisup_interval want = cisup_interval_square(column, K, 0.95);
            const cisup_interval *got = &r.result[j].mse[cell];
            const double allowed = 40.0 * 37.0 * DBL_EPSILON * (want.mean + want.sd);
            CHECK_NEAR(got->mean, want.mean, allowed);
            CHECK_NEAR(got->sd, want.sd, 2.0 * allowed);
            CHECK_NEAR(got->low, want.low, 10.0 * allowed);
            CHECK_NEAR(got->high, want.high, 10.0 * allowed);
        }
    }
    cisup_report_free(&r);
    cisup_allocation_free(&a);
}

/* Squares of the parts and products with the whole, summed by an order of its own. */
typedef struct {
    cisup_index d;
    double square[2][4][CISUP_TERMS], product[2][4][CISUP_TERMS]; /* [state][l][part] */
} term_count;

static void count_terms(void *context, cisup_index l, cisup_index t, const double *term,
                        const unsigned char *active) {
    term_count *c = context;
    const cisup_index width = c->d * CISUP_LANES;
    (void)t;
    for (int p = 0; p < CISUP_TERMS; p++)
        for (cisup_index i = 0; i < c->d; i++) { /* lane 0: one sample a batch */
            const double x = term[p * width + i * CISUP_LANES];
            const double y = term[CISUP_TERM_TOTAL * width + i * CISUP_LANES];
            c->square[!active[0]][l][p] += x * x;
            c->product[!active[0]][l][p] += x * y;
        }
}

/* The parts of the errors of network k of an experiment, sample by sample. */
static term_count network_terms(const cisup_experiment *x, cisup_index k, cisup_index z) {
    term_count count = {.d = x->d};
    cisup_family_options family = x->family;
    cisup_network_options options = x->network;
    family.seed = options.seed = x->seed;
    family.network = options.network = k;
    cisup_circuits c;
    cisup_network net;
    cisup_batch batch;
    cisup_forward forward;
    cisup_correction *correction;
    cisup_terms terms;
    CHECK_OK(cisup_circuits_make(&c, x->base->T, x->d, x->L, &family, &error_));
    CHECK_OK(cisup_network_make(&net, x->base, &c, &options, &error_));
    CHECK_OK(cisup_batch_init(&batch, z, &c, &error_));
    CHECK_OK(cisup_forward_init(&forward, &net, &error_));
    CHECK_OK(cisup_terms_corrections(&net, &correction, &error_));
    CHECK_OK(cisup_terms_init(&terms, &net, &error_));
    for (cisup_index sample = 0; sample < x->inputs; sample++) {
        cisup_batch_draw(&batch, &c, x->seed, k, sample, 1);
        const cisup_observer o = cisup_terms_start(&terms, &net, correction, x->mode,
                                                   &batch, count_terms, &count);
        cisup_forward_run(&forward, &net, x->mode, &batch, &o);
    }
    cisup_terms_free(&terms);
    cisup_terms_corrections_free(correction, x->L);
    cisup_forward_free(&forward);
    cisup_batch_free(&batch);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
    return count;
}

/* Positive numbers added in another order; products of either sign by the sizes of both.
 */
static void check_terms(const cisup_experiment *x, const cisup_result *r,
                        const term_count *count) {
    const double n = 40.0 * 37.0 * 3.0 * DBL_EPSILON;
    for (cisup_index l = 1; l <= 3; l++)
        for (int s = 0; s < 2; s++)
            for (int p = 0; p < CISUP_TERMS; p++) {
                const double who = (double)((s ? x->base->T - r->z : r->z) * x->inputs);
                double mean[3], both = 0.0, total = 0.0;
                for (int k = 0; k < 3; k++) {
                    mean[k] = count[k].square[s][l][p] / who;
                    both += count[k].product[s][l][p] / who / 3.0;
                    total += count[k].square[s][l][CISUP_TERM_TOTAL] / who / 3.0;
                }
                const cisup_interval want = cisup_interval_square(mean, 3, 0.95);
                const cisup_index cell = cisup_term_cell(l, s, p);
                const cisup_interval *got = &r->term[cell];
                CHECK_NEAR(got->mean, want.mean, n * want.mean);
                CHECK_NEAR(got->low, want.low, 10.0 * n * (want.mean + want.sd));
                CHECK_NEAR(got->high, want.high, 10.0 * n * (want.mean + want.sd));
                const double sizes = sqrt(want.mean * total);
                CHECK_NEAR(r->correlation[cell], sizes > 0.0 ? both / sizes : (double)NAN,
                           4.0 * n);
            }
}

static void terms_are_means_over_networks(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    for (int scheme = 0; scheme < 4; scheme++) {
        cisup_experiment x = small(&a);
        x.terms = 1;
        x.network.weights.scheme = (cisup_weight_scheme)scheme;
        x.mode = (cisup_mode)scheme;
        cisup_report r = ran(&x);
        for (int j = 0; j < 2; j++) {
            const cisup_result *result = &r.result[j];
            term_count count[3];
            for (cisup_index k = 0; k < 3; k++) count[k] = network_terms(&x, k, x.z[j]);
            check_terms(&x, result, count);
            assert_true(result->residual > 0.0 && result->residual < 1e-12);
            for (cisup_index l = 1; l <= 3; l++) /* the error is the error */
                for (int s = 0; s < 2; s++) {
                    const double mse = result->mse[cisup_cell(l, s, CISUP_READOUT)].mean;
                    const double total =
                        result->term[cisup_term_cell(l, s, CISUP_TERM_TOTAL)].mean;
                    CHECK_NEAR(total, mse, 1e-13 * mse);
                }
        }
        cisup_report_free(&r);
    }
    cisup_allocation_free(&a);
}

static void terms_change_nothing_else(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report without = ran(&x);
    x.terms = 1;
    cisup_report one = ran(&x);
    x.threads = 3;
    cisup_report many = ran(&x);
    assert_same_report(&without, &one);
    assert_same_report(&without, &many);
    const size_t cells = (size_t)cisup_term_cell(4, 0, 0);
    for (int k = 0; k < 2; k++) {
        const cisup_result *r = &one.result[k], *m = &many.result[k];
        assert_memory_equal(r->term, m->term, cells * sizeof *r->term);
        assert_memory_equal(r->correlation, m->correlation, cells * sizeof(double));
        assert_true(r->residual == m->residual && without.result[k].residual == 0.0);
    }
    cisup_report_free(&without);
    cisup_report_free(&one);
    cisup_report_free(&many);
    cisup_allocation_free(&a);
}

/* Squared errors of the last layer of each circuit of a network, counted directly. */
typedef struct {
    const cisup_batch *batch;
    double sum[3][40]; /* active, inactive, times active */
    cisup_index L, d;
} circuit_count;

static void count_circuit(void *context, cisup_index l, cisup_index t,
                          const double *est) {
    circuit_count *c = context;
    const double *own = NULL;
    double square = 0.0;
    if (l != c->L) return;
    for (cisup_index k = 0; k < c->batch->z; k++)
        if (c->batch->active[k] == t) own = cisup_batch_state(c->batch, 0, k, l);
    for (cisup_index i = 0; i < c->d; i++) {
        const double e = est[i * CISUP_LANES] - (own ? own[i] : 0.0);
        square += e * e;
    }
    c->sum[own ? 0 : 1][t] += square;
    c->sum[2][t] += own != NULL;
}

static circuit_count network_circuits(const cisup_experiment *x, cisup_index k,
                                      cisup_index z) {
    cisup_specimen s;
    cisup_batch batch;
    cisup_forward f;
    circuit_count count = {.batch = &batch, .L = x->L, .d = x->d};
    const cisup_observer o = {&count, NULL, count_circuit};
    CHECK_OK(cisup_specimen_make(&s, x, k, &error_));
    CHECK_OK(cisup_batch_init(&batch, z, s.net.circuits, &error_));
    CHECK_OK(cisup_forward_init(&f, &s.net, &error_));
    for (cisup_index sample = 0; sample < x->inputs; sample++) {
        cisup_batch_draw(&batch, s.net.circuits, x->seed, k, sample, 1);
        cisup_forward_run(&f, &s.net, x->mode, &batch, &o);
    }
    cisup_forward_free(&f);
    cisup_batch_free(&batch);
    cisup_specimen_free(&s);
    return count;
}

/* Positive numbers added in another order. */
static void worst_circuits_are_found(void **state) {
    (void)state;
    enum { most = 7 };
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report without = ran(&x);
    x.worst = most;
    cisup_report r = ran(&x);
    x.threads = 4;
    cisup_report many = ran(&x);
    assert_same_report(&without, &r);
    for (int j = 0; j < 2; j++) {
        const cisup_result *result = &r.result[j];
        cisup_ranked all[most];
        cisup_index count = 0;
        for (cisup_index k = 0; k < 3; k++) {
            const circuit_count c = network_circuits(&x, k, x.z[j]);
            cisup_ranked want[most];
            cisup_ranking_take(want, most, k, 40, NULL, c.sum[0], x.inputs);
            for (int i = 0; i < most; i++) {
                const cisup_ranked *got = &result->ranked[k * most + i];
                assert_int_equal(got->circuit, want[i].circuit);
                assert_int_equal(got->network, k);
                assert_int_equal(got->active, want[i].active);
                CHECK_NEAR(got->mse, want[i].mse, 50.0 * DBL_EPSILON * want[i].mse);
                CHECK_NEAR(got->mse_active, want[i].mse_active,
                           50.0 * DBL_EPSILON * want[i].mse_active);
                CHECK_NEAR(got->mse_inactive, want[i].mse_inactive,
                           50.0 * DBL_EPSILON * want[i].mse_inactive);
                cisup_ranking_insert(all, &count, most, got);
            }
        }
        for (int i = 0; i < most; i++)
            assert_memory_equal(&result->culprit[i].who, &all[i], sizeof all[i]);
        assert_memory_equal(result->culprit, many.result[j].culprit,
                            most * sizeof *result->culprit);
        assert_int_equal(result->culprit[0].neurons, 3);
    }
    cisup_report_free(&without);
    cisup_report_free(&r);
    cisup_report_free(&many);
    cisup_allocation_free(&a);
}

/* kappa of a report is the mean of the networks' over two equal builds. */
static void kappa_is_the_mean_over_networks(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, 40, 4, 3, NULL, &error_));
    cisup_report r = ran(&x);
    for (int l = 0; l < 2; l++) {
        double mean = 0.0;
        for (cisup_index k = 0; k < 3; k++) {
            cisup_network_options o = x.network;
            o.seed = x.seed;
            o.network = k;
            cisup_network net;
            CHECK_OK(cisup_network_make(&net, &a, &c, &o, &error_));
            mean += cisup_operator_kappa(&net.layers[l]) / 3.0;
            cisup_network_free(&net);
        }
        assert_true(mean > 0.1);
        CHECK_NEAR(r.kappa[l], mean, 6.0 * DBL_EPSILON * mean);
    }
    cisup_report_free(&r);
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_over_networks),
        cmocka_unit_test(terms_are_means_over_networks),
        cmocka_unit_test(terms_change_nothing_else),
        cmocka_unit_test(worst_circuits_are_found),
        cmocka_unit_test(kappa_is_the_mean_over_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
