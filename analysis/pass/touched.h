/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_TOUCHED_H
#define CISUP_ANALYSIS_TOUCHED_H

#include <cisup/core/status.h>

/* Sums of vectors by circuit, for the few circuits of very many that are met: a hash
 * table with linear probing over lists in the order of first meeting. Start from {0}. */
typedef struct {
    cisup_index d, count;
    cisup_index *circuit; /* [count] */
    double *sum;          /* [count][d] */
    int32_t *slot;        /* [slots] index + 1, 0: free; slots a power of two */
    cisup_index slots, room, sum_room;
} cisup_touched;

/* Empties the table for vectors of d numbers, keeping its memory if it has any. At most
 * 2^30 circuits. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_touched_init(cisup_touched *x, cisup_index d,
                                                 cisup_error *err);
void cisup_touched_clear(cisup_touched *x);
void cisup_touched_free(cisup_touched *x);

/* Which of the circuits t is, or -1. */
cisup_index cisup_touched_find(const cisup_touched *x, cisup_index t);

/* sum of circuit t += a: [d], or NULL: 0; t >= 0. O(d) on average. Errors: ENOMEM, saying
 * how many circuits there are. */
CISUP_MUST_CHECK cisup_status cisup_touched_add(cisup_touched *x, cisup_index t,
                                                const double *a, cisup_error *err);

#endif
