/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The planner: the best plan for a key is the best over all constructions, whose
 * children are smaller keys; answers are kept for the time of one call.
 *
 * Branch and bound: a plan with fewer blocks than its parent needs is of no use, and a
 * child is asked with what the parent can spare, nothing at first, then ever more. Of
 * the plans with the most blocks the first is taken, whatever was asked before. */
#include <cisup/core/packing/packing_plan.h>

#include <cisup/core/allocation.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/computed/lines.h>
#include <cisup/core/computed/triples.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/plan_search.h>
#include <cisup/core/shape.h>

cisup_plan_options cisup_plan_defaults(void) {
    return (cisup_plan_options){
        .searched = 1, .families = ~0u, .designs = ~0u, .conics = 1};
}

int cisup_plan_allows(const cisup_plan_search *search, cisup_plan_kind kind) {
    return (search->options.families >> kind & 1u) != 0;
}

cisup_index cisup_plan_bound(const cisup_plan_key *key) {
    const cisup_index S = key->S, n = key->points, w = key->hole;
    if (n < S || w >= n) return 0;
    return ((n - w) * ((n - 1) / (S - 1)) + w * ((n - w) / (S - 1))) / S;
}

cisup_index cisup_plan_capacity(cisup_plan_search *search, cisup_index q) {
    if (q < search->capacities && search->capacity[q]) return search->capacity[q];
    const cisup_index capacity = cisup_lines_capacity(q);
    const cisup_index kept = capacity > INT32_MAX ? INT32_MAX : capacity;
    if (q < search->capacities) search->capacity[q] = (int32_t)kept;
    return kept;
}

void cisup_plan_offer(cisup_plan_candidate *best, const cisup_plan_candidate *candidate) {
    if (candidate->node.blocks > best->node.blocks) *best = *candidate;
}

/* --- answers kept -------------------------------------------------------------- */

static int same_key(const cisup_plan_key *a, const cisup_plan_key *b) {
    return a->S == b->S && a->points == b->points && a->hole == b->hole &&
           a->raw == b->raw;
}

static cisup_index home_of(const cisup_plan_search *search, const cisup_plan_key *key) {
    uint64_t mix = (uint64_t)key->points * UINT64_C(0x9e3779b97f4a7c15);
    mix ^= (uint64_t)key->hole * UINT64_C(0xc2b2ae3d27d4eb4f);
    mix ^= (uint64_t)(2 * key->S + key->raw) * UINT64_C(0x165667b19e3779f9);
    mix ^= mix >> 29;
    return (cisup_index)(mix % (uint64_t)search->slots);
}

/* Where the key is in the hash table, or the free slot where it belongs. */
static cisup_index slot_of(const cisup_plan_search *search, const cisup_plan_key *key) {
    cisup_index at = home_of(search, key);
    while (search->slot[at] && !same_key(&search->key[search->slot[at] - 1], key))
        at = at + 1 < search->slots ? at + 1 : 0;
    return at;
}

static cisup_status rehash(cisup_plan_search *search) {
    int32_t *old = search->slot;
    const cisup_index slots = 4 * search->slots + 1021;
    int32_t *slot;
    const cisup_status status = cisup_new(&slot, slots, sizeof *slot, search->err);
    if (status != CISUP_OK) return status;
    search->slot = slot;
    search->slots = slots;
    for (cisup_index k = 0; k < search->count; k++)
        search->slot[slot_of(search, &search->key[k])] = (int32_t)(k + 1);
    cisup_release(old);
    return CISUP_OK;
}

/* Where the key's answer is; a new one, of which nothing is known but `most`, if it has
 * none. -1 after a failure. */
static cisup_index answer_of(cisup_plan_search *search, const cisup_plan_key *key,
                             cisup_index most) {
    const cisup_index at = slot_of(search, key), next = search->count;
    if (search->slot[at]) return search->slot[at] - 1;
    cisup_status status = CISUP_OK;
    if (2 * (next + 1) > search->slots) CISUP_TRY(rehash(search));
    CISUP_TRY(cisup_grow(&search->node, &search->room, next + 1, sizeof *search->node,
                         search->err));
    CISUP_TRY(cisup_grow(&search->key, &search->key_room, next + 1, sizeof *search->key,
                         search->err));
    CISUP_TRY(cisup_grow(&search->most, &search->most_room, next + 1,
                         sizeof *search->most, search->err));
    search->node[next] = (cisup_plan_node){.blocks = -1};
    search->key[next] = *key;
    search->most[next] = most;
    search->count++;
    search->slot[slot_of(search, key)] = (int32_t)search->count;
done:
    search->status = status;
    return status == CISUP_OK ? next : -1;
}

