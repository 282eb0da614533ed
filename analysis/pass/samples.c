/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/samples.h>

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network/network_parts.h>

#include <float.h>
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

typedef struct crew crew;

/* A way for samples to pass: what all threads need for it, and the pass of a batch.
 * measure: the observer that the batch's measurement is. */
typedef struct {
    int lanes; /* samples that travel together; 0: as many as in the kernel */
    cisup_status (*make)(crew *c, cisup_error *err);
    cisup_status (*run)(crew *c, int thread, const cisup_observer *measure,
                        cisup_error *err);
    void (*free)(crew *c);
} pass_form;

/* What the threads share while the samples are run, and what each has. */
struct crew {
    const cisup_samples *s;
    const pass_form *form;
    const cisup_bulk_kernel *kernel; /* of the form batched */
    cisup_columns columns;
    cisup_index lanes, batches;
    int threads;
    cisup_watch *watch;           /* [threads], borrowed */
    cisup_batch *batch;           /* [threads] */
    double *sum;                  /* [batches][columns] */
    cisup_outcome *of;            /* [threads] the first failure of each */
    cisup_bulk_plan plan;         /* of the form batched */
    cisup_bulk *bulk;             /* [threads], of the form batched */
    cisup_forward *forward;       /* [threads], of the form assembled */
    cisup_open_pass **open;       /* [threads], of the form sparse */
    cisup_reduced_pass **reduced; /* [threads], of the form reduced */
};

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

/* Adds those who watch beside the measurement; returns them all as one, who has functions
 * where somebody has. */
static cisup_observer gather(audience *all, const crew *c, int thread) {
    const cisup_samples *s = c->s;
    cisup_watch *w = &c->watch[thread];
    const cisup_batch *batch = &c->batch[thread];
    if (c->columns.terms)
        all->one[all->count++] =
            cisup_term_sums_start(&w->terms, s->net, s->correction, s->mode, batch);
    if (c->columns.circuits)
        all->one[all->count++] = cisup_circuit_sums_start(&w->circuits, batch);
    cisup_observer everyone = {all, NULL, NULL};
    for (int k = 0; k < all->count; k++) {
        if (all->one[k].layer) everyone.layer = tell_layer;
        if (all->one[k].readout) everyone.readout = tell_readout;
    }
    return everyone;
}

static cisup_status make_batched(crew *c, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_bulk_plan_make(&c->plan, c->s->net, c->kernel, c->threads, err));
    if (c->s->noise > 0.0) c->plan.cycle = cisup_bulk_parts(c->s->net);
    CISUP_TRY(cisup_new(&c->bulk, c->threads, sizeof *c->bulk, err));
    for (int k = 0; k < c->threads; k++)
        CISUP_TRY(cisup_bulk_init(&c->bulk[k], &c->plan,
                                  c->columns.terms || c->columns.circuits, err));
done:
    return status;
}

static cisup_status run_batched(crew *c, int thread, const cisup_observer *measure,
                                cisup_error *err) {
    audience all = {.count = 0};
    const cisup_observer everyone = gather(&all, c, thread);
    (void)measure;
    (void)err;
    cisup_bulk_run(&c->bulk[thread], c->s->mode, &c->batch[thread],
                   &c->watch[thread].measure, all.count ? &everyone : NULL);
    return CISUP_OK;
}

static void free_batched(crew *c) {
    for (int k = 0; c->bulk && k < c->threads; k++) cisup_bulk_free(&c->bulk[k]);
    cisup_bulk_plan_free(&c->plan);
    cisup_release(c->bulk);
}

static cisup_status make_assembled(crew *c, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->forward, c->threads, sizeof *c->forward, err));
    for (int k = 0; k < c->threads; k++)
        CISUP_TRY(cisup_forward_init(&c->forward[k], c->s->net, err));
done:
    return status;
}

