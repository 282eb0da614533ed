/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A watcher that counts its questions, ends the work at one of them, and sees to the
 * promises of core/watcher.h; and what every watched function has to stand. */
#ifndef CISUP_TEST_WATCHED_H
#define CISUP_TEST_WATCHED_H

#include "common/check.h"

#include <cisup/core/watcher.h>

#include <pthread.h>

typedef struct {
    int64_t questions, stop_at; /* stop_at: the question to end at, from 1; 0: none */
    double done, of;
    int has_stopped;
    pthread_t caller;
} watched;

static inline int watched_ask(void *context, double done, double of) {
    watched *w = context;
    assert_true(pthread_equal(pthread_self(), w->caller));
    assert_false(w->has_stopped);
    assert_true(done >= w->done && (of == 0.0 || done <= of));
    if (w->questions == 0) assert_true(done == 0.0);
    if (w->questions > 0) assert_true(of == w->of);
    w->questions++;
    w->done = done;
    w->of = of;
    w->has_stopped = w->questions == w->stop_at;
    return w->has_stopped;
}

/* Asks at every occasion. */
static inline cisup_watcher watched_by(watched *w) {
    w->caller = pthread_self();
    return (cisup_watcher){.ask = watched_ask, .context = w, .pause = -1.0};
}

/* call(context, watcher, &sum): one job, which frees what it makes and gives a number
 * that depends on all of it. Unwatched and watched it must give the same, from 0 to all;
 * ended at the first, the second and some later question it must say so and leave
 * nothing behind. Returns the questions of a whole job. */
static inline int64_t check_watched(cisup_status (*call)(void *, const cisup_watcher *,
                                                         uint64_t *),
                                    void *context) {
    const int64_t before = cisup_memory_live();
    uint64_t alone = 0, sum = 0;
    watched all = {0};
    const cisup_watcher watcher = watched_by(&all);
    assert_int_equal(call(context, NULL, &alone), CISUP_OK);
    assert_int_equal(call(context, &watcher, &sum), CISUP_OK);
    assert_true(sum == alone);
    assert_true(all.questions >= 2 && all.done == all.of);
    for (int64_t k = 1; k <= all.questions; k = k < 3 ? k + 1 : k + 1 + k / 2) {
        watched one = {.stop_at = k};
        const cisup_watcher stops = watched_by(&one);
        const int64_t live = cisup_memory_live();
        const cisup_status status = call(context, &stops, &sum);
        /* with threads the caller may come to fewer questions */
        assert_true(status == CISUP_ESTOPPED || (status == CISUP_OK && !one.has_stopped));
        assert_int_equal(cisup_memory_live(), live);
        if (k <= 2) assert_int_equal(status, CISUP_ESTOPPED);
    }
    assert_int_equal(cisup_memory_live(), before);
    return all.questions;
}

static inline uint64_t watched_hash(uint64_t h, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    if (h == 0) h = UINT64_C(0xcbf29ce484222325);
    for (size_t k = 0; k < count; k++) h = (h ^ at[k]) * UINT64_C(0x100000001b3);
    return h;
}

#endif
