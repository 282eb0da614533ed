/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans made of groups: blocks across the groups cover the pairs of different groups,
 * each group with the shared points is filled by a smaller plan. */
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/plan_search.h>

#include <cisup/core/packing/designs.h>

/* Up to here all sizes are tried thoroughly; above, few orders are. */
static const cisup_index thorough_points = 600;

static cisup_index pairs_of(cisup_index n) {
    return n * (n - 1) / 2;
}

/* Completes a candidate that has the blocks across its groups by the fillings, in one
 * of the two orders of its groups, and offers it. */
static void offer_order(cisup_plan_search *search, cisup_plan_candidate *best,
                        cisup_plan_candidate c, int reduced_last) {
    cisup_plan_node *n = &c.node;
    const cisup_index last = reduced_last ? n->reduced_size : n->size;
    if (n->hole > last + n->shared) return;
    n->reduced_last = reduced_last;
    c.want[0] = (cisup_plan_key){n->S, n->size + n->shared, n->shared, 0};
    c.want[1] = (cisup_plan_key){n->S, n->reduced_size + n->shared, n->shared, 0};
    c.want[2] = (cisup_plan_key){n->S, last + n->shared, n->hole, 0};
    const cisup_index part[3] = {n->groups - n->reduced - !reduced_last,
                                 n->reduced - reduced_last, 1};
    cisup_index most = n->blocks;
    for (int k = 0; k < 3; k++) most += part[k] * cisup_plan_bound(&c.want[k]);
    if (most <= best->node.blocks) return;
    for (int k = 0; k < 3; k++) {
        if (part[k] == 0) c.want[k].S = 0; /* no such child */
        if (part[k] == 0) continue;
        const cisup_index bound = cisup_plan_bound(&c.want[k]);
        const cisup_index spare = (most - best->node.blocks - 1) / part[k];
        const cisup_index blocks = cisup_plan_count(search, &c.want[k], bound - spare);
        most -= part[k] * (bound - blocks);
        n->blocks += part[k] * blocks;
        if (most <= best->node.blocks) return;
    }
    cisup_plan_offer(best, &c);
}

static void offer_groups(cisup_plan_search *search, cisup_plan_candidate *best,
                         const cisup_plan_candidate *c) {
    if (c->node.reduced < c->node.groups) offer_order(search, best, *c, 0);
    if (c->node.reduced > 0) offer_order(search, best, *c, 1);
}

static cisup_plan_candidate candidate(const cisup_plan_candidate *best,
                                      cisup_plan_kind kind) {
    cisup_plan_candidate c = {.node = {.kind = kind}};
    c.node.S = best->node.S;
    c.node.points = best->node.points;
    c.node.hole = best->node.hole;
    return c;
}

/* TD(S, q) less e points: all of one group, which leaves q(q-e) blocks, or one from
 * each of e groups, no three on a block, which leaves q(q-e) + C(e,2). */
static void try_deletion(cisup_plan_search *search, cisup_plan_candidate *best,
                         cisup_index q, cisup_index e) {
    cisup_plan_candidate c = candidate(best, CISUP_PLAN_TRANSVERSAL);
    cisup_plan_node *n = &c.node;
    n->q = n->size = q;
    n->groups = n->S;
    n->shared = n->points - n->S * q + e;
    n->blocks = q * (q - e);
    n->reduced = e > 0;
    n->reduced_size = q - e;
    if (e < q) offer_groups(search, best, &c);
    if (e < 2 || e > n->S || e > cisup_plan_capacity(search, q)) return;
    n->blocks += e * (e - 1) / 2;
    n->reduced = e;
    n->reduced_size = q - 1;
    offer_groups(search, best, &c);
}

/* All deletions for an order that lead to the points wanted; true if TD(S, q) exists. */
static int try_order(cisup_plan_search *search, cisup_plan_candidate *best,
                     cisup_index q) {
    const cisup_index S = best->node.S, points = best->node.points;
    if (q < 1 || cisup_plan_capacity(search, q) < S - 1) return 0;
    const cisup_index least = S * q > points ? S * q - points : 0;
    const cisup_index most = least + (points <= thorough_points ? 5 : 2);
    for (cisup_index e = least; e <= most && e <= q; e++)
        if (points - S * q + e <= 3 * q) try_deletion(search, best, q, e);
    return 1;
}

void cisup_plan_try_transversals(cisup_plan_search *search, cisup_plan_candidate *best) {
    if (!cisup_plan_allows(search, CISUP_PLAN_TRANSVERSAL)) return;
    const cisup_index S = best->node.S, points = best->node.points;
    int below = points <= thorough_points ? 12 : 8, above = below / 2;
    for (cisup_index q = points / S; q >= S - 1 && S * q > points / 2 && below > 0; q--)
        below -= try_order(search, best, q);
    for (cisup_index q = points / S + 1; (S - 1) * q < points && above > 0; q++)
        above -= try_order(search, best, q);
}

/* The largest order up to t with TD(S, .), which fills the hole of TD(S,q) - TD(S,t). */
static cisup_index hole_order(cisup_plan_search *search, cisup_index S, cisup_index t) {
    while (t > 1 && cisup_plan_capacity(search, t) < S - 1) t--;
    return t;
}

