/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_TD_PROOF_H
#define CISUP_CORE_TD_PROOF_H

#include <cisup/core/computed/implicit.h>

/* What can be said of a computed allocation without looking at all its pairs. */

/* The hypotheses of the theorem below for one level with lines. */
typedef struct {
    int units;    /* x_i - x_j is a unit for all i < j <= S: gcd(j - i, m) = 1, and
                     (x_i - x_j) b != 0 for all b != 0 of every field */
    int lines;    /* |R| = m p_1^e_1 ... = q and gcd(step, q) = 1: all lines differ */
    int injects;  /* left-over points y < joining are different points S q + y of the
                     level, none of them the shared one */
    int is_inner; /* n_{l+1} = q + shared, S times as many copies, numbered behind */
} cisup_td_level_proof;

typedef struct {
    int holds; /* all hypotheses do, 1 <= T <= T_max, and the last level's circuits have
                  room for points of their own: b <= S + 1, b S - b(b-1)/2 <= n_L */
    int last_fits;
    int depth;
    cisup_td_level_proof level[CISUP_MOST_LEVELS];
} cisup_td_proof;

/* Verifies the hypotheses of
 *
 *   Theorem. Let x_0..x_S be elements of a ring R of q elements whose differences are
 *   units. Two lines (a, b) != (a', b') meet in at most one of the points (i, a + x_i b):
 *   if a + x_i b = a' + x_i b' and a + x_j b = a' + x_j b', then (x_i - x_j)(b - b') = 0,
 *   so b = b' and a = a'. Lines use no two points of a group, circuits inside a group no
 *   two of different groups: the groups may be filled alike, and left-over points that
 *   are put injectively into group S change nothing.
 *
 * for the first T circuits. It is about the construction; that the code follows it is
 * what tests and cisup_overlap_sample look at.
 * Time O(S^2 (log q + size of the fields)) a level. docs/allocations.md, td(q). */
cisup_td_proof cisup_td_verify(const cisup_implicit *m, cisup_index T);

#endif
