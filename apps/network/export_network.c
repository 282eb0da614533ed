/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_network.h"

#include "nest.h"

#include <cisup/analysis/network_run.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>

#include <math.h>

double export_network_numbers(const cisup_shape *s, cisup_index layers, cisup_index cycle,
                              cisup_index samples) {
    const double T = (double)s->T, d = (double)s->d;
    const double rows =
        cycle ? (double)cycle * T * (double)s->S : T * (double)(s->S + s->L - 1);
    const double circuits = (double)layers * d * (d + 1.0) * (cycle ? T : T + 1.0);
    return rows + circuits + (double)samples * (double)s->z * (1.0 + d);
}

/* --- indices ---------------------------------------------------------------------- */

static json_t *row_json(const cisup_allocation *base, cisup_index row) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < base->S; k++)
        emit_append(&list, json_integer(cisup_allocation_row(base, row)[k]));
    return list;
}

/* [T][S] from a row on. */
static json_t *rows_json(const cisup_allocation *base, cisup_index first) {
    json_t *list = json_array();
    for (cisup_index t = 0; t < base->T; t++)
        emit_append(&list, row_json(base, first + t));
    return list;
}

/* [count][size] */
static json_t *table_json(const cisup_index *x, cisup_index count, cisup_index size) {
    json_t *table = json_array();
    for (cisup_index k = 0; k < count; k++) {
        json_t *row = json_array();
        for (cisup_index j = 0; j < size; j++)
            emit_append(&row, json_integer(x[k * size + j]));
        emit_append(&table, row);
    }
    return table;
}

/* --- circuits, less the masks of those that have one ------------------------------ */

/* Numbers of every layer, or of all at once. size, stride: of depth + 1. */
static json_t *by_layer(const cisup_circuits *c, const double *x, const cisup_index *size,
                        const cisup_index *stride, int depth) {
    const int same = c->layers == 1;
    return nest(x, size + same, stride + same, depth + !same);
}

static json_t *weights_json(const cisup_circuits *c) {
    const cisup_index d = c->d, m = d - c->biased;
    return by_layer(c, c->w + c->biased * (d + 1), (cisup_index[]){c->L, c->T, m, m},
                    (cisup_index[]){c->T * d * d, d * d, d, 1}, 3);
}

static json_t *betas_json(const cisup_circuits *c) {
    const cisup_index d = c->d;
    return by_layer(c, c->w + d, (cisup_index[]){c->L, c->T, d - 1},
                    (cisup_index[]){c->T * d * d, d * d, d}, 2);
}

static json_t *kinds_json(const cisup_circuits *c) {
    json_t *list = json_array();
    for (cisup_index l = 0; l < c->L; l++) {
        const int is_signed = c->is_signed && c->is_signed[l];
        emit_append(&list, json_string(is_signed ? "signed" : "relu"));
    }
    return list;
}

/* --- the two constructions -------------------------------------------------------- */

static void add_published(const network_case *of, json_t **object) {
    const cisup_circuits *c = of->net->circuits;
    const cisup_index d = c->d, T = c->T;
    const cisup_weight_options *w = &of->options->weights;
    emit_set(object, "scheme", json_string(cisup_weight_scheme_name(w->scheme)));
    if (!isnan(w->center)) emit_set(object, "c_unembed", json_real(w->center));
    emit_set(object, "w_correction", json_real(w->correction));
    emit_set(object, "kappa_rows", json_boolean(w->kappa == CISUP_KAPPA_ROWS));
    emit_set(object, "base_allocation", rows_json(of->net->base, 0));
    emit_set(object, "permutations", table_json(of->net->row_of + T, c->L - 1, T));
    emit_set(object, "w", weights_json(c));
    emit_set(object, "wbar",
             by_layer(c, c->wbar, (cisup_index[]){c->L, d, d},
                      (cisup_index[]){d * d, d, 1}, 2));
    emit_set(object, "b",
             by_layer(c, c->b, (cisup_index[]){c->L, d}, (cisup_index[]){d, 1}, 1));
}

static void add_carried(const network_case *of, json_t **object) {
    const cisup_circuits *c = of->net->circuits;
    const cisup_carrying *how = &of->options->carrying;
    json_t *parts = json_array();
    for (cisup_index h = 0; h < how->cycle; h++)
        emit_append(&parts, rows_json(of->net->base, h * c->T));
    emit_set(object, "mask_codes", json_boolean(how->codes));
    if (!isnan(how->offset)) emit_set(object, "offset", json_real(how->offset));
    if (!isnan(how->strength)) emit_set(object, "strength", json_real(how->strength));
    emit_set(object, "input_bound", json_real(cisup_network_input_bound(c)));
    emit_set(object, "parts", parts);
    emit_set(object, "kind", kinds_json(c));
    emit_set(object, "w", weights_json(c));
    if (c->biased) emit_set(object, "beta", betas_json(c));
}

/* --- samples ---------------------------------------------------------------------- */

static cisup_status add_samples(const network_case *of, json_t **object,
                                cisup_error *err) {
    const cisup_circuits *c = of->net->circuits;
    const cisup_index z = of->z, M = of->samples, d = c->d;
    const cisup_index size[] = {M, z, d - c->biased}, stride[] = {z * d, d, 1};
    cisup_index *active = NULL;
    double *input = NULL;
    cisup_rng rng;
    cisup_status status;
    CISUP_TRY(cisup_new(&active, M * z, sizeof *active, err));
    CISUP_TRY(cisup_new(&input, M * z * d, sizeof *input, err));
    for (cisup_index m = 0; m < M; m++) {
        cisup_rng_init(&rng, of->options->seed, CISUP_STREAM_ACTIVE, of->options->network,
                       m, z);
        cisup_rng_subset(&rng, c->T, z, active + m * z);
    }
    const cisup_run_samples samples = {M, z, active, NULL};
    CISUP_TRY(cisup_run_inputs(c, &samples, of->options->seed, of->options->network,
                               input, err));
    emit_set(object, "active", table_json(active, M, z));
    emit_set(object, "input", nest(input + c->biased, size, stride, 3));
done:
    cisup_release(active);
    cisup_release(input);
    return status;
}

cisup_status export_network(export_files *x, const network_case *of, cisup_error *err) {
    const cisup_network *net = of->net;
    const cisup_circuits *c = net->circuits;
    const int carried = net->cycle > 0;
    char note[100];
    (void)snprintf(note, sizeof note,
                   "cisup %s: network %" PRId64 " of seed %" PRIu64
                   " and its first samples",
                   CISUP_VERSION, of->options->network, of->options->seed);
    json_t *object =
        json_pack("{ss,ss,ss,ss,sI,sI,sI,sI,sI,sI}", "note", note, "construction",
                  carried ? "masks" : "published", "family", of->family, "mode", "relu",
                  "N", net->base->N, "S", net->base->S, "T", c->T, "z", of->z, "L", c->L,
                  "d", c->d - c->biased);
    (carried ? add_carried : add_published)(of, &object);
    const cisup_status status = add_samples(of, &object, err);
    if (status == CISUP_OK)
        return export_json(x, "network.json", object, JSON_COMPACT, err);
    json_decref(object);
    return status;
}
