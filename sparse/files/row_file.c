/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries wait in a list until their circuits are complete and go to the rows. In a first
 * pass all circuits but the last are taken to be complete whenever the list is full.
 * If an entry then comes for a circuit that is already gone, the file is not in the order
 * of its circuits, and is read anew for one window of circuits after the other; a window
 * is as wide as the list allows. */
#include <cisup/sparse/row_file.h>

#include "row_source.h"
#include "row_spill.h"

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/matrix/mtx_each.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { fewest_waiting = 1 << 10 };

/* Arrays that grow have up to so much more room than was asked for. */
static const double growth = 1.5;

typedef struct {
    const char *path;
    cisup_row_file_options options;
    cisup_row_file *f;
    bool is_regular;
    cisup_row_source source;
    cisup_index last_circuit, last_neuron, first_neuron;

    cisup_seat *list;
    cisup_index count, room;
    cisup_index most, circuit_most; /* entries that may wait; the same, of one circuit */
    bool is_sorted;                 /* the list so far */

    cisup_index from, to; /* the window of circuits that are kept in this pass */
    bool is_first_pass, is_reading, is_out_of_order;
    cisup_index next;             /* the circuit whose row is appended next */
    cisup_index slots, slot_most; /* held in f->slot; so many may be */
    int32_t
        *length; /* [next] once a circuit is bad: of the rows, all of which are held */
    cisup_index length_room;
    bool is_lost; /* they do not fit */
} reader;

static int by_circuit(const void *left, const void *right) {
    const cisup_seat *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    if (x->neuron != y->neuron) return x->neuron < y->neuron ? -1 : 1;
    const cisup_index p = llabs(x->line), q = llabs(y->line);
    return (p > q) - (p < q);
}

static const char *name_of(const reader *r) {
    return strcmp(r->path, "-") == 0 ? "standard input" : r->path;
}

/* --- complete circuits become rows --------------------------------------------- */

static cisup_status repeated(const reader *r, const cisup_seat *x, cisup_error *err) {
    const cisup_index line = llabs(x->line), base = r->source.base;
    if (r->source.format == CISUP_ROWS_MATRIX_MARKET)
        return cisup_mtx_at(
            CISUP_FAIL(err, CISUP_EFORMAT,
                       "row %" PRId64 ", column %" PRId64 " is given twice",
                       (r->options.transposed ? x->circuit : x->neuron) + 1,
                       (r->options.transposed ? x->neuron : x->circuit) + 1),
            r->path, line, err);
    return cisup_csv_at(
        CISUP_FAIL(err, CISUP_EFORMAT,
                   "circuit %" PRId64 " has neuron %" PRId64 " already in line %" PRId64,
                   x->circuit + base, x->neuron + base, (cisup_index)llabs(x[-1].line)),
        r->path, line, err);
}

/* Appends the neurons of entries that are no stored zeros. */
static cisup_status append_slots(reader *r, const cisup_seat *list, cisup_index entries,
                                 cisup_index most, cisup_error *err) {
    cisup_row_file *f = r->f;
    const cisup_status status =
        cisup_grow(&f->slot, &f->room, r->slots + most, sizeof *f->slot, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < entries; k++)
        if (list[k].line > 0) f->slot[r->slots++] = (int32_t)list[k].neuron;
    return CISUP_OK;
}

/* Rows of all lengths from the first bad circuit on, as long as there is memory. */
static cisup_status append_uneven(reader *r, const cisup_seat *list, cisup_index entries,
                                  cisup_index count, cisup_error *err) {
    cisup_row_file *f = r->f;
    const cisup_index t = r->next - 1, before = f->bad_circuit;
    cisup_status status;
    r->is_lost |= f->has_spilled || r->slots + count + t > r->slot_most;
    if (r->is_lost) return CISUP_OK;
    CISUP_TRY(cisup_grow(&r->length, &r->length_room, t + 1, sizeof *r->length, err));
    for (cisup_index k = 0; t == before && k < t; k++) r->length[k] = (int32_t)f->S;
    r->length[t] = (int32_t)count;
    CISUP_TRY(append_slots(r, list, entries, count, err));
done:
    return status;
}

