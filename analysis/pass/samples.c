/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/samples.h>

#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/pass/open_samples.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/operator.h>

#include <omp.h>
#include <string.h>

cisup_columns cisup_samples_columns(const cisup_samples *s) {
    const cisup_index L = s->net->circuits->L;
    return (cisup_columns){
        .cells = cisup_cell(L + 1, 0, 0),
        .terms = s->correction ? 2 * cisup_term_cell(L + 1, 0, 0) : 0,
        .circuits = s->by_circuit ? 3 * s->net->circuits->T : 0,
    };
}

cisup_status cisup_watch_init(cisup_watch *w, const cisup_samples *s, cisup_error *err) {
    *w = (cisup_watch){0};
    cisup_status status;
    CISUP_TRY(cisup_measure_init(&w->measure, s->net, s->z, err));
    if (s->correction) CISUP_TRY(cisup_term_sums_init(&w->terms, s->net, err));
    if (s->by_circuit) CISUP_TRY(cisup_circuit_sums_init(&w->circuits, s->net, err));
done:
    if (status != CISUP_OK) cisup_watch_free(w);
    return status;
}

void cisup_watch_free(cisup_watch *w) {
    cisup_measure_free(&w->measure);
    cisup_term_sums_free(&w->terms);
    cisup_circuit_sums_free(&w->circuits);
}

/* What the threads share while the samples are run. Passes that are measured and nothing
 * else go through bulk.h, the others through forward.h. */
typedef struct {
    const cisup_samples *s;
    cisup_columns columns;
    cisup_index lanes, batches;
    cisup_watch *watch;     /* [threads], borrowed */
    cisup_bulk_plan plan;   /* empty without bulk */
    cisup_bulk *bulk;       /* [threads], or NULL: forward is used */
    cisup_forward *forward; /* [threads], or NULL: bulk is used */
    cisup_batch *batch;     /* [threads] */
    double *sum;            /* [batches][columns] */
} crew;

static void crew_free(crew *c, int threads) {
    for (int k = 0; k < threads; k++) {
        if (c->bulk) cisup_bulk_free(&c->bulk[k]);
        if (c->forward) cisup_forward_free(&c->forward[k]);
        if (c->batch) cisup_batch_free(&c->batch[k]);
    }
    cisup_bulk_plan_free(&c->plan);
    cisup_release(c->bulk);
    cisup_release(c->forward);
    cisup_release(c->batch);
    cisup_release(c->sum);
    *c = (crew){0};
}

/* Whether nothing but the measurement wants to see a pass. */
static int is_bulk(const cisup_samples *s) {
    const cisup_network *net = s->net;
    const int is_factored =
        net->circuits->L == 1 || net->layers[0].engine == CISUP_ENGINE_FACTORED;
    return is_factored && !s->correction && !s->by_circuit;
}

static cisup_status take_bulk(crew *c, const cisup_bulk_kernel *kernel, int threads,
                              cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_bulk_plan_make(&c->plan, c->s->net, kernel, threads, err));
    CISUP_TRY(cisup_new(&c->bulk, threads, sizeof *c->bulk, err));
    for (int k = 0; k < threads; k++)
        CISUP_TRY(cisup_bulk_init(&c->bulk[k], &c->plan, err));
done:
    return status;
}

static cisup_status take_forward(crew *c, int threads, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->forward, threads, sizeof *c->forward, err));
    for (int k = 0; k < threads; k++)
        CISUP_TRY(cisup_forward_init(&c->forward[k], c->s->net, err));
done:
    return status;
}

