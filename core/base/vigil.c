/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/vigil.h>

#include <time.h>

static const double usual_pause = 0.01;

/* Another address in every thread. */
static _Thread_local char here;

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_watched(const cisup_vigil *v) {
    return v && v->by.ask;
}

/* Asks, unless the answer is known. */
static bool ask(cisup_vigil *v, double done) {
    if (atomic_load(&v->is_over)) return true;
    if (done > v->told) v->told = done; /* sums of shares are rounded */
    if (v->by.ask(v->by.context, v->told, v->of)) atomic_store(&v->is_over, true);
    return atomic_load(&v->is_over);
}

/* Asks if this is the thread to do it and the pause is over. */
static bool ask_if_due(cisup_vigil *v, double done) {
    if (v->caller != &here) return atomic_load(&v->is_over);
    const double pause = v->by.pause == 0.0 ? usual_pause : v->by.pause, t = now();
    if (t - v->asked < pause) return atomic_load(&v->is_over);
    v->asked = t;
    return ask(v, done < v->of || v->of == 0.0 ? done : v->of);
}

static cisup_status answer(bool is_over, cisup_error *err) {
    if (!is_over) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped on request");
}

cisup_status cisup_vigil_begin(cisup_vigil *v, const cisup_watcher *by, double of,
                               cisup_error *err) {
    *v = (cisup_vigil){.of = of};
    if (!by || !by->ask) return CISUP_OK;
    v->by = *by;
    v->caller = &here;
    v->asked = now();
    return answer(ask(v, 0.0), err);
}

bool cisup_vigil_reach(cisup_vigil *v, double done) {
    if (!is_watched(v)) return false;
    atomic_store(&v->done, done);
    return ask_if_due(v, done);
}

bool cisup_vigil_step(cisup_vigil *v, double share) {
    if (!is_watched(v)) return false;
    double done = atomic_load_explicit(&v->done, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(
        &v->done, &done, done + share, memory_order_relaxed, memory_order_relaxed)) {
    }
    return ask_if_due(v, done + share);
}

cisup_status cisup_vigil_advance(cisup_vigil *v, double share, cisup_error *err) {
    return answer(cisup_vigil_step(v, share), err);
}

cisup_status cisup_vigil_end(cisup_vigil *v, cisup_error *err) {
    if (!is_watched(v)) return CISUP_OK;
    return answer(ask(v, v->of > 0.0 ? v->of : atomic_load(&v->done)), err);
}

static int ask_whole(void *context, double done, double of) {
    const cisup_vigil_part *part = context;
    cisup_vigil *v = part->whole;
    const double before = atomic_load_explicit(&v->done, memory_order_relaxed);
    return ask_if_due(v, before + (of > 0.0 ? part->share * (done / of) : 0.0));
}

cisup_watcher cisup_vigil_watcher(cisup_vigil_part *part) {
    if (!is_watched(part->whole)) return (cisup_watcher){0};
    return (cisup_watcher){ask_whole, part, part->whole->by.pause};
}