/* Circuit r->next has these entries, of which `count` are not zero. */
static cisup_status append_row(reader *r, const cisup_seat *list, cisup_index entries,
                               cisup_index count, cisup_error *err) {
    cisup_row_file *f = r->f;
    const cisup_index t = r->next++;
    const cisup_index missing = r->options.padded ? f->S - count : 0;
    if (count > f->most_count) f->most_count = count;
    if (t == 0 || count < f->least_count) f->least_count = count;
    if (t == 0 && f->S == 0) f->S = count;
    if (missing > CISUP_MOST_NEURONS - r->options.neurons - f->added)
        return CISUP_FAIL(err, CISUP_ENOMEM, "%s: too many neurons to fill circuits up",
                          r->path);
    if (count + missing != f->S || f->S == 0) {
        if (f->bad_circuit < 0) f->bad_count = count;
        if (f->bad_circuit < 0) f->bad_circuit = t;
    }
    if (f->bad_circuit >= 0) return append_uneven(r, list, entries, count, err);
    cisup_status status = CISUP_OK;
    if (r->slots + f->S > r->slot_most && r->slots > 0)
        CISUP_TRY(cisup_spill_write(f, &r->slots, err));
    CISUP_TRY(append_slots(r, list, entries, f->S, err));
    for (cisup_index k = 0; k < missing; k++)
        f->slot[r->slots++] = (int32_t)(r->options.neurons + f->added++);
done:
    return status;
}

/* Circuits r->next .. last that have no entry. */
static cisup_status append_empty(reader *r, cisup_index last, cisup_error *err) {
    if (r->next > last) return CISUP_OK;
    if (r->source.format == CISUP_ROWS_CSV)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: circuit %" PRId64 " has no line%s",
                          name_of(r), r->next + r->source.base,
                          r->next || r->source.base ? "" : " (--one-based?)");
    cisup_status status = CISUP_OK;
    while (r->next <= last && status == CISUP_OK) status = append_row(r, NULL, 0, 0, err);
    return status;
}

static void sort_list(reader *r) {
    if (!r->is_sorted && r->count > 0)
        qsort(r->list, (size_t)r->count, sizeof *r->list, by_circuit);
    r->is_sorted = true;
}

/* Takes the first `count` entries of the sorted list to the rows. What looks wrong while
 * the file is still being read may be a matter of order: the next passes will tell. */
static cisup_status append_rows(reader *r, cisup_index count, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0, end; k < count; k = end) {
        const cisup_index t = r->list[k].circuit;
        cisup_index seated = 0;
        for (end = k; end < count && r->list[end].circuit == t; end++) {
            seated += r->list[end].line > 0;
            if (end == k || r->list[end].neuron != r->list[end - 1].neuron) continue;
            if (!r->is_reading) return repeated(r, &r->list[end], err);
            r->is_out_of_order = true;
        }
        r->is_out_of_order |= r->is_reading && t > r->next;
        if (r->is_out_of_order) return CISUP_OK;
        CISUP_TRY(append_empty(r, t - 1, err));
        CISUP_TRY(append_row(r, r->list + k, end - k, seated, err));
    }
    r->count -= count;
    if (r->count > 0)
        memmove(r->list, r->list + count, (size_t)r->count * sizeof *r->list);
done:
    return status;
}

/* --- entries are collected ----------------------------------------------------- */

/* The list is full: in the first pass all but the last circuit are complete; in later
 * ones the window is made narrower. A single circuit must fit. */
