/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pairs met twice to the witness and the largest overlap: only circuits that hold
 * such a pair can share two neurons, so these alone are collected and compared. */
#include <cisup/core/overlap/overlap_parts.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <stdlib.h>
#include <string.h>

/* Up to few * S circuits are compared pair by pair. */
enum { few = 4 };

/* Bytes for each of these slots that the search may take. */
enum { search_bytes = 64 };

/* A circuit of a group and one of its neurons beyond those the group has in common. */
typedef struct {
    int32_t neuron, circuit;
} member;

typedef struct {
    cisup_index S;
    const int32_t *slot; /* rows of the circuits that hold a pair met twice */
    cisup_index best;    /* largest overlap seen */
    double steps_left;   /* before the search gives up; negative: it has */
    double bytes_left;
    cisup_vigil *vigil;
    double steps; /* it had at first */
    cisup_error *err;
} deepening;

static int by_neuron(const void *left, const void *right) {
    const member *x = left, *y = right;
    if (x->neuron != y->neuron) return x->neuron < y->neuron ? -1 : 1;
    return (x->circuit > y->circuit) - (x->circuit < y->circuit);
}

/* The members of circuits[0..count-1] above neuron `last`, sorted by neuron. */
static cisup_status gather(deepening *d, const cisup_index *circuits, cisup_index count,
                           cisup_index last, member **out, cisup_index *length) {
    const cisup_status status = cisup_new(out, count * d->S, sizeof **out, d->err);
    if (status != CISUP_OK) return status;
    *length = 0;
    for (cisup_index c = 0; c < count; c++) {
        const int32_t *row = d->slot + circuits[c] * d->S;
        for (cisup_index k = d->S - 1; k >= 0 && row[k] > last; k--)
            (*out)[(*length)++] = (member){row[k], (int32_t)circuits[c]};
    }
    qsort(*out, (size_t)*length, sizeof **out, by_neuron);
    d->steps_left -= (double)count * (double)d->S;
    return CISUP_OK;
}

/* All circuits[0..count-1], count >= 2, share `depth` neurons, the largest `last`.
 * Finds the largest overlap among them by adding neurons one at a time; the
 * recursion is at most S deep. */
static cisup_status deepen(deepening *d, const cisup_index *circuits, cisup_index count,
                           cisup_index last, cisup_index depth) {
    if (depth > d->best) d->best = depth;
    const double bytes = 16.0 * (double)(count * d->S) + 8.0 * (double)count;
    if (bytes > d->bytes_left) d->steps_left = -1.0;
    if (d->best == d->S || d->steps_left < 0.0) return CISUP_OK;
    d->bytes_left -= bytes;
    member *list = NULL;
    cisup_index *group = NULL, length = 0;
    const double steps = (double)count * (double)d->S;
    cisup_status status;
    CISUP_TRY(
        cisup_vigil_advance(d->vigil, CISUP_SHARE_COMPARE * steps / d->steps, d->err));
    CISUP_TRY(gather(d, circuits, count, last, &list, &length));
    CISUP_TRY(cisup_new(&group, count, sizeof *group, d->err));
    for (cisup_index start = 0, end; start < length; start = end) {
        cisup_index size = 0;
        for (end = start; end < length && list[end].neuron == list[start].neuron; end++)
            group[size++] = list[end].circuit;
        if (size >= 2) CISUP_TRY(deepen(d, group, size, list[start].neuron, depth + 1));
    }
done:
    cisup_release(list);
    cisup_release(group);
    d->bytes_left += bytes;
    return status;
}

static cisup_index shared(const int32_t *x, const int32_t *y, cisup_index S) {
    cisup_index both = 0;
    for (cisup_index i = 0, j = 0; i < S && j < S;) {
        const int32_t left = x[i], right = y[j];
        both += left == right;
        i += left <= right;
        j += right <= left;
    }
    return both;
}

/* The largest overlap of any two of `count` circuits, pair by pair. */
static cisup_status compare_pairs(deepening *d, cisup_index count) {
    for (cisup_index t = 1; t < count && d->best < d->S; t++) {
        const cisup_status status =
            cisup_vigil_advance(d->vigil, CISUP_SHARE_COMPARE / (double)count, d->err);
        if (status != CISUP_OK) return status;
        for (cisup_index u = 0; u < t; u++) {
            const cisup_index both = shared(d->slot + t * d->S, d->slot + u * d->S, d->S);
            if (both > d->best) d->best = both;
        }
    }
    return CISUP_OK;
}

/* The circuits with a pair met twice, in order. */
typedef struct {
    const cisup_rows *rows;
    const cisup_pairs *repeat;
    cisup_index slots; /* that may be collected */
    cisup_vigil *vigil;
    uint64_t *is_first; /* bit n: n is the smaller neuron of such a pair */
    int32_t *slot;      /* [count][S] */
    cisup_index count, room;
    int witnesses; /* found so far: 0, 1, 2 */
    bool is_cut;
} collection;

static bool is_repeated(const cisup_pairs *p, uint64_t pair) {
    return bsearch(&pair, p->pair, (size_t)p->count, sizeof pair, cisup_pair_order) !=
           NULL;
}

