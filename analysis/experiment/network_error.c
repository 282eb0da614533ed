/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/network_error.h>

#include <cisup/core/base/failure.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

#include <math.h>

void cisup_network_error_free(cisup_network_error *e) {
    cisup_allocation_free(&e->base);
    cisup_incidence_free(&e->incidence);
    cisup_cycle_free(&e->cycle);
    cisup_circuits_free(&e->circuits);
}

static cisup_status place(cisup_network_error *e, cisup_index T,
                          const cisup_allocation_options *o, cisup_error *err) {
    const cisup_index c = e->x.network.carrying.cycle;
    cisup_status status;
    if (c) CISUP_TRY(cisup_cycle_make(&e->cycle, e->N, e->S, c, T, err));
    if (e->computed && !c)
        CISUP_TRY(cisup_incidence_make(&e->incidence, e->N, e->S, T, o->scheme, err));
    if (e->computed)
        e->base = (cisup_allocation){e->N, e->S, T, NULL};
    else if (c)
        CISUP_TRY(cisup_cycle_store(&e->cycle, &e->base, err));
    else
        CISUP_TRY(cisup_allocation_make(&e->base, e->N, e->S, T, o, err));
done:
    return status;
}

/* Allocation and circuits for T, kept for the next call. */
static cisup_status prepare(cisup_network_error *e, cisup_index T,
                            const cisup_watcher *watcher, cisup_error *err) {
    if (e->base.T == T) return CISUP_OK;
    cisup_allocation_options o = e->allocation;
    o.watcher = watcher;
    cisup_network_error_free(e);
    cisup_status status;
    CISUP_TRY(place(e, T, &o, err));
    if (e->x.circuits)
        CISUP_TRY(cisup_circuits_repeat(&e->circuits, e->x.circuits, T, err));
done:
    if (status != CISUP_OK) cisup_network_error_free(e);
    return status;
}

/* Networks that threads share. */
typedef struct {
    const cisup_network_error *e;
    cisup_experiment x; /* of one network, but for the seed */
    cisup_index first;
    cisup_vigil vigil;
    cisup_outcome *network; /* [count] */
    double *y;              /* [count] */
} survey;

static double value_of(const cisup_network_error *e, const cisup_report *report) {
    const cisup_result *r = &report->result[0];
    const cisup_index cell = cisup_cell(report->L, (int)e->state, (int)e->quantity);
    const cisup_index signal = cisup_cell(report->L, CISUP_SIGNAL, (int)e->quantity);
    const int is_worst = e->measure == CISUP_WORST;
    const double of = e->relative ? r->mse[signal].mean : 1.0;
    const double y = is_worst ? r->worst[cell] / sqrt(of) : r->mse[cell].mean / of;
    return isnan(y) ? (double)INFINITY : y;
}

static void measure_one(survey *s, cisup_index k, const cisup_watcher *watcher) {
    cisup_outcome *of = &s->network[k];
    cisup_experiment x = s->x;
    cisup_report report;
    x.watcher = watcher;
    x.seed = s->e->seed + (uint64_t)(s->first + k) * UINT64_C(0x9E3779B97F4A7C15);
    of->status = cisup_experiment_run(&x, &report, &of->err);
    if (of->status != CISUP_OK) return;
    s->y[k] = value_of(s->e, &report);
    cisup_report_free(&report);
    of->status = cisup_vigil_advance(&s->vigil, 1.0, &of->err);
}

/* The watcher of a network among others: sees whether an end was asked for, and asks
 * itself in the thread that may. */
static int is_over(void *context, double done, double of) {
    survey *s = context;
    (void)done;
    (void)of;
    return cisup_vigil_step(&s->vigil, 0.0);
}

/* How many networks are measured at the same time. */
static cisup_status crew_of(const cisup_experiment *x, cisup_index count, int *threads,
                            cisup_error *err) {
    cisup_experiment alone = *x;
    alone.threads = 1;
    const double fit = 0.5 * cisup_memory_available() / cisup_experiment_bytes(&alone);
    const cisup_index most = fit < (double)count ? (cisup_index)fit : count;
    return cisup_threads_take(x->threads, most, threads, err);
}

static cisup_status survey_all(survey *s, cisup_index count, cisup_error *err) {
    cisup_vigil_part part = {&s->vigil, 1.0};
    const cisup_watcher watcher = cisup_vigil_watcher(&part);
    int threads = 1;
    cisup_status status;
    CISUP_TRY(cisup_new(&s->network, count, sizeof *s->network, err));
    if (count > 1) CISUP_TRY(crew_of(&s->x, count, &threads, err));
    if (threads == 1) {
        for (cisup_index k = 0; k < count; k++) {
            measure_one(s, k, &watcher);
            if (s->network[k].status != CISUP_OK) break;
        }
    } else {
        const cisup_watcher one_of_many = {.ask = is_over, .context = s};
        s->x.threads = 1;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (cisup_index k = 0; k < count; k++) measure_one(s, k, &one_of_many);
    }
    CISUP_TRY(cisup_outcome_first(s->network, count, err));
done:
    cisup_release(s->network);
    return status;
}

cisup_status cisup_network_error_measure(void *context, cisup_index T, cisup_index first,
                                         cisup_index count, double *y, cisup_error *err) {
    cisup_network_error *e = context;
    survey s = {.e = e, .first = first, .y = y};
    cisup_vigil_part part = {&s.vigil, 0.0};
    cisup_status status;
    CISUP_TRY(cisup_vigil_begin(&s.vigil, e->x.watcher, (double)count, err));
    const cisup_watcher watcher = cisup_vigil_watcher(&part);
    CISUP_TRY(prepare(e, T, &watcher, err));
    const int is_cycle = e->x.network.carrying.cycle > 0;
    s.x = e->x;
    s.x.base = &e->base;
    s.x.cycle = is_cycle ? &e->cycle : NULL;
    s.x.computed = e->computed && !is_cycle ? &e->incidence : NULL;
    s.x.circuits = e->x.circuits ? &e->circuits : NULL;
    s.x.z = &e->z;
    s.x.z_count = 1;
    s.x.networks = 1;
    CISUP_TRY(survey_all(&s, count, err));
    CISUP_TRY(cisup_vigil_end(&s.vigil, err));
done:
    return status;
}
