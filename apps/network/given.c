/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "given.h"

#include <cisup/analysis/pass/run_check.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

void given_free(given_network *g) {
    cisup_allocation_free(&g->base);
    cisup_circuits_free(&g->circuits);
    cisup_release(g->permutations);
    cisup_release(g->active);
    cisup_release(g->input);
    *g = (given_network){0};
}

static cisup_status missing(const char *field, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is missing", field);
}

static cisup_status read_size(const json_t *object, const char *field, cisup_index *out,
                              cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return missing(field, err);
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is not a positive integer",
                          field);
    *out = json_integer_value(value);
    return CISUP_OK;
}

/* A word among those that find knows; left alone when the field is missing. */
static cisup_status read_word(const json_t *object, const char *field,
                              int (*find)(const char *), int *out, cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return CISUP_OK;
    const char *word = json_string_value(value);
    const int found = word ? find(word) : -1;
    if (found < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\": unknown value '%.40s'",
                          field, word ? word : "(not a string)");
    *out = found;
    return CISUP_OK;
}

static cisup_status read_flag(const json_t *object, const char *field, int *out,
                              cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return CISUP_OK;
    if (!json_is_boolean(value))
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is not true or false", field);
    *out = json_is_true(value);
    return CISUP_OK;
}

static cisup_status read_real(const json_t *object, const char *field, double *out,
                              cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return CISUP_OK;
    if (!json_is_number(value))
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is not a number", field);
    *out = json_number_value(value);
    return CISUP_OK;
}

/* Copies nested arrays of the given sizes to *out, advancing it. */
static cisup_status flatten(const json_t *node, const cisup_index *size, int depth,
                            const char *field, double **out, cisup_error *err) {
    if (depth == 0) {
        if (!json_is_number(node) || !isfinite(json_number_value(node)))
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "field \"%s\" holds something that is not a number", field);
        *(*out)++ = json_number_value(node);
        return CISUP_OK;
    }
    if (!json_is_array(node))
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "field \"%s\": an array of %" PRId64
                          " is expected, not a single value",
                          field, size[0]);
    if ((cisup_index)json_array_size(node) != size[0])
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "field \"%s\": an array of %" PRId64 " is expected, not of %zu",
                          field, size[0], json_array_size(node));
    for (cisup_index k = 0; k < size[0]; k++) {
        const cisup_status status = flatten(json_array_get(node, (size_t)k), size + 1,
                                            depth - 1, field, out, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

static cisup_status read_array(const json_t *object, const char *field,
                               const cisup_index *size, int depth, double *out,
                               cisup_error *err) {
    const json_t *node = json_object_get(object, field);
    if (!node) return missing(field, err);
    return flatten(node, size, depth, field, &out, err);
}

/* The same for whole numbers, into *out: allocated here. */
static cisup_status read_indices(const json_t *object, const char *field,
                                 const cisup_index *size, int depth, cisup_index **out,
                                 cisup_error *err) {
    cisup_index count = 1;
    for (int k = 0; k < depth; k++) count *= size[k];
    double *numbers = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&numbers, count, sizeof *numbers, err));
    CISUP_TRY(read_array(object, field, size, depth, numbers, err));
    CISUP_TRY(cisup_new(out, count, sizeof **out, err));
    for (cisup_index k = 0; k < count; k++) {
        if (numbers[k] != floor(numbers[k]) || fabs(numbers[k]) > 9e15) {
            status = CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\": %g is not an index",
                                field, numbers[k]);
            goto done;
        }
        (*out)[k] = (cisup_index)numbers[k];
    }
done:
    cisup_release(numbers);
    return status;
}

/* How deep the arrays of a field are nested; 0 if it is none. */
static int depth_of(const json_t *object, const char *field) {
    int depth = 0;
    for (const json_t *node = json_object_get(object, field); json_is_array(node);
         node = json_array_get(node, 0))
        depth++;
    return depth;
}

