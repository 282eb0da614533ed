/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/incidence.h>

#include <cisup/core/memory.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing_plan.h>
#include <cisup/core/schemes.h>

#include <string.h>

/* --- computed ------------------------------------------------------------------ */

bool cisup_incidence_exists(cisup_scheme scheme, cisup_index S) {
    if (S == 1) return true;
    switch (scheme) {
    case CISUP_SCHEME_TD:
        return true;
    case CISUP_SCHEME_PAIRS:
        return S == 2;
    case CISUP_SCHEME_STS:
        return S == 3;
    case CISUP_SCHEME_AFFINE:
    case CISUP_SCHEME_PROJECTIVE:
        return true;
    default:
        return false;
    }
}

/* The geometry that the planner chose, and how many lines it has. */
static cisup_status geometry_make(cisup_incidence *x, cisup_scheme scheme,
                                  cisup_index *most, cisup_error *err) {
    cisup_packing_plan plan;
    cisup_status status;
    x->kind = CISUP_INCIDENCE_GEOMETRY;
    CISUP_TRY(cisup_allocation_plan(x->N, x->S, scheme, &plan, err));
    *most = plan.blocks;
    const cisup_plan_node *node = &plan.node[plan.root];
    if (node->kind == CISUP_PLAN_PAD) node = &plan.node[node->child[0]];
    if (*most > 0)
        CISUP_TRY(cisup_design_geometry(&node->design, node->design.points - node->points,
                                        &x->form.geometry, err));
done:
    cisup_packing_plan_free(&plan);
    return status;
}

/* Makes the form; *most = how many circuits it has, no fewer than T for td. */
static cisup_status form_make(cisup_incidence *x, cisup_scheme scheme, cisup_index *most,
                              cisup_error *err) {
    *most = INT64_MAX;
    if (x->S == 1) {
        x->kind = CISUP_INCIDENCE_SINGLE;
        return CISUP_OK;
    }
    switch (scheme) {
    case CISUP_SCHEME_PAIRS:
        x->kind = CISUP_INCIDENCE_PAIRS;
        *most = cisup_pairs_count(x->N);
        return CISUP_OK;
    case CISUP_SCHEME_STS:
        x->kind = CISUP_INCIDENCE_TRIPLES;
        x->form.triples = cisup_triples_of(x->N);
        *most = x->form.triples.count;
        return CISUP_OK;
    case CISUP_SCHEME_AFFINE:
    case CISUP_SCHEME_PROJECTIVE:
        return geometry_make(x, scheme, most, err);
    default:
        x->kind = CISUP_INCIDENCE_TD;
        return cisup_implicit_init_for(&x->form.td, x->N, x->S, x->T, err);
    }
}

cisup_status cisup_incidence_make(cisup_incidence *x, cisup_index N, cisup_index S,
                                  cisup_index T, cisup_scheme scheme, cisup_error *err) {
    *x = (cisup_incidence){.N = N, .S = S, .T = T};
    cisup_index most = 0;
    cisup_status status;
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
    cisup_stored *form = &x->form.stored;
    const double words = (double)a->N + (double)a->T * (double)a->S;
    form->allocation = a;
    const cisup_rows rows = cisup_rows_stored(a);
    cisup_status status;
    CISUP_TRY(cisup_rows_check(&rows, 0, a->slot, a->T, err));
    CISUP_TRY(cisup_memory_require(8.0 * words, "the circuits of every neuron", err));
    CISUP_TRY(cisup_new(&form->start, a->N + 1, sizeof *form->start, err));
    CISUP_TRY(cisup_new(&form->circuit, a->T * a->S, sizeof *form->circuit, err));
    lists_fill(a, form->start, form->circuit);
done:
    if (status != CISUP_OK) cisup_incidence_free(x);
    return status;
}

void cisup_incidence_free(cisup_incidence *x) {
    switch (x->kind) {
    case CISUP_INCIDENCE_STORED:
        cisup_release(x->form.stored.start);
        cisup_release(x->form.stored.circuit);
        break;
    case CISUP_INCIDENCE_TD:
        cisup_implicit_free(&x->form.td);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        cisup_geometry_free(&x->form.geometry);
        break;
    default: /* no memory */
        break;
    }
    *x = (cisup_incidence){0};
}

/* --- circuit -> neurons -------------------------------------------------------- */

void cisup_incidence_row(const cisup_incidence *x, cisup_index t, int32_t *row) {
    switch (x->kind) {
    case CISUP_INCIDENCE_STORED:
        memcpy(row, cisup_allocation_row(x->form.stored.allocation, t),
               (size_t)x->S * sizeof *row);
        break;
    case CISUP_INCIDENCE_SINGLE:
        row[0] = (int32_t)(t % x->N);
        break;
    case CISUP_INCIDENCE_TD:
        cisup_implicit_row(&x->form.td, t, row);
        break;
    case CISUP_INCIDENCE_PAIRS:
        cisup_pairs_row(x->N, t, row);
        break;
    case CISUP_INCIDENCE_TRIPLES:
        cisup_triples_row(&x->form.triples, t, row);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        cisup_geometry_row(&x->form.geometry, t, row);
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

cisup_through cisup_incidence_through(const cisup_incidence *x, cisup_index n) {
    cisup_through c;
    c.x = x;
    switch (x->kind) {
    case CISUP_INCIDENCE_STORED:
        c.form.list.at = x->form.stored.start[n];
        c.form.list.end = x->form.stored.start[n + 1];
        break;
    case CISUP_INCIDENCE_SINGLE:
        c.form.list.at = n;
        c.form.list.end = x->T;
        break;
    case CISUP_INCIDENCE_TD:
        c.form.td = cisup_implicit_through(&x->form.td, x->T, n);
        break;
    case CISUP_INCIDENCE_PAIRS:
        c.form.pairs = cisup_pairs_through(x->N, x->T, n);
        break;
    case CISUP_INCIDENCE_TRIPLES:
        c.form.triples = cisup_triples_through(&x->form.triples, x->T, n);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        if (n < x->form.geometry.points)
            c.form.geometry = cisup_geometry_through(&x->form.geometry, x->T, n);
        else
            c.form.geometry = cisup_geometry_through(&x->form.geometry, 0, 0);
        break;
    }
    return c;
}

static cisup_index next_in_list(cisup_through *c) {
    if (c->form.list.at >= c->form.list.end) return -1;
    return c->x->form.stored.circuit[c->form.list.at++];
}

static cisup_index next_single(cisup_through *c) {
    if (c->form.list.at >= c->form.list.end) return -1;
    const cisup_index t = c->form.list.at;
    c->form.list.at += c->x->N;
    return t;
}

cisup_index cisup_through_next(cisup_through *c) {
    switch (c->x->kind) {
    case CISUP_INCIDENCE_STORED:
        return next_in_list(c);
    case CISUP_INCIDENCE_SINGLE:
        return next_single(c);
    case CISUP_INCIDENCE_TD:
        return cisup_implicit_next(&c->form.td);
    case CISUP_INCIDENCE_PAIRS:
        return cisup_pairs_next(&c->form.pairs);
    case CISUP_INCIDENCE_TRIPLES:
        return cisup_triples_next(&c->form.triples);
    case CISUP_INCIDENCE_GEOMETRY:
        return cisup_geometry_next(&c->form.geometry);
    }
    return -1;
}