static cisup_status run_assembled(crew *c, int thread, const cisup_observer *measure,
                                  cisup_error *err) {
    audience all = {.one = {*measure}, .count = 1};
    const cisup_observer everyone = gather(&all, c, thread);
    (void)err;
    cisup_forward_run(&c->forward[thread], c->s->net, c->s->mode, &c->batch[thread],
                      &everyone);
    return CISUP_OK;
}

static void free_assembled(crew *c) {
    for (int k = 0; c->forward && k < c->threads; k++) cisup_forward_free(&c->forward[k]);
    cisup_release(c->forward);
}

static cisup_status make_sparse(crew *c, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->open, c->threads, sizeof *c->open, err));
    for (int k = 0; k < c->threads; k++)
        CISUP_TRY(cisup_open_pass_new(&c->open[k], c->s->open, c->s->z, err));
done:
    return status;
}

static void see_layer(void *context, cisup_index l, const cisup_index *open,
                      const cisup_index *wrong, cisup_index inside) {
    cisup_measure *m = context;
    for (cisup_index i = 0; i < m->d; i++) {
        cisup_open_count *count = &m->open[(l - 1) * m->d + i];
        count->lost += !open;
        count->open += open ? open[i] : 0;
        count->wrong += open ? wrong[i] : 0;
        count->outside += m->N - inside;
    }
    cisup_measure_layer(m, l);
}

static void see_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                        const double *est) {
    cisup_measure *m = context;
    (void)t;
    if (k < 0) {
        cisup_measure_add(m, l, CISUP_INACTIVE, 0, 1, est);
        return;
    }
    const double *state = cisup_batch_state(m->batch, 0, k, l);
    for (cisup_index i = 0; i < m->d; i++) m->error[i] = est[i] - state[i];
    cisup_measure_add(m, l, CISUP_ACTIVE, 0, 1, m->error);
}

static void see_alike(void *context, cisup_index l, cisup_index count,
                      const cisup_index *t, const double *est) {
    (void)t;
    cisup_measure_add(context, l, CISUP_INACTIVE, 0, count, est);
}

/* Circuits that touch no open neuron count with their common read-out, and quantiles are
 * of all read-outs, however many. */
static cisup_open_observer open_observer(const cisup_samples *s,
                                         const cisup_observer *measure) {
    cisup_measure *m = measure->context;
    m->largest = s->open->is_single ? (double)FLT_MAX : DBL_MAX;
    return (cisup_open_observer){m, see_layer, see_readout, see_alike};
}

/* The only lane of the batch. */
static cisup_status run_sparse(crew *c, int thread, const cisup_observer *measure,
                               cisup_error *err) {
    const cisup_samples *s = c->s;
    const cisup_open_observer observer = open_observer(s, measure);
    return cisup_open_pass_run(c->open[thread], s->open, s->mode, &c->batch[thread], 0,
                               &observer, err);
}

static void free_sparse(crew *c) {
    for (int k = 0; c->open && k < c->threads; k++) cisup_open_pass_free(c->open[k]);
    cisup_release(c->open);
}

static cisup_status make_reduced(crew *c, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->reduced, c->threads, sizeof *c->reduced, err));
    for (int k = 0; k < c->threads; k++)
        CISUP_TRY(cisup_reduced_pass_new(&c->reduced[k], c->s->open, c->s->z, err));
done:
    return status;
}

static cisup_status run_reduced(crew *c, int thread, const cisup_observer *measure,
                                cisup_error *err) {
    const cisup_samples *s = c->s;
    const cisup_open_observer observer = open_observer(s, measure);
    return cisup_reduced_pass_run(c->reduced[thread], s->open, s->mode, &c->batch[thread],
                                  0, &observer, err);
}

static void free_reduced(crew *c) {
    for (int k = 0; c->reduced && k < c->threads; k++)
        cisup_reduced_pass_free(c->reduced[k]);
    cisup_release(c->reduced);
}