/* Reads a field given once or once a layer, into out [layers][size...]. `depth` is the
 * nesting of one layer. */
static cisup_status read_layers(const json_t *object, const char *field,
                                cisup_index layers, const cisup_index *size, int depth,
                                double *out, cisup_error *err) {
    cisup_index numbers = 1;
    for (int k = 0; k < depth; k++) numbers *= size[k];
    if (depth_of(object, field) == depth + 1) {
        cisup_index all[5] = {layers};
        memcpy(all + 1, size, (size_t)depth * sizeof *size);
        return read_array(object, field, all, depth + 1, out, err);
    }
    const cisup_status status = read_array(object, field, size, depth, out, err);
    for (cisup_index l = 1; status == CISUP_OK && l < layers; l++)
        memcpy(out + l * numbers, out, (size_t)numbers * sizeof *out);
    return status;
}

static cisup_status read_circuits(given_network *g, const json_t *object,
                                  cisup_error *err) {
    const cisup_index d = g->shape.d, T = g->shape.T, L = g->shape.L;
    const int by_layer = depth_of(object, "w") == 4 || depth_of(object, "b") == 2 ||
                         depth_of(object, "wbar") == 3;
    const cisup_index layers = by_layer ? L : 1;
    cisup_circuits *c = &g->circuits;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(c, T, d, L, layers, err));
    CISUP_TRY(read_layers(object, "w", layers, (cisup_index[]){T, d, d}, 3, c->w, err));
    CISUP_TRY(read_layers(object, "b", layers, (cisup_index[]){d}, 1, c->b, err));
    if (json_object_get(object, "wbar"))
        CISUP_TRY(
            read_layers(object, "wbar", layers, (cisup_index[]){d, d}, 2, c->wbar, err));
    else
        cisup_circuits_set_mean(c);
done:
    return status;
}

static cisup_status read_allocation(given_network *g, const json_t *object,
                                    cisup_error *err) {
    const cisup_index T = g->shape.T, S = g->shape.S, N = g->shape.N;
    cisup_index *slot = NULL;
    cisup_status status;
    CISUP_TRY(
        read_indices(object, "base_allocation", (cisup_index[]){T, S}, 2, &slot, err));
    CISUP_TRY(cisup_allocation_init(&g->base, N, S, T, err));
    for (cisup_index k = 0; k < T * S; k++) {
        if (slot[k] < 0 || slot[k] >= N) {
            status = CISUP_FAIL(err, CISUP_EFORMAT,
                                "field \"base_allocation\": circuit %" PRId64
                                " has neuron %" PRId64 ", not within [0, %" PRId64 ")",
                                k / S, slot[k], N);
            goto done;
        }
        g->base.slot[k] = (int32_t)slot[k];
    }
    for (cisup_index t = 0; t < T; t++) {
        int32_t *row = g->base.slot + t * S;
        cisup_row_sort(row, S);
        for (cisup_index k = 1; k < S; k++)
            if (row[k] == row[k - 1]) {
                status = CISUP_FAIL(err, CISUP_EFORMAT,
                                    "field \"base_allocation\": circuit %" PRId64
                                    " has neuron %" PRId32 " twice",
                                    t, row[k]);
                goto done;
            }
    }
done:
    cisup_release(slot);
    return status;
}

static cisup_status read_samples(given_network *g, const json_t *object,
                                 cisup_error *err) {
    const cisup_index z = g->shape.z, d = g->shape.d;
    const json_t *list = json_object_get(object, "active");
    if (!list) return missing("active", err);
    if (!json_is_array(list) || json_array_size(list) == 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"active\" is no list of samples");
    const cisup_index size[] = {(cisup_index)json_array_size(list), z, d};
    cisup_status status;
    CISUP_TRY(read_indices(object, "active", size, 2, &g->active, err));
    CISUP_TRY(cisup_new(&g->input, size[0] * z * d, sizeof *g->input, err));
    CISUP_TRY(read_array(object, "input", size, 3, g->input, err));
    g->samples = (cisup_run_samples){size[0], z, g->active, g->input};
    status = cisup_run_check(&g->samples, g->shape.T, err);
    if (status == CISUP_EINVAL) {
        cisup_error_prefix(err, "field \"active\"");
        err->code = status = CISUP_EFORMAT;
    }
done:
    return status;
}

