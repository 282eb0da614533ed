/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/plan_proof.h>

#include <cisup/core/computed/triples.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/packing_build.h>
#include <cisup/core/packing/packing_tables.h>
#include <cisup/core/packing/plan_rows.h>
#include <cisup/core/proof/suppose.h>

#include <stdbool.h>

/* Pairs of points that are looked at without a theorem that needs it. */
static const double cheap_pairs = 1e8;

typedef struct {
    const cisup_packing_plan *plan;
    cisup_plan_proof *proof;
    cisup_index *at; /* [nodes] the step of each, from 1; 0: not yet */
    cisup_error *err;
} verifier;

static void suppose(cisup_plan_step *s, const char *what, int holds) {
    s->hypothesis[s->count].what = what;
    s->hypothesis[s->count++].holds = holds;
    s->holds &= holds;
}

static cisup_index pairs_of(cisup_index n) {
    return n * (n - 1) / 2;
}

/* --- algebra and data ---------------------------------------------------------- */

/* TD(groups, q): as many x_i as there are groups, or one fewer and the slope. */
static cisup_status suppose_lines(const verifier *v, cisup_plan_step *s, cisup_index q,
                                  cisup_index groups, const char *what) {
    const cisup_index S = groups - 1 - (cisup_lines_capacity(q) < groups);
    cisup_lines ring;
    const cisup_status status = cisup_lines_init(&ring, q, S, v->err);
    if (status == CISUP_EINVAL) suppose(s, what, 0); /* there is no such ring */
    if (status != CISUP_OK) return status == CISUP_EINVAL ? CISUP_OK : status;
    suppose(s, what, ring.q == q && (q == 1 || cisup_units_differ(&ring, S)));
    cisup_lines_free(&ring);
    return CISUP_OK;
}

static cisup_status suppose_field(const verifier *v, cisup_plan_step *s,
                                  const cisup_design *d) {
    const bool arc = d->family == CISUP_DESIGN_DENNISTON;
    const bool affine = arc || d->family == CISUP_DESIGN_AFFINE;
    const cisup_index q = d->family == CISUP_DESIGN_UNITAL ? d->k * d->k : d->k;
    cisup_geometry g;
    int holds = 0;
    cisup_status status =
        cisup_geometry_init(&g, affine ? CISUP_AFFINE : CISUP_PROJECTIVE,
                            cisup_design_is_geometry(d) ? d->dimension : 2, q, 0, v->err);
    if (status == CISUP_EINVAL) suppose(s, "there is a field of its order", 0);
    if (status != CISUP_OK) return status == CISUP_EINVAL ? CISUP_OK : status;
    status = cisup_field_verify(&g, &holds, v->err);
    suppose(s, "x v = y v only for x = y or v = 0", holds);
    if (cisup_design_is_geometry(d))
        suppose(s, "points and lines are as many as the space has",
                g.S == d->S && g.points == d->points && g.lines == d->blocks);
    cisup_geometry_free(&g);
    return status;
}

/* Builds the blocks of this node and compares them all. */
static cisup_status suppose_data(const verifier *v, cisup_plan_step *s,
                                 const cisup_plan_node *node) {
    cisup_packing_plan part = *v->plan;
    cisup_allocation a;
    cisup_overlap_report report = {0};
    part.root = (int)(node - v->plan->node);
    part.N = node->points;
    part.S = node->S;
    part.blocks = node->blocks;
    cisup_status status = cisup_packing_build(&a, &part, node->blocks, v->err);
    if (status == CISUP_OK) status = cisup_overlap_check(&a, &report, v->err);
    cisup_allocation_free(&a);
    suppose(s, "all pairs of its blocks were looked at",
            status == CISUP_OK && report.holds);
    return status == CISUP_EFORMAT || status == CISUP_EINVAL ? CISUP_OK : status;
}

/* --- steps without groups ------------------------------------------------------ */