static int is_known(const cisup_plan_search *search, cisup_index answer) {
    return search->node[answer].blocks == search->most[answer];
}

/* --- the search ---------------------------------------------------------------- */

/* A hole of one point is none, and small sizes have no raw answers. */
static cisup_plan_key normal_key(const cisup_plan_key *key) {
    cisup_plan_key normal = *key;
    if (normal.hole < 2) normal.hole = 0;
    if (normal.points <= cisup_plan_chained || normal.hole) normal.raw = 0;
    return normal;
}

static int find(cisup_plan_search *search, const cisup_plan_key *key, cisup_index need);

static void resolve_children(cisup_plan_search *search, cisup_plan_candidate *best) {
    for (int k = 0; k < 3; k++)
        best->node.child[k] = best->want[k].S ? find(search, &best->want[k], 0) : -1;
}

static void leaf(cisup_plan_candidate *best, cisup_plan_kind kind, cisup_index blocks) {
    const cisup_plan_candidate empty = {.node.kind = CISUP_PLAN_EMPTY};
    const cisup_plan_node was = best->node;
    *best = empty;
    best->node.kind = kind;
    best->node.S = was.S;
    best->node.points = was.points;
    best->node.hole = was.hole;
    best->node.blocks = blocks;
}

typedef void attempt_function(cisup_plan_search *, cisup_plan_candidate *);

static void search_all(cisup_plan_search *search, cisup_plan_candidate *best, int raw) {
    const cisup_index S = best->node.S, n = best->node.points, hole = best->node.hole;
    if (n < S || hole >= n) return;
    if (S == 2 && !hole && cisup_plan_allows(search, CISUP_PLAN_PAIRS)) {
        leaf(best, CISUP_PLAN_PAIRS, n * (n - 1) / 2);
        return;
    }
    if (S == 3 && !hole && cisup_plan_allows(search, CISUP_PLAN_TRIPLES)) {
        leaf(best, CISUP_PLAN_TRIPLES, cisup_triples_count(n));
        return;
    }
    /* Nothing can be better than the bound; the constructions most likely to reach it
     * come first. */
    static attempt_function *const order[] = {
        cisup_plan_try_cyclic,  cisup_plan_try_duals,   cisup_plan_try_transversals,
        cisup_plan_try_vectors, cisup_plan_try_blowups, cisup_plan_try_designs,
    };
    const cisup_plan_key key = {S, n, hole, raw};
    const cisup_index bound = cisup_plan_bound(&key);
    if (n <= cisup_plan_chained || hole) cisup_plan_try_pads(search, best, raw);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        if (best->node.blocks < bound) order[k](search, best);
    if (n > cisup_plan_chained && !hole && best->node.blocks < bound)
        cisup_plan_try_pads(search, best, raw);
}

/* A plan of one point less is asked of the next by all that may be padded: the smallest
 * that can be of use are answered first, or the calls would be as deep as they are many.
 */
static void settle_padded(cisup_plan_search *search, const cisup_plan_key *key,
                          cisup_index need) {
    if (key->raw || key->points > (key->hole ? 300 : cisup_plan_chained)) return;
    cisup_plan_key below = *key;
    for (below.points--; below.points > key->hole; below.points--) {
        const int32_t known = search->slot[slot_of(search, &below)];
        if (known && (is_known(search, known - 1) || search->most[known - 1] < need))
            break;
        if (cisup_plan_bound(&below) < need) break;
    }
    while (++below.points < key->points) (void)find(search, &below, need);
}

/* Looks for a plan with at least `need` blocks, as many as are known to be. */
static void ask(cisup_plan_search *search, cisup_index answer, cisup_index need) {
    const cisup_plan_key key = search->key[answer];
    cisup_plan_candidate best = {.node = {.kind = CISUP_PLAN_EMPTY}};
    best.node.S = key.S;
    best.node.points = key.points;
    best.node.hole = key.hole;
    best.node.blocks = need > 0 ? need - 1 : 0;
    settle_padded(search, &key, need);
    search_all(search, &best, key.raw);
    if (best.node.blocks >= need) resolve_children(search, &best);
    search->most[answer] = best.node.blocks;
    if (best.node.blocks >= need) search->node[answer] = best.node;
}

/* The node of the best plan for a key if it has at least `need` blocks; else that of a
 * plan with fewer, or -1, as after a failure. */
