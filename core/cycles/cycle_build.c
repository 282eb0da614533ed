/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks are put in the order of the circuits, parallel classes as far as there are such:
 * by the last group of TD(c S + 1, n) where that is known, since blocks through one of
 * its points are disjoint elsewhere; otherwise by rounds of blocks that are still
 * disjoint, each as large as a walk through the rest makes it. */
#include <cisup/core/cycles/cycle_form.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/cycles/dual.h>
#include <cisup/core/cycles/td.h>
#include <cisup/core/memory.h>

#include <string.h>

/* Blocks of a design: width points each, of which the first `groups` are used. */
typedef struct {
    cisup_index groups, width, blocks, n;
    int32_t *row;       /* [blocks][width] */
    cisup_index *order; /* [blocks] */
} design;

static void design_free(design *d) {
    cisup_release(d->row);
    cisup_release(d->order);
}

/* By the point of the last group, which is no group of the cycle. */
static void order_by_last_group(design *d, cisup_index *start) {
    for (cisup_index b = 0; b < d->blocks; b++)
        start[d->row[b * d->width + d->groups] + 1]++;
    for (cisup_index y = 0; y < d->n; y++) start[y + 1] += start[y];
    for (cisup_index b = 0; b < d->blocks; b++)
        d->order[start[d->row[b * d->width + d->groups]]++] = b;
}

/* Whether no point of the block is in this round; then they are. */
static bool joins(const design *d, cisup_index b, cisup_index round, cisup_index *last) {
    const int32_t *row = d->row + b * d->width;
    for (cisup_index g = 0; g < d->groups; g++)
        if (last[g * d->n + row[g]] == round) return false;
    for (cisup_index g = 0; g < d->groups; g++) last[g * d->n + row[g]] = round;
    return true;
}

/* last: [groups*n], zeroed; rest: [blocks]. */
static void order_by_rounds(design *d, cisup_index *last, cisup_index *rest) {
    cisup_index placed = 0, left = d->blocks;
    for (cisup_index b = 0; b < left; b++) rest[b] = b;
    for (cisup_index round = 1; left > 0; round++) {
        cisup_index kept = 0, in_round = 0;
        for (cisup_index k = 0; k < left; k++)
            if (in_round < d->n && joins(d, rest[k], round, last)) {
                d->order[placed++] = rest[k];
                in_round++;
            } else {
                rest[kept++] = rest[k];
            }
        left = kept;
    }
}

static cisup_status design_order(design *d, cisup_error *err) {
    cisup_index *work = NULL, *rest = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&work, d->groups * d->n + 2, sizeof *work, err));
    if (d->width > d->groups) {
        order_by_last_group(d, work);
    } else {
        CISUP_TRY(cisup_new(&rest, d->blocks, sizeof *rest, err));
        order_by_rounds(d, work, rest);
    }
done:
    cisup_release(work);
    cisup_release(rest);
    return status;
}

/* The blocks without `less` points in each part: x_i^2 of group i, for the first `less`
 * of its groups. A block has the point where x^2 - b x - a is 0, for two x at most, since
 * differences of the x are units. Points behind move up. */
static cisup_status truncate(const cisup_cycle_plan *plan, design *d, cisup_error *err) {
    cisup_lines lines;
    const cisup_status status = cisup_lines_init(&lines, d->n, d->groups - 1, err);
    if (status != CISUP_OK) return status;
    const cisup_index one = cisup_lines_one(&lines);
    cisup_index kept = 0;
    for (cisup_index b = 0; b < d->blocks; b++) {
        int32_t *row = d->row + b * d->width;
        bool whole = true;
        for (cisup_index g = 0; g < d->groups; g++) {
            if (g % plan->S >= plan->less) continue;
            const cisup_index x = cisup_lines_point(&lines, g, 0, one);
            const cisup_index out = cisup_lines_point(&lines, g, 0, x);
            whole = whole && row[g] != out;
            row[g] -= row[g] > out;
        }
        if (!whole) continue;
        memmove(d->row + kept * d->width, row, (size_t)d->width * sizeof *row);
        kept++;
    }
    cisup_lines_free(&lines);
    d->blocks = kept;
    for (cisup_index b = 0; b < kept; b++) d->order[b] = b;
    return CISUP_OK;
}

static cisup_status design_make(const cisup_cycle_plan *plan, design *d,
                                cisup_error *err) {
    *d = (design){.groups = plan->c * plan->S, .n = plan->order};
    cisup_td_table table = {0};
    cisup_status status;
    CISUP_TRY(cisup_td_table_init(&table, d->groups, d->n, err));
    const cisup_td_recipe whole = cisup_td_find(&table, 1, d->n);
    const int extra = plan->less == 0 && whole.blocks == d->n * d->n;
    d->width = d->groups + extra;
    d->blocks = cisup_td_find(&table, extra, d->n).blocks;
    CISUP_TRY(cisup_memory_require(4.0 * (double)d->blocks * (double)(d->width + 4),
                                   "the blocks of a cycle", err));
    CISUP_TRY(cisup_new(&d->row, d->blocks * d->width, sizeof *d->row, err));
    CISUP_TRY(cisup_new(&d->order, d->blocks, sizeof *d->order, err));
    CISUP_TRY(cisup_td_build(&table, extra, d->n, d->row, err));
    CISUP_TRY(plan->less ? truncate(plan, d, err) : design_order(d, err));
done:
    cisup_td_table_free(&table);
    if (status != CISUP_OK) design_free(d);
    return status;
}

/* The neurons of part h before its group j: of the first `less` groups one is missing. */
static cisup_index group_start(const cisup_cycle_plan *plan, cisup_index j) {
    return j * plan->order - (j < plan->less ? j : plan->less);
}

static cisup_status fill(const cisup_cycle_plan *plan, cisup_allocation *part,
                         cisup_error *err) {
    design d;
    if (plan->dual) return cisup_dual_fill(plan, part, err);
    const cisup_status status = design_make(plan, &d, err);
    if (status != CISUP_OK) return status;
    for (cisup_index h = 0; h < plan->c; h++)
        for (cisup_index t = 0; t < part[h].T; t++) {
            const int32_t *block = d.row + d.order[t] * d.width + h * plan->S;
            for (cisup_index j = 0; j < plan->S; j++)
                part[h].slot[t * plan->S + j] = (int32_t)group_start(plan, j) + block[j];
        }
    design_free(&d);
    return CISUP_OK;
}

cisup_status cisup_cycle_build(const cisup_cycle_plan *plan, cisup_index T,
                               cisup_allocation *part, cisup_error *err) {
    cisup_index made = 0;
    cisup_status status;
    do {
        status = cisup_allocation_init(&part[made++], plan->N, plan->S, T, err);
    } while (status == CISUP_OK && made < plan->c);
    if (status == CISUP_OK) status = fill(plan, part, err);
    while (status != CISUP_OK && made > 0) cisup_allocation_free(&part[--made]);
    return status;
}
