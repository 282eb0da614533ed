/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment.h>

#include <cisup/analysis/predict.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <omp.h>

cisup_experiment cisup_experiment_defaults(void) {
    return (cisup_experiment){.family = cisup_family_defaults(),
                              .network = cisup_network_defaults(),
                              .networks = 20,
                              .inputs = 500,
                              .seed = 1};
}

/* What the threads share while the samples of one network and one z are run. */
typedef struct {
    const cisup_experiment *x;
    const cisup_network *net;
    cisup_index z, network, batches, cells;
    cisup_measure *measure; /* [threads], borrowed: they go on over the networks */
    cisup_forward *forward; /* [threads] */
    cisup_batch *batch;     /* [threads] */
    double *sum;            /* [batches][cells] */
} crew;

static int thread_count(const cisup_experiment *x) {
    return x->threads > 0 ? x->threads : omp_get_max_threads();
}

static void crew_free(crew *c, int threads) {
    for (int k = 0; k < threads; k++) {
        if (c->forward) cisup_forward_free(&c->forward[k]);
        if (c->batch) cisup_batch_free(&c->batch[k]);
    }
    cisup_release(c->forward);
    cisup_release(c->batch);
    cisup_release(c->sum);
    *c = (crew){0};
}

static cisup_status crew_init(crew *c, const cisup_experiment *x,
                              const cisup_network *net, cisup_index z, int threads,
                              cisup_error *err) {
    *c = (crew){.x = x, .net = net, .z = z};
    c->batches = (x->inputs - 1) / CISUP_LANES + 1;
    c->cells = cisup_cell(net->circuits->L + 1, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_new(&c->forward, threads, sizeof *c->forward, err));
    CISUP_TRY(cisup_new(&c->batch, threads, sizeof *c->batch, err));
    CISUP_TRY(cisup_new(&c->sum, c->batches * c->cells, sizeof *c->sum, err));
    for (int k = 0; k < threads; k++) {
        CISUP_TRY(cisup_forward_init(&c->forward[k], net, err));
        CISUP_TRY(cisup_batch_init(&c->batch[k], z, net->circuits, err));
    }
done:
    if (status != CISUP_OK) crew_free(c, threads);
    return status;
}

static void run_batch(crew *c, cisup_index b, int thread) {
    cisup_batch *batch = &c->batch[thread];
    cisup_measure *measure = &c->measure[thread];
    const cisup_index first = b * CISUP_LANES, left = c->x->inputs - first;
    cisup_batch_draw(batch, c->net->circuits, c->x->seed, c->network, first,
                     left < CISUP_LANES ? left : CISUP_LANES);
    measure->circuits = c->net->circuits;
    const cisup_observer observer = cisup_measure_start(measure, batch);
    cisup_forward_run(&c->forward[thread], c->net, c->x->mode, batch, &observer);
    for (cisup_index cell = 0; cell < c->cells; cell++)
        c->sum[b * c->cells + cell] = cisup_measure_sum(measure, cell);
}

/* Runs all samples of a network. Sums are kept by batch and added in the order of the
 * samples, counts are whole numbers: the result does not depend on the threads.
 *
 *   mse       [cells], receives this network's means
 *   measure   [threads], receive the tallies and counts */
static cisup_status run_samples(const cisup_experiment *x, const cisup_network *net,
                                cisup_index network, cisup_index z, double *mse,
                                cisup_measure *measure, cisup_error *err) {
    const int threads = thread_count(x);
    crew c;
    cisup_status status = crew_init(&c, x, net, z, threads, err);
    if (status != CISUP_OK) return status;
    c.network = network;
    c.measure = measure;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (cisup_index b = 0; b < c.batches; b++) run_batch(&c, b, omp_get_thread_num());
    for (cisup_index cell = 0; cell < c.cells; cell++) {
        const int inactive = cell / CISUP_QUANTITIES % CISUP_STATES == CISUP_INACTIVE;
        const cisup_quantity quantity = (cisup_quantity)(cell % CISUP_QUANTITIES);
        const int exists = cisup_quantity_exists(net->circuits, quantity);
        const cisup_index who = !exists ? 0 : inactive ? net->base->T - z : z;
        double sum = 0.0;
        for (cisup_index b = 0; b < c.batches; b++) sum += c.sum[b * c.cells + cell];
        mse[cell] = who ? sum / ((double)who * (double)x->inputs) : (double)NAN;
    }
    crew_free(&c, threads);
    return CISUP_OK;
}