static cisup_status read_options(given_network *g, const json_t *object,
                                 cisup_error *err) {
    int scheme = CISUP_WEIGHTS_CAPPED, mode = CISUP_MODE_RELU, rows = 0;
    g->options = cisup_network_defaults();
    cisup_status status;
    CISUP_TRY(read_word(object, "scheme", cisup_weight_scheme_find, &scheme, err));
    CISUP_TRY(read_word(object, "mode", cisup_mode_find, &mode, err));
    CISUP_TRY(read_real(object, "c_unembed", &g->options.weights.center, err));
    CISUP_TRY(read_real(object, "w_correction", &g->options.weights.correction, err));
    CISUP_TRY(read_flag(object, "kappa_rows", &rows, err));
    if (g->options.weights.correction < 0.0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"w_correction\" is negative");
    g->options.weights.scheme = (cisup_weight_scheme)scheme;
    g->options.weights.kappa = rows ? CISUP_KAPPA_ROWS : CISUP_KAPPA_SINGLE;
    g->run.mode = (cisup_mode)mode;
    g->family = json_string_value(json_object_get(object, "family"));
done:
    return status;
}

static cisup_status read_shape(given_network *g, const json_t *object, cisup_error *err) {
    cisup_shape *s = &g->shape;
    cisup_status status;
    CISUP_TRY(read_size(object, "N", &s->N, err));
    CISUP_TRY(read_size(object, "S", &s->S, err));
    CISUP_TRY(read_size(object, "T", &s->T, err));
    CISUP_TRY(read_size(object, "z", &s->z, err));
    CISUP_TRY(read_size(object, "L", &s->L, err));
    CISUP_TRY(read_size(object, "d", &s->d, err));
    if (!cisup_multiply_sizes(s->d, s->N, &s->D))
        return CISUP_FAIL(err, CISUP_EFORMAT, "d N is above 2^63");
    status = cisup_shape_check(s, err);
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
done:
    return status;
}

static int is_among(const char *name, const char *words) {
    const size_t length = strlen(name);
    for (; *words; words += strcspn(words, " "), words += *words == ' ')
        if (strcspn(words, " ") == length && strncmp(words, name, length) == 0) return 1;
    return 0;
}

cisup_status given_names(const json_t *object, const char *known, cisup_error *err) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        if (!is_among(name, known))
            return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%.60s\" is unknown", name);
    }
    return CISUP_OK;
}

/* What a network is given by, then what `cisup run` prints of it. */
static const char fields[] = "N S T z L d base_allocation permutations w b wbar scheme "
                             "mode active input c_unembed "
                             "w_correction kappa_rows family note "
                             "record kappa circuit_states A readout W";

cisup_status given_read(given_network *g, const json_t *object, cisup_error *err) {
    *g = (given_network){0};
    cisup_status status;
    if (!json_is_object(object))
        return CISUP_FAIL(err, CISUP_EFORMAT, "a network is a JSON object");
    CISUP_TRY(given_names(object, fields, err));
    CISUP_TRY(read_shape(g, object, err));
    CISUP_TRY(read_options(g, object, err));
    CISUP_TRY(read_allocation(g, object, err));
    CISUP_TRY(read_circuits(g, object, err));
    CISUP_TRY(read_samples(g, object, err));
    if (g->shape.L > 1) {
        const cisup_index size[] = {g->shape.L - 1, g->shape.T};
        CISUP_TRY(read_indices(object, "permutations", size, 2, &g->permutations, err));
    }
    g->options.permutations = g->permutations;
done:
    if (status != CISUP_OK) given_free(g);
    return status;
}