static cisup_index remaining_lines(const cisup_plan_node *n, cisup_index blocks,
                                   cisup_index points) {
    const cisup_index e = points - n->points, r = blocks * n->S / points;
    if (e < 0 || e > n->S) return -1;
    return blocks - (n->apart ? e * r - pairs_of(e) : e ? e * (r - 1) + 1 : 0);
}

static cisup_status verify_leaf(const verifier *v, cisup_plan_step *s) {
    const cisup_plan_node *n = s->node;
    cisup_cyclic_entry entry = {0};
    cisup_status status = CISUP_OK;
    cisup_index blocks;
    if (n->kind == CISUP_PLAN_PAIRS) {
        blocks = n->S == 2 ? pairs_of(n->points) : -1;
    } else if (n->kind == CISUP_PLAN_TRIPLES) {
        blocks = n->S == 3 ? cisup_triples_count(n->points) : -1;
        if (3.0 * (double)n->blocks <= cheap_pairs) CISUP_TRY(suppose_data(v, s, n));
    } else if (n->kind == CISUP_PLAN_DESIGN) {
        blocks = remaining_lines(n, n->design.blocks, n->design.points);
        CISUP_TRY(suppose_field(v, s, &n->design));
        if (!cisup_design_is_geometry(&n->design)) CISUP_TRY(suppose_data(v, s, n));
    } else {
        blocks = cisup_cyclic_entry_at(n->entry, &entry) && entry.S == n->S
                     ? remaining_lines(n, entry.blocks, entry.points)
                     : -1;
        CISUP_TRY(suppose_data(v, s, n));
    }
    suppose(s, "there are as many blocks as the theorem says, and no hole",
            n->blocks == blocks && n->hole == 0);
done:
    return status;
}

static void verify_pad(cisup_plan_step *s, const cisup_plan_node *c) {
    const cisup_plan_node *n = s->node;
    const cisup_index hole = n->hole;
    suppose(s, "the same blocks on fewer points",
            c->S == n->S && c->blocks == n->blocks && c->points <= n->points);
    suppose(s, "no block has two points of the hole",
            hole == 0 || c->hole == hole || c->points <= n->points - hole + 1);
}

static void verify_holed(cisup_plan_step *s, const cisup_plan_node *c) {
    const cisup_plan_node *n = s->node;
    const int is_open = n->hole == 2 && c->blocks * pairs_of(c->S) < pairs_of(c->points);
    suppose(s, "the same points and one block fewer, or a pair in no block",
            c->S == n->S && c->points == n->points && n->hole <= n->S &&
                n->blocks == c->blocks - !is_open);
}

static void verify_dual(cisup_plan_step *s, const cisup_plan_node *c) {
    const cisup_plan_node *n = s->node;
    const cisup_index k = c->S, T = c->points, on = (T - 1) / (k - 1);
    const cisup_index apart = on < n->S ? T : cisup_plan_disjoint_blocks(k, T);
    const cisup_index lifted = n->hole < apart ? n->hole : apart;
    suppose(s, "no point of the packing is on more than S blocks",
            n->blocks == T && on <= n->S);
    suppose(s, "blocks and the points of a block's own fit, and so does the hole",
            T * n->S - (k - 1) * c->blocks - lifted <= n->points - n->hole);
}

/* --- steps with groups --------------------------------------------------------- */

/* The differences a_(i+k) - a_i, indices modulo m+2 and the gap at 0 left out, lie for
 * each k in different classes of the m-th powers modulo the prime p. */
static bool classes_differ(const cisup_vmt_entry *v, cisup_index p, cisup_index *log) {
    cisup_index root = 1, order = 0;
    while (order != p - 1 && ++root < p) { /* p is a prime if there is a root */
        order = 1;
        for (cisup_index x = root; x != 1 && order < p; order++) x = x * root % p;
    }
    if (root >= p) return false;
    for (cisup_index e = 0, x = 1; e < p - 1; e++, x = x * root % p) log[x] = e;
    for (cisup_index k = 1; k < v->m + 2; k++) {
        uint64_t seen = 0;
        for (cisup_index i = 1; i < v->m + 2; i++) {
            const cisup_index j = (i + k) % (v->m + 2);
            if (j == 0) continue;
            const cisup_index x = (v->a[j - 1] - v->a[i - 1] + p) % p;
            if (x == 0 || seen >> (log[x] % v->m) & 1) return false;
            seen |= UINT64_C(1) << (log[x] % v->m);
        }
    }
    return true;
}

