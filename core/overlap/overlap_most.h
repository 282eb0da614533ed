/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_MOST_H
#define CISUP_CORE_OVERLAP_MOST_H

#include <cisup/core/rows.h>
#include <cisup/core/watcher.h>

/* The two that meet most often: the first such pair, a < b; times 0, a = b = -1 if no two
 * meet. */
typedef struct {
    cisup_index times, a, b;
} cisup_meeting;

typedef struct {
    cisup_meeting circuits; /* by the neurons they share: the largest overlap */
    cisup_meeting neurons;  /* by the circuits that hold both: the index of a design */
} cisup_overlap_most;

/* Operations that cisup_overlap_most_find takes, from the loads of the neurons, [N]. */
double cisup_overlap_most_steps(const cisup_rows *rows, const cisup_index *load);

/* Counts how often any two circuits and any two neurons meet, exactly, whatever the
 * overlaps; sizes and rows as cisup_overlap_check_rows has found them right.
 *
 *   memory   bytes; 0: as many as there are
 *   watcher  NULL: nobody
 *
 * Time O(T S^2 + sum_n c_n^2), one thread. Memory 8 T S + 12 (N + T) bytes.
 * Errors: ENOMEM before it is taken; ESTOPPED; those of the rows. */
CISUP_MUST_CHECK cisup_status cisup_overlap_most_find(const cisup_rows *rows,
                                                      double memory,
                                                      const cisup_watcher *watcher,
                                                      cisup_overlap_most *most,
                                                      cisup_error *err);

#endif
