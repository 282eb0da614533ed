/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/suppose.h>

#include <cisup/core/base/numbers.h>

#include <stdio.h>

_Static_assert((int)CISUP_MOST_PROOF_LEVELS == (int)CISUP_MOST_LEVELS &&
                   (int)CISUP_MOST_HYPOTHESES == 4 * CISUP_MOST_LEVELS,
               "a proof must have room for all levels");

/* Whether x_i b differs for all i = 0..S, for every b != 0 of the field whose elements
 * are the multiples of `unit` below unit * size. */
static bool products_differ(const cisup_lines *lines, cisup_index unit,
                            cisup_index size) {
    for (cisup_index c = 1; c < size; c++)
        for (cisup_index i = 1; i <= lines->S; i++)
            for (cisup_index j = 0; j < i; j++)
                if (cisup_lines_point(lines, i, 0, c * unit) ==
                    cisup_lines_point(lines, j, 0, c * unit))
                    return false;
    return true;
}

int cisup_units_differ(const cisup_lines *lines, cisup_index S) {
    cisup_index size = lines->m;
    for (cisup_index k = 1; k <= S; k++)
        if (cisup_common_divisor(k, lines->m) != 1) return 0;
    for (int f = 0; f < lines->fields; f++) {
        if (!products_differ(lines, size, lines->field[f].q)) return 0;
        size *= lines->field[f].q;
    }
    return 1;
}

static int lines_differ(const cisup_implicit *m, const cisup_implicit_level *v) {
    cisup_index size = v->lines.m;
    for (int f = 0; f < v->lines.fields; f++) size *= v->lines.field[f].q;
    return size == v->lines.q && v->lines.S == m->S &&
           cisup_common_divisor(v->step, v->lines.q) == 1;
}

static int injects(const cisup_implicit *m, const cisup_implicit_level *v) {
    return v->shared >= 0 && v->shared <= 1 && v->joining >= 0 &&
           v->joining <= v->lines.q && m->S * v->lines.q + v->joining + v->shared <= v->n;
}

static int is_inner(const cisup_implicit *m, const cisup_implicit_level *v) {
    const cisup_index q = v->lines.q;
    return v[1].n == q + v->shared && v[1].copies == v->copies * m->S &&
           v[1].first == v->first + v->copies * q * q;
}

static void verify_level(const cisup_implicit *m, const cisup_implicit_level *v,
                         cisup_scheme_proof *p) {
    cisup_proof_level *level = &p->level[p->levels++];
    *level = (cisup_proof_level){.sizes = 5,
                                 .size = {{"n", v->n},
                                          {"q", v->lines.q},
                                          {"joining", v->joining},
                                          {"shared", v->shared},
                                          {"step", v->step}}};
    (void)snprintf(level->what, sizeof level->what, "%" PRId64 " neurons, q = %" PRId64,
                   v->n, v->lines.q);
    char left[sizeof p->hypothesis->what];
    (void)snprintf(left, sizeof left, "%" PRId64 " left over fit",
                   v->joining + v->shared);
    cisup_suppose(p, "units", "differences are units",
                  cisup_units_differ(&v->lines, m->S));
    cisup_suppose(p, "lines", "lines differ", lines_differ(m, v));
    cisup_suppose(p, "injects", left, injects(m, v));
    cisup_suppose(p, "is_inner", "next level inside", is_inner(m, v));
}

static void verify_last(const cisup_implicit *m, cisup_scheme_proof *p) {
    const cisup_index n = m->level[m->depth].n, b = m->last_blocks;
    cisup_proof_level *level = &p->level[p->levels++];
    *level = (cisup_proof_level){.sizes = 2, .size = {{"n", n}, {"circuits", b}}};
    (void)snprintf(level->what, sizeof level->what,
                   "%" PRId64 " neurons, %" PRId64 " circuits", n, b);
    cisup_suppose(p, "fits", "points of their own",
                  b <= m->S + 1 && b * m->S - b * (b - 1) / 2 <= n);
}

void cisup_td_verify(const cisup_implicit *m, cisup_index T, cisup_scheme_proof *p) {
    p->theorem =
        "lines a + x_i b over a ring with unit differences x_i - x_j meet at most "
        "once:\n"
        "(x_i - x_j)(b - b') = 0 gives b = b', then a = a'. Groups are filled alike;\n"
        "left-over neurons, put injectively into one more group, change nothing.\n";
    p->holds = T >= 1 && T <= m->T_max && m->level[0].n == m->N &&
               m->level[0].copies == 1 && m->level[0].first == 0;
    for (int l = 0; l < m->depth; l++) verify_level(m, &m->level[l], p);
    verify_last(m, p);
}