static bool is_concerned(const collection *c, const int32_t *row) {
    for (cisup_index i = 0; i < c->rows->S; i++) {
        if (!(c->is_first[row[i] >> 6] >> (row[i] & 63) & 1)) continue;
        for (cisup_index j = i + 1; j < c->rows->S; j++)
            if (is_repeated(c->repeat, (uint64_t)row[i] << 32 | (uint64_t)row[j]))
                return true;
    }
    return false;
}

static bool row_holds(const int32_t *row, cisup_index S, cisup_index n) {
    for (cisup_index k = 0; k < S; k++)
        if (row[k] == n) return true;
    return false;
}

/* Looks at circuit t. */
static cisup_status collect(collection *c, cisup_index t, const int32_t *row,
                            cisup_overlap_report *report, cisup_error *err) {
    const cisup_index S = c->rows->S;
    if (!is_concerned(c, row)) return CISUP_OK;
    if (c->witnesses < 2 && row_holds(row, S, report->witness_neurons[0]) &&
        row_holds(row, S, report->witness_neurons[1]))
        report->witness_circuits[c->witnesses++] = t;
    c->is_cut |= (c->count + 1) * S > c->slots;
    if (c->is_cut) return CISUP_OK;
    const cisup_status status =
        cisup_grow(&c->slot, &c->room, (c->count + 1) * S, sizeof *c->slot, err);
    if (status == CISUP_OK)
        memcpy(c->slot + c->count++ * S, row, (size_t)S * sizeof *row);
    return status;
}

static cisup_status collect_all(collection *c, cisup_overlap_report *report,
                                cisup_error *err) {
    const cisup_rows *rows = c->rows;
    const cisup_index step = cisup_chunk_rows(rows->S);
    int32_t *chunk = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&c->is_first, rows->N / 64 + 1, sizeof *c->is_first, err));
    CISUP_TRY(cisup_new(&chunk, step * rows->S, sizeof *chunk, err));
    for (cisup_index k = 0; k < c->repeat->count; k++) {
        const uint64_t n = c->repeat->pair[k] >> 32;
        c->is_first[n >> 6] |= UINT64_C(1) << (n & 63);
    }
    for (cisup_index t = 0; t < rows->T; t += step) {
        const cisup_index count = rows->T - t < step ? rows->T - t : step;
        if (c->is_cut && c->witnesses == 2) break;
        CISUP_TRY(rows->fill(rows->from, t, count, chunk, err));
        CISUP_TRY(cisup_vigil_advance(
            c->vigil, CISUP_SHARE_COLLECT * (double)count / (double)rows->T, err));
        for (cisup_index k = 0; k < count; k++)
            CISUP_TRY(collect(c, t + k, chunk + k * rows->S, report, err));
    }
done:
    cisup_release(chunk);
    return status;
}

/* Slots that are collected at most. */
static double slots_of(const cisup_rows *rows, cisup_index slots) {
    const double all = (double)rows->T * (double)rows->S, most = (double)slots;
    return all < most ? all : most;
}

double cisup_follow_bytes(const cisup_rows *rows, cisup_index most) {
    const double slots = slots_of(rows, most), S = (double)rows->S;
    const double chunk = 4.0 * (double)(cisup_chunk_rows(rows->S) * rows->S);
    return 10.0 * slots + 8.0 * slots / S + search_bytes * slots + chunk +
           (double)rows->N / 8.0 + 1024.0;
}

cisup_status cisup_overlap_follow(const cisup_rows *rows, const cisup_pairs *repeat,
                                  cisup_index slots, cisup_vigil *vigil,
                                  cisup_overlap_report *report, cisup_error *err) {
    collection c = {.rows = rows, .repeat = repeat, .slots = slots, .vigil = vigil};
    cisup_index *all = NULL;
    cisup_status status;
    report->witness_neurons[0] = (cisup_index)(repeat->pair[0] >> 32);
    report->witness_neurons[1] = (cisup_index)(repeat->pair[0] & UINT32_MAX);
    CISUP_TRY(collect_all(&c, report, err));
    CISUP_TRY(cisup_new(&all, c.count, sizeof *all, err));
    for (cisup_index k = 0; k < c.count; k++) all[k] = k;
    deepening d = {.S = rows->S, .slot = c.slot, .best = 2, .vigil = vigil, .err = err};
    d.bytes_left = search_bytes * slots_of(rows, slots);
    d.steps = 64.0 * (double)rows->T * (double)rows->S * (double)rows->S;
    d.steps_left = d.steps;
    if (c.count <= few * rows->S)
        CISUP_TRY(compare_pairs(&d, c.count));
    else
        CISUP_TRY(deepen(&d, all, c.count, report->witness_neurons[0] - 1, 0));
    const bool is_complete = d.steps_left >= 0.0 && !c.is_cut && !repeat->is_cut;
    report->max_overlap = d.best;
    report->max_overlap_exact = is_complete || d.best == rows->S;
done:
    cisup_release(all);
    cisup_release(c.slot);
    cisup_release(c.is_first);
    return status;
}
