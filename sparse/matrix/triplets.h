/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_TRIPLETS_H
#define CISUP_SPARSE_TRIPLETS_H

#include <cisup/sparse/csc.h>

typedef struct {
    cisup_index i, j; /* row and column, from 0 */
    double x;
} cisup_entry;

/* A growing list of entries in any order. Owns entry. Start from {0}. */
typedef struct {
    cisup_index count, room;
    cisup_entry *entry; /* [room], the first `count` used */
} cisup_triplets;

/* Adds one entry; x finite. The list is unchanged on failure. Amortised O(1).
 * Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_triplets_append(cisup_triplets *t, cisup_entry e,
                                                    cisup_error *err);
void cisup_triplets_free(cisup_triplets *t);

/* What becomes of entries with the same row and column. */
typedef enum { CISUP_REPEATS_REFUSED, CISUP_REPEATS_SUMMED } cisup_repeats;

/* The matrix with these entries; zeros stay stored. Sums are taken in increasing
 * order of the summands, so that the matrix does not depend on the order of the list.
 *
 *   t         every entry within nrow x ncol (asserted)
 *   repeated  set only when a repeat is refused: the place in the list where an entry
 *             stands for the second time; may be NULL
 *   a         uninitialised on entry, empty after a failure
 *
 * Stable counting by column, then a sort of those columns that are out of order.
 * Time O(ncol + count) for lists sorted by column or by row, at most a factor
 * log count more; no memory of size nrow.
 * Errors: EINVAL negative sizes; EFORMAT a repeat (named from 1, as in files), a sum
 * that overflows; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_triplets_compress(const cisup_triplets *t,
                                                      cisup_index nrow, cisup_index ncol,
                                                      cisup_repeats repeats,
                                                      cisup_index *repeated, cisup_csc *a,
                                                      cisup_error *err);

#endif