/* Blocks across the groups; *across receives how many. */
static cisup_status verify_vector(const verifier *v, cisup_plan_step *s,
                                  cisup_index *across) {
    const cisup_plan_node *n = s->node;
    const cisup_index e = n->reduced ? n->size - n->reduced_size : 0, q = n->q;
    cisup_vmt_entry x = {0};
    const int is_known = cisup_vmt_entry_at(n->entry, &x);
    const cisup_index p = x.m * x.t + 1;
    cisup_index *log, inner = x.t;
    cisup_status status;
    CISUP_TRY(cisup_new(&log, p, sizeof *log, v->err));
    suppose(s, "differences of the vector lie in different classes",
            is_known && classes_differ(&x, p, log) && n->S <= x.m + 2 &&
                q == (x.m + 1) * x.t + 1);
    cisup_release(log);
    while (inner > 1 && cisup_lines_capacity(inner) < n->S - 1) inner--;
    CISUP_TRY(suppose_lines(v, s, inner, n->S, "the hole is filled by lines"));
    const cisup_index covered = e > x.t - inner ? e - (x.t - inner) : 0;
    *across = q * q - x.t * x.t + inner * inner - e * (q - x.t) - covered * inner;
done:
    return status;
}

static cisup_status verify_blowup(const verifier *v, cisup_plan_step *s,
                                  cisup_index *across) {
    const cisup_plan_node *n = s->node;
    const cisup_index S = n->S, t = n->q;
    const cisup_index u = n->groups == S ? 0 : n->reduced ? n->reduced_size / (S - 1) : t;
    const cisup_design plane = {CISUP_DESIGN_AFFINE, 2, S, S, S * S, S * S + S};
    cisup_status status;
    *across = t * u * (S * S - 1) + t * (t - u) * (S - 1) * (S - 1);
    CISUP_TRY(suppose_lines(v, s, t, S + 1, "differences are units in TD(S+1, t)"));
    CISUP_TRY(suppose_lines(v, s, S - 1, S, "differences are units in TD(S, S-1)"));
    CISUP_TRY(suppose_field(v, s, &plane));
done:
    return status;
}

static cisup_status verify_across(const verifier *v, cisup_plan_step *s,
                                  cisup_index *across) {
    const cisup_plan_node *n = s->node;
    const cisup_index q = n->q, e = n->reduced ? n->size - n->reduced_size : 0;
    cisup_status status;
    if (n->kind == CISUP_PLAN_INCOMPLETE) return verify_vector(v, s, across);
    if (n->kind == CISUP_PLAN_BLOWUP) return verify_blowup(v, s, across);
    CISUP_TRY(suppose_lines(v, s, q, n->S, "differences are units"));
    if (n->kind == CISUP_PLAN_PRODUCT) {
        *across = n->design.blocks * q * q;
        return suppose_field(v, s, &n->design);
    }
    *across = n->reduced < 2 ? q * (q - e) : q * (q - n->reduced) + pairs_of(n->reduced);
done:
    return status;
}