static cisup_status make_room(reader *r, cisup_error *err) {
    sort_list(r);
    const cisup_index last = r->list[r->count - 1].circuit;
    const cisup_index middle = r->list[r->count / 2].circuit;
    const cisup_index cut = r->is_first_pass || middle == r->from ? last : middle;
    cisup_index kept = 0;
    while (r->list[kept].circuit < cut) kept++;
    if (kept == 0 && r->most >= r->circuit_most)
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "circuit %" PRId64 " has more than %" PRId64
                          " neurons, which do not fit in the memory given",
                          last + r->source.base, r->circuit_most);
    if (kept == 0) {
        r->most = 2 * r->most < r->circuit_most ? 2 * r->most : r->circuit_most;
        return CISUP_OK;
    }
    if (r->is_first_pass) return append_rows(r, kept, err);
    r->to = cut - 1;
    r->count = kept;
    return CISUP_OK;
}

static cisup_status add(void *context, cisup_seat x, cisup_error *err) {
    reader *r = context;
    if (x.circuit > r->last_circuit) r->last_circuit = x.circuit;
    if (x.neuron > r->last_neuron) r->last_neuron = x.neuron;
    if (x.neuron < r->first_neuron) r->first_neuron = x.neuron;
    if (r->is_first_pass && x.circuit < r->next) r->is_out_of_order = true;
    if (r->is_first_pass && r->is_out_of_order) return CISUP_OK;
    cisup_status status = CISUP_OK;
    if (r->count >= r->most) CISUP_TRY(make_room(r, err));
    if (r->is_out_of_order && r->is_first_pass) return CISUP_OK;
    if (x.circuit < r->from || x.circuit > r->to) return CISUP_OK;
    CISUP_TRY(cisup_grow(&r->list, &r->room, r->count + 1, sizeof *r->list, err));
    if (r->count > 0 && by_circuit(&r->list[r->count - 1], &x) >= 0) r->is_sorted = false;
    r->list[r->count++] = x;
done:
    return status;
}

/* --- passes -------------------------------------------------------------------- */

static cisup_status read_pass(reader *r, cisup_error *err) {
    r->count = 0;
    r->is_sorted = true;
    r->to = INT64_MAX;
    return cisup_row_source_read(&r->source, err);
}

static cisup_status finish_pass(reader *r, cisup_error *err) {
    sort_list(r);
    return append_rows(r, r->count, err);
}

/* Starts again, for one window of circuits after the other. */
static cisup_status read_windows(reader *r, cisup_error *err) {
    cisup_status status;
    if (!r->is_regular)
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "%s: its circuits are not in order and do not fit in the "
                          "memory given; put them in a file",
                          name_of(r));
    CISUP_TRY(cisup_spill_reset(r->f, err));
    r->is_out_of_order = false;
    r->f->bad_circuit = -1;
    r->f->S = r->options.S;
    r->f->added = 0;
    r->slots = r->next = 0;
    r->is_lost = false;
    r->is_first_pass = false;
    for (r->from = 0; r->from <= r->last_circuit; r->from = r->to + 1) {
        CISUP_TRY(read_pass(r, err));
        CISUP_TRY(finish_pass(r, err));
        if (r->to == INT64_MAX) break;
    }
done:
    return status;
}

/* Fills rows of all lengths up to the longest, if there is memory. */
static cisup_status fill_up(reader *r, cisup_error *err) {
    cisup_row_file *f = r->f;
    cisup_index slots;
    int32_t *slot = NULL;
    cisup_status status = CISUP_OK;
    if (r->is_lost || f->most_count == 0 ||
        !cisup_multiply_sizes(f->T, f->most_count, &slots) ||
        slots > r->slot_most - r->slots || slots - r->slots > CISUP_MOST_NEURONS - f->N) {
        cisup_release(f->slot); /* whoever reads again has the memory */
        f->slot = NULL;
        f->room = 0;
        return CISUP_OK;
    }
    CISUP_TRY(cisup_new(&slot, slots, sizeof *slot, err));
    f->width = f->most_count;
    for (cisup_index t = 0, from = 0; t < f->T; from += r->length[t++]) {
        int32_t *row = slot + t * f->width;
        memcpy(row, f->slot + from, (size_t)r->length[t] * sizeof *row);
        for (cisup_index k = r->length[t]; k < f->width; k++)
            row[k] = (int32_t)(f->N + f->added++);
    }
    cisup_release(f->slot);
    f->slot = slot;
    f->room = slots;
    f->has_rows = 1;
done:
    return status;
}

