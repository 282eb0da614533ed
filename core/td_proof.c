/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/td_proof.h>

#include <cisup/core/memory.h>
#include <cisup/core/rng.h>

#include <math.h>
#include <stdlib.h>

static cisup_index gcd(cisup_index a, cisup_index b) {
    while (b) {
        const cisup_index rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

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
        if (gcd(k, lines->m) != 1) p.units = 0;
    cisup_index size = lines->m;
    for (int f = 0; f < lines->fields; f++) {
        if (!products_differ(lines, size, lines->field[f].q)) p.units = 0;
        size *= lines->field[f].q;
    }
    p.lines = size == lines->q && lines->S == m->S && gcd(v->step, lines->q) == 1;
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

/* --- a sample ------------------------------------------------------------------ */

/* A circuit met on a neuron. */
typedef struct {
    cisup_index circuit;
    int32_t neuron;
} meeting;

typedef struct {
    meeting *list;
    cisup_index count, room;
} meetings;

static int by_circuit(const void *left, const void *right) {
    const meeting *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

/* All circuits on the neurons of t but t itself. */
static cisup_status meet_all(const cisup_implicit *m, cisup_index T, cisup_index t,
                             const int32_t *row, meetings *all, cisup_error *err) {
    all->count = 0;
    for (cisup_index k = 0; k < m->S; k++) {
        cisup_index self = 0;
        cisup_implicit_walk c = cisup_implicit_through(m, T, row[k]);
        for (cisup_index u; (u = cisup_implicit_next(&c)) >= 0;) {
            self += u == t;
            if (u == t) continue;
            const cisup_status status = cisup_grow(&all->list, &all->room, all->count + 1,
                                                   sizeof *all->list, err);
            if (status != CISUP_OK) return status;
            all->list[all->count++] = (meeting){u, row[k]};
        }
        if (self != 1)
            return CISUP_FAIL(err, CISUP_EINVARIANT,
                              "circuit %" PRId64 " is %" PRId64
                              " times among the circuits on its neuron %" PRId32,
                              t, self, row[k]);
    }
    return CISUP_OK;
}

static void look_for_two(cisup_index t, const meetings *all,
                         cisup_overlap_sample_report *report) {
    if (all->count == 0) return; /* it meets nobody */
    qsort(all->list, (size_t)all->count, sizeof *all->list, by_circuit);
    for (cisup_index k = 1; k < all->count && report->holds; k++) {
        if (all->list[k].circuit != all->list[k - 1].circuit) continue;
        report->holds = 0;
        report->violating_below = (double)NAN;
        report->witness_circuits[0] = t;
        report->witness_circuits[1] = all->list[k].circuit;
        report->witness_neurons[0] = all->list[k - 1].neuron;
        report->witness_neurons[1] = all->list[k].neuron;
    }
}

cisup_status cisup_overlap_sample(const cisup_implicit *m, cisup_index T, cisup_index K,
                                  uint64_t seed, cisup_overlap_sample_report *report,
                                  cisup_error *err) {
    *report = (cisup_overlap_sample_report){.witness_circuits = {-1, -1},
                                            .witness_neurons = {-1, -1}};
    if (K < 1 || T < 1 || T > m->T_max)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a sample of %" PRId64 " of %" PRId64 " circuits; there are "
                          "%" PRId64,
                          K, T, m->T_max);
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_SEARCH, 0, 0, 1);
    int32_t *row = NULL;
    meetings all = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&row, m->S, sizeof *row, err));
    report->holds = 1;
    report->violating_below = 1.0 - pow(0.05, 1.0 / (double)K);
    while (report->sampled < K && report->holds) {
        const cisup_index t = (cisup_index)cisup_rng_below(&rng, (uint64_t)T);
        cisup_implicit_row(m, t, row);
        CISUP_TRY(meet_all(m, T, t, row, &all, err));
        report->met += (double)all.count;
        report->sampled++;
        look_for_two(t, &all, report);
    }
done:
    if (status != CISUP_OK) report->holds = 0;
    cisup_release(row);
    cisup_release(all.list);
    return status;
}