static cisup_status verify_groups(const verifier *v, cisup_plan_step *s) {
    const cisup_plan_node *n = s->node;
    const int last = n->reduced_last;
    const cisup_index size[3] = {n->size, n->reduced_size,
                                 last ? n->reduced_size : n->size};
    const cisup_index part[3] = {n->groups - n->reduced - !last, n->reduced - last, 1};
    const cisup_index hole[3] = {n->shared, n->shared, n->hole};
    cisup_index blocks = 0;
    int fits = 1, apart = n->hole <= size[2] + n->shared;
    const cisup_status status = verify_across(v, s, &blocks);
    if (status != CISUP_OK) return status;
    for (int k = 0; k < 3; k++) {
        if (part[k] == 0) continue;
        if (n->child[k] < 0) fits = 0;
        if (n->child[k] < 0) continue;
        const cisup_plan_node *c = &v->plan->node[n->child[k]];
        fits &= c->S == n->S && c->points == size[k] + n->shared;
        apart &= hole[k] < 2 || c->hole == hole[k] || c->blocks == 0;
        blocks += part[k] * c->blocks;
    }
    const cisup_index less = n->reduced * (n->size - n->reduced_size);
    suppose(s, "groups and shared points are all points",
            n->groups * n->size - less + n->shared == n->points);
    suppose(s, "every group is filled by a step of its size", fits);
    suppose(s, "only the last group's blocks have two shared points", apart);
    suppose(s, "there are as many blocks across and inside groups", n->blocks == blocks);
    return CISUP_OK;
}

/* --- all ----------------------------------------------------------------------- */

static cisup_status verify(verifier *v, int at);

static cisup_status verify_children(verifier *v, cisup_plan_step *s) {
    for (int k = 0; k < 3; k++) {
        const int child = s->node->child[k];
        if (child < 0 || v->plan->node[child].blocks == 0) continue;
        const cisup_status status = verify(v, child);
        if (status != CISUP_OK) return status;
        s->child[k] = v->at[child];
    }
    return CISUP_OK;
}

/* One step, and those that it needs; as deep as the plan. */
static cisup_status verify(verifier *v, int at) {
    if (v->at[at]) return CISUP_OK;
    const cisup_plan_node *n = &v->plan->node[at];
    cisup_plan_step *s = &v->proof->step[v->proof->count++];
    const cisup_plan_node *c = n->child[0] < 0 ? n : &v->plan->node[n->child[0]];
    cisup_status status = CISUP_OK;
    v->at[at] = v->proof->count;
    *s = (cisup_plan_step){.node = n, .theorem = cisup_plan_theorem_of(n), .holds = 1};
    switch (n->kind) {
    case CISUP_PLAN_EMPTY:
        suppose(s, "there are no blocks", n->blocks == 0);
        break;
    case CISUP_PLAN_PAD:
        verify_pad(s, c);
        break;
    case CISUP_PLAN_HOLED:
        verify_holed(s, c);
        break;
    case CISUP_PLAN_DUAL:
        verify_dual(s, c);
        break;
    case CISUP_PLAN_PAIRS:
    case CISUP_PLAN_TRIPLES:
    case CISUP_PLAN_DESIGN:
    case CISUP_PLAN_CYCLIC:
        status = verify_leaf(v, s);
        break;
    default:
        status = verify_groups(v, s);
    }
    v->proof->holds &= s->holds;
    return status == CISUP_OK ? verify_children(v, s) : status;
}

cisup_status cisup_plan_verify(const cisup_packing_plan *plan, cisup_plan_proof *p,
                               cisup_error *err) {
    *p = (cisup_plan_proof){0};
    const cisup_plan_node *root = &plan->node[plan->root];
    verifier v = {.plan = plan, .proof = p, .err = err};
    cisup_status status;
    CISUP_TRY(cisup_new(&v.at, plan->nodes, sizeof *v.at, err));
    CISUP_TRY(cisup_new(&p->step, plan->nodes, sizeof *p->step, err));
    p->holds = root->S == plan->S && root->points == plan->N && root->hole == 0 &&
               root->blocks == plan->blocks;
    CISUP_TRY(verify(&v, plan->root));
done:
    cisup_release(v.at);
    if (status != CISUP_OK) cisup_plan_proof_free(p);
    return status;
}

void cisup_plan_proof_free(cisup_plan_proof *p) {
    cisup_release(p->step);
    *p = (cisup_plan_proof){0};
}
