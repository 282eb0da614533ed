/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every node of a plan is built once, in its own labels 0..points-1; parents copy its
 * rows under the labels of each group. */
#include <cisup/core/packing/packing_build.h>

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/plan_rows.h>

#include <string.h>

typedef struct {
    const cisup_packing_plan *plan;
    int32_t **row; /* [nodes] of the nodes built in full; NULL for the others */
    cisup_error *err;
} builder;

static cisup_status emit(builder *b, int at, cisup_plan_rows *out);

/* All rows of a child, built when first asked for. */
static cisup_status built(builder *b, int at) {
    const cisup_plan_node *node = &b->plan->node[at];
    cisup_plan_rows out = {.S = node->S, .most = node->blocks};
    cisup_status status;
    if (b->row[at]) return CISUP_OK;
    CISUP_TRY(cisup_new(&out.row, node->blocks * node->S, sizeof *out.row, b->err));
    b->row[at] = out.row;
    CISUP_TRY(emit(b, at, &out));
done:
    return status;
}

/* --- fillings ------------------------------------------------------------------ */

static int child_of_group(const cisup_plan_node *node, cisup_index g) {
    if (g == node->groups - 1) return node->child[2];
    const int full =
        node->reduced_last ? g < node->groups - node->reduced : g >= node->reduced;
    return node->child[full ? 0 : 1];
}

/* Block t of the filling of group g. The shared points follow the group's own. */
static void copy_filling(const builder *b, const cisup_plan_node *node, cisup_index g,
                         cisup_index t, cisup_plan_rows *out) {
    const int32_t *from = b->row[child_of_group(node, g)] + t * node->S;
    const cisup_index size = cisup_plan_group_size(node, g);
    const cisup_index start = cisup_plan_group_start(node, g);
    const cisup_index skip = node->points - node->shared - size;
    int32_t *row = cisup_plan_next(out);
    for (cisup_index k = 0; k < node->S; k++)
        row[k] = (int32_t)(from[k] + (from[k] < size ? start : skip));
}

static cisup_status emit_fillings(builder *b, const cisup_plan_node *node,
                                  cisup_plan_rows *out) {
    cisup_index longest = 0;
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 3; k++) {
        if (node->child[k] < 0) continue;
        const cisup_index blocks = b->plan->node[node->child[k]].blocks;
        if (blocks > longest) longest = blocks;
        CISUP_TRY(built(b, node->child[k]));
    }
    for (cisup_index t = 0; t < longest; t++)
        for (cisup_index g = 0; g < node->groups && !cisup_plan_full(out); g++)
            if (t < b->plan->node[child_of_group(node, g)].blocks)
                copy_filling(b, node, g, t, out);
done:
    return status;
}

/* --- other nodes with a child -------------------------------------------------- */

/* The unused points are those before the hole. */
static void rename_padded(const cisup_plan_node *node, const cisup_plan_node *child,
                          cisup_plan_rows *out, cisup_index first) {
    if (child->hole < 2) return;
    const cisup_index border = child->points - child->hole;
    const cisup_index shift = node->points - child->points;
    for (cisup_index k = first * out->S; k < out->count * out->S; k++)
        if (out->row[k] >= border) out->row[k] += (int32_t)shift;
}

/* Two points in no block of the node together; there are such. met: [points], zero. */
static void find_open_pair(const cisup_plan_node *node, const int32_t *row, int32_t *met,
                           int32_t pair[2]) {
    const cisup_index S = node->S, blocks = node->blocks;
    for (cisup_index k = 0; k < blocks * S; k++) met[row[k]] += (int32_t)S - 1;
    pair[0] = 0;
    while (met[pair[0]] == node->points - 1) pair[0]++;
    memset(met, 0, (size_t)node->points * sizeof *met);
    met[pair[0]] = 1;
    for (cisup_index t = 0; t < blocks; t++) {
        int holds = 0;
        for (cisup_index k = 0; k < S; k++) holds |= row[t * S + k] == pair[0];
        for (cisup_index k = 0; k < S && holds; k++) met[row[t * S + k]] = 1;
    }
    pair[1] = 0;
    while (met[pair[1]]) pair[1]++;
    memset(met, 0, (size_t)node->points * sizeof *met);
}

/* The child with an open pair as the hole, or without its first block, points of which
 * become the hole. */
static cisup_status emit_holed(builder *b, const cisup_plan_node *node,
                               cisup_plan_rows *out) {
    int32_t *name = NULL, pair[2];
    cisup_status status;
    CISUP_TRY(cisup_new(&name, node->points, sizeof *name, b->err));
    CISUP_TRY(built(b, node->child[0]));
    const int32_t *from = b->row[node->child[0]], *hole = from;
    const int is_open = node->blocks == b->plan->node[node->child[0]].blocks;
    if (is_open) {
        find_open_pair(node, from, name, pair);
        hole = pair;
    } else {
        from += node->S;
    }
    for (cisup_index k = 0; k < node->hole; k++)
        name[hole[k]] = (int32_t)(node->points - node->hole + k + 1);
    int32_t next = 0;
    for (cisup_index x = 0; x < node->points; x++)
        name[x] = name[x] ? name[x] - 1 : next++;
    for (cisup_index t = 0; t < node->blocks && !cisup_plan_full(out); t++) {
        int32_t *row = cisup_plan_next(out);
        for (cisup_index k = 0; k < node->S; k++) row[k] = name[from[t * node->S + k]];
    }
done:
    cisup_release(name);
    return status;
}