static cisup_status sizes_take(reader *r, cisup_error *err) {
    cisup_row_file *f = r->f;
    const cisup_row_source *s = &r->source;
    const int is_matrix = s->format == CISUP_ROWS_MATRIX_MARKET;
    f->format = s->format;
    f->base = s->base;
    f->headings = s->headings;
    f->other_values = s->other_values;
    f->least_neuron = r->first_neuron;
    if (!is_matrix && (r->last_circuit < 0 || r->last_neuron < 0))
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: no circuits", name_of(r));
    const cisup_index named = r->options.neurons;
    f->N = is_matrix ? s->nrow : named ? named : r->last_neuron + 1;
    f->T = s->format == CISUP_ROWS_CSV ? r->last_circuit + 1 : s->ncol;
    if (f->N >= 1 && f->T >= 1) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT,
                      "%s: a matrix of %" PRId64 " x %" PRId64 " holds no circuits",
                      name_of(r), f->N, f->T);
}

/* Sizes, what is missing at the end, and rows that are still on their way. */
static cisup_status close_rows(reader *r, cisup_error *err) {
    cisup_row_file *f = r->f;
    cisup_status status;
    CISUP_TRY(sizes_take(r, err));
    CISUP_TRY(append_empty(r, f->T - 1, err));
    if (f->bad_circuit >= 0) return fill_up(r, err);
    status = cisup_allocation_sizes_check(f->N, f->S, err);
    if (status == CISUP_EINVAL) { /* it is the file that has such sizes */
        cisup_error_prefix(err, name_of(r));
        if (err) err->code = CISUP_EFORMAT;
        return CISUP_EFORMAT;
    }
    f->width = f->S;
    f->has_rows = 1;
    if (!f->has_spilled) return CISUP_OK;
    CISUP_TRY(cisup_spill_write(f, &r->slots, err));
    cisup_release(f->slot);
    f->slot = NULL;
done:
    return status;
}

/* What can be opened twice to give the same: no pipe, no terminal. */
static bool is_regular(const char *path) {
    struct stat about;
    return strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static void reader_init(reader *r, const char *path, cisup_row_file_options options,
                        cisup_row_file *f) {
    const double memory =
        options.memory > 0.0 ? options.memory : cisup_memory_available() / 2.0;
    const double seat_bytes = growth * sizeof *r->list, slot_bytes = growth * 4.0;
    *r = (reader){.path = path, .options = options, .f = f, .is_first_pass = true};
    r->source =
        (cisup_row_source){.path = path, .options = options, .context = r, .seat = add};
    r->is_regular = is_regular(path);
    r->last_circuit = r->last_neuron = -1;
    r->first_neuron = INT64_MAX;
    r->most = (cisup_index)(memory / 4.0 / seat_bytes);
    if (r->most < fewest_waiting) r->most = fewest_waiting;
    r->circuit_most = (cisup_index)(memory / (seat_bytes + slot_bytes));
    if (r->circuit_most < fewest_waiting) r->circuit_most = fewest_waiting;
    r->slot_most = (cisup_index)(memory / 2.0 / slot_bytes);
}

cisup_status cisup_row_file_open(const char *path, const cisup_row_file_options *options,
                                 cisup_row_file *f, cisup_error *err) {
    const cisup_row_file_options o = options ? *options : (cisup_row_file_options){0};
    *f = (cisup_row_file){.S = o.S, .bad_circuit = -1};
    reader r;
    reader_init(&r, path, o, f);
    f->can_reopen = r.is_regular;
    cisup_status status;
    r.is_reading = true;
    CISUP_TRY(read_pass(&r, err));
    r.is_reading = false;
    if (r.is_out_of_order)
        CISUP_TRY(read_windows(&r, err));
    else
        CISUP_TRY(finish_pass(&r, err));
    CISUP_TRY(close_rows(&r, err));
done:
    cisup_release(r.list);
    cisup_release(r.length);
    if (status != CISUP_OK) cisup_row_file_close(f);
    return status;
}
