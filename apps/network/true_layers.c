/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "true_layers.h"

#include "common/emit.h"
#include "nest.h"

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/relu_layers.h>

#include <string.h>

/* K^h of one sample. */
static json_t *mask_json(const given_network *g, cisup_index sample, cisup_index h) {
    const cisup_shape *s = &g->shape;
    json_t *list = json_array();
    for (cisup_index n = 0; n < s->N; n++) {
        int inside = 0;
        for (cisup_index k = 0; k < s->z; k++) {
            const int32_t *row =
                cisup_allocation_row(&g->base, h * s->T + g->active[sample * s->z + k]);
            for (cisup_index e = 0; e < s->S; e++) inside |= row[e] == n;
        }
        emit_append(&list, json_integer(inside));
    }
    return list;
}

json_t *masks_json(const given_network *g) {
    json_t *samples = json_array();
    for (cisup_index m = 0; m < g->samples.count; m++) {
        json_t *parts = json_array();
        for (cisup_index h = 0; h < g->options.carrying.cycle; h++)
            emit_append(&parts, mask_json(g, m, h));
        emit_append(&samples, parts);
    }
    return samples;
}

/* Every entry of a W^l. */
static cisup_status dense_json(const cisup_csc *w, json_t **out, cisup_error *err) {
    const cisup_index size[] = {w->nrow, w->ncol}, stride[] = {w->ncol, 1};
    double *dense = NULL;
    const cisup_status status = cisup_new(&dense, w->nrow * w->ncol, sizeof *dense, err);
    if (status != CISUP_OK) return status;
    for (cisup_index j = 0; j < w->ncol; j++)
        for (cisup_index e = w->p[j]; e < w->p[j + 1]; e++)
            dense[w->i[e] * w->ncol + j] = w->x[e];
    *out = nest(dense, size, stride, 2);
    cisup_release(dense);
    return CISUP_OK;
}

static json_t *kept_json(const cisup_index *part, cisup_index count) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < count; k++) emit_append(&list, json_integer(part[k]));
    return list;
}

static cisup_status weights_add(const cisup_relu_layers *x, json_t **object,
                                cisup_error *err) {
    json_t *weights = json_array(), *biases = json_array(), *parts = json_array();
    json_t *codes = json_array();
    cisup_status status = CISUP_OK;
    for (cisup_index l = 0; l < x->L && status == CISUP_OK; l++) {
        const cisup_relu_layer *of = &x->layer[l];
        json_t *dense = NULL;
        status = dense_json(&of->w, &dense, err);
        emit_append(&weights, dense);
        emit_append(&biases, nest(of->b, (cisup_index[]){of->D}, (cisup_index[]){1}, 1));
        emit_append(&parts, kept_json(of->part, of->parts));
        emit_append(&codes, kept_json(of->code, of->codes));
    }
    emit_set(object, "W", weights);
    emit_set(object, "bias", biases);
    emit_set(object, "mask_parts", parts);
    if (x->groups.bits)
        emit_set(object, "code_parts", codes);
    else
        json_decref(codes);
    return status;
}

/* A^0 .. A^L of one sample, one by one, to the lists of the layers. */
static cisup_status run_sample(const given_network *g, const cisup_network *net,
                               const cisup_relu_layers *x, cisup_index sample,
                               json_t **layer, cisup_error *err) {
    const cisup_index z = g->shape.z, one = 1;
    double *in = NULL, *out = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&in, x->inputs, sizeof *in, err));
    for (cisup_index k = sample * z; k < (sample + 1) * z; k++)
        cisup_relu_input(net, g->active[k], g->input + k * g->circuits.d, 1, 0, in);
    emit_append(&layer[0], nest(in, &x->inputs, &one, 1));
    for (cisup_index l = 1; l <= x->L; l++) {
        const cisup_relu_layer *of = &x->layer[l - 1];
        CISUP_TRY(cisup_new(&out, of->D, sizeof *out, err));
        cisup_relu_layer_run(of, 1, in, out);
        emit_append(&layer[l], nest(out, &of->D, &one, 1));
        cisup_release(in);
        in = out;
        out = NULL;
    }
done:
    cisup_release(in);
    cisup_release(out);
    return status;
}

static cisup_status activations_add(const given_network *g, const cisup_network *net,
                                    const cisup_relu_layers *x, json_t **object,
                                    cisup_error *err) {
    json_t **layer, *all = json_array();
    cisup_status status = cisup_new(&layer, x->L + 1, sizeof *layer, err);
    for (cisup_index l = 0; layer && l <= x->L; l++) layer[l] = json_array();
    for (cisup_index m = 0; m < g->samples.count && status == CISUP_OK; m++)
        status = run_sample(g, net, x, m, layer, err);
    for (cisup_index l = 0; layer && l <= x->L; l++) emit_append(&all, layer[l]);
    emit_set(object, "A", all);
    cisup_release(layer);
    return status;
}

cisup_status true_layers_add(const given_network *g, const cisup_network *net,
                             json_t **object, cisup_error *err) {
    cisup_relu_layers x = {0};
    cisup_status status;
    CISUP_TRY(cisup_relu_layers_make(&x, net, NULL, err));
    double numbers = 0.0;
    for (cisup_index l = 0; l < x.L; l++) {
        const double before = (double)(l ? x.layer[l - 1].D : x.inputs);
        numbers += (double)x.layer[l].D * (before + (double)g->samples.count + 1.0);
    }
    CISUP_TRY(cisup_memory_require(100.0 * numbers, "the full weights", err));
    CISUP_TRY(weights_add(&x, object, err));
    CISUP_TRY(activations_add(g, net, &x, object, err));
done:
    cisup_relu_layers_free(&x);
    return status;
}