static int find(cisup_plan_search *search, const cisup_plan_key *wanted,
                cisup_index need) {
    if (search->status != CISUP_OK) return -1;
    const cisup_plan_key key = normal_key(wanted);
    const cisup_index bound = cisup_plan_bound(&key);
    if (bound < need) return -1;
    const cisup_index at = answer_of(search, &key, bound);
    for (cisup_index spare = 0; at >= 0 && search->status == CISUP_OK;) {
        const cisup_index most = search->most[at];
        if (is_known(search, at)) return (int)at;
        if (most < need) return -1;
        ask(search, at, most - spare > need ? most - spare : need > 0 ? need : 0);
        spare = 16 * (bound - most) + 1;
    }
    return -1;
}

cisup_index cisup_plan_count(cisup_plan_search *search, const cisup_plan_key *key,
                             cisup_index need) {
    const int at = find(search, key, need);
    return at < 0 ? 0 : search->node[at].blocks;
}

static cisup_status search_init(cisup_plan_search *search, cisup_index N, cisup_index S,
                                const cisup_plan_options *options, cisup_error *err) {
    cisup_status status;
    *search = (cisup_plan_search){.options = *options, .err = err};
    CISUP_TRY(
        cisup_new(&search->vector, CISUP_PLAN_VECTORS, sizeof *search->vector, err));
    while (search->vectors < CISUP_PLAN_VECTORS &&
           cisup_vmt_entry_at(search->vectors, &search->vector[search->vectors]))
        search->vectors++;
    search->design_S = S;
    search->designs =
        cisup_designs_list(S, options->designs, search->design, CISUP_PLAN_DESIGNS);
    search->capacities = N / (S - 1) + 2;
    if (search->capacities > 1000000) search->capacities = 1000000;
    CISUP_TRY(
        cisup_new(&search->capacity, search->capacities, sizeof *search->capacity, err));
    CISUP_TRY(rehash(search));
done:
    return status;
}

static void search_free(cisup_plan_search *search) {
    cisup_release(search->node);
    cisup_release(search->key);
    cisup_release(search->most);
    cisup_release(search->vector);
    cisup_release(search->slot);
    cisup_release(search->capacity);
}

/* --- the plan taken out of the answers ----------------------------------------- */

static int adds_points(const cisup_plan_node *node) {
    return node->kind == CISUP_PLAN_PAD && !node->hole;
}

/* Copies the node and what it needs, each once; at[k] is where answer k went, + 1. */
static int extract(const cisup_plan_search *search, int from, int32_t *at,
                   cisup_packing_plan *plan) {
    if (from < 0) return -1;
    if (at[from]) return at[from] - 1;
    cisup_plan_node node = search->node[from];
    while (adds_points(&node) && adds_points(&search->node[node.child[0]]))
        node.child[0] = search->node[node.child[0]].child[0];
    for (int k = 0; k < 3; k++) node.child[k] = extract(search, node.child[k], at, plan);
    plan->node[plan->nodes] = node;
    at[from] = ++plan->nodes;
    return plan->nodes - 1;
}

cisup_status cisup_packing_plan_make(cisup_packing_plan *plan, cisup_index N,
                                     cisup_index S, const cisup_plan_options *options,
                                     cisup_error *err) {
    *plan = (cisup_packing_plan){0};
    if (S < 2 || N < S || N > CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "no packing of %" PRId64 "-subsets of %" PRId64 " points", S,
                          N);
    const cisup_plan_options o = options ? *options : cisup_plan_defaults();
    const cisup_plan_key key = {S, N, 0, 0};
    cisup_plan_search search;
    int32_t *at = NULL;
    cisup_status status;
    CISUP_TRY(search_init(&search, N, S, &o, err));
    const int root = find(&search, &key, 0);
    CISUP_TRY(search.status);
    CISUP_TRY(cisup_new(&at, search.count, sizeof *at, err));
    CISUP_TRY(cisup_new(&plan->node, search.count, sizeof *plan->node, err));
    plan->N = N;
    plan->S = S;
    plan->blocks = search.node[root].blocks;
    plan->root = extract(&search, root, at, plan);
done:
    search_free(&search);
    cisup_release(at);
    if (status != CISUP_OK) cisup_packing_plan_free(plan);
    return status;
}

void cisup_packing_plan_free(cisup_packing_plan *plan) {
    cisup_release(plan->node);
    *plan = (cisup_packing_plan){0};
}