/* Row t holds the blocks of the child on its point t, then points of its own, one of
 * them in the hole while that has any left. If no row has any, the child's first blocks
 * are the points of the hole. */
static cisup_status emit_dual(builder *b, const cisup_plan_node *node,
                              cisup_plan_rows *out) {
    const cisup_plan_node *child = &b->plan->node[node->child[0]];
    int32_t *row = NULL, *used = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&row, node->blocks * node->S, sizeof *row, b->err));
    CISUP_TRY(cisup_new(&used, node->blocks, sizeof *used, b->err));
    CISUP_TRY(built(b, node->child[0]));
    const int32_t *from = b->row[node->child[0]];
    const int is_open = (child->points - 1) / (child->S - 1) < node->S;
    const cisup_index apart =
        is_open ? 0 : cisup_plan_disjoint_blocks(child->S, child->points);
    const cisup_index lifted = node->hole < apart ? node->hole : apart;
    for (cisup_index k = 0; k < child->blocks * child->S; k++) {
        const cisup_index block = k / child->S;
        row[from[k] * node->S + used[from[k]]++] =
            (int32_t)(block < lifted ? node->points - node->hole + block
                                     : block - lifted);
    }
    int32_t next = (int32_t)(child->blocks - lifted);
    for (cisup_index t = 0; t < node->blocks; t++) {
        const int has_own = used[t] < node->S;
        if (t < node->hole && has_own)
            row[t * node->S + used[t]++] = (int32_t)(node->points - node->hole + t);
        while (used[t] < node->S) row[t * node->S + used[t]++] = next++;
    }
    for (cisup_index t = 0; t < node->blocks && !cisup_plan_full(out); t++) {
        int32_t *to = cisup_plan_next(out);
        for (cisup_index k = 0; k < node->S; k++) to[k] = row[t * node->S + k];
    }
done:
    cisup_release(row);
    cisup_release(used);
    return status;
}

/* The blocks of node `at`, as far as there is room. */
static cisup_status emit(builder *b, int at, cisup_plan_rows *out) {
    const cisup_plan_node *node = &b->plan->node[at];
    const cisup_index first = out->count;
    cisup_status status = CISUP_OK;
    switch (node->kind) {
    case CISUP_PLAN_TRANSVERSAL:
    case CISUP_PLAN_INCOMPLETE:
    case CISUP_PLAN_BLOWUP:
    case CISUP_PLAN_PRODUCT:
        CISUP_TRY(cisup_plan_across(node, out, b->err));
        if (!cisup_plan_full(out)) CISUP_TRY(emit_fillings(b, node, out));
        break;
    case CISUP_PLAN_PAD:
        CISUP_TRY(emit(b, node->child[0], out));
        rename_padded(node, &b->plan->node[node->child[0]], out, first);
        break;
    case CISUP_PLAN_HOLED:
        CISUP_TRY(emit_holed(b, node, out));
        break;
    case CISUP_PLAN_DUAL:
        CISUP_TRY(emit_dual(b, node, out));
        break;
    default:
        CISUP_TRY(cisup_plan_leaf(node, out, b->err));
    }
done:
    return status;
}

cisup_status cisup_packing_build(cisup_allocation *a, const cisup_packing_plan *plan,
                                 cisup_index T, cisup_error *err) {
    *a = (cisup_allocation){0};
    builder b = {.plan = plan, .err = err};
    cisup_status status;
    if (T > plan->blocks)
        return CISUP_FAIL(err, CISUP_EINFEASIBLE,
                          "T = %" PRId64 ": the plan places at most %" PRId64
                          " circuits on N = %" PRId64 " neurons with S = %" PRId64
                          " (Johnson bound %" PRId64 ")",
                          T, plan->blocks, plan->N, plan->S,
                          cisup_johnson_bound(plan->N, plan->S));
    CISUP_TRY(cisup_allocation_init(a, plan->N, plan->S, T, err));
    CISUP_TRY(cisup_new(&b.row, plan->nodes, sizeof *b.row, err));
    cisup_plan_rows out = {.row = a->slot, .S = a->S, .most = T};
    CISUP_TRY(emit(&b, plan->root, &out));
    for (cisup_index t = 0; t < T; t++) cisup_row_sort(a->slot + t * a->S, a->S);
done:
    for (int k = 0; b.row && k < plan->nodes; k++) cisup_release(b.row[k]);
    cisup_release(b.row);
    if (status != CISUP_OK) cisup_allocation_free(a);
    return status;
}
