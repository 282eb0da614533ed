/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_GALOIS_H
#define CISUP_CORE_GALOIS_H

#include <cisup/core/status.h>

/* The ring R = Z_m x GF(p1^e1) x ... of q elements, m the product of the prime powers
 * of q whose prime is at least `count`, with elements x_0 .. x_(count-1) whose pairwise
 * differences are units.
 *
 * Elements are the numbers 0..q-1 in mixed radix: one digit modulo m, then the base-p
 * coefficients of each field. Sums have no carries. Owns times. Start from {0}. */
typedef struct {
    cisup_index order, count;
    int digits;
    int32_t radix[40];
    int32_t *times; /* [count*q]: x_i * b at i*q + b */
} cisup_ring;

/* How many elements with pairwise unit differences the best ring of q >= 1 elements
 * has: its smallest prime-power factor. A transversal design with one group more than
 * that comes from it (MacNeish). INT64_MAX for q = 1. */
cisup_index cisup_ring_capacity(cisup_index q);

/* Makes the ring of q elements with the table of multiples of x_0 .. x_(count-1).
 * x_i has i as its code in every factor, so x_0 = 0 and x_1 = 1.
 *
 *   ring   uninitialised on entry, empty after a failure
 *
 * Time and memory O(count q). Errors: EINVAL when count < 1 or over the capacity of q,
 * or q not in 1..2^31-1; ENOMEM.
 * Source: H. F. MacNeish, Ann. of Math. 23 (1922) 221-227, doi:10.2307/1967919. */
CISUP_MUST_CHECK cisup_status cisup_ring_init(cisup_ring *ring, cisup_index q,
                                              cisup_index count, cisup_error *err);
void cisup_ring_free(cisup_ring *ring);

/* a + b. O(digits). */
int32_t cisup_ring_add(const cisup_ring *ring, int32_t a, int32_t b);

/* sum[a] = a + y for every a: [q]. O(q). */
void cisup_ring_translate(const cisup_ring *ring, int32_t y, int32_t *sum);

#endif