static cisup_status crew_init(crew *c, const cisup_samples *s, int *most,
                              cisup_error *err) {
    *c = (crew){.s = s, .columns = cisup_samples_columns(s)};
    const cisup_bulk_kernel *kernel =
        is_bulk(s) ? cisup_bulk_kernel_best(s->precision) : NULL;
    c->lanes = kernel ? cisup_bulk_lanes(kernel) : CISUP_LANES;
    c->batches = (s->inputs - 1) / c->lanes + 1;
    int threads = *most;
    cisup_status status;
    CISUP_TRY(cisup_threads_take(threads, c->batches, &threads, err));
    *most = threads;
    CISUP_TRY(kernel ? take_bulk(c, kernel, threads, err)
                     : take_forward(c, threads, err));
    CISUP_TRY(cisup_new(&c->sum, c->batches * cisup_columns_total(&c->columns),
                        sizeof *c->sum, err));
    CISUP_TRY(cisup_new(&c->batch, threads, sizeof *c->batch, err));
    for (int k = 0; k < threads; k++)
        CISUP_TRY(cisup_batch_init(&c->batch[k], s->z, s->net->circuits, err));
done:
    if (status != CISUP_OK) crew_free(c, threads);
    return status;
}

/* Several observers of one pass; those without a function are passed by. */
typedef struct {
    cisup_observer one[3];
    int count;
} audience;

static void tell_layer(void *context, cisup_index l, const double *a,
                       const unsigned char *in_active) {
    const audience *all = context;
    for (int k = 0; k < all->count; k++)
        if (all->one[k].layer) all->one[k].layer(all->one[k].context, l, a, in_active);
}

static void tell_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    const audience *all = context;
    for (int k = 0; k < all->count; k++)
        if (all->one[k].readout) all->one[k].readout(all->one[k].context, l, t, est);
}

/* A pass with all that is to be watched; measure is the measurement. */
static void run_watched(crew *c, int thread, cisup_observer measure) {
    const cisup_samples *s = c->s;
    cisup_batch *batch = &c->batch[thread];
    cisup_watch *w = &c->watch[thread];
    audience all = {.one = {measure}, .count = 1};
    if (c->columns.terms)
        all.one[all.count++] =
            cisup_term_sums_start(&w->terms, s->net, s->correction, s->mode, batch);
    if (c->columns.circuits)
        all.one[all.count++] = cisup_circuit_sums_start(&w->circuits, batch);
    const cisup_observer everyone = {&all, tell_layer, tell_readout};
    cisup_forward_run(&c->forward[thread], s->net, s->mode, batch,
                      all.count > 1 ? &everyone : &all.one[0]);
}

static void run_batch(crew *c, cisup_index b, int thread) {
    const cisup_samples *s = c->s;
    const cisup_columns *n = &c->columns;
    cisup_batch *batch = &c->batch[thread];
    cisup_watch *w = &c->watch[thread];
    const cisup_index first = b * c->lanes, left = s->inputs - first;
    cisup_batch_draw(batch, s->net->circuits, s->seed, s->network, first,
                     left < c->lanes ? left : c->lanes);
    w->measure.circuits = s->net->circuits;
    const cisup_observer o = cisup_measure_start(&w->measure, batch, first, s->inputs);
    if (c->bulk)
        cisup_bulk_run(&c->bulk[thread], s->mode, batch, &w->measure);
    else
        run_watched(c, thread, o);
    double *sum = c->sum + b * cisup_columns_total(n);
    for (cisup_index cell = 0; cell < n->cells; cell++)
        sum[cell] = cisup_measure_sum(&w->measure, cell);
    if (n->terms) cisup_term_sums_read(&w->terms, sum + n->cells);
    if (n->circuits)
        memcpy(sum + n->cells + n->terms, w->circuits.sum,
               (size_t)n->circuits * sizeof *sum);
}

cisup_status cisup_samples_run(const cisup_samples *s, cisup_watch *watch, int threads,
                               double *column, cisup_error *err) {
    crew c;
    if (s->open) return cisup_open_samples_run(s, watch, threads, column, err);
    const cisup_status status = crew_init(&c, s, &threads, err);
    if (status != CISUP_OK) return status;
    const cisup_index columns = cisup_columns_total(&c.columns);
    c.watch = watch;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (cisup_index b = 0; b < c.batches; b++) run_batch(&c, b, omp_get_thread_num());
    for (cisup_index k = 0; k < columns; k++) {
        column[k] = 0.0;
        for (cisup_index b = 0; b < c.batches; b++) column[k] += c.sum[b * columns + k];
    }
    crew_free(&c, threads);
    return CISUP_OK;
}
