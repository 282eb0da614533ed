/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries wait in a list until their circuits are complete and go to the rows. In a first
 * pass all circuits but the last are taken to be complete whenever the list is full.
 * If an entry then comes for a circuit that is already gone, the file is not in the order
 * of its circuits, and is read anew for one window of circuits after the other; a window
 * is as wide as the list allows. */
#include <cisup/sparse/row_file.h>

#include "row_spill.h"

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/matrix/mtx_each.h>
#include <cisup/sparse/mtx.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { fewest_waiting = 1 << 10 };

/* Arrays that grow have up to so much more room than was asked for. */
static const double growth = 1.5;

/* One entry of the file. */
typedef struct {
    cisup_index circuit, neuron;
    cisup_index line; /* negative: a stored zero, which seats nobody */
} seat;

typedef struct {
    const char *path;
    cisup_row_file_options options;
    cisup_row_file *f;
    bool is_csv, is_regular;
    cisup_index nrow, ncol; /* of a Matrix Market file */
    cisup_index last_circuit, last_neuron;

    seat *list;
    cisup_index count, room;
    cisup_index most, circuit_most; /* entries that may wait; the same, of one circuit */
    bool is_sorted;                 /* the list so far */

    cisup_index from, to; /* the window of circuits that are kept in this pass */
    bool is_first_pass, is_reading, is_out_of_order;
    cisup_index next;             /* the circuit whose row is appended next */
    cisup_index slots, slot_most; /* held in f->slot; so many may be */
} reader;

static int by_circuit(const void *left, const void *right) {
    const seat *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    if (x->neuron != y->neuron) return x->neuron < y->neuron ? -1 : 1;
    const cisup_index p = llabs(x->line), q = llabs(y->line);
    return (p > q) - (p < q);
}

/* --- complete circuits become rows --------------------------------------------- */

static cisup_status repeated(const reader *r, const seat *x, cisup_error *err) {
    const cisup_index line = llabs(x->line);
    if (r->is_csv)
        return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                       "circuit %" PRId64 " has neuron %" PRId64
                                       " already in line %" PRId64,
                                       x->circuit, x->neuron,
                                       (cisup_index)llabs(x[-1].line)),
                            r->path, line, err);
    return cisup_mtx_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                   "row %" PRId64 ", column %" PRId64 " is given twice",
                                   x->neuron + 1, x->circuit + 1),
                        r->path, line, err);
}

/* Circuit r->next has these entries, of which `count` are not zero. */
static cisup_status append_row(reader *r, const seat *list, cisup_index entries,
                               cisup_index count, cisup_error *err) {
    cisup_row_file *f = r->f;
    const cisup_index t = r->next++;
    const cisup_index missing = r->options.padded ? f->S - count : 0;
    if (count > f->most_count) f->most_count = count;
    if (t == 0 && f->S == 0) f->S = count;
    if (missing > CISUP_MOST_NEURONS - r->options.neurons - f->added)
        return CISUP_FAIL(err, CISUP_ENOMEM, "%s: too many neurons to fill circuits up",
                          r->path);
    if (count + missing != f->S || f->S == 0) {
        if (f->bad_circuit < 0) f->bad_count = count;
        if (f->bad_circuit < 0) f->bad_circuit = t;
        return CISUP_OK;
    }
    if (f->bad_circuit >= 0) return CISUP_OK;
    cisup_status status = CISUP_OK;
    if (r->slots + f->S > r->slot_most && r->slots > 0)
        CISUP_TRY(cisup_spill_write(f, &r->slots, err));
    CISUP_TRY(cisup_grow(&f->slot, &f->room, r->slots + f->S, sizeof *f->slot, err));
    for (cisup_index k = 0; k < entries; k++)
        if (list[k].line > 0) f->slot[r->slots++] = (int32_t)list[k].neuron;
    for (cisup_index k = 0; k < missing; k++)
        f->slot[r->slots++] = (int32_t)(r->options.neurons + f->added++);
done:
    return status;
}

/* Circuits r->next .. last of a Matrix Market file that have no entry. */
static cisup_status append_empty(reader *r, cisup_index last, cisup_error *err) {
    if (r->next > last) return CISUP_OK;
    if (r->is_csv)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: circuit %" PRId64 " has no line",
                          r->path, r->next);
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
                          last, r->circuit_most);
    if (kept == 0) {
        r->most = 2 * r->most < r->circuit_most ? 2 * r->most : r->circuit_most;
        return CISUP_OK;
    }
    if (r->is_first_pass) return append_rows(r, kept, err);
    r->to = cut - 1;
    r->count = kept;
    return CISUP_OK;
}

