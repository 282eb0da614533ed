/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/search_starts.h>

#include <cisup/core/allocation.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/computed/lines.h>
#include <cisup/core/packing/packing_build.h>
#include <cisup/core/packing/packing_plan.h>

enum { orders_each_side = 2 };
static const double trial_share = 0.1;

/* At most: the plan, without fillings, orders on each side, one circuit. */
enum { most_trials = 3 + 2 * orders_each_side };

/* The two best results so far, the better one first; T = 0 for none. */
typedef struct {
    cisup_local_search_options trial;
    cisup_allocation best[2];
    cisup_vigil vigil;
    cisup_error *err;
} trials;

static void swap(cisup_allocation *a, cisup_allocation *b) {
    const cisup_allocation was = *a;
    *a = *b;
    *b = was;
}

/* A search that is watched as its share of all. */
static cisup_status search_from(trials *s, const cisup_allocation *start,
                                const cisup_local_search_options *options, double share,
                                cisup_allocation *out) {
    cisup_vigil_part part = {&s->vigil, share};
    const cisup_watcher watcher = cisup_vigil_watcher(&part);
    cisup_local_search_options o = *options;
    o.watcher = &watcher;
    const cisup_status status = cisup_local_search(start, &o, out, s->err);
    if (status != CISUP_OK || !cisup_vigil_step(&s->vigil, share)) return status;
    cisup_allocation_free(out);
    return CISUP_FAIL(s->err, CISUP_ESTOPPED, "stopped on request");
}

/* A short search from a start; keeps the result if it is one of the two largest. */
static cisup_status try_allocation(trials *s, const cisup_allocation *start) {
    cisup_allocation a;
    const cisup_status status = search_from(s, start, &s->trial, trial_share, &a);
    if (status != CISUP_OK) return status;
    for (int k = 0; k < 2; k++)
        if (a.T > s->best[k].T) swap(&a, &s->best[k]);
    cisup_allocation_free(&a);
    return CISUP_OK;
}

static cisup_status try_plan(trials *s, const cisup_packing_plan *plan) {
    cisup_allocation start;
    cisup_status status = cisup_packing_build(&start, plan, plan->blocks, s->err);
    if (status == CISUP_OK) status = try_allocation(s, &start);
    cisup_allocation_free(&start);
    return status;
}

/* A start of one node whose groups stay empty. */
static cisup_status try_across(trials *s, cisup_plan_node *node) {
    for (int k = 0; k < 3; k++) node->child[k] = -1;
    const cisup_packing_plan plan = {.N = node->points,
                                     .S = node->S,
                                     .blocks = node->blocks,
                                     .nodes = 1,
                                     .node = node};
    return try_plan(s, &plan);
}

/* The plan without what fills its groups; nothing when it has no groups. */
static cisup_status try_without_fillings(trials *s, const cisup_packing_plan *plan) {
    cisup_plan_node node = plan->node[plan->root];
    while (node.kind == CISUP_PLAN_PAD) node = plan->node[node.child[0]];
    if (node.groups == 0) return CISUP_OK;
    const cisup_index part[3] = {node.groups - node.reduced - !node.reduced_last,
                                 node.reduced - node.reduced_last, 1};
    for (int k = 0; k < 3; k++)
        if (node.child[k] >= 0) node.blocks -= part[k] * plan->node[node.child[k]].blocks;
    node.shared += plan->N - node.points;
    node.points = plan->N;
    return try_across(s, &node);
}

/* TD(S, q), the last group cut so that N points hold it; *left counts those tried. */
static cisup_status try_order(trials *s, cisup_index N, cisup_index S, cisup_index q,
                              int *left) {
    const cisup_index cut = S * q > N ? S * q - N : 0;
    if (cisup_lines_capacity(q) < S - 1) return CISUP_OK;
    cisup_plan_node node = {.kind = CISUP_PLAN_TRANSVERSAL, .S = S, .points = N};
    node.groups = S;
    node.size = node.q = q;
    node.reduced = node.reduced_last = cut > 0;
    node.reduced_size = q - cut;
    node.shared = N + cut - S * q;
    node.blocks = q * (q - cut);
    (*left)--;
    return try_across(s, &node);
}

static cisup_status try_orders(trials *s, cisup_index N, cisup_index S) {
    cisup_status status = CISUP_OK;
    int below = orders_each_side, above = orders_each_side;
    for (cisup_index q = N / S; q > 1 && below > 0; q--)
        CISUP_TRY(try_order(s, N, S, q, &below));
    for (cisup_index q = N / S + 1; (S - 1) * q < N && above > 0; q++)
        CISUP_TRY(try_order(s, N, S, q, &above));
done:
    return status;
}

static cisup_status try_single(trials *s, cisup_index N, cisup_index S) {
    cisup_allocation start;
    cisup_status status = cisup_allocation_init(&start, N, S, 1, s->err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < S; k++) start.slot[k] = (int32_t)k;
    status = try_allocation(s, &start);
    cisup_allocation_free(&start);
    return status;
}

cisup_status cisup_search_starts(const cisup_packing_plan *plan,
                                 const cisup_local_search_options *options,
                                 cisup_allocation *out, cisup_error *err) {
    const cisup_index N = plan->N, S = plan->S;
    trials s = {.trial = *options, .err = err};
    s.trial.effort *= trial_share;
    *out = (cisup_allocation){0};
    cisup_status status;
    CISUP_TRY(cisup_vigil_begin(&s.vigil, options->watcher,
                                2.0 + most_trials * trial_share, err));
    if (plan->blocks == cisup_johnson_bound(N, S)) {
        CISUP_TRY(cisup_packing_build(out, plan, plan->blocks, err));
        status = cisup_vigil_end(&s.vigil, err);
        goto done;
    }
    CISUP_TRY(try_plan(&s, plan));
    CISUP_TRY(try_without_fillings(&s, plan));
    CISUP_TRY(try_orders(&s, N, S));
    if (N < S * S) CISUP_TRY(try_single(&s, N, S));
    for (int k = 0; k < 2 && s.best[k].T > 0; k++) {
        cisup_allocation a;
        CISUP_TRY(search_from(&s, &s.best[k], options, 1.0, &a));
        if (a.T > out->T) swap(&a, out);
        cisup_allocation_free(&a);
    }
    CISUP_TRY(cisup_vigil_end(&s.vigil, err));
done:
    for (int k = 0; k < 2; k++) cisup_allocation_free(&s.best[k]);
    if (status != CISUP_OK) cisup_allocation_free(out);
    return status;
}
