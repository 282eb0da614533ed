/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PLAN_ROWS_H
#define CISUP_CORE_PLAN_ROWS_H

#include <cisup/core/packing/packing_plan.h>

/* The rows of blocks a plan's node asks for; private to the files packing_build.c,
 * build_groups.c and build_leaf.c. */
typedef struct {
    int32_t *row; /* [most*S] */
    cisup_index S, count, most;
} cisup_plan_rows;

static inline int cisup_plan_full(const cisup_plan_rows *out) {
    return out->count == out->most;
}

/* Room for one more row; only when not full. */
static inline int32_t *cisup_plan_next(cisup_plan_rows *out) {
    return out->row + out->S * out->count++;
}

/* The blocks across the groups of a node; the rows are not sorted. */
CISUP_MUST_CHECK cisup_status cisup_plan_across(const cisup_plan_node *node,
                                                cisup_plan_rows *out, cisup_error *err);

/* The blocks of a node without groups and children. */
CISUP_MUST_CHECK cisup_status cisup_plan_leaf(const cisup_plan_node *node,
                                              cisup_plan_rows *out, cisup_error *err);

/* Where group g of a node begins, and how many points it has. */
cisup_index cisup_plan_group_start(const cisup_plan_node *node, cisup_index g);
cisup_index cisup_plan_group_size(const cisup_plan_node *node, cisup_index g);

/* How many of the first blocks of the best packing of T points are certainly disjoint:
 * the first round of all pairs, the verticals of Bose's triples
 * (core/computed/triples.c). */
static inline cisup_index cisup_plan_disjoint_blocks(cisup_index S, cisup_index T) {
    return S == 2 ? T / 2 : S == 3 && T % 6 == 3 ? T / 3 : 0;
}

#endif
