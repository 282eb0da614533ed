/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both files are lists of entries. All entries are collected and sorted first, so that
 * a number in the file never decides how much memory is taken: circuit 10^15 shows
 * as a gap. */
#include <cisup/core/circuits_csv.h>

#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/carried.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of a file. key: circuit, layer, i, j (-1: a bias) or circuit, input, i, 0. */
typedef struct {
    cisup_index key[4], line;
    double value;
} entry;

typedef struct {
    const char *path;
    entry *at; /* [count] */
    cisup_index count, room;
    cisup_index width; /* of an input row */
} entries;

/* An index of at least `least` and at most `most`. */
static cisup_status parse_within(const char *text, const char *name, cisup_index least,
                                 cisup_index most, cisup_index *out, cisup_error *err) {
    cisup_index value = 0;
    const cisup_status status = cisup_parse_index(text, name, &value, err);
    if (status != CISUP_OK) return status;
    if (value < least)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: %" PRId64 " is below %" PRId64, name,
                          value, least);
    if (value > most)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: %" PRId64 " is above %" PRId64, name,
                          value, most);
    *out = value;
    return CISUP_OK;
}

static cisup_status append(entries *list, const entry *e, cisup_error *err) {
    const cisup_status status =
        cisup_grow(&list->at, &list->room, list->count + 1, sizeof *list->at, err);
    if (status == CISUP_OK) list->at[list->count++] = *e;
    return status;
}

static cisup_status weight_row(void *context, const char *const *field,
                               cisup_error *err) {
    const cisup_index most = INT32_MAX; /* no machine holds wider circuits */
    entry e = {.line = cisup_csv_line(field), .key = {0, 0, 0, -1}};
    cisup_status status;
    CISUP_TRY(parse_within(field[0], "circuit", 0, INT64_MAX, &e.key[0], err));
    CISUP_TRY(parse_within(field[1], "layer", 1, INT64_MAX, &e.key[1], err));
    CISUP_TRY(parse_within(field[2], "i", 0, most, &e.key[2], err));
    if (field[3][0]) CISUP_TRY(parse_within(field[3], "j", 0, most, &e.key[3], err));
    CISUP_TRY(cisup_parse_number(field[4], "value", &e.value, err));
    CISUP_TRY(append(context, &e, err));
done:
    return status;
}

static cisup_status input_row(void *context, const char *const *field, cisup_error *err) {
    entries *list = context;
    entry e = {.line = cisup_csv_line(field)};
    cisup_status status;
    CISUP_TRY(parse_within(field[0], "circuit", 0, INT64_MAX, &e.key[0], err));
    CISUP_TRY(parse_within(field[1], "input", 0, INT64_MAX, &e.key[1], err));
    CISUP_TRY(parse_within(field[2], "i", 0, list->width - 1, &e.key[2], err));
    CISUP_TRY(cisup_parse_number(field[3], "value", &e.value, err));
    CISUP_TRY(append(list, &e, err));
done:
    return status;
}

static int by_key_and_line(const void *left, const void *right) {
    const entry *x = left, *y = right;
    for (int k = 0; k < 4; k++)
        if (x->key[k] != y->key[k]) return x->key[k] < y->key[k] ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Every entry once. */
static cisup_status check_unique(const entries *list, cisup_error *err) {
    for (cisup_index k = 1; k < list->count; k++) {
        const entry *e = list->at + k, *before = e - 1;
        if (memcmp(e->key, before->key, sizeof e->key) != 0) continue;
        return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                       "the same entry as in line %" PRId64,
                                       before->line),
                            list->path, e->line, err);
    }
    return CISUP_OK;
}

/* Circuits 0, 1, ... and in each the second numbers first, first+1, ... */
static cisup_status check_gapless(const entries *list, const char *second,
                                  cisup_index first, cisup_error *err) {
    cisup_index circuit = -1, last = first - 1;
    for (cisup_index k = 0; k < list->count; k++) {
        const entry *e = list->at + k;
        if (e->key[0] > circuit + 1)
            return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                           "circuit %" PRId64 ", but circuit %" PRId64
                                           " is missing",
                                           e->key[0], circuit + 1),
                                list->path, e->line, err);
        if (e->key[0] > circuit) last = first - 1;
        circuit = e->key[0];
        if (e->key[1] > last + 1)
            return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                           "circuit %" PRId64 " has %s %" PRId64
                                           ", but its %s %" PRId64 " is missing",
                                           circuit, second, e->key[1], second, last + 1),
                                list->path, e->line, err);
        last = e->key[1];
    }
    return CISUP_OK;
}

