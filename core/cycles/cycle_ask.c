/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/cycle_form.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <string.h>

/* The slope of class b, drawn once and for all. */
static cisup_index slope_of(const cisup_cycle *x, cisup_index b) {
    const struct cisup_cycle_form *form = x->form;
    return form->slope ? form->slope[b] : cisup_bijection_apply(&form->slopes, b);
}

static void classes_of(const cisup_cycle *x, cisup_index count, const cisup_index *slope,
                       cisup_index *class) {
    const struct cisup_cycle_form *form = x->form;
    if (!form->class_of) cisup_bijection_invert_all(&form->slopes, count, slope, class);
    for (cisup_index k = 0; form->class_of && k < count; k++)
        class[k] = form->class_of[slope[k]];
}

void cisup_cycle_row(const cisup_cycle *x, cisup_index h, cisup_index t, int32_t *row) {
    const cisup_ring *ring = &x->form->ring;
    if (x->q == 0) {
        memcpy(row, cisup_allocation_row(&x->form->part[h], t),
               (size_t)x->S * sizeof *row);
        return;
    }
    const cisup_index b = (cisup_index)cisup_divided(ring->by_q, (uint64_t)t);
    const cisup_index a = t - b * x->q, slope = slope_of(x, b);
    for (cisup_index j = 0; j < x->S; j++)
        row[j] = (int32_t)(j * x->q + cisup_ring_point(ring, h * x->S + j, a, slope));
}

/* --- through two neurons ---------------------------------------------------------- */

/* The first circuit that two increasing lists have in common. */
static cisup_index common(const cisup_cycle_lists *x, cisup_index n,
                          const cisup_cycle_lists *y, cisup_index m) {
    cisup_index i = x->start[n], j = y->start[m];
    while (i < x->start[n + 1] && j < y->start[m + 1]) {
        const cisup_index t = x->circuit[i], u = y->circuit[j];
        if (t == u) return t;
        i += t < u;
        j += u < t;
    }
    return -1;
}

enum { places_at_once = 64 };

/* The group of a neuron in all, and its point. */
typedef struct {
    cisup_index group, point;
} place;

static place place_of(const cisup_cycle *x, cisup_index h, cisup_index n) {
    const cisup_index j = (cisup_index)cisup_divided(x->form->ring.by_q, (uint64_t)n);
    return (place){h * x->S + j, n - j * x->q};
}

/* Lines numbered by slope become circuits, those that the cycle has not got -1. */
static void number_lines(const cisup_cycle *x, cisup_index count, cisup_index *line) {
    cisup_index slope[places_at_once], class[places_at_once];
    for (cisup_index k = 0; k < count; k++)
        slope[k] = line[k] < 0 ? 0
                               : (cisup_index)cisup_divided(x->form->ring.by_q,
                                                            (uint64_t)line[k]);
    classes_of(x, count, slope, class);
    for (cisup_index k = 0; k < count; k++) {
        if (line[k] < 0) continue;
        line[k] += (class[k] - slope[k]) * x->q;
        if (line[k] >= x->T) line[k] = -1;
    }
}

/* Some of `to`, whose places are found once: the column of the results that is first.
 * Only neurons below S q have circuits. */
static void through_some(const cisup_cycle *x, cisup_places from, cisup_places to,
                         cisup_index width, cisup_index *circuit) {
    const cisup_index used = x->S * x->q;
    place at[places_at_once];
    for (cisup_index j = 0; j < to.count; j++) at[j] = place_of(x, to.part, to.neuron[j]);
    for (cisup_index i = 0; i < from.count; i++, circuit += width) {
        const place p = place_of(x, from.part, from.neuron[i]);
        for (cisup_index j = 0; j < to.count; j++) {
            circuit[j] = -1;
            if (from.neuron[i] >= used || to.neuron[j] >= used) continue;
            if (p.group == at[j].group) continue; /* parallel points */
            circuit[j] = cisup_ring_through(&x->form->ring, p.group, p.point, at[j].group,
                                            at[j].point);
        }
        number_lines(x, to.count, circuit);
    }
}

static void through_computed(const cisup_cycle *x, cisup_places from, cisup_places to,
                             cisup_index *circuit) {
    for (cisup_index j = 0; j < to.count; j += places_at_once) {
        const cisup_index left = to.count - j;
        const cisup_places some = {to.part, to.neuron + j,
                                   left < places_at_once ? left : places_at_once};
        through_some(x, from, some, to.count, circuit + j);
    }
}

void cisup_cycle_through(const cisup_cycle *x, cisup_places from, cisup_places to,
                         cisup_index *circuit) {
    if (x->q) {
        through_computed(x, from, to, circuit);
        return;
    }
    const cisup_cycle_lists *lists = x->form->lists;
    for (cisup_index i = 0; i < from.count; i++)
        for (cisup_index j = 0; j < to.count; j++) {
            const int32_t n = from.neuron[i], m = to.neuron[j];
            const int is_same = from.part == to.part && n == m;
            *circuit++ = is_same ? -1 : common(&lists[from.part], n, &lists[to.part], m);
        }
}

/* --- through one ------------------------------------------------------------------ */

cisup_index cisup_cycle_circuits(const cisup_cycle *x, cisup_index h, cisup_index n,
                                 cisup_index *circuit) {
    cisup_index count = 0;
    if (x->q == 0) {
        const cisup_cycle_lists *lists = &x->form->lists[h];
        count = lists->start[n + 1] - lists->start[n];
        memcpy(circuit, lists->circuit + lists->start[n],
               (size_t)count * sizeof *circuit);
        return count;
    }
    if (n >= x->S * x->q) return 0;
    const place p = place_of(x, h, n);
    for (cisup_index b = 0; b * x->q < x->T; b++) {
        const cisup_index a =
            cisup_ring_line(&x->form->ring, p.group, p.point, slope_of(x, b));
        if (b * x->q + a < x->T) circuit[count++] = b * x->q + a;
    }
    return count;
}

/* Computed: one of every whole class, and of the last class one if its a is below T. */
cisup_index cisup_cycle_load(const cisup_cycle *x, cisup_index h, cisup_index n) {
    if (x->q == 0) {
        const cisup_cycle_lists *lists = &x->form->lists[h];
        return lists->start[n + 1] - lists->start[n];
    }
    if (n >= x->S * x->q) return 0;
    const place p = place_of(x, h, n);
    const cisup_index whole = x->T / x->q, rest = x->T % x->q;
    if (rest == 0) return whole; /* b = q is no slope */
    const cisup_index slope = slope_of(x, whole);
    return whole + (cisup_ring_line(&x->form->ring, p.group, p.point, slope) < rest);
}

/* --- all of them ------------------------------------------------------------------ */

static cisup_status fill(const void *from, cisup_index first, cisup_index count,
                         int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_cycle *x = from;
    for (cisup_index t = first; t < first + count; t++)
        for (cisup_index h = 0; h < x->c; h++, out += x->S) {
            cisup_cycle_row(x, h, t, out);
            for (cisup_index k = 0; k < x->S; k++) out[k] += (int32_t)(h * x->N);
        }
    return CISUP_OK;
}

cisup_rows cisup_cycle_rows(const cisup_cycle *x) {
    return (cisup_rows){x->c * x->N, x->c * x->S, x->T, fill, x, NULL};
}
