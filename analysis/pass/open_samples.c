/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/open_samples.h>

#include <cisup/core/base/start_threads.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <float.h>
#include <omp.h>

/* An observer of one sample. */
typedef struct {
    const cisup_circuits *circuits;
    const cisup_batch *batch; /* its only lane */
    cisup_measure *measure;   /* tallies and counts over all samples */
    double *sum;              /* [cells] of this sample */
    double largest;           /* square of an inactive circuit that is not infinite */
    double *error;            /* [d], scratch */
} witness;

/* Squared norms of an error, of its on-value and of its x. */
static void square_norms(const cisup_circuits *c, const double *error,
                         double square[CISUP_QUANTITIES]) {
    const double on = cisup_circuits_on(c, error);
    square[CISUP_ON] = on * on;
    square[CISUP_READOUT] = square[CISUP_X] = 0.0;
    for (cisup_index i = 0; i < c->d; i++) {
        const double x = error[i] - c->offset * on;
        square[CISUP_READOUT] += error[i] * error[i];
        if (i >= c->on_count) square[CISUP_X] += x * x;
    }
}

/* `count` circuits of a state with this error. */
static void add(witness *w, cisup_index l, int state, cisup_index count,
                const double *error) {
    double square[CISUP_QUANTITIES];
    square_norms(w->circuits, error, square);
    for (int q = 0; q < CISUP_QUANTITIES; q++) {
        if (!cisup_quantity_exists(w->circuits, (cisup_quantity)q)) continue;
        const cisup_index cell = cisup_cell(l, state, q);
        if (state == CISUP_INACTIVE && square[q] > w->largest)
            square[q] = (double)INFINITY;
        w->sum[cell] += (double)count * square[q];
        cisup_tally_add(&w->measure->tally[cell], square[q], count);
    }
}

static void see_layer(void *context, cisup_index l, const cisup_index *open,
                      const cisup_index *wrong, cisup_index inside) {
    witness *w = context;
    for (cisup_index i = 0; i < w->circuits->d; i++) {
        cisup_open_count *count = &w->measure->open[(l - 1) * w->circuits->d + i];
        count->lost += !open;
        count->open += open ? open[i] : 0;
        count->wrong += open ? wrong[i] : 0;
        count->outside += w->measure->N - inside;
    }
    for (cisup_index k = 0; k < w->batch->z; k++)
        add(w, l, CISUP_SIGNAL, 1, cisup_batch_state(w->batch, 0, k, l));
}

static void see_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                        const double *est) {
    witness *w = context;
    (void)t;
    if (k < 0) {
        add(w, l, CISUP_INACTIVE, 1, est);
        return;
    }
    const double *state = cisup_batch_state(w->batch, 0, k, l);
    for (cisup_index i = 0; i < w->circuits->d; i++) w->error[i] = est[i] - state[i];
    add(w, l, CISUP_ACTIVE, 1, w->error);
}

static void see_alike(void *context, cisup_index l, cisup_index count,
                      const cisup_index *t, const double *est) {
    (void)t;
    add(context, l, CISUP_INACTIVE, count, est);
}

/* What the threads share, and what each has. */
typedef struct {
    const cisup_samples *s;
    cisup_index cells;
    double *sum; /* [inputs][cells] */
    cisup_watch *watch;
    cisup_open_pass **pass;
    cisup_batch *batch;
    cisup_status *status;
    cisup_error *error;
} crew;

static void crew_free(crew *c, int threads) {
    for (int k = 0; k < threads; k++) {
        if (c->pass) cisup_open_pass_free(c->pass[k]);
        if (c->batch) cisup_batch_free(&c->batch[k]);
    }
    cisup_release(c->sum);
    cisup_release(c->pass);
    cisup_release(c->batch);
    cisup_release(c->status);
    cisup_release(c->error);
}

static cisup_status crew_init(crew *c, const cisup_samples *s, int threads,
                              cisup_error *err) {
    const cisup_circuits *circuits = s->net->circuits;
    *c = (crew){.s = s, .cells = cisup_samples_columns(s).cells};
    cisup_status status;
    CISUP_TRY(cisup_new(&c->sum, s->inputs * c->cells, sizeof *c->sum, err));
    CISUP_TRY(cisup_new(&c->pass, threads, sizeof(cisup_open_pass *), err));
    CISUP_TRY(cisup_new(&c->batch, threads, sizeof *c->batch, err));
    CISUP_TRY(cisup_new(&c->status, threads, sizeof *c->status, err));
    CISUP_TRY(cisup_new(&c->error, threads, sizeof *c->error, err));
    for (int k = 0; k < threads; k++) {
        CISUP_TRY(cisup_batch_init(&c->batch[k], s->z, circuits, err));
        CISUP_TRY(cisup_open_pass_new(&c->pass[k], s->open, s->z, err));
    }
done:
    if (status != CISUP_OK) crew_free(c, threads);
    return status;
}

static void run_sample(crew *c, cisup_index sample, int thread) {
    const cisup_samples *s = c->s;
    const cisup_circuits *circuits = s->net->circuits;
    cisup_batch *batch = &c->batch[thread];
    witness w = {.circuits = circuits,
                 .batch = batch,
                 .measure = &c->watch[thread].measure,
                 .sum = c->sum + sample * c->cells,
                 .largest = s->open->is_single ? (double)FLT_MAX : DBL_MAX,
                 .error = c->watch[thread].measure.error};
    const cisup_open_observer observer = {&w, see_layer, see_readout, see_alike};
    if (c->status[thread] != CISUP_OK) return;
    cisup_batch_draw(batch, circuits, s->seed, s->network, sample, 1);
    c->status[thread] = cisup_open_pass_run(c->pass[thread], s->open, s->mode, batch, 0,
                                            &observer, &c->error[thread]);
}

cisup_status cisup_open_samples_run(const cisup_samples *s, cisup_watch *watch,
                                    int threads, double *column, cisup_error *err) {
    crew c;
    cisup_status status = cisup_threads_take(threads, s->inputs, &threads, err);
    if (status == CISUP_OK) status = crew_init(&c, s, threads, err);
    if (status != CISUP_OK) return status;
    c.watch = watch;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (cisup_index k = 0; k < s->inputs; k++) run_sample(&c, k, omp_get_thread_num());
    for (int k = 0; k < threads && status == CISUP_OK; k++) {
        status = c.status[k];
        if (status != CISUP_OK && err) *err = c.error[k];
    }
    for (cisup_index cell = 0; cell < c.cells; cell++) {
        column[cell] = 0.0;
        for (cisup_index k = 0; k < s->inputs; k++)
            column[cell] += c.sum[k * c.cells + cell];
    }
    crew_free(&c, threads);
    return status;
}
