/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RING_H
#define CISUP_CORE_RING_H

#include <cisup/core/computed/lines.h>

/* The lines of core/computed/lines.h, asked for by two of their points:
 *
 *   line t = b q + a:  point a + x_i b in group i = 0..k-1
 *   through (i, y), (j, z):  b = (y - z)/(x_i - x_j),  a = y - x_i b
 *
 * Differences of the x_i have inverses modulo m in a table, those of fields by
 * logarithms. Memory O(k + size of the fields). Owns all. Start from {0}. */
__extension__ typedef unsigned __int128 cisup_wide;

/* Division by n >= 1 without dividing. */
typedef struct {
    uint64_t n, reciprocal; /* floor((2^64 - 1)/n) */
} cisup_divisor;

static inline cisup_divisor cisup_divisor_of(uint64_t n) {
    return (cisup_divisor){n, UINT64_MAX / n};
}

/* floor(x/n): x reciprocal / 2^64 is less by no more than 1 before it is rounded down. */
static inline uint64_t cisup_divided(cisup_divisor d, uint64_t x) {
    const uint64_t low = (uint64_t)((cisup_wide)x * d.reciprocal >> 64);
    return low + (x - low * d.n >= d.n);
}

static inline uint64_t cisup_remainder(cisup_divisor d, uint64_t x) {
    return x - cisup_divided(d, x) * d.n;
}

typedef struct {
    cisup_lines lines;
    cisup_index groups; /* k */
    cisup_divisor by_q, by_m;
    int32_t *inverse;     /* [k]: 1/i modulo m, i >= 1 */
    int32_t *power, *log; /* field after field: [2(Q-1)], powers of a generator twice;
                             [Q], 0 for 0 */
} cisup_ring;

/* Errors: EINVAL (q not usable with k - 1, k < 2); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_ring_init(cisup_ring *ring, cisup_index q,
                                              cisup_index groups, cisup_error *err);
void cisup_ring_free(cisup_ring *ring);

/* The line through point y of group i and point z of group j != i; every pair of points
 * has one. */
cisup_index cisup_ring_through_fields(const cisup_ring *ring, cisup_index i,
                                      cisup_index y, cisup_index j, cisup_index z);

static inline cisup_index cisup_ring_through(const cisup_ring *ring, cisup_index i,
                                             cisup_index y, cisup_index j,
                                             cisup_index z) {
    if (ring->lines.fields) return cisup_ring_through_fields(ring, i, y, j, z);
    const uint64_t m = (uint64_t)ring->lines.m;
    const uint64_t up = (uint64_t)(i > j ? y - z : z - y); /* times 1/|i - j| */
    const uint64_t over = (uint64_t)ring->inverse[i > j ? i - j : j - i];
    const uint64_t b = cisup_remainder(ring->by_m, (up + (up >> 63) * m) * over);
    const uint64_t shift = cisup_remainder(ring->by_m, (uint64_t)i * b);
    const uint64_t a = (uint64_t)y - shift;
    return (cisup_index)(b * m + a + (a >> 63) * m);
}

/* Point of line (a, b) in group i. */
static inline cisup_index cisup_ring_point(const cisup_ring *ring, cisup_index i,
                                           cisup_index a, cisup_index b) {
    if (ring->lines.fields) return cisup_lines_point(&ring->lines, i, a, b);
    return (cisup_index)cisup_remainder(ring->by_m, (uint64_t)(a + i * b));
}

/* The a of the line of slope b through point y of group i. */
static inline cisup_index cisup_ring_line(const cisup_ring *ring, cisup_index i,
                                          cisup_index y, cisup_index b) {
    if (ring->lines.fields) return cisup_lines_through(&ring->lines, i, y, b);
    const uint64_t m = (uint64_t)ring->lines.m;
    const uint64_t a = (uint64_t)y - cisup_remainder(ring->by_m, (uint64_t)(i * b));
    return (cisup_index)(a + (a >> 63) * m);
}

#endif