/* The decision how these samples pass. */
static const pass_form *form_of(const cisup_samples *s) {
    static const pass_form batched = {0, make_batched, run_batched, free_batched},
                           assembled = {CISUP_LANES, make_assembled, run_assembled,
                                        free_assembled},
                           sparse = {1, make_sparse, run_sparse, free_sparse},
                           reduced = {1, make_reduced, run_reduced, free_reduced};
    if (s->open) return s->is_reduced ? &reduced : &sparse;
    return cisup_network_is_factored(s->net) ? &batched : &assembled;
}

static void crew_free(crew *c) {
    c->form->free(c);
    for (int k = 0; c->batch && k < c->threads; k++) cisup_batch_free(&c->batch[k]);
    cisup_release(c->batch);
    cisup_release(c->sum);
    cisup_release(c->of);
}

static cisup_status crew_init(crew *c, const cisup_samples *s, cisup_watch *watch,
                              int threads, cisup_error *err) {
    *c = (crew){.s = s,
                .form = form_of(s),
                .kernel = cisup_bulk_kernel_best(s->precision),
                .columns = cisup_samples_columns(s),
                .watch = watch};
    c->lanes = c->form->lanes ? c->form->lanes : cisup_bulk_lanes(c->kernel);
    c->batches = (s->inputs - 1) / c->lanes + 1;
    cisup_status status;
    CISUP_TRY(cisup_threads_take(threads, c->batches, &c->threads, err));
    CISUP_TRY(c->form->make(c, err));
    CISUP_TRY(cisup_new(&c->sum, c->batches * cisup_columns_total(&c->columns),
                        sizeof *c->sum, err));
    CISUP_TRY(cisup_new(&c->of, c->threads, sizeof *c->of, err));
    CISUP_TRY(cisup_new(&c->batch, c->threads, sizeof *c->batch, err));
    for (int k = 0; k < c->threads; k++) {
        CISUP_TRY(cisup_batch_init(&c->batch[k], s->z, s->net->circuits, err));
        c->batch[k].sets = s->active;
        c->batch[k].noise = s->noise;
        c->batch[k].robust = s->robust;
    }
done:
    if (status != CISUP_OK) crew_free(c);
    return status;
}

/* Draws, runs and adds up one batch; none after a failure of the thread. */
static void run_batch(crew *c, cisup_index b, int thread) {
    const cisup_samples *s = c->s;
    const cisup_columns *n = &c->columns;
    cisup_outcome *of = &c->of[thread];
    cisup_batch *batch = &c->batch[thread];
    cisup_watch *w = &c->watch[thread];
    const cisup_index first = b * c->lanes, left = s->inputs - first;
    if (of->status == CISUP_OK)
        of->status =
            cisup_vigil_advance(s->vigil, s->share / (double)c->batches, &of->err);
    if (of->status != CISUP_OK) return;
    cisup_batch_draw(batch, s->net->circuits, s->seed, s->network, first,
                     left < c->lanes ? left : c->lanes);
    w->measure.circuits = s->net->circuits;
    w->measure.offset = s->net->offset;
    const cisup_observer o = cisup_measure_start(&w->measure, batch, first, s->inputs);
    of->status = c->form->run(c, thread, &o, &of->err);
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
    cisup_status status = crew_init(&c, s, watch, threads, err);
    if (status != CISUP_OK) return status;
    const cisup_index columns = cisup_columns_total(&c.columns);
#pragma omp parallel for schedule(dynamic) num_threads(c.threads)
    for (cisup_index b = 0; b < c.batches; b++) run_batch(&c, b, omp_get_thread_num());
    status = cisup_outcome_first(c.of, c.threads, err);
    for (cisup_index k = 0; k < columns; k++) {
        column[k] = 0.0;
        for (cisup_index b = 0; b < c.batches; b++) column[k] += c.sum[b * columns + k];
    }
    crew_free(&c);
    return status;
}