/* Reads, sorts and checks. list->path and list->width are set; frees nothing. */
static cisup_status read_entries(entries *list, const char *header, cisup_csv_row *row,
                                 const char *second, cisup_index first,
                                 cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_csv_read(list->path, header, row, list, err));
    if (list->count == 0)
        return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT, "no row below the header"),
                            list->path, 1, err);
    qsort(list->at, (size_t)list->count, sizeof *list->at, by_key_and_line);
    CISUP_TRY(check_unique(list, err));
    CISUP_TRY(check_gapless(list, second, first, err));
done:
    return status;
}

/* The sizes in a file of weights. */
typedef struct {
    cisup_index circuits, layers, d;
} extent;

static extent extent_of(const entries *list) {
    extent x = {.circuits = list->at[list->count - 1].key[0] + 1};
    for (cisup_index k = 0; k < list->count; k++) {
        const cisup_index *key = list->at[k].key;
        if (key[1] > x.layers) x.layers = key[1];
        if (key[2] >= x.d) x.d = key[2] + 1;
        if (key[3] >= x.d) x.d = key[3] + 1;
    }
    return x;
}

/* Every circuit has as many layers as the file. */
static cisup_status check_last_layers(const entries *list, cisup_index layers,
                                      cisup_error *err) {
    for (cisup_index k = 0; k < list->count; k++) {
        const entry *e = list->at + k;
        if (k + 1 < list->count && e[1].key[0] == e->key[0]) continue;
        if (e->key[1] == layers) continue;
        return cisup_csv_at(CISUP_FAIL(err, CISUP_EFORMAT,
                                       "circuit %" PRId64 " has no layer %" PRId64,
                                       e->key[0], e->key[1] + 1),
                            list->path, e->line, err);
    }
    return CISUP_OK;
}

/* Weights into c->w, biases into beta: [layers][T][d]; circuit t of more circuits than
 * the file has is circuit t - n, n those of the file. */
static void fill(const entries *list, cisup_index n, cisup_circuits *c, double *beta) {
    const cisup_index d = c->d;
    for (cisup_index k = 0; k < list->count; k++) {
        const entry *e = list->at + k;
        if (e->key[0] >= c->T || e->key[1] > c->layers) continue;
        const cisup_index row = ((e->key[1] - 1) * c->T + e->key[0]) * d + e->key[2];
        if (e->key[3] < 0)
            beta[row] = e->value;
        else
            c->w[row * d + e->key[3]] = e->value;
    }
    for (cisup_index k = 0; k < c->layers; k++)
        for (cisup_index t = n; t < c->T; t++) {
            const cisup_index to = (k * c->T + t) * d, from = to - n * d;
            memcpy(beta + to, beta + from, (size_t)d * sizeof *beta);
            memcpy(c->w + to * d, c->w + from * d, (size_t)(d * d) * sizeof *c->w);
        }
}

/* Where the bias of neuron i is set for circuit t or, if it is not, for circuit 0. */
static cisup_index bias_line(const entries *list, cisup_index t, cisup_index layer,
                             cisup_index i) {
    cisup_index line = 1;
    for (cisup_index k = 0; k < list->count; k++) {
        const entry *e = list->at + k;
        if (e->key[1] != layer || e->key[2] != i || e->key[3] >= 0) continue;
        if (e->key[0] == 0 || e->key[0] == t) line = e->line;
    }
    return line;
}

/* Whether all circuits share their biases. */
static cisup_status check_common_bias(const entries *list, const double *beta,
                                      const cisup_circuits *c, cisup_error *err) {
    const cisup_index k = cisup_bias_differs(c, beta);
    if (k < 0) return CISUP_OK;
    const cisup_index i = k % c->d, t = k / c->d % c->T, layer = k / c->d / c->T;
    return cisup_csv_at(
        CISUP_FAIL(
            err, CISUP_EFORMAT,
            "layer %" PRId64 ", neuron %" PRId64 ": circuit %" PRId64
            " has the bias %g, circuit 0 has %g; only gated circuits may differ (--gate)",
            layer + 1, i, t, beta[k], beta[layer * c->T * c->d + i]),
        list->path, bias_line(list, t, layer + 1, i), err);
}

/* Options with their zeros replaced by what the file has. */
static cisup_status settle(const extent *x, const char *path,
                           cisup_circuits_csv_options *o, cisup_error *err) {
    if (o->T == 0) o->T = x->circuits;
    if (o->L == 0) o->L = x->layers;
    if (x->layers == 1 || o->L <= x->layers) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "L = %" PRId64 " layers wanted, %s has %" PRId64,
                      o->L, path, x->layers);
}

/* A single line may state any width; the circuits are held dense, those that are gated
 * beside the gated ones. */