static cisup_status add(reader *r, seat x, cisup_error *err) {
    if (x.circuit > r->last_circuit) r->last_circuit = x.circuit;
    if (x.neuron > r->last_neuron) r->last_neuron = x.neuron;
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

static cisup_status add_line(void *context, const char *const *field, cisup_error *err) {
    reader *r = context;
    seat x = {.line = cisup_csv_line(field)};
    cisup_status status;
    CISUP_TRY(cisup_parse_index(field[0], "circuit", &x.circuit, err));
    CISUP_TRY(cisup_parse_index(field[1], "neuron", &x.neuron, err));
    if (x.circuit < 0 || x.neuron < 0 || x.neuron >= CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "'%s,%s' has a negative index or a neuron above %" PRId32,
                          field[0], field[1], CISUP_MOST_NEURONS - 1);
    if (r->options.neurons && x.neuron >= r->options.neurons)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "neuron %" PRId64 " is not within [0, %" PRId64 ")", x.neuron,
                          r->options.neurons);
    CISUP_TRY(add(r, x, err));
done:
    return status;
}

static cisup_status take_sizes(void *context, cisup_index nrow, cisup_index ncol,
                               cisup_error *err) {
    (void)err;
    reader *r = context;
    r->nrow = nrow;
    r->ncol = ncol;
    return CISUP_OK;
}

static cisup_status add_entry(void *context, cisup_entry e, cisup_index line,
                              cisup_error *err) {
    const reader *r = context;
    if (e.x != 0.0 && e.x != 1.0 && !r->options.lenient)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "the value %g is not 1 (--lenient takes any for a seat)", e.x);
    return add(context, (seat){e.j, e.i, e.x == 0.0 ? -line : line}, err);
}

/* A lenient file is brought into columns first, where repeated entries are added up. */
static cisup_status read_lenient(reader *r, cisup_error *err) {
    cisup_mtx_read_options o = cisup_mtx_read_defaults();
    o.lenient = o.full_columns = 1;
    o.memory = r->options.memory;
    cisup_csc e;
    cisup_status status = cisup_mtx_read(r->path, &o, &e, err);
    if (status != CISUP_OK) return status;
    CISUP_TRY(take_sizes(r, e.nrow, e.ncol, err));
    for (cisup_index t = 0; t < e.ncol; t++)
        for (cisup_index k = e.p[t]; k < e.p[t + 1]; k++)
            CISUP_TRY(add_entry(r, (cisup_entry){e.i[k], t, e.x[k]}, k + 1, err));
done:
    cisup_csc_free(&e);
    return status;
}

/* --- passes -------------------------------------------------------------------- */

static cisup_status read_pass(reader *r, cisup_error *err) {
    cisup_mtx_read_options o = cisup_mtx_read_defaults();
    o.full_columns = 1;
    const cisup_mtx_visitor visitor = {r, take_sizes, add_entry};
    r->count = 0;
    r->is_sorted = true;
    r->to = INT64_MAX;
    if (r->is_csv) return cisup_csv_read(r->path, "circuit,neuron", add_line, r, err);
    if (r->options.lenient) return read_lenient(r, err);
    return cisup_mtx_each(r->path, &o, &visitor, err);
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
                          strcmp(r->path, "-") == 0 ? "standard input" : r->path);
    CISUP_TRY(cisup_spill_reset(r->f, err));
    r->is_out_of_order = false;
    r->f->bad_circuit = -1;
    r->f->S = r->options.S;
    r->f->added = 0;
    r->slots = r->next = 0;
    r->is_first_pass = false;
    for (r->from = 0; r->from <= r->last_circuit; r->from = r->to + 1) {
        CISUP_TRY(read_pass(r, err));
        CISUP_TRY(finish_pass(r, err));
        if (r->to == INT64_MAX) break;
    }
done:
    return status;
}

/* Sizes, what is missing at the end, and rows that are still on their way. */
static cisup_status close_rows(reader *r, cisup_error *err) {
    cisup_row_file *f = r->f;
    cisup_status status;
    if (r->is_csv && r->last_circuit < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: no circuits", r->path);
    const cisup_index named = r->options.neurons;
    f->N = !r->is_csv ? r->nrow : named ? named : r->last_neuron + 1;
    f->T = r->is_csv ? r->last_circuit + 1 : r->ncol;
    if (f->N < 1 || f->T < 1)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "%s: a matrix of %" PRId64 " x %" PRId64 " holds no circuits",
                          r->path, f->N, f->T);
    CISUP_TRY(append_empty(r, f->T - 1, err));
    if (f->bad_circuit >= 0) return CISUP_OK;
    status = cisup_allocation_sizes_check(f->N, f->S, err);
    if (status == CISUP_EINVAL) { /* it is the file that has such sizes */
        cisup_error_prefix(err, r->path);
        if (err) err->code = CISUP_EFORMAT;
        return CISUP_EFORMAT;
    }
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
    r->is_csv = !cisup_mtx_is_name(path);
    r->is_regular = is_regular(path);
    r->last_circuit = r->last_neuron = -1;
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
    if (status != CISUP_OK) cisup_row_file_close(f);
    return status;
}
