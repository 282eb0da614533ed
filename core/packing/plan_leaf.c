/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/allocation.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/plan_rows.h>
#include <cisup/core/packing/plan_search.h>

void cisup_plan_try_cyclic(cisup_plan_search *search, cisup_plan_candidate *best) {
    if (!search->options.searched || best->node.hole) return;
    if (!cisup_plan_allows(search, CISUP_PLAN_CYCLIC)) return;
    cisup_cyclic_entry entry;
    for (int k = 0; cisup_cyclic_entry_at(k, &entry); k++) {
        const cisup_index e = entry.points - best->node.points;
        if (entry.S != best->node.S || e < 0 || e > entry.S) continue;
        /* e points of one block go: all points are on r blocks. */
        const cisup_index r = entry.blocks * entry.S / entry.points;
        cisup_plan_candidate c = {.node = {.kind = CISUP_PLAN_CYCLIC}};
        c.node.S = entry.S;
        c.node.points = best->node.points;
        c.node.entry = k;
        c.node.blocks = entry.blocks - (e ? e * (r - 1) + 1 : 0);
        cisup_plan_offer(best, &c);
    }
}

/* Bounds on what is tried, beyond the redundancies in use. */
static const cisup_index largest_dual = 32, most_padding = 128;

/* Points besides the hole that T blocks of size S need as the dual of a packing of T
 * points with `blocks` blocks of size k. Each point of it is on at most (T-1)/(k-1) <= S
 * blocks; the slots it leaves open each take a point of their own, one of which can lie
 * in the hole: no two of those are in one block. When no slot is open, blocks of the
 * packing that are disjoint lie in the hole. */
static cisup_index dual_needs(const cisup_plan_node *node, cisup_index k, cisup_index T,
                              cisup_index blocks) {
    const cisup_index points = T * node->S - (k - 1) * blocks;
    const int is_open = (T - 1) / (k - 1) < node->S;
    const cisup_index apart = is_open ? T : cisup_plan_disjoint_blocks(k, T);
    return points - (node->hole < apart ? node->hole : apart);
}

static int dual_fits(cisup_plan_search *search, const cisup_plan_node *node,
                     cisup_index k, cisup_index T) {
    const cisup_index free = node->points - node->hole;
    if (dual_needs(node, k, T, T * (T - 1) / (k * (k - 1))) > free) return 0;
    if (dual_needs(node, k, T, cisup_johnson_bound(T, k)) > free) return 0;
    const cisup_plan_key key = {k, T, 0, 0};
    return dual_needs(node, k, T, cisup_plan_count(search, &key, 0)) <= free;
}

void cisup_plan_try_duals(cisup_plan_search *search, cisup_plan_candidate *best) {
    const cisup_index S = best->node.S, points = best->node.points;
    if (!cisup_plan_allows(search, CISUP_PLAN_DUAL)) return;
    const cisup_index bound = cisup_johnson_bound(points, S);
    cisup_index sizes = points < S * S - S + 1 ? S : 3;
    if (sizes > largest_dual) sizes = largest_dual;
    for (cisup_index k = 2; k < sizes && k < S; k++) {
        cisup_index T = S * (k - 1) + 1;
        if (T > bound) T = bound;
        if (T >= points) T = points - 1;
        while (T > best->node.blocks && !dual_fits(search, &best->node, k, T)) T--;
        if (T <= best->node.blocks) continue;
        cisup_plan_candidate c = {.node = {.kind = CISUP_PLAN_DUAL}};
        c.node.S = S;
        c.node.points = points;
        c.node.hole = best->node.hole;
        c.node.blocks = T;
        c.want[0] = (cisup_plan_key){k, T, 0, 0};
        cisup_plan_offer(best, &c);
    }
}

static void offer_pad(cisup_plan_search *search, cisup_plan_candidate *best,
                      cisup_index points, cisup_index hole) {
    cisup_plan_candidate c = {.node = {.kind = CISUP_PLAN_PAD}};
    c.node.S = best->node.S;
    c.node.points = best->node.points;
    c.node.hole = best->node.hole;
    c.want[0] = (cisup_plan_key){c.node.S, points, hole, 1};
    c.node.blocks = cisup_plan_count(search, &c.want[0], best->node.blocks + 1);
    cisup_plan_offer(best, &c);
}

/* Two points that f(n) leaves uncovered are a hole; one block taken out makes a hole of
 * S points. */
static void offer_holed(cisup_plan_search *search, cisup_plan_candidate *best) {
    cisup_plan_candidate c = {.node = {.kind = CISUP_PLAN_HOLED}};
    c.node.S = best->node.S;
    c.node.points = best->node.points;
    c.node.hole = best->node.hole;
    c.want[0] = (cisup_plan_key){c.node.S, c.node.points, 0, 0};
    const cisup_index need = best->node.blocks + 1;
    const cisup_index blocks = cisup_plan_count(search, &c.want[0], need);
    const cisup_index S = c.node.S, n = c.node.points;
    const int is_open = c.node.hole == 2 && blocks * S * (S - 1) < n * (n - 1);
    c.node.blocks = blocks - !is_open;
    cisup_plan_offer(best, &c);
}

/* Above `cisup_plan_chained` also as many as leave the largest design below. */
static void offer_padded_design(cisup_plan_search *search, cisup_plan_candidate *best) {
    if (best->node.S != search->design_S) return;
    if (!cisup_plan_allows(search, CISUP_PLAN_DESIGN)) return;
    cisup_index largest = 0;
    for (int k = 0; k < search->designs; k++) {
        const cisup_index points = search->design[k].points;
        if (points < best->node.points && points > largest) largest = points;
    }
    if (largest) offer_pad(search, best, largest, 0);
}

void cisup_plan_try_pads(cisup_plan_search *search, cisup_plan_candidate *best, int raw) {
    const cisup_index S = best->node.S, points = best->node.points;
    const cisup_index hole = best->node.hole;
    if (hole) {
        /* All but one point of the hole unused. */
        offer_pad(search, best, points - hole + 1, 0);
        if (hole <= S) offer_holed(search, best);
        if (points <= 300 && hole < points - 1) offer_pad(search, best, points - 1, hole);
    } else if (!raw) {
        cisup_index most = points <= cisup_plan_chained ? 1 : 2 * S;
        if (most > most_padding) most = most_padding;
        for (cisup_index d = 1; d <= most && points - d >= S; d++)
            offer_pad(search, best, points - d, 0);
        if (points > cisup_plan_chained) offer_padded_design(search, best);
    }
}