/* What is collected over the networks for one z. */
typedef struct {
    double *mse;            /* [cells][K] */
    double *column;         /* [cells], of one network */
    cisup_measure *measure; /* [threads] tallies and counts; merged into the first */
} collection;

static void collections_free(collection *all, const cisup_experiment *x) {
    const int threads = thread_count(x);
    for (cisup_index k = 0; all && k < x->z_count; k++) {
        cisup_release(all[k].mse);
        cisup_release(all[k].column);
        for (int t = 0; all[k].measure && t < threads; t++)
            cisup_measure_free(&all[k].measure[t]);
        cisup_release(all[k].measure);
    }
    cisup_release(all);
}

/* Before the first network is measured. */
static cisup_status start_measuring(collection *c, const cisup_network *net,
                                    cisup_index z, int threads, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->measure, threads, sizeof *c->measure, err));
    for (int t = 0; t < threads; t++)
        CISUP_TRY(cisup_measure_init(&c->measure[t], net, z, err));
done:
    return status;
}

/* One network: circuits, weights, then the samples of every z. */
static cisup_status run_network(const cisup_experiment *x, cisup_index network,
                                collection *all, cisup_report *report, cisup_error *err) {
    const cisup_index L = report->L, cells = cisup_cell(L + 1, 0, 0);
    cisup_family_options family = x->family;
    cisup_network_options options = x->network;
    family.seed = options.seed = x->seed;
    family.network = options.network = network;
    options.threads = x->threads;
    cisup_circuits drawn = {0};
    cisup_network net = {0};
    const double start = omp_get_wtime();
    cisup_status status;
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&drawn, x->base->T, x->d, x->L, &family, err));
    CISUP_TRY(cisup_network_make(&net, x->base, x->circuits ? x->circuits : &drawn,
                                 &options, err));
    const double built = omp_get_wtime();
    for (cisup_index l = 2; l <= L; l++)
        report->kappa[l - 2] += cisup_operator_kappa(&net.layers[l - 2]);
    for (cisup_index k = 0; k < x->z_count; k++) {
        collection *c = &all[k];
        if (!c->measure)
            CISUP_TRY(start_measuring(c, &net, x->z[k], thread_count(x), err));
        CISUP_TRY(run_samples(x, &net, network, x->z[k], c->column, c->measure, err));
        for (cisup_index cell = 0; cell < cells; cell++)
            c->mse[cell * x->networks + network] = c->column[cell];
    }
    report->build_s += built - start;
    report->run_s += omp_get_wtime() - built;
done:
    cisup_network_free(&net);
    cisup_circuits_free(&drawn);
    return status;
}

static cisup_status result_init(cisup_result *r, cisup_index L, cisup_index d,
                                cisup_error *err) {
    const cisup_index cells = cisup_cell(L + 1, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_new(&r->mse, cells, sizeof *r->mse, err));
    CISUP_TRY(cisup_new(&r->median, cells, sizeof *r->median, err));
    CISUP_TRY(cisup_new(&r->q99, cells, sizeof *r->q99, err));
    CISUP_TRY(cisup_new(&r->worst, cells, sizeof *r->worst, err));
    CISUP_TRY(cisup_new(&r->theory, cells, sizeof *r->theory, err));
    CISUP_TRY(cisup_new(&r->open, L * d, sizeof *r->open, err));
    CISUP_TRY(cisup_new(&r->wrong, L * d, sizeof *r->wrong, err));
done:
    return status;
}

void cisup_report_free(cisup_report *report) {
    for (cisup_index k = 0; report->result && k < report->z_count; k++) {
        cisup_result *r = &report->result[k];
        cisup_release(r->mse);
        cisup_release(r->median);
        cisup_release(r->q99);
        cisup_release(r->worst);
        cisup_release(r->theory);
        cisup_release(r->open);
        cisup_release(r->wrong);
    }
    cisup_release(report->result);
    cisup_release(report->kappa);
    *report = (cisup_report){0};
}

/* NaN stays NaN. */
static double at_most(double x, double limit) {
    return x > limit ? limit : x;
}

