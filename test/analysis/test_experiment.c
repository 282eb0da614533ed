/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/statistics/interval_square.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/operator.h>

#include <float.h>
#include <omp.h>

static const cisup_index some_z[] = {1, 3};

static cisup_allocation placed(cisup_index N, cisup_index S, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    return a;
}

/* Rotations in a small network; five batches of samples, the last one not full. */
static cisup_experiment small(const cisup_allocation *base) {
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

static cisup_report ran(const cisup_experiment *x) {
    cisup_report r;
    CHECK_OK(cisup_experiment_run(x, &r, &error_));
    return r;
}

static void assert_same_result(const cisup_result *a, const cisup_result *b,
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
static void assert_same_report(const cisup_report *a, const cisup_report *b) {
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

static void threads_do_not_show(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    for (int variant = 0; variant < 16; variant++) {
        cisup_experiment x = small(&a);
        x.engine = (cisup_engine)(variant % 4);
        x.mode = (cisup_mode)(variant / 4);
        cisup_report one = ran(&x);
        const int threads[] = {2, 5, 0};
        for (int k = 0; k < 3; k++) {
            x.threads = threads[k];
            cisup_report many = ran(&x);
            assert_same_report(&one, &many);
            cisup_report_free(&many);
        }
        cisup_report_free(&one);
    }
    cisup_allocation_free(&a);
}

static void seeds_do_show(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report one = ran(&x);
    x.seed = 2;
    cisup_report two = ran(&x);
    const cisup_index cell = cisup_cell(3, CISUP_ACTIVE, CISUP_X);
    assert_true(one.result[0].mse[cell].mean != two.result[0].mse[cell].mean);
    cisup_report_free(&one);
    cisup_report_free(&two);
    cisup_allocation_free(&a);
}

/* One z alone gives what it gives among others: samples of a z do not depend on the
 * list. */
static void values_of_z_do_not_mix(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report both = ran(&x);
    x.z = some_z + 1;
    x.z_count = 1;
    cisup_report alone = ran(&x);
    assert_same_result(&both.result[1], &alone.result[0], cisup_cell(4, 0, 0), 12);
    cisup_report_free(&both);
    cisup_report_free(&alone);
    cisup_allocation_free(&a);
}

/* The largest row sum of |W^l| over the layers of network 0. */
static double norm_of(const cisup_experiment *x) {
    const cisup_index dN = x->d * x->base->N;
    cisup_network_options o = x->network;
    o.seed = x->seed;
    o.form = CISUP_OPERATOR_ASSEMBLED;
    cisup_circuits c;
    cisup_network net;
    double *W, most = 0.0;
    CHECK_OK(cisup_circuits_make(&c, x->base->T, x->d, x->L, &x->family, &error_));
    CHECK_OK(cisup_network_make(&net, x->base, &c, &o, &error_));
    CHECK_OK(cisup_new(&W, dN * dN, sizeof *W, &error_));
    for (cisup_index l = 0; l + 1 < x->L; l++) {
        cisup_weights_dense(&net.layers[l].assembled, W);
        for (cisup_index row = 0; row < dN; row++) {
            double sum = 0.0;
            for (cisup_index k = 0; k < dN; k++) sum += fabs(W[row * dN + k]);
            most = fmax(most, sum);
        }
    }
    cisup_release(W);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
    return most;
}

/* The largest norm of an error or state in a report. */
static double largest_norm(const cisup_report *r) {
    double most = 0.0;
    for (cisup_index k = 0; k < r->z_count; k++)
        for (cisup_index cell = 0; cell < cisup_cell(r->L + 1, 0, 0); cell++)
            most = fmax(most, r->result[k].worst[cell]);
    return most;
}

/* Sums of T + d N terms in each of two layers, each followed by norms of W; states and
 * errors are at most `most` each, activations their sum; of a squared norm. */
static void engines_agree(void **state) {
    (void)state;
    const cisup_index T = 40, N = 31;
    cisup_allocation a = placed(N, 3, T);
    for (int variant = 0; variant < 16; variant++) {
        cisup_experiment x = small(&a);
        x.mode = (cisup_mode)(variant % 4);
        x.network.weights.scheme = (cisup_weight_scheme)(variant / 4);
        cisup_report factored = ran(&x);
        x.engine = CISUP_ENGINE_ASSEMBLED;
        cisup_report assembled = ran(&x);
        const double most = largest_norm(&factored), norm = norm_of(&x);
        const double allowed =
            2.0 * (double)(T + 4 * N) * DBL_EPSILON * norm * norm * 2.0 * most * most;
        assert_true(allowed < 1e-6 * (1.0 + most * most)); /* else it says nothing */
        for (int k = 0; k < 2; k++)
            for (cisup_index cell = 0; cell < cisup_cell(4, 0, 0); cell++) {
                const cisup_result *f = &factored.result[k], *s = &assembled.result[k];
                CHECK_NEAR(s->mse[cell].mean, f->mse[cell].mean, allowed);
                CHECK_NEAR(s->worst[cell] * s->worst[cell],
                           f->worst[cell] * f->worst[cell], allowed);
            }
        for (int l = 0; l < 2; l++)
            CHECK_NEAR(assembled.kappa[l], factored.kappa[l], 4.0 * DBL_EPSILON);
        cisup_report_free(&factored);
        cisup_report_free(&assembled);
    }
    cisup_allocation_free(&a);
}

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

/* With every layer in the same order, leaving rows empty is having no such rows; the
 * statistics of the allocation alone, and so theory, know of them. */
static void excluded_circuits_are_not_there(void **state) {
    (void)state;
    const cisup_index out[2][4] = {{0, 7, 8, 39}, {1, 2, 3, 20}};
    cisup_allocation a = placed(30, 3, 40), less = placed(30, 3, 36);
    for (int by_network = 0; by_network < 2; by_network++) {
        cisup_circuits c, some;
        cisup_index kept[36], at = 0;
        CHECK_OK(cisup_circuits_make(&c, 40, 4, 3, NULL, &error_));
        for (cisup_index t = 0, next = 0; t < 40; t++) {
            if (next < 4 && out[by_network][next] == t) {
                next++;
                continue;
            }
            memcpy(less.slot + at * 3, cisup_allocation_row(&a, t), 3 * sizeof(int32_t));
            kept[at++] = t;
        }
        CHECK_OK(cisup_circuits_keep(&some, &c, kept, 36, &error_));
        cisup_experiment x = small(&a), y = small(&less);
        x.network.keep_order = y.network.keep_order = 1;
        x.networks = y.networks = 1 + by_network;
        x.circuits = &c;
        y.circuits = &some;
        x.exclude = (cisup_exclusion){out[0], 4, by_network};
        cisup_report left = ran(&x), want = ran(&y);
        const cisup_index k = by_network; /* the network with that list */
        for (int j = 0; j < 2 && k == 0; j++)
            for (cisup_index cell = 0; cell < 27; cell++) {
                const cisup_interval *got = &left.result[j].mse[cell];
                CHECK_NEAR(got->mean, want.result[j].mse[cell].mean, 0.0);
            }
        x.worst = y.worst = 36;
        cisup_report_free(&left);
        cisup_report_free(&want);
        left = ran(&x);
        want = ran(&y);
        for (cisup_index i = k * 36; i < (k + 1) * 36; i++) {
            const cisup_ranked *got = &left.result[0].ranked[i];
            const cisup_ranked *same = &want.result[0].ranked[i];
            assert_int_equal(got->circuit, kept[same->circuit]);
            assert_true(got->mse == same->mse && got->active == same->active);
        }
        cisup_report_free(&left);
        cisup_report_free(&want);
        cisup_circuits_free(&some);
        cisup_circuits_free(&c);
    }
    cisup_allocation_free(&less);
    cisup_allocation_free(&a);
}

/* Given circuits are used in all networks, which then differ by their permutations. */
static void given_circuits_are_used(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    x.networks = 1;
    cisup_report family = ran(&x);
    cisup_family_options o = x.family;
    o.seed = x.seed;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, 40, 4, 3, &o, &error_));
    x.circuits = &c;
    x.d = x.L = 0;
    cisup_report given = ran(&x);
    assert_int_equal(given.L, 3);
    assert_int_equal(given.d, 4);
    for (int k = 0; k < 2; k++)
        assert_memory_equal(given.result[k].mse, family.result[k].mse,
                            27 * sizeof *given.result[k].mse);
    assert_memory_equal(given.kappa, family.kappa, 2 * sizeof *given.kappa);
    x.networks = 2;
    cisup_report two = ran(&x);
    assert_true(two.result[0].mse[cisup_cell(3, 0, 2)].sd > 0.0);
    cisup_report_free(&family);
    cisup_report_free(&given);
    cisup_report_free(&two);
    cisup_circuits_free(&c);
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

/* Counts its calls and stops at one of them. */
typedef struct {
    cisup_index calls, stop_at, of;
} watch;

static int stop_at(void *context, double done, double of) {
    watch *w = context;
    if (done >= (double)w->calls + 1.0) w->calls++;
    w->of = (cisup_index)of;
    return w->stop_at > 0 && done >= (double)w->stop_at;
}

static void stopping_keeps_what_was_done(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    for (cisup_index stop = 1; stop <= 3; stop++) {
        watch w = {.stop_at = stop};
        cisup_experiment x = small(&a);
        x.networks = 5;
        const cisup_watcher watcher = {stop_at, &w, -1.0};
        x.watcher = &watcher;
        cisup_report stopped = ran(&x);
        assert_int_equal(w.calls, stop);
        assert_int_equal(w.of, 5);
        assert_int_equal(stopped.networks, stop);
        x.networks = stop;
        x.watcher = NULL;
        cisup_report whole = ran(&x);
        assert_same_report(&stopped, &whole);
        cisup_report_free(&stopped);
        cisup_report_free(&whole);
    }
    watch w = {.stop_at = -1};
    cisup_experiment x = small(&a);
    const cisup_watcher watcher = {stop_at, &w, -1.0};
    x.watcher = &watcher;
    cisup_report r = ran(&x);
    assert_int_equal(w.calls, 3);
    assert_true(r.build_s >= 0.0 && r.run_s > 0.0);
    cisup_report_free(&r);
    cisup_allocation_free(&a);
}

static int is_empty(const cisup_report *r) {
    return r->L == 0 && r->d == 0 && r->z_count == 0 && r->networks == 0 && !r->result &&
           !r->kappa;
}

static void refuse(const cisup_experiment *x, cisup_status want, const char *says) {
    const int64_t before = cisup_memory_live();
    cisup_report r = {.L = 99};
    cisup_error err = {0};
    const cisup_status got = cisup_experiment_run(x, &r, &err);
    if (got != want || !strstr(err.text, says))
        fail_msg("status %d, wanted %d with '%s': %s", (int)got, (int)want, says,
                 err.text);
    assert_true(is_empty(&r));
    assert_int_equal(cisup_memory_live(), before);
    assert_int_equal(cisup_experiment_run(x, &r, NULL), want);
}

static void bad_numbers_are_refused(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    const cisup_index bad_z[][1] = {{0}, {-3}, {41}};
    const char *const says[] = {"z = 0", "z = -3", "z = 41"};
    for (int k = 0; k < 3; k++) {
        x = small(&a);
        x.z = bad_z[k];
        x.z_count = 1;
        refuse(&x, CISUP_EINVAL, says[k]);
    }
    x = small(&a);
    x.z_count = 0;
    refuse(&x, CISUP_EINVAL, "0 values of z");
    x = small(&a);
    x.networks = 0;
    refuse(&x, CISUP_EINVAL, "networks 0");
    x = small(&a);
    x.inputs = 0;
    refuse(&x, CISUP_EINVAL, "inputs 0");
    x = small(&a);
    x.threads = -1;
    refuse(&x, CISUP_EINVAL, "threads -1");
    const cisup_index out[38] = {0};
    x = small(&a);
    x.exclude = (cisup_exclusion){out, 38, 0};
    refuse(&x, CISUP_EINVAL, "z = 3 is not within 1..2 circuits");
    x = small(&a);
    x.worst = 41;
    refuse(&x, CISUP_EINVAL, "the 41 worst of 40 circuits");
    cisup_allocation_free(&a);
}

static void bad_circuits_are_refused(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, 39, 4, 3, NULL, &error_));
    cisup_experiment x = small(&a);
    x.d = 5;
    refuse(&x, CISUP_EINVAL, "d = 5");
    x.d = 0;
    refuse(&x, CISUP_EINVAL, "d = 0");
    x.d = -4;
    refuse(&x, CISUP_EINVAL, "d = -4");
    x = small(&a);
    x.L = 0;
    refuse(&x, CISUP_EINVAL, "L = 0");
    x.L = -2;
    refuse(&x, CISUP_EINVAL, "L = -2");
    x = small(&a);
    x.family.margin = 0.0;
    refuse(&x, CISUP_EINVAL, "margin 0");
    x = small(&a);
    x.circuits = &c;
    refuse(&x, CISUP_ESHAPE, "of 40 circuits for 39 circuits");
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

static void experiments_beyond_the_memory_are_refused_at_once(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    x.inputs = INT64_C(1) << 50;
    refuse(&x, CISUP_ENOMEM, "the experiment would need");
    assert_true(cisup_experiment_bytes(&x) > 1e15);
    assert_true(cisup_experiment_operations(&x) > 1e15);
    x = small(&a);
    assert_true(cisup_experiment_bytes(&x) < 1e8);
    cisup_allocation_free(&a);
}

static void one_circuit_one_layer_one_sample_is_enough(void **state) {
    (void)state;
    const cisup_index z = 1;
    cisup_allocation a = placed(1, 1, 1);
    cisup_experiment x = small(&a);
    x.L = 1;
    x.z = &z;
    x.z_count = 1;
    x.networks = x.inputs = 1;
    cisup_report r = ran(&x);
    assert_true(r.result[0].mse[cisup_cell(1, CISUP_ACTIVE, CISUP_X)].mean < 1e-28);
    assert_true(isnan(r.result[0].mse[cisup_cell(1, CISUP_ACTIVE, CISUP_X)].sd));
    assert_true(isnan(r.result[0].mse[cisup_cell(1, CISUP_INACTIVE, CISUP_X)].mean));
    cisup_report_free(&r);
    cisup_allocation_free(&a);
}

static cisup_status run_tiny(void *context) {
    cisup_report r;
    const cisup_status status = cisup_experiment_run(context, &r, NULL);
    if (status != CISUP_OK) assert_true(is_empty(&r));
    cisup_report_free(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_allocation a = placed(9, 2, 7);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* so that the n-th allocation is always the same one */
    for (int variant = 0; variant < 3; variant++) {
        static const cisup_engine engine[] = {
            CISUP_ENGINE_BATCHED, CISUP_ENGINE_ASSEMBLED, CISUP_ENGINE_SPARSE};
        cisup_experiment x = small(&a);
        x.engine = engine[variant];
        x.L = 2;
        x.networks = 2;
        x.inputs = 2;
        x.worst = x.terms = variant == 1;
        assert_true(check_every_allocation(run_tiny, &x) > 50);
    }
    omp_set_num_threads(threads);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(seeds_do_show),
        cmocka_unit_test(values_of_z_do_not_mix),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(intervals_are_over_networks),
        cmocka_unit_test(terms_are_means_over_networks),
        cmocka_unit_test(terms_change_nothing_else),
        cmocka_unit_test(worst_circuits_are_found),
        cmocka_unit_test(excluded_circuits_are_not_there),
        cmocka_unit_test(given_circuits_are_used),
        cmocka_unit_test(kappa_is_the_mean_over_networks),
        cmocka_unit_test(stopping_keeps_what_was_done),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(bad_circuits_are_refused),
        cmocka_unit_test(experiments_beyond_the_memory_are_refused_at_once),
        cmocka_unit_test(one_circuit_one_layer_one_sample_is_enough),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
