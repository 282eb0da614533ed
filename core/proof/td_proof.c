/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/td_proof.h>

#include <cisup/core/base/numbers.h>

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

static cisup_td_level_proof verify_level(const cisup_implicit *m, int l) {
    const cisup_implicit_level *v = &m->level[l];
    const cisup_lines *lines = &v->lines;
    cisup_td_level_proof p = {.units = 1};
    for (cisup_index k = 1; k <= m->S; k++)
        if (cisup_common_divisor(k, lines->m) != 1) p.units = 0;
    cisup_index size = lines->m;
    for (int f = 0; f < lines->fields; f++) {
        if (!products_differ(lines, size, lines->field[f].q)) p.units = 0;
        size *= lines->field[f].q;
    }
    p.lines = size == lines->q && lines->S == m->S &&
              cisup_common_divisor(v->step, lines->q) == 1;
    p.injects = v->shared >= 0 && v->shared <= 1 && v->joining >= 0 &&
                v->joining <= lines->q &&
                m->S * lines->q + v->joining + v->shared <= v->n;
    p.is_inner = v[1].n == lines->q + v->shared && v[1].copies == v->copies * m->S &&
                 v[1].first == v->first + v->copies * lines->q * lines->q;
    return p;
}

cisup_td_proof cisup_td_verify(const cisup_implicit *m, cisup_index T) {
    cisup_td_proof p = {.depth = m->depth};
    const cisup_index b = m->last_blocks;
    p.last_fits = b <= m->S + 1 && b * m->S - b * (b - 1) / 2 <= m->level[m->depth].n;
    p.holds = p.last_fits && T >= 1 && T <= m->T_max && m->level[0].n == m->N &&
              m->level[0].copies == 1 && m->level[0].first == 0;
    for (int l = 0; l < m->depth; l++) {
        p.level[l] = verify_level(m, l);
        const cisup_td_level_proof *v = &p.level[l];
        if (!v->units || !v->lines || !v->injects || !v->is_inner) p.holds = 0;
    }
    return p;
}
