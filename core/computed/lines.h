/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_LINES_H
#define CISUP_CORE_LINES_H

#include <cisup/core/computed/small_field.h>

#include <stdbool.h>

/* The lines of a transversal design TD(S+1, q): S+1 groups of q points, q^2 lines, one
 * point a group, any two points of different groups on exactly one line.
 *
 *   R = Z_m x GF(p_1^e_1) x ... ,  |R| = q
 *   line (a, b), slope b:  point a + x_i b in group i = 0..S,  a, b in R
 *
 * with x_0..x_S in R whose differences are units; q lines of one slope are disjoint.
 * m has no prime factor <= S, where x_i = i will do, and every field has more than S
 * elements; so primes above S are never looked for. Elements of R are the numbers
 * 0..q-1 in the mixed radix m, p_1^e_1, ... Owns the fields. Start from {0}.
 * Source: H. F. MacNeish, "Euler squares", Annals of Mathematics 23 (1922) 221-227. */
enum { CISUP_MOST_FIELDS = 8 };

typedef struct {
    cisup_index q, S, m;
    int fields;
    cisup_small_field field[CISUP_MOST_FIELDS];
} cisup_lines;

/* How many elements with pairwise unit differences the best ring of q >= 1 elements has:
 * its smallest prime-power factor; INT64_MAX for q = 1. */
cisup_index cisup_lines_capacity(cisup_index q);

/* Whether every prime power that exactly divides q exceeds S, q > S; needs no more
 * than the primes up to S. O(min(S, sqrt(q))). */
bool cisup_lines_usable(cisup_index q, cisup_index S);

/* The largest usable q <= n, or 0. */
cisup_index cisup_lines_largest(cisup_index n, cisup_index S);

/* q usable, or 1: the one point of every group. Errors: EINVAL (q neither, S < 1, q over
 * 2^31-1); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_lines_init(cisup_lines *lines, cisup_index q,
                                               cisup_index S, cisup_error *err);
void cisup_lines_free(cisup_lines *lines);

/* out: [S], a + x_i b for i = 0..S-1. O(S (1 + fields)). Thread-safe, as the others. */
void cisup_lines_points(const cisup_lines *lines, cisup_index a, cisup_index b,
                        int32_t *out);

/* out[i] += unit (a + x_i b) for i = 0..S; unit q < 2^31. out: [S+1]. */
void cisup_lines_add_points(const cisup_lines *lines, cisup_index a, cisup_index b,
                            cisup_index unit, int32_t *out);

/* a + x_i b for one i in 0..S. */
cisup_index cisup_lines_point(const cisup_lines *lines, cisup_index i, cisup_index a,
                              cisup_index b);

/* The a of the line with slope b through point y of group i: y - x_i b. */
cisup_index cisup_lines_through(const cisup_lines *lines, cisup_index i, cisup_index y,
                                cisup_index b);

/* out[a] = a + y for all a of the ring: [q]. O(q). */
void cisup_lines_translate(const cisup_lines *lines, cisup_index y, int32_t *out);

/* The 1 of the ring. */
cisup_index cisup_lines_one(const cisup_lines *lines);

#endif
