/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/incidence.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>
#include <cisup/core/schemes/schemes_parts.h>

#include <string.h>

/* --- computed ------------------------------------------------------------------ */

int cisup_incidence_exists(cisup_scheme scheme, cisup_index S) {
    return S == 1 || scheme == CISUP_SCHEME_TD || scheme == CISUP_SCHEME_AFFINE ||
           scheme == CISUP_SCHEME_PROJECTIVE ||
           (scheme == CISUP_SCHEME_PAIRS && S == 2) ||
           (scheme == CISUP_SCHEME_STS && S == 3);
}

/* The geometry that the planner chose, and how many lines it has. */
static cisup_status geometry_make(cisup_incidence *x, cisup_scheme scheme,
                                  cisup_index *most, cisup_error *err) {
    cisup_packing_plan plan;
    cisup_status status;
    x->form->kind = CISUP_INCIDENCE_GEOMETRY;
    CISUP_TRY(cisup_allocation_plan(x->N, x->S, scheme, &plan, err));
    *most = plan.blocks;
    const cisup_plan_node *node = &plan.node[plan.root];
    if (node->kind == CISUP_PLAN_PAD) node = &plan.node[node->child[0]];
    if (*most > 0)
        CISUP_TRY(cisup_design_geometry(&node->design, node->design.points - node->points,
                                        &x->form->of.geometry, err));
done:
    cisup_packing_plan_free(&plan);
    return status;
}

/* Makes the form; *most = how many circuits it has, no fewer than T for td. */
static cisup_status form_make(cisup_incidence *x, cisup_scheme scheme, cisup_index *most,
                              cisup_error *err) {
    *most = INT64_MAX;
    if (x->S == 1) {
        x->form->kind = CISUP_INCIDENCE_SINGLE;
        return CISUP_OK;
    }
    switch (scheme) {
    case CISUP_SCHEME_PAIRS:
        x->form->kind = CISUP_INCIDENCE_PAIRS;
        *most = cisup_pairs_count(x->N);
        return CISUP_OK;
    case CISUP_SCHEME_STS:
        x->form->kind = CISUP_INCIDENCE_TRIPLES;
        x->form->of.triples = cisup_triples_of(x->N);
        *most = x->form->of.triples.count;
        return CISUP_OK;
    case CISUP_SCHEME_AFFINE:
    case CISUP_SCHEME_PROJECTIVE:
        return geometry_make(x, scheme, most, err);
    default:
        x->form->kind = CISUP_INCIDENCE_TD;
        return cisup_implicit_init_for(&x->form->of.td, x->N, x->S, x->T, err);
    }
}

cisup_status cisup_incidence_make(cisup_incidence *x, cisup_index N, cisup_index S,
                                  cisup_index T, cisup_scheme scheme, cisup_error *err) {
    *x = (cisup_incidence){.N = N, .S = S, .T = T};
    cisup_index most = 0;
    cisup_status status;
    CISUP_TRY(cisup_new(&x->form, 1, sizeof *x->form, err));
    CISUP_TRY(cisup_allocation_sizes_check(N, S, err));
    if (T < 1) CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL, "T = %" PRId64 " circuits", T));
    if (!cisup_incidence_exists(scheme, S))
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "scheme %s has no computed form with S = %" PRId64,
                             cisup_scheme_name(scheme), S));
    CISUP_TRY(form_make(x, scheme, &most, err));
    if (T > most) status = cisup_allocation_too_many(N, S, T, scheme, most, err);
done:
    if (status != CISUP_OK) cisup_incidence_free(x);
    return status;
}

/* --- stored -------------------------------------------------------------------- */

/* Counting sort: start[n+1] first counts n, then is where n's next circuit goes. */
static void lists_fill(const cisup_allocation *a, cisup_index *start,
                       cisup_index *circuit) {
    const cisup_index slots = a->T * a->S;
    for (cisup_index k = 0; k < slots; k++) start[a->slot[k] + 1]++;
    cisup_index before = 0;
    for (cisup_index n = 0; n < a->N; n++) {
        const cisup_index load = start[n + 1];
        start[n + 1] = before;
        before += load;
    }
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index k = 0; k < a->S; k++)
            circuit[start[a->slot[t * a->S + k] + 1]++] = t;
}

cisup_status cisup_incidence_of(cisup_incidence *x, const cisup_allocation *a,
                                cisup_error *err) {
    *x = (cisup_incidence){.N = a->N, .S = a->S, .T = a->T};
    const double words = (double)a->N + (double)a->T * (double)a->S;
    const cisup_rows rows = cisup_rows_stored(a);
    cisup_status status;
    CISUP_TRY(cisup_new(&x->form, 1, sizeof *x->form, err));
    x->form->kind = CISUP_INCIDENCE_STORED;
    cisup_stored *form = &x->form->of.stored;
    form->allocation = a;
    CISUP_TRY(cisup_rows_check(&rows, 0, a->slot, a->T, err));
    CISUP_TRY(cisup_memory_require(8.0 * words, "the circuits of every neuron", err));
    CISUP_TRY(cisup_new(&form->start, a->N + 1, sizeof *form->start, err));
    CISUP_TRY(cisup_new(&form->circuit, a->T * a->S, sizeof *form->circuit, err));
    lists_fill(a, form->start, form->circuit);
done:
    if (status != CISUP_OK) cisup_incidence_free(x);
    return status;
}

