/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_LOCAL_SEARCH_H
#define CISUP_CORE_LOCAL_SEARCH_H

#include <cisup/core/allocation.h>

/* Moves that one unit of effort buys. A move takes about S^2 + S N/16 machine cycles,
 * 0.3 to 3 us for N = 50..500, so a unit about 0.03 to 0.3 s. */
#define CISUP_EFFORT_MOVES INT64_C(100000)

typedef struct {
    double effort; /* in units of CISUP_EFFORT_MOVES moves, >= 0; default 10 */
    uint64_t seed; /* default 1 */
} cisup_local_search_options;

cisup_local_search_options cisup_local_search_defaults(void);

/* Adds circuits to an allocation of a small N by local search.
 *
 *   start  any two circuits share at most one neuron; not changed
 *   out    uninitialised on entry, empty after a failure; N and S as start's
 *
 * A move grows a circuit from a pair of neurons that no circuit holds, always taking a
 * neuron whose pairs with those taken touch the fewest circuits. If the new circuit
 * touches none it is added; if one, it replaces that one, which changes the pairs that
 * are free; if more, nothing happens. So the number of circuits never falls, any two
 * share at most one neuron throughout, and it is never above cisup_packing_bound.
 * Circuits of start that survive keep their number; new ones come where one was
 * replaced, or at the end.
 *
 * The result depends on start, seed and effort only, not on the machine or the time;
 * more effort with the same seed continues the same walk.
 *
 * Time O(T S^2 + moves S N), memory 5 N^2 bytes and what T circuits take.
 * Errors: EINVAL (effort < 0, not finite or more than 2^53 moves; start empty or
 * S < 2); EINVARIANT (start shares a pair); EFORMAT (a row of start is not increasing
 * within [0, N)); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_local_search(
    const cisup_allocation *start, const cisup_local_search_options *options,
    cisup_allocation *out, cisup_error *err);

#endif