/* Means, intervals and quantiles of one z from what was collected. */
static void summarize(cisup_result *r, const collection *c, const cisup_experiment *x,
                      const cisup_report *report) {
    const cisup_index L = report->L, cells = cisup_cell(L + 1, 0, 0);
    for (cisup_index cell = 0; cell < cells; cell++) {
        const cisup_tally *tally = &c->measure[0].tally[cell];
        r->mse[cell] =
            cisup_interval_mean(c->mse + cell * x->networks, report->networks, 0.95);
        r->worst[cell] = cisup_histogram_total(&tally->squares) ? cisup_tally_worst(tally)
                                                                : (double)NAN;
        /* Quantiles are known to 1.6 %, the worst exactly. */
        r->median[cell] =
            at_most(cisup_histogram_quantile(&tally->squares, 0.5), r->worst[cell]);
        r->q99[cell] =
            at_most(cisup_histogram_quantile(&tally->squares, 0.99), r->worst[cell]);
    }
    const double neurons =
        (double)x->base->N * (double)x->inputs * (double)report->networks;
    for (cisup_index k = 0; k < L * report->d; k++) {
        const cisup_open_count *open = &c->measure[0].open[k];
        r->open[k] = (double)open->open / neurons;
        r->wrong[k] =
            open->outside ? (double)open->wrong / (double)open->outside : (double)NAN;
    }
}

static cisup_status predict(cisup_result *r, const cisup_experiment *x,
                            const cisup_report *report, cisup_error *err) {
    const cisup_allocation *base = x->base;
    cisup_circuits sample = {0};
    cisup_index *load = NULL;
    cisup_family_options family = x->family;
    cisup_theory_case c = {.d = (double)report->d,
                           .D = (double)(report->d * base->N),
                           .T = (double)base->T,
                           .S = (double)base->S,
                           .z = (double)r->z,
                           .N = (double)base->N,
                           .P = report->stats.P,
                           .p = report->stats.p,
                           .margin = x->family.margin,
                           .fresh = x->family.fresh};
    for (cisup_index l = 2; l <= report->L; l++)
        c.kappa += report->kappa[l - 2] / (double)(report->L - 1);
    cisup_status status;
    CISUP_TRY(cisup_new(&load, base->N, sizeof *load, err));
    cisup_allocation_loads(base, load);
    c.V = cisup_theory_background_variance(base->N, base->S, base->T, base->slot, load,
                                           c.kappa);
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&sample, 1, x->d, x->L, &family, err));
    r->feedback = cisup_theory_feedback(&c);
    CISUP_TRY(cisup_predict(&c, x->circuits ? -1 : (int)x->family.family,
                            x->circuits ? x->circuits : &sample, &x->network, x->mode,
                            r->mse, r->theory, err));
done:
    cisup_release(load);
    cisup_circuits_free(&sample);
    return status;
}

static cisup_status experiment_check(const cisup_experiment *x, cisup_error *err) {
    if (x->networks < 1 || x->inputs < 1 || x->threads < 0 || x->z_count < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "networks %" PRId64 ", inputs %" PRId64 ", threads %d, %" PRId64
                          " values of z",
                          x->networks, x->inputs, x->threads, x->z_count);
    if (!x->circuits && (x->d < 1 || x->L < 1))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "circuits with d = %" PRId64 ", L = %" PRId64, x->d, x->L);
    for (cisup_index k = 0; k < x->z_count; k++)
        if (x->z[k] < 1 || x->z[k] > x->base->T)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "z = %" PRId64 " is not within 1..T = %" PRId64, x->z[k],
                              x->base->T);
    return cisup_memory_require(cisup_experiment_bytes(x), "the experiment", err);
}

static cisup_status prepare(const cisup_experiment *x, collection **all,
                            cisup_report *report, cisup_error *err) {
    const cisup_index cells = cisup_cell(report->L + 1, 0, 0);
    cisup_index *load = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&load, x->base->N, sizeof *load, err));
    cisup_allocation_loads(x->base, load);
    report->stats = cisup_allocation_statistics(load, x->base->N, x->base->S, x->base->T);
    CISUP_TRY(cisup_new(&report->kappa, report->L, sizeof *report->kappa, err));
    CISUP_TRY(cisup_new(&report->result, x->z_count, sizeof *report->result, err));
    CISUP_TRY(cisup_new(all, x->z_count, sizeof **all, err));
    for (cisup_index k = 0; k < x->z_count; k++) {
        report->result[k].z = x->z[k];
        CISUP_TRY(result_init(&report->result[k], report->L, report->d, err));
        CISUP_TRY(cisup_new(&(*all)[k].mse, cells * x->networks, sizeof(double), err));
        CISUP_TRY(cisup_new(&(*all)[k].column, cells, sizeof(double), err));
    }
