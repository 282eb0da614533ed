/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_REACHED_H
#define CISUP_ANALYSIS_REACHED_H

#include <cisup/core/status.h>

#include <stdbool.h>
#include <stddef.h>

/* The sums of a layer of N neurons, d numbers each, of which few are reached: a dense
 * array that is never cleared as a whole. A serial number stamped on a neuron tells who
 * reached it last, in this layer or in an earlier one. Owns its arrays. Start from {0}.
 *
 * Memory N (8 + 8 d) bytes, N (4 + 4 d) with is_single, which keeps sums as float. */
typedef struct {
    cisup_index N, S, d;
    bool is_single;
    size_t stride; /* of a neuron's cell: the serial of the last that reached it, then */
    char *cell;    /* [N][stride], its d sums as double or float */
    uint32_t serial; /* of the one who reaches now */
    uint32_t first;  /* of this layer: smaller stamps are older */
    int32_t *list;   /* the neurons reached in this layer */
    cisup_index count, room;
} cisup_reached;

/* S: neurons of a row. Errors: ENOMEM, also before anything is taken. */
CISUP_MUST_CHECK cisup_status cisup_reached_init(cisup_reached *r, cisup_index N,
                                                 cisup_index S, cisup_index d,
                                                 bool is_single, cisup_error *err);
void cisup_reached_free(cisup_reached *r);

/* Forgets all sums. O(1), once in 2^31 serials O(N). */
void cisup_reached_start(cisup_reached *r);

/* From here on another one reaches; at most 2^31 after a start. */
static inline void cisup_reached_next(cisup_reached *r) {
    r->serial++;
}

/* y += image[k] in the S neurons of row k = 0..rows-1, and += once, unless NULL, in
 * those that the present one had not reached. row: [rows][S]; image: [rows][d]; once:
 * [d]. O(rows S d). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_reached_add(cisup_reached *r, cisup_index rows,
                                                const int32_t *row, const double *image,
                                                const double *once, cisup_error *err);

/* out = level + the sum of neuron n, which is 0 if it was not reached. [d] each. */
void cisup_reached_get(const cisup_reached *r, int32_t n, const double *level,
                       double *out);

/* Fetches what is known of neuron n towards the processor. */
static inline void cisup_reached_prefetch(const cisup_reached *r, int32_t n) {
    const char *cell = r->cell + (size_t)n * r->stride;
    __builtin_prefetch(cell, 1);
    __builtin_prefetch(cell + r->stride - 1, 1);
}

#endif
