/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PAIRS_H
#define CISUP_CORE_PAIRS_H

#include <cisup/core/status.h>

/* All n(n-1)/2 pairs of n >= 2 points in the rounds of a round robin, each of which
 * meets every point once, for odd n all but one:
 *
 *   round r:   {r, n-1} for even n,   {r+i, r-i} mod m,   m = n-1 (even n) or n (odd n)
 *
 * computed, without a table. Source: docs/allocations.md, "pairs". */

/* n(n-1)/2. */
cisup_index cisup_pairs_count(cisup_index n);

/* Pair t of n points, increasing. row: [2]; 0 <= t < count. O(1). */
void cisup_pairs_row(cisup_index n, cisup_index t, int32_t *row);

/* The pairs t < T that hold a point, increasing: a plain value. */
typedef struct {
    cisup_index n, T, point, round;
} cisup_pairs_walk;

/* 0 <= point < n, T <= count. */
cisup_pairs_walk cisup_pairs_through(cisup_index n, cisup_index T, cisup_index point);

/* The next pair, or -1 after the last. O(1). */
cisup_index cisup_pairs_next(cisup_pairs_walk *c);

#endif
