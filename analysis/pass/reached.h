/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_REACHED_H
#define CISUP_ANALYSIS_REACHED_H

#include <cisup/core/status.h>

#include <stdbool.h>
#include <stddef.h>

/* The sums of a layer of N neurons, d numbers each, of which few are reached: a dense
 * array that is never cleared as a whole. A serial number stamped on a neuron tells who
 * of the layer before reached it last, in this pass or in an earlier one; and a list
 * keeps the neurons that may open. Owns its arrays. Start from {0}.
 *
 * Memory N (8 + 8 d) bytes, N (4 + 4 d) with is_single, which keeps sums as float. */
typedef struct {
    cisup_index N, S, d;
    bool is_single;
    size_t stride;  /* of a neuron's cell: its stamp, then */
    char *cell;     /* [N][stride], its d sums as double or float */
    uint32_t last;  /* serial of the last sender of this layer */
    uint32_t first; /* of the first: smaller stamps are older */
    double *need;   /* [d] */
    double *both;   /* [d], scratch */
    double size;    /* no sum was larger in magnitude at any time; NaN if one may be */
    int32_t *list;  /* neurons of which some sum was above need[i] at some time */
    cisup_index count, room;
} cisup_reached;

/* The highest bit of a stamp marks neurons that are in the list. */
enum { CISUP_REACHED_SERIALS = INT32_MAX };

/* S: neurons of a row. Errors: ENOMEM, also before anything is taken. */
CISUP_MUST_CHECK cisup_status cisup_reached_init(cisup_reached *r, cisup_index N,
                                                 cisup_index S, cisup_index d,
                                                 bool is_single, cisup_error *err);
void cisup_reached_free(cisup_reached *r);

/* Forgets all sums; `senders` < 2^31 neurons will reach others. O(d), once in 2^31
 * senders O(N). need[i], to be set before the first row is added: what a sum must
 * exceed for its neuron to be listed, -INFINITY for any, INFINITY for none. */
void cisup_reached_start(cisup_reached *r, cisup_index senders);

/* Rows that are added together: the circuits that some senders reach. */
typedef struct {
    cisup_index count;
    const int32_t *neuron; /* [count][S] */
    const int32_t *sender; /* [count], of 0..senders-1 */
    const double *image;   /* [count][d], what a circuit gives to each of its neurons */
} cisup_rows_sent;

/* Adds image to the sums of the neurons of each row, and once[sender], unless NULL, to
 * those that this sender had not reached. The rows of one sender follow each other.
 * once: [senders][d]. O(count S d). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_reached_add(cisup_reached *r,
                                                const cisup_rows_sent *rows,
                                                const double *once, cisup_error *err);

/* out = level + the sum of neuron n, which is 0 if it was not reached. [d] each. */
void cisup_reached_get(const cisup_reached *r, int32_t n, const double *level,
                       double *out);

/* Whether level + sum is a number that the sums' type holds, for all neurons and i. O(d)
 * unless numbers are near the largest one, then O(N d). */
bool cisup_reached_is_finite(const cisup_reached *r, const double *level);

/* Fetches what is known of neuron n towards the processor. */
static inline void cisup_reached_prefetch(const cisup_reached *r, int32_t n) {
    const char *cell = r->cell + (size_t)n * r->stride;
    __builtin_prefetch(cell, 1);
    __builtin_prefetch(cell + r->stride - 1, 1);
}

#endif
