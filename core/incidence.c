/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/incidence.h>

#include <cisup/core/memory.h>

#include <string.h>

/* --- computed ------------------------------------------------------------------ */

bool cisup_incidence_exists(cisup_scheme scheme, cisup_index S) {
    return S == 1 || scheme == CISUP_SCHEME_TD;
}

cisup_status cisup_incidence_make(cisup_incidence *x, cisup_index N, cisup_index S,
                                  cisup_index T, cisup_scheme scheme, cisup_error *err) {
    *x = (cisup_incidence){.N = N, .S = S, .T = T};
    cisup_status status;
    CISUP_TRY(cisup_allocation_sizes_check(N, S, err));
    if (T < 1) {
        status = CISUP_FAIL(err, CISUP_EINVAL, "T = %" PRId64 " circuits", T);
    } else if (S == 1) {
        x->kind = CISUP_INCIDENCE_SINGLE;
    } else if (scheme == CISUP_SCHEME_TD) {
        x->kind = CISUP_INCIDENCE_TD;
        status = cisup_implicit_init_for(&x->form.td, N, S, T, err);
    } else {
        status = CISUP_FAIL(err, CISUP_EINVAL,
                            "scheme %s has no computed form with S = %" PRId64,
                            cisup_scheme_name(scheme), S);
    }
done:
    if (status != CISUP_OK) cisup_incidence_free(x);
    return status;
}

/* --- stored -------------------------------------------------------------------- */

static cisup_status rows_check(const cisup_allocation *a, cisup_error *err) {
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *row = cisup_allocation_row(a, t);
        bool valid = row[0] >= 0 && row[a->S - 1] < a->N;
        for (cisup_index k = 1; k < a->S; k++) valid &= row[k - 1] < row[k];
        if (!valid)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "circuit %" PRId64 ": neurons not strictly increasing in "
                              "[0, %" PRId64 ")",
                              t, a->N);
    }
    return CISUP_OK;
}

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
    cisup_status status;
    CISUP_TRY(rows_check(a, err));
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
    case CISUP_INCIDENCE_SINGLE:
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
    }
}

cisup_status cisup_incidence_store(const cisup_incidence *x, cisup_allocation *a,
                                   cisup_error *err) {
    const cisup_status status = cisup_allocation_init(a, x->N, x->S, x->T, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < x->T; t++) cisup_incidence_row(x, t, a->slot + t * x->S);
    return CISUP_OK;
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
    }
    return c;
}

cisup_index cisup_through_next(cisup_through *c) {
    cisup_index t = -1;
    switch (c->x->kind) {
    case CISUP_INCIDENCE_STORED:
        if (c->form.list.at < c->form.list.end)
            t = c->x->form.stored.circuit[c->form.list.at++];
        break;
    case CISUP_INCIDENCE_SINGLE:
        if (c->form.list.at < c->form.list.end) {
            t = c->form.list.at;
            c->form.list.at += c->x->N;
        }
        break;
    case CISUP_INCIDENCE_TD:
        t = cisup_implicit_next(&c->form.td);
        break;
    }
    return t;
}
