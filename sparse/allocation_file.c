/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/allocation_file.h>

#include <cisup/core/csvfile.h>
#include <cisup/core/memory.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/mtx.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One line of a CSV file. */
typedef struct {
    cisup_index circuit, neuron, line;
} seat;

typedef struct {
    seat *list;
    cisup_index count, room;
    cisup_index neurons; /* 0: not stated */
    cisup_index last_circuit, last_neuron;
} seats;

static bool ends_with(const char *text, const char *end) {
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_matrix_market(const char *path) {
    return ends_with(path, ".mtx") || ends_with(path, ".mtx.gz") || !strcmp(path, "-");
}

static cisup_status add_seat(void *context, const char *const *field, cisup_error *err) {
    seats *s = context;
    seat x = {.line = cisup_csv_line(field)};
    cisup_status status;
    CISUP_TRY(cisup_parse_index(field[0], "circuit", &x.circuit, err));
    CISUP_TRY(cisup_parse_index(field[1], "neuron", &x.neuron, err));
    if (x.circuit < 0 || x.neuron < 0 || x.neuron >= CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "'%s,%s' has a negative index or a neuron above %" PRId32,
                          field[0], field[1], CISUP_MOST_NEURONS - 1);
    if (s->neurons && x.neuron >= s->neurons)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "neuron %" PRId64 " is not within [0, %" PRId64 ")", x.neuron,
                          s->neurons);
    CISUP_TRY(cisup_grow(&s->list, &s->room, s->count + 1, sizeof *s->list, err));
    if (x.circuit > s->last_circuit) s->last_circuit = x.circuit;
    if (x.neuron > s->last_neuron) s->last_neuron = x.neuron;
    s->list[s->count++] = x;
done:
    return status;
}

static int by_circuit(const void *left, const void *right) {
    const seat *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    if (x->neuron != y->neuron) return x->neuron < y->neuron ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Every circuit 0..last is there, nobody sits twice in one place. */
static cisup_status seats_check(const seats *s, const char *path, cisup_error *err) {
    cisup_index expected = 0;
    for (cisup_index k = 0; k < s->count; k++) {
        const seat *x = &s->list[k];
        if (k > 0 && x->circuit == x[-1].circuit && x->neuron == x[-1].neuron)
            return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                           "circuit %" PRId64 " has neuron %" PRId64
                                           " already in line %" PRId64,
                                           x->circuit, x->neuron, x[-1].line),
                                path, x->line, err);
        if (x->circuit > expected) break;
        if (x->circuit == expected) expected++;
    }
    if (expected > s->last_circuit && s->count > 0) return CISUP_OK;
    if (s->count == 0) return CISUP_FAIL(err, CISUP_EFORMAT, "%s: no circuits", path);
    return CISUP_FAIL(err, CISUP_EFORMAT, "%s: circuit %" PRId64 " has no line", path,
                      expected);
}

static cisup_status read_csv(const char *path, cisup_index neurons, cisup_csc *e,
                             cisup_error *err) {
    seats s = {.neurons = neurons, .last_circuit = -1, .last_neuron = -1};
    cisup_status status;
    CISUP_TRY(cisup_csv_read(path, "circuit,neuron", add_seat, &s, err));
    if (s.count > 0) qsort(s.list, (size_t)s.count, sizeof *s.list, by_circuit);
    CISUP_TRY(seats_check(&s, path, err));
    const cisup_index rows = neurons ? neurons : s.last_neuron + 1;
    CISUP_TRY(cisup_csc_init(e, rows, s.last_circuit + 1, s.count, err));
    for (cisup_index k = 0; k < s.count; k++) {
        e->i[k] = s.list[k].neuron;
        e->x[k] = 1.0;
        e->p[s.list[k].circuit + 1] = k + 1;
    }
done:
    cisup_release(s.list);
    return status;
}

/* Stored zeros seat nobody. */
static void drop_zeros(cisup_csc *e) {
    cisup_index kept = 0, k = 0;
    for (cisup_index t = 0; t < e->ncol; t++) {
        for (; k < e->p[t + 1]; k++) {
            if (e->x[k] == 0.0) continue;
            e->i[kept] = e->i[k];
            e->x[kept++] = e->x[k];
        }
        e->p[t + 1] = kept;
    }
}

cisup_status cisup_allocation_file_read(const char *path, cisup_index neurons,
                                        int lenient, cisup_csc *e, cisup_error *err) {
    *e = (cisup_csc){0};
    if (!is_matrix_market(path)) return read_csv(path, neurons, e, err);
    cisup_mtx_read_options options = cisup_mtx_read_defaults();
    options.lenient = lenient;
    options.full_columns = 1;
    const cisup_status status = cisup_mtx_read(path, &options, e, err);
    if (status == CISUP_OK) drop_zeros(e);
    return status;
}

cisup_status cisup_allocation_from_csc(const cisup_csc *e, cisup_index S,
                                       cisup_allocation *a, cisup_error *err) {
    *a = (cisup_allocation){0};
    if (e->ncol < 1 || e->nrow < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a matrix of %" PRId64 " x %" PRId64 " holds no circuits",
                          e->nrow, e->ncol);
    if (S == 0) S = e->p[1];
    for (cisup_index t = 0; t < e->ncol; t++)
        if (e->p[t + 1] - e->p[t] != S || S == 0)
            return CISUP_FAIL(err, CISUP_EINVARIANT,
                              "circuit %" PRId64 " sits in %" PRId64
                              " neurons, not in S = %" PRId64,
                              t, e->p[t + 1] - e->p[t], S);
    const cisup_status status = cisup_allocation_init(a, e->nrow, S, e->ncol, err);
    for (cisup_index k = 0; status == CISUP_OK && k < e->ncol * S; k++)
        a->slot[k] = (int32_t)e->i[k];
    return status;
}

static cisup_status write_csv(FILE *stream, const cisup_allocation *a, cisup_error *err) {
    fputs("circuit,neuron\n", stream);
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index k = 0; k < a->S; k++)
            fprintf(stream, "%" PRId64 ",%" PRId32 "\n", t,
                    cisup_allocation_row(a, t)[k]);
    if (fflush(stream) == 0 && !ferror(stream)) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EIO, "cannot write the allocation");
}

static cisup_status write_mtx(const char *path, const cisup_allocation *a,
                              const char *metadata, cisup_overwrite overwrite,
                              cisup_error *err) {
    cisup_mtx_write_options options = cisup_mtx_write_defaults();
    options.field = CISUP_MTX_PATTERN;
    options.metadata = metadata;
    options.overwrite = overwrite;
    cisup_csc e;
    cisup_status status = cisup_embedding_slots(a, NULL, &e, err);
    if (status == CISUP_OK) status = cisup_mtx_write(path, &e, &options, err);
    cisup_csc_free(&e);
    return status;
}

cisup_status cisup_allocation_file_write(const char *path, const cisup_allocation *a,
                                         const char *metadata, cisup_overwrite overwrite,
                                         cisup_error *err) {
    if (is_matrix_market(path)) return write_mtx(path, a, metadata, overwrite, err);
    cisup_outfile file;
    cisup_status status;
    CISUP_TRY(cisup_outfile_open(&file, path, overwrite, err));
    CISUP_TRY(write_csv(file.stream, a, err));
    CISUP_TRY(cisup_outfile_commit(&file, err));
done:
    cisup_outfile_discard(&file);
    return status;
}
