/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_VIGIL_H
#define CISUP_CORE_VIGIL_H

#include <cisup/core/status.h>
#include <cisup/core/watcher.h>

#include <stdatomic.h>
#include <stdbool.h>

/* A job under the eyes of a cisup_watcher. Its threads add what they have done, the one
 * that began it asks, at most once a pause, and all see whether an end was asked for.
 * Without a watcher, as with NULL for a vigil, every call is one comparison. */
typedef struct {
    cisup_watcher by;
    const void *caller; /* names the thread that began */
    double of, asked;   /* asked: when, in seconds */
    double told;        /* done, when last asked */
    _Atomic double done;
    atomic_bool is_over;
} cisup_vigil;

/* Begins a job of `of` shares, 0: nobody knows how many, and asks for the first time. by:
 * NULL, or copied. Errors: ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_vigil_begin(cisup_vigil *v, const cisup_watcher *by,
                                                double of, cisup_error *err);

/* Exactly `done` is done; for one thread alone. Whether the job is to end. */
bool cisup_vigil_reach(cisup_vigil *v, double done);

/* `share` more is done. Whether the job is to end. Any thread. */
bool cisup_vigil_step(cisup_vigil *v, double share);

/* The same. Errors: ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_vigil_advance(cisup_vigil *v, double share,
                                                  cisup_error *err);

/* Asks for the last time, when all is done. Errors: ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_vigil_end(cisup_vigil *v, cisup_error *err);

/* A part of a job that a function with a watcher of its own does: while that goes from 0
 * to all, the job goes on by `share`. The caller adds the share afterwards. */
typedef struct {
    cisup_vigil *whole;
    double share;
} cisup_vigil_part;

/* The watcher for such a function; borrows part and the vigil. */
cisup_watcher cisup_vigil_watcher(cisup_vigil_part *part);

#endif