static cisup_status memory_check(const extent *x, const cisup_circuits_csv_options *o,
                                 cisup_error *err) {
    const double d = (double)x->d, all = (double)o->T + 1.0; /* with the common part */
    const double layers = x->layers == 1 ? 1.0 : (double)o->L;
    const double matrices = o->gate ? d * d + (d + 2.0) * (d + 2.0) : d * d;
    char what[80];
    (void)snprintf(what, sizeof what, "circuits (%" PRId64 ") of width %" PRId64, o->T,
                   x->d);
    return cisup_memory_require(8.0 * layers * all * matrices, what, err);
}

/* Checked and sorted entries to circuits. */
static cisup_status build(cisup_circuits *c, const entries *list, const extent *x,
                          const cisup_circuits_csv_options *o, cisup_error *err) {
    const cisup_index layers = x->layers == 1 ? 1 : o->L;
    const cisup_gate gate = {o->margin, o->step};
    cisup_circuits plain = {0};
    double *beta = NULL;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(&plain, o->T, x->d, o->L, layers, err));
    CISUP_TRY(cisup_new(&beta, layers * o->T * x->d, sizeof *beta, err));
    fill(list, x->circuits, &plain, beta);
    if (o->carried) {
        CISUP_TRY(cisup_circuits_carry_plain(c, &plain, beta, o->linear, err));
        goto done;
    }
    if (!o->gate) CISUP_TRY(check_common_bias(list, beta, &plain, err));
    CISUP_TRY(cisup_circuits_wrap(c, &plain, beta, o->gate ? &gate : NULL, err));
done:
    cisup_circuits_free(&plain);
    cisup_release(beta);
    return status;
}

cisup_status cisup_circuits_read_csv(cisup_circuits *c, const char *path,
                                     const cisup_circuits_csv_options *options,
                                     cisup_error *err) {
    *c = (cisup_circuits){0};
    cisup_circuits_csv_options o =
        options ? *options : (cisup_circuits_csv_options){.margin = 1.0};
    if (o.T < 0 || o.L < 0 || (o.gate && !(o.margin > 0.0 && isfinite(o.margin))))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "T = %" PRId64 ", L = %" PRId64 ", margin %g", o.T, o.L,
                          o.margin);
    entries list = {.path = path};
    cisup_status status;
    if (o.gate) CISUP_TRY(cisup_gate_step_check(o.step, err));
    CISUP_TRY(
        read_entries(&list, "circuit,layer,i,j,value", weight_row, "layer", 1, err));
    const extent x = extent_of(&list);
    CISUP_TRY(check_last_layers(&list, x.layers, err));
    CISUP_TRY(settle(&x, path, &o, err));
    CISUP_TRY(memory_check(&x, &o, err));
    CISUP_TRY(build(c, &list, &x, &o, err));
    c->file_circuits = x.circuits;
done:
    cisup_release(list.at);
    return status;
}

static cisup_status build_inputs(const entries *list, cisup_circuits *c,
                                 cisup_error *err) {
    const cisup_index n = list->at[list->count - 1].key[0] + 1, own = c->file_circuits;
    if (own && n != own && n != 1)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "%s: inputs of %" PRId64 " circuits; the file of circuits has "
                          "%" PRId64 " (inputs of circuit 0 alone are those of all)",
                          list->path, n, own);
    cisup_index *start = NULL, cells = 0;
    double *rows = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&start, n + 1, sizeof *start, err));
    for (cisup_index k = 0; k < list->count; k++) { /* ascending: the last one counts */
        const cisup_index *key = list->at[k].key;
        start[key[0] + 1] = start[key[0]] + key[1] + 1;
    }
    if (!cisup_multiply_sizes(start[n], list->width, &cells)) cells = INT64_MAX;
    CISUP_TRY(cisup_new(&rows, cells, sizeof *rows, err));
    for (cisup_index k = 0; k < list->count; k++) {
        const entry *e = list->at + k;
        rows[(start[e->key[0]] + e->key[1]) * list->width + e->key[2]] = e->value;
    }
    CISUP_TRY(cisup_circuits_set_inputs(c, n, start, rows, err));
done:
    cisup_release(start);
    cisup_release(rows);
    return status;
}

cisup_status cisup_circuits_read_inputs(cisup_circuits *c, const char *path,
                                        cisup_error *err) {
    entries list = {.path = path, .width = c->d - cisup_circuits_first(c)};
    if (list.width == 0)
        return CISUP_FAIL(err, CISUP_ESHAPE, "%s: the circuits have no data neuron",
                          path);
    cisup_status status;
    CISUP_TRY(read_entries(&list, "circuit,input,i,value", input_row, "input", 0, err));
    CISUP_TRY(build_inputs(&list, c, err));
done:
    cisup_release(list.at);
    return status;
}
