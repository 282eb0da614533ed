/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/suppose.h>

#include <cisup/core/schemes/incidence_form.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <stdio.h>

void cisup_suppose(cisup_scheme_proof *p, const char *key, const char *what, int holds) {
    cisup_hypothesis *h = &p->hypothesis[p->count++];
    *h = (cisup_hypothesis){
        .key = key, .level = p->levels ? p->levels - 1 : 0, .holds = holds};
    (void)snprintf(h->what, sizeof h->what, "%s", what);
    p->holds &= holds;
}

static void suppose(cisup_scheme_proof *p, const char *what, int holds) {
    cisup_suppose(p, NULL, what, holds);
}

/* --- single neurons and pairs -------------------------------------------------- */

static void verify_single(const cisup_incidence *x, cisup_scheme_proof *p) {
    p->theorem = "circuits of one neuron share at most one.\n";
    suppose(p, "S = 1", x->S == 1);
}

static void verify_pairs(const cisup_incidence *x, cisup_scheme_proof *p) {
    const cisup_index n = x->N, m = n - 1 + n % 2;
    p->theorem =
        "pairs {r + i, r - i} modulo an odd m have different sums 2r and, in one r,\n"
        "different differences 2i; pairs {r, m} too. Different pairs share at most "
        "one.\n";
    suppose(p, "S = 2", x->S == 2);
    suppose(p, "m is odd, and N = m or m + 1", m % 2 == 1 && (n == m || n == m + 1));
    suppose(p, "T is at most m (N/2) = N (N-1)/2",
            x->T <= m * (n / 2) && m * (n / 2) == cisup_pairs_count(n));
}

/* --- spaces -------------------------------------------------------------------- */

/* Whether v, 2 v, ..., (q-1) v differ for every v != 0 of the prime field. */
static bool is_prime_field(const cisup_lines *lines) {
    for (cisup_index k = 2; k < lines->q; k++)
        if (cisup_common_divisor(k, lines->q) != 1) return false;
    return lines->fields == 0 && lines->m == lines->q;
}

/* The same by looking at all products of the field; and 1 x = x, so that the first
 * nonzero coordinate of a direction may be 1. seen: [q]. */
static bool products_differ(const cisup_lines *lines, cisup_index *seen) {
    const cisup_index one = cisup_lines_one(lines);
    for (cisup_index v = 1; v < lines->q; v++)
        for (cisup_index x = 0; x < lines->q; x++) {
            const cisup_index y = cisup_lines_point(lines, x, 0, v);
            if (y < 0 || y >= lines->q || seen[y] == v || (v == one && y != x))
                return false;
            seen[y] = v;
        }
    return true;
}

cisup_status cisup_field_verify(const cisup_geometry *g, int *holds, cisup_error *err) {
    const cisup_lines *lines = &g->field;
    *holds = lines->q == g->q && lines->S == g->q - 1;
    if (!*holds || lines->fields == 0) {
        *holds = *holds && is_prime_field(lines);
        return CISUP_OK;
    }
    cisup_index *seen;
    const cisup_status status = cisup_new(&seen, g->q, sizeof *seen, err);
    if (status != CISUP_OK) return status;
    *holds = lines->m == 1 && products_differ(lines, seen);
    cisup_release(seen);
    return CISUP_OK;
}

/* Whether q^j, D_j and, less the points left out, points and lines are right. */
static bool sizes_are_right(const cisup_geometry *g) {
    cisup_index points, lines;
    if (!cisup_geometry_sizes(g->kind, g->dimension, g->q, &points, &lines)) return false;
    for (int j = 1; j <= g->dimension; j++)
        if (g->power[j] != g->power[j - 1] * g->q ||
            g->flat[j] != g->flat[j - 1] + g->power[j])
            return false;
    const cisup_index r = (points - 1) / (g->S - 1);
    const cisup_index lost = g->less ? g->less * (r - 1) + 1 : 0;
    return g->power[0] == 1 && g->flat[0] == 1 && g->less >= 0 && g->less <= g->S &&
           g->points == points - g->less && g->lines == lines - lost;
}

static cisup_status verify_space(const cisup_incidence *x, cisup_scheme_proof *p,
                                 cisup_error *err) {
    static const char *const theorem[] = {
        "lines {b + x u} over a field, u's first nonzero coordinate 1 and b's there 0,\n"
        "are the same if they share two points: (x - y) u = (x' - y') u' gives x - y "
        "and\n"
        "u, then b.\n",
        "affine lines, each with its direction as a further point, meet at most once:\n"
        "(x - y) u = (x' - y') u' gives x - y and u, then b. The lines at infinity are "
        "a\n"
        "space of one dimension less; each has at most one direction of a line.\n"};
    const cisup_geometry *g = &x->form->of.geometry;
    int holds;
    const cisup_status status = cisup_field_verify(g, &holds, err);
    if (status != CISUP_OK) return status;
    p->theorem = theorem[g->kind == CISUP_PROJECTIVE];
    suppose(p, "x v = y v only for x = y or v = 0", holds);
    suppose(p, "points and lines are as many as the space has", sizes_are_right(g));
    suppose(p, "directions are gone through once",
            g->kind == CISUP_PROJECTIVE ||
                cisup_common_divisor(g->step, g->flat[g->dimension - 1] - 1) == 1);
    suppose(p, "S, N and T are no larger than the space's",
            x->S == g->S && x->N >= g->points && x->T >= 1 && x->T <= g->lines);
    return CISUP_OK;
}

cisup_status cisup_scheme_verify(const cisup_incidence *x, cisup_scheme_proof *p,
                                 cisup_error *err) {
    *p = (cisup_scheme_proof){.holds = 1};
    cisup_status status = CISUP_OK;
    switch (x->form->kind) {
    case CISUP_INCIDENCE_SINGLE:
        verify_single(x, p);
        break;
    case CISUP_INCIDENCE_PAIRS:
        verify_pairs(x, p);
        break;
    case CISUP_INCIDENCE_GEOMETRY:
        status = verify_space(x, p, err);
        break;
    case CISUP_INCIDENCE_TD:
        cisup_td_verify(&x->form->of.td, x->T, p);
        break;
    default:
        status = CISUP_FAIL(
            err, CISUP_EINVAL,
            "no short theorem for this scheme: look at all pairs or at a sample");
    }
    if (status != CISUP_OK) p->holds = 0;
    return status;
}
