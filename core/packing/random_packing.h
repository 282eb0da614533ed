/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RANDOM_PACKING_H
#define CISUP_CORE_RANDOM_PACKING_H

#include <cisup/core/allocation.h>
#include <cisup/core/watcher.h>

/* Fills a with random S-subsets, any two sharing at most one element: neuron after
 * neuron is drawn uniformly among those not yet paired with the chosen ones. Stops
 * after a->T circuits, or when 200 attempts in a row reached a dead end.
 *
 *   a        from cisup_allocation_init; a->S >= 2
 *   watcher  NULL: nobody
 *   placed   how many circuits were placed; the rows after them are unspecified
 *
 * Circuit t depends on the seed and the circuits before it. Memory N^2/8 bytes, time
 * O(T S N/64). Errors: ENOMEM; ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_random_packing(cisup_allocation *a, uint64_t seed,
                                                   const cisup_watcher *watcher,
                                                   cisup_index *placed, cisup_error *err);

#endif