done:
    cisup_release(load);
    return status;
}

cisup_status cisup_experiment_run(const cisup_experiment *x, cisup_report *report,
                                  cisup_error *err) {
    *report = (cisup_report){.L = x->circuits ? x->circuits->L : x->L,
                             .d = x->circuits ? x->circuits->d : x->d,
                             .z_count = x->z_count};
    collection *all = NULL;
    cisup_status status;
    CISUP_TRY(experiment_check(x, err));
    CISUP_TRY(prepare(x, &all, report, err));
    for (cisup_index k = 0; k < x->networks; k++) {
        CISUP_TRY(run_network(x, k, all, report, err));
        report->networks++;
        if (x->progress && x->progress(x->progress_context, k + 1, x->networks)) break;
    }
    for (cisup_index l = 2; l <= report->L; l++)
        report->kappa[l - 2] /= (double)report->networks;
    for (cisup_index k = 0; k < x->z_count; k++) {
        for (int t = 1; t < thread_count(x); t++)
            cisup_measure_merge(&all[k].measure[0], &all[k].measure[t]);
        summarize(&report->result[k], &all[k], x, report);
        CISUP_TRY(predict(&report->result[k], x, report, err));
    }
done:
    collections_free(all, x);
    if (status != CISUP_OK) cisup_report_free(report);
    return status;
}

static cisup_shape shape_of(const cisup_experiment *x) {
    return (cisup_shape){.d = x->circuits ? x->circuits->d : x->d,
                         .L = x->circuits ? x->circuits->L : x->L,
                         .T = x->base->T,
                         .S = x->base->S,
                         .N = x->base->N};
}

double cisup_experiment_bytes(const cisup_experiment *x) {
    const cisup_shape s = shape_of(x);
    const double T = (double)s.T, d = (double)s.d, L = (double)s.L, S = (double)s.S;
    const double cells = (double)cisup_cell(s.L + 1, 0, 0);
    const double threads = (double)thread_count(x), program = 8e6;
    const double circuits =
        x->circuits ? 0.0 : 8.0 * T * d * d * (x->family.fresh ? L : 1.0);
    const double thread = (2.0 * d + 2.0) * 8.0 * CISUP_LANES * (double)s.N;
    const double sums = 8.0 * cells * ((double)x->inputs / CISUP_LANES + 1.0);
    const double kept =
        (double)x->z_count * cells *
        (threads * (double)sizeof(cisup_tally) + 8.0 * (double)x->networks);
    return program + 4.0 * T * S + circuits + cisup_network_bytes(&s, &x->network) +
           cisup_network_build_bytes(&s, &x->network) * fmin(threads, L - 1.0) + sums +
           kept + thread * threads;
}

/* Of one layer: the product G and its sorting, and the count of kappa. */
static double build_operations(const cisup_experiment *x, const cisup_shape *s,
                               double meetings) {
    const double T = (double)s->T, S = (double)s->S, d = (double)s->d;
    const double product = 30.0 * T * S * S;
    if (x->network.engine == CISUP_ENGINE_ASSEMBLED)
        return product + 60.0 * T * S * S * d * d + T * S * meetings / (double)s->N;
    return product + T * S * meetings / (double)s->N;
}

double cisup_experiment_operations(const cisup_experiment *x) {
    const cisup_shape s = shape_of(x);
    const double d = (double)s.d, S = (double)s.S, L = (double)s.L, T = (double)s.T;
    const double meetings = fmin(T * S * S, (double)s.N * (double)s.N);
    const double factored = T * (2.0 * d * S + d * d);
    const double assembled = T * d * S + meetings * d * d;
    const double layer =
        x->network.engine == CISUP_ENGINE_FACTORED ? factored : assembled;
    const double sample = (L - 1.0) * layer + L * 4.0 * T * d;
    return (double)x->networks * ((L - 1.0) * build_operations(x, &s, meetings) +
                                  (double)x->inputs * (double)x->z_count * sample);
}
