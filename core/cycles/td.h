/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_TD_H
#define CISUP_CORE_TD_H

#include <cisup/core/status.h>

/* Transversal designs TD(k, n), n^2 blocks with one of n points in each of k groups, any
 * two blocks with one point in common at most; where none is known, fewer such blocks.
 *
 *   class     n disjoint blocks
 *   ring      a + x_i b over a ring of q <= n elements (core/computed/lines.h), with k
 *             one more than it has x_i also b: q^2 blocks
 *   product   TD(k, a) x TD(k, b), n = a b
 *   wilson    n = m t + u: TD(k+1, t) less t - u points of its last group, m points for
 *             each of the others; TD(k, m), TD(k, m+1) less a block, blocks on u points
 *   vector    n = (m+1) t + 1: of a V(m,t) vector, k <= m + 2, with blocks on t points
 *   padded    that of n - 1
 *
 * wilson and vector have n^2 blocks if those on u or t points are a TD(k, u) or TD(k, t).
 * docs/allocations.md, "Cycles", with sources. */
typedef enum {
    CISUP_TD_NONE,
    CISUP_TD_CLASS,
    CISUP_TD_RING,
    CISUP_TD_PRODUCT,
    CISUP_TD_WILSON,
    CISUP_TD_VECTOR,
    CISUP_TD_PADDED
} cisup_td_kind;

typedef struct {
    cisup_td_kind kind;
    cisup_index first, second; /* ring: q; product: a, b; wilson: m, t; vector: its entry
                                  in the table of vectors, t */
    cisup_index blocks;
} cisup_td_recipe;

/* Recipes for k, k+1, ... groups (extra = 0, 1, ...) and n = 0..most points. Only extra =
 * 0 has such with fewer than n^2 blocks. Owns recipe. Start from {0}. */
enum { CISUP_TD_EXTRAS = 4, CISUP_TD_MOST = 1024 };

typedef struct {
    cisup_index groups, most;
    cisup_td_recipe *recipe; /* [CISUP_TD_EXTRAS][most+1] */
} cisup_td_table;

/* Fills the table, most = min(n, CISUP_TD_MOST). Time O(most^2). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_td_table_init(cisup_td_table *table,
                                                  cisup_index groups, cisup_index n,
                                                  cisup_error *err);
void cisup_td_table_free(cisup_td_table *table);

/* The recipe for k + extra groups of n points, kind NONE if there is none; beyond the
 * table a ring or, for extra = 0, a class. */
cisup_td_recipe cisup_td_find(const cisup_td_table *table, int extra, cisup_index n);

/* "td(10,47)", "product 4*13", "wilson 3*13+11", "vector 9*11+1", "disjoint 12".
 * text: [48]. */
void cisup_td_text(const cisup_td_table *table, cisup_index n, char text[48]);

/* Writes the blocks of find(table, extra, n): row[r*(k+extra) + g] is the point of group
 * g. Errors: ENOMEM; EINVAL where there is no recipe. */
CISUP_MUST_CHECK cisup_status cisup_td_build(const cisup_td_table *table, int extra,
                                             cisup_index n, int32_t *row,
                                             cisup_error *err);

#endif
