/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_LOCAL_SEARCH_H
#define CISUP_CORE_LOCAL_SEARCH_H

#include <cisup/core/allocation.h>
#include <cisup/core/watcher.h>

/* Moves that one unit of effort buys. A move takes about 0.7 us for N = 50 and 3 us for
 * N = 500, so a unit 0.07 to 0.3 s. */
#define CISUP_EFFORT_MOVES INT64_C(100000)

typedef struct {
    double effort; /* in units of CISUP_EFFORT_MOVES moves, >= 0; default 10 */
    uint64_t seed; /* default 1 */
    const cisup_watcher *watcher; /* NULL (default): nobody */
} cisup_local_search_options;

cisup_local_search_options cisup_local_search_defaults(void);

/* Adds circuits to an allocation of a small N by local search.
 *
 *   start    any two circuits share at most one neuron; not changed
 *   options  NULL: the defaults
 *   out      uninitialised on entry, empty after a failure; N and S as start's
 *
 * A move grows a circuit from a pair of neurons that no circuit holds, by random neurons
 * whose pairs with those taken are free. If it reaches S neurons it is added. Else the
 * neurons still missing are taken from one circuit, which it then replaces; that
 * changes the pairs that are free. If no circuit has enough fitting ones, nothing
 * happens. So the number of circuits never falls, and any two share at most one neuron
 * throughout.
 * Circuits of start that survive keep their number; new ones come where one was
 * replaced, or at the end.
 *
 * The result depends on start, seed and effort only, not on the machine or the time;
 * more effort with the same seed continues the same walk.
 *
 * Time O(T S^2 + moves S N), memory 5 N^2 + 4 N^2 (S+1)/(S(S-1)) bytes.
 * Errors: EINVAL (effort < 0, not finite or more than 2^53 moves; start empty, S < 2,
 * S > 120, N > 2^20); EINVARIANT (start shares a pair); EFORMAT (a row of start is not
 * increasing within [0, N)); ENOMEM; ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_local_search(
    const cisup_allocation *start, const cisup_local_search_options *options,
    cisup_allocation *out, cisup_error *err);

#endif