void cisup_plan_try_vectors(cisup_plan_search *search, cisup_plan_candidate *best) {
    if (!cisup_plan_allows(search, CISUP_PLAN_INCOMPLETE)) return;
    const cisup_index S = best->node.S, points = best->node.points;
    for (int k = 0; k < search->vectors; k++) {
        const cisup_index m = search->vector[k].m, t = search->vector[k].t;
        const cisup_index q = (m + 1) * t + 1;
        if (S > m + 2 || (S - 1) * q >= points || S * q <= points / 2) continue;
        const cisup_index inner = hole_order(search, S, t);
        const cisup_index least = S * q > points ? S * q - points : 0;
        for (cisup_index e = least; e <= least + 4 && e <= t; e++) {
            cisup_plan_candidate c = candidate(best, CISUP_PLAN_INCOMPLETE);
            cisup_plan_node *n = &c.node;
            n->entry = k;
            n->q = n->size = q;
            n->groups = S;
            n->shared = points - S * q + e;
            if (n->shared > q) break;
            /* The last e of the t points of the hole go: all are on the q - t blocks
             * outside it, those below `inner` on as many of its own. */
            const cisup_index covered = e > t - inner ? e - (t - inner) : 0;
            n->blocks = q * q - t * t + inner * inner - e * (q - t) - covered * inner;
            n->reduced = e > 0;
            n->reduced_size = q - e;
            offer_groups(search, best, &c);
        }
    }
}

static int is_prime_power(cisup_plan_search *search, cisup_index n) {
    return n > 1 && cisup_plan_capacity(search, n) == n;
}

/* TD(S+1, t), the last group cut to u points, each point replaced by S-1. */
static void try_blowup(cisup_plan_search *search, cisup_plan_candidate *best,
                       cisup_index t, cisup_index u, cisup_index shared) {
    cisup_plan_candidate c = candidate(best, CISUP_PLAN_BLOWUP);
    cisup_plan_node *n = &c.node;
    const cisup_index S = n->S;
    n->q = t;
    n->groups = S + (u > 0);
    n->size = (S - 1) * t;
    n->reduced = u > 0 && u < t;
    n->reduced_size = (S - 1) * u;
    n->shared = shared;
    n->blocks = t * u * (S * S - 1) + t * (t - u) * (S - 1) * (S - 1);
    offer_groups(search, best, &c);
}

void cisup_plan_try_blowups(cisup_plan_search *search, cisup_plan_candidate *best) {
    const cisup_index S = best->node.S, points = best->node.points;
    if (!cisup_plan_allows(search, CISUP_PLAN_BLOWUP) || S < 3) return;
    if (!is_prime_power(search, S) || !is_prime_power(search, S - 1)) return;
    const int most = points <= thorough_points ? 60 : 16;
    for (cisup_index w = points % (S - 1); w <= S + 1; w += S - 1) {
        const cisup_index all = (points - w) / (S - 1);
        int left = most;
        for (cisup_index t = all / S; t > 0 && all - S * t <= t && left > 0; t--) {
            if (cisup_plan_capacity(search, t) < S) continue;
            try_blowup(search, best, t, all - S * t, w);
            left--;
        }
    }
}

/* Each point of the design replaced by a group of m, each block by TD(S, m). */
static void try_product(cisup_plan_search *search, cisup_plan_candidate *best,
                        const cisup_design *d, cisup_index m) {
    cisup_plan_candidate c = candidate(best, CISUP_PLAN_PRODUCT);
    c.node.design = *d;
    c.node.q = c.node.size = m;
    c.node.groups = d->points;
    c.node.shared = c.node.points - d->points * m;
    c.node.blocks = d->blocks * m * m;
    offer_groups(search, best, &c);
}

/* The design less e points, each on r blocks: any two of them have one in common, all
 * have if they are of one block. */
static void try_design(cisup_plan_search *search, cisup_plan_candidate *best,
                       const cisup_design *d) {
    const cisup_index e = d->points - best->node.points;
    const cisup_index r = (d->points - 1) / (d->S - 1);
    if (e > d->S || best->node.hole > 0) return;
    cisup_plan_candidate c = candidate(best, CISUP_PLAN_DESIGN);
    c.node.design = *d;
    c.node.blocks = d->blocks;
    c.node.apart = search->options.conics && e > 2 && e <= cisup_design_most_apart(d);
    if (c.node.apart)
        c.node.blocks -= e * r - pairs_of(e);
    else
        c.node.blocks -= e ? e * (r - 1) + 1 : 0;
    cisup_plan_offer(best, &c);
}

void cisup_plan_try_designs(cisup_plan_search *search, cisup_plan_candidate *best) {
    if (best->node.S != search->design_S) return;
    const cisup_index S = best->node.S, points = best->node.points;
    for (int k = 0; k < search->designs; k++) {
        const cisup_design *d = &search->design[k];
        if (d->points >= points) {
            if (cisup_plan_allows(search, CISUP_PLAN_DESIGN)) {
                if (d->points - S <= points) try_design(search, best, d);
            }
            if (d->points > points) continue;
        }
        if (!cisup_plan_allows(search, CISUP_PLAN_PRODUCT)) continue;
        int left = 3;
        for (cisup_index m = points / d->points; m >= S - 1 && left > 0; m--) {
            if (cisup_plan_capacity(search, m) < S - 1) continue;
            if (points - d->points * m <= m) try_product(search, best, d, m);
            left--;
        }
    }
}
