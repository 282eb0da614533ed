/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycle_plan.h>

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/computed/lines.h>
#include <cisup/core/cycles/cycle_form.h>
#include <cisup/core/cycles/dual.h>
#include <cisup/core/cycles/td.h>
#include <cisup/core/shape.h>

#include <stdio.h>

cisup_status cisup_cycle_sizes_check(cisup_index N, cisup_index S, cisup_index c,
                                     cisup_error *err) {
    const cisup_status status = cisup_allocation_sizes_check(N, S, err);
    if (status != CISUP_OK) return status;
    if (c < 2 || c > CISUP_MOST_NEURONS / N)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a cycle of %" PRId64 " allocations on %" PRId64
                          " neurons; 2 or more, on %" PRId32 " in all",
                          c, N, CISUP_MOST_NEURONS);
    return CISUP_OK;
}

/* (2.7) N floor(N/S) < 2^62. */
static cisup_index bound_of(cisup_index N, cisup_index S, cisup_index c) {
    const cisup_index halves = N * (N / S) / S;
    const cisup_index joined = cisup_johnson_bound(c * N, c * S);
    return halves < joined ? halves : joined;
}

/* TD(c S, q) with q the next number above N/S, less points of different groups of which
 * no block has three: each is on q blocks, any two on one. */
static void try_truncated(cisup_cycle_plan *plan) {
    const cisup_index q = plan->N / plan->S + 1, groups = plan->c * plan->S;
    const cisup_index less = plan->S * q - plan->N, points = plan->c * less;
    if (!cisup_lines_usable(q, groups - 1)) return;
    const cisup_index T = q * q - points * q + points * (points - 1) / 2;
    if (T <= plan->T) return;
    plan->T = T;
    plan->order = q;
    plan->less = less;
    (void)snprintf(plan->recipe, sizeof plan->recipe,
                   "td(%" PRId64 ",%" PRId64 ") less %" PRId64 " a part", groups, q,
                   less);
}

cisup_status cisup_cycle_plan_make(cisup_cycle_plan *plan, cisup_index N, cisup_index S,
                                   cisup_index c, cisup_error *err) {
    *plan = (cisup_cycle_plan){0};
    cisup_td_table table = {0};
    cisup_status status;
    CISUP_TRY(cisup_cycle_sizes_check(N, S, c, err));
    CISUP_TRY(cisup_td_table_init(&table, c * S, N / S, err));
    *plan = (cisup_cycle_plan){.N = N, .S = S, .c = c, .order = N / S};
    cisup_td_recipe recipe = cisup_td_find(&table, 0, plan->order);
    while (recipe.kind == CISUP_TD_PADDED)
        recipe = cisup_td_find(&table, 0, --plan->order);
    if (recipe.kind == CISUP_TD_RING) plan->order = recipe.first;
    plan->T = recipe.blocks;
    plan->bound = bound_of(N, S, c);
    plan->q = cisup_lines_largest(N / S, c * S - 1);
    cisup_td_text(&table, plan->order, plan->recipe);
    try_truncated(plan);
    cisup_dual_try(plan);
done:
    cisup_td_table_free(&table);
    return status;
}