static void form_free(cisup_incidence_form *form) {
    switch (form->kind) {
    case CISUP_INCIDENCE_STORED:
        cisup_release(form->of.stored.start);
        cisup_release(form->of.stored.circuit);
        break;
    case CISUP_INCIDENCE_TD:
        cisup_implicit_free(&form->of.td);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        cisup_geometry_free(&form->of.geometry);
        break;
    default: /* no memory */
        break;
    }
}

void cisup_incidence_free(cisup_incidence *x) {
    if (x->form) form_free(x->form);
    cisup_release(x->form);
    *x = (cisup_incidence){0};
}

/* --- circuit -> neurons -------------------------------------------------------- */

void cisup_incidence_row(const cisup_incidence *x, cisup_index t, int32_t *row) {
    switch (x->form->kind) {
    case CISUP_INCIDENCE_STORED:
        memcpy(row, cisup_allocation_row(x->form->of.stored.allocation, t),
               (size_t)x->S * sizeof *row);
        break;
    case CISUP_INCIDENCE_SINGLE:
        row[0] = (int32_t)(t % x->N);
        break;
    case CISUP_INCIDENCE_TD:
        cisup_implicit_row(&x->form->of.td, t, row);
        break;
    case CISUP_INCIDENCE_PAIRS:
        cisup_pairs_row(x->N, t, row);
        break;
    case CISUP_INCIDENCE_TRIPLES:
        cisup_triples_row(&x->form->of.triples, t, row);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        cisup_geometry_row(&x->form->of.geometry, t, row);
        break;
    }
}

cisup_status cisup_incidence_store(const cisup_incidence *x, cisup_allocation *a,
                                   cisup_error *err) {
    const cisup_status status = cisup_allocation_init(a, x->N, x->S, x->T, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < x->T; t++) cisup_incidence_row(x, t, a->slot + t * x->S);
    return CISUP_OK;
}

static cisup_status fill(const void *from, cisup_index first, cisup_index count,
                         int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_incidence *x = from;
    for (cisup_index k = 0; k < count; k++)
        cisup_incidence_row(x, first + k, out + k * x->S);
    return CISUP_OK;
}

cisup_rows cisup_incidence_rows(const cisup_incidence *x) {
    return (cisup_rows){x->N, x->S, x->T, fill, x, NULL};
}

/* --- neuron -> circuits -------------------------------------------------------- */

/* What a form keeps of a walk, in the words of cisup_through. */
typedef union {
    struct {
        cisup_index at, end; /* in the neuron's list; or the next circuit, and T */
    } list;
    cisup_implicit_walk td;
    cisup_pairs_walk pairs;
    cisup_triples_walk triples;
    cisup_geometry_walk geometry;
} __attribute__((may_alias)) walk;

_Static_assert(sizeof(walk) <= CISUP_THROUGH_WORDS * sizeof(int64_t),
               "a walk must fit in cisup_through");

static walk *walk_of(cisup_through *c) {
    return (walk *)(void *)c->state;
}

cisup_through cisup_incidence_through(const cisup_incidence *x, cisup_index n) {
    cisup_through c;
    walk *w = walk_of(&c);
    c.x = x;
    switch (x->form->kind) {
    case CISUP_INCIDENCE_STORED:
        w->list.at = x->form->of.stored.start[n];
        w->list.end = x->form->of.stored.start[n + 1];
        break;
    case CISUP_INCIDENCE_SINGLE:
        w->list.at = n;
        w->list.end = x->T;
        break;
    case CISUP_INCIDENCE_TD:
        w->td = cisup_implicit_through(&x->form->of.td, x->T, n);
        break;
    case CISUP_INCIDENCE_PAIRS:
        w->pairs = cisup_pairs_through(x->N, x->T, n);
        break;
    case CISUP_INCIDENCE_TRIPLES:
        w->triples = cisup_triples_through(&x->form->of.triples, x->T, n);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        if (n < x->form->of.geometry.points)
            w->geometry = cisup_geometry_through(&x->form->of.geometry, x->T, n);
        else
            w->geometry = cisup_geometry_through(&x->form->of.geometry, 0, 0);
        break;
    }
    return c;
}

static cisup_index next_single(cisup_through *c) {
    walk *w = walk_of(c);
    if (w->list.at >= w->list.end) return -1;
    const cisup_index t = w->list.at;
    w->list.at += c->x->N;
    return t;
}

cisup_index cisup_through_next(cisup_through *c) {
    walk *w = walk_of(c);
    switch (c->x->form->kind) {
    case CISUP_INCIDENCE_STORED:
        return w->list.at < w->list.end ? c->x->form->of.stored.circuit[w->list.at++]
                                        : -1;
    case CISUP_INCIDENCE_SINGLE:
        return next_single(c);
    case CISUP_INCIDENCE_TD:
        return cisup_implicit_next(&w->td);
    case CISUP_INCIDENCE_PAIRS:
        return cisup_pairs_next(&w->pairs);
    case CISUP_INCIDENCE_TRIPLES:
        return cisup_triples_next(&w->triples);
    case CISUP_INCIDENCE_GEOMETRY:
        return cisup_geometry_next(&w->geometry);
    }
    return -1;
}
