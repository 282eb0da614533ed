/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "given.h"

#include <cisup/analysis/pass/run_check.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/carried.h>
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

/* "signed", "relu" or a list of them, one a layer. */
static cisup_status read_kinds(const json_t *object, cisup_index L,
                               unsigned char **is_signed, cisup_error *err) {
    const json_t *kind = json_object_get(object, "kind");
    cisup_status status;
    if (!kind) return given_missing("kind", err);
    if (json_is_array(kind) && (cisup_index)json_array_size(kind) != L)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "field \"kind\": a list of %" PRId64 " is expected, not of %zu",
                          L, json_array_size(kind));
    CISUP_TRY(cisup_new(is_signed, L, 1, err));
    for (cisup_index l = 0; l < L; l++) {
        const json_t *one = json_is_array(kind) ? json_array_get(kind, (size_t)l) : kind;
        const char *word = json_is_string(one) ? json_string_value(one) : "";
        (*is_signed)[l] = strcmp(word, "signed") == 0;
        if (!(*is_signed)[l] && strcmp(word, "relu") != 0)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "field \"kind\": '%.40s' is neither signed nor relu", word);
    }
done:
    return status;
}

static cisup_status read_circuits(given_network *g, const json_t *object,
                                  cisup_error *err) {
    const cisup_index d = g->shape.d, T = g->shape.T, L = g->shape.L;
    const int by_layer = given_depth(object, "w") == 4 || given_depth(object, "b") == 2 ||
                         given_depth(object, "wbar") == 3;
    const cisup_index layers = by_layer ? L : 1;
    cisup_circuits *c = &g->circuits;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(c, T, d, L, layers, err));
    CISUP_TRY(given_layers(object, "w", layers, (cisup_index[]){T, d, d}, 3, c->w, err));
    CISUP_TRY(given_layers(object, "b", layers, (cisup_index[]){d}, 1, c->b, err));
    if (json_object_get(object, "wbar"))
        CISUP_TRY(
            given_layers(object, "wbar", layers, (cisup_index[]){d, d}, 2, c->wbar, err));
    else
        cisup_circuits_set_mean(c);
done:
    return status;
}

/* MLPs, whose inputs and outputs need no indicator. */
static cisup_status read_mlps(given_network *g, const json_t *object, cisup_error *err) {
    const cisup_index m = g->shape.d, T = g->shape.T, L = g->shape.L;
    const cisup_index layers = given_depth(object, "w") == 4 ? L : 1;
    double *v = NULL, *beta = NULL;
    unsigned char *is_signed = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&v, layers * T * m * m, sizeof *v, err));
    CISUP_TRY(cisup_new(&beta, layers * T * m, sizeof *beta, err));
    CISUP_TRY(given_layers(object, "w", layers, (cisup_index[]){T, m, m}, 3, v, err));
    if (json_object_get(object, "beta"))
        CISUP_TRY(
            given_layers(object, "beta", layers, (cisup_index[]){T, m}, 2, beta, err));
    CISUP_TRY(read_kinds(object, L, &is_signed, err));
    const cisup_plain_mlps mlps = {T, m, L, layers, v, beta, is_signed};
    CISUP_TRY(cisup_circuits_carry(&g->circuits, &mlps, err));
done:
    cisup_release(v);
    cisup_release(beta);
    cisup_release(is_signed);
    return status;
}

/* A row of neurons as it was given, to be sorted. */
static cisup_status check_row(const char *field, cisup_index t, cisup_index N,
                              const cisup_index *given, cisup_index S, int32_t *row,
                              cisup_error *err) {
    for (cisup_index k = 0; k < S; k++) {
        if (given[k] < 0 || given[k] >= N)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "field \"%s\": circuit %" PRId64 " has neuron %" PRId64
                              ", not within [0, %" PRId64 ")",
                              field, t, given[k], N);
        row[k] = (int32_t)given[k];
    }
    cisup_row_sort(row, S);
    for (cisup_index k = 1; k < S; k++)
        if (row[k] == row[k - 1])
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "field \"%s\": circuit %" PRId64 " has neuron %" PRId32
                              " twice",
                              field, t, row[k]);
    return CISUP_OK;
}

/* The rows of one allocation, [T][S], or of the parts of a cycle, [parts][T][S]. */
static cisup_status read_rows(given_network *g, const json_t *object, const char *field,
                              cisup_index parts, cisup_error *err) {
    const cisup_index T = g->shape.T, S = g->shape.S, N = g->shape.N;
    const cisup_index size[] = {parts, T, S};
    cisup_index *slot = NULL;
    cisup_status status;
    CISUP_TRY(
        given_indices(object, field, parts ? size : size + 1, parts ? 3 : 2, &slot, err));
    const cisup_index rows = parts ? parts * T : T;
    CISUP_TRY(cisup_allocation_init(&g->base, N, S, rows, err));
    for (cisup_index r = 0; r < rows; r++)
        CISUP_TRY(check_row(field, r % T, N, slot + r * S, S, g->base.slot + r * S, err));
    g->base.T = T;
done:
    cisup_release(slot);
    return status;
}

/* Inputs [count][d] become [count][1+d], with a mask of 1. */
static void put_masks(double *input, cisup_index count, cisup_index d) {
    for (cisup_index k = count - 1; k >= 0; k--) {
        memmove(input + k * (d + 1) + 1, input + k * d, (size_t)d * sizeof *input);
        input[k * (d + 1)] = 1.0;
    }
}

static cisup_status read_samples(given_network *g, const json_t *object,
                                 cisup_error *err) {
    const cisup_index z = g->shape.z, d = g->shape.d, all = g->circuits.d;
    const json_t *list = json_object_get(object, "active");
    if (!list) return given_missing("active", err);
    if (!json_is_array(list) || json_array_size(list) == 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"active\" is no list of samples");
    const cisup_index size[] = {(cisup_index)json_array_size(list), z, d};
    cisup_status status;
    CISUP_TRY(given_indices(object, "active", size, 2, &g->active, err));
    CISUP_TRY(cisup_new(&g->input, size[0] * z * all, sizeof *g->input, err));
    CISUP_TRY(given_array(object, "input", size, 3, g->input, err));
    if (all > d) put_masks(g->input, size[0] * z, d);
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
    CISUP_TRY(given_word(object, "scheme", cisup_weight_scheme_find, &scheme, err));
    CISUP_TRY(given_word(object, "mode", cisup_mode_find, &mode, err));
    CISUP_TRY(given_real(object, "c_unembed", &g->options.weights.center, err));
    CISUP_TRY(given_real(object, "w_correction", &g->options.weights.correction, err));
    CISUP_TRY(given_flag(object, "kappa_rows", &rows, err));
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
    CISUP_TRY(given_size(object, "N", &s->N, err));
    CISUP_TRY(given_size(object, "S", &s->S, err));
    CISUP_TRY(given_size(object, "T", &s->T, err));
    CISUP_TRY(given_size(object, "z", &s->z, err));
    CISUP_TRY(given_size(object, "L", &s->L, err));
    CISUP_TRY(given_size(object, "d", &s->d, err));
    if (!cisup_multiply_sizes(s->d, s->N, &s->D))
        return CISUP_FAIL(err, CISUP_EFORMAT, "d N is above 2^63");
    status = cisup_shape_check(s, err);
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
done:
    return status;
}

/* What a network is given by, then what `cisup run` prints of it. */
static const char fields[] = "N S T z L d base_allocation permutations w b wbar scheme "
                             "mode active input c_unembed "
                             "w_correction kappa_rows family note construction "
                             "record kappa circuit_states A readout W";

/* The same of a network that carries masks. */
static const char carried_fields[] =
    "construction N S T z L d parts kind w beta mode "
    "active input offset strength input_bound mask_codes family note "
    "record masks circuit_states readout "
    "W bias mask_parts code_parts A";

/* The parts of a cycle, circuits, offset and strength. */
static cisup_status read_carried(given_network *g, const json_t *object,
                                 cisup_error *err) {
    cisup_carrying *carrying = &g->options.carrying;
    const json_t *parts = json_object_get(object, "parts");
    cisup_status status;
    CISUP_TRY(given_names(object, carried_fields, err));
    carrying->cycle = (cisup_index)json_array_size(parts);
    carrying->active = g->shape.z;
    if (carrying->cycle < 2 || carrying->cycle > CISUP_CYCLE_MOST)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "field \"parts\" is no list of 2 to %d allocations",
                          CISUP_CYCLE_MOST);
    CISUP_TRY(given_flag(object, "mask_codes", &carrying->codes, err));
    CISUP_TRY(given_real(object, "offset", &carrying->offset, err));
    CISUP_TRY(given_real(object, "strength", &carrying->strength, err));
    CISUP_TRY(read_rows(g, object, "parts", carrying->cycle, err));
    CISUP_TRY(read_mlps(g, object, err));
done:
    return status;
}

/* One allocation and its permutations, circuits. */
static cisup_status read_published(given_network *g, const json_t *object,
                                   cisup_error *err) {
    const cisup_index size[] = {g->shape.L - 1, g->shape.T};
    cisup_status status;
    CISUP_TRY(given_names(object, fields, err));
    CISUP_TRY(read_rows(g, object, "base_allocation", 0, err));
    CISUP_TRY(read_circuits(g, object, err));
    if (g->shape.L > 1)
        CISUP_TRY(given_indices(object, "permutations", size, 2, &g->permutations, err));
    g->options.permutations = g->permutations;
done:
    return status;
}

/* By magnitude, without masks. */
static double largest_input(const given_network *g) {
    const cisup_index d = g->circuits.d, count = g->samples.count * g->shape.z * d;
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++)
        if (k % d >= d - g->shape.d) most = fmax(most, fabs(g->input[k]));
    return most;
}

/* What safe offsets and strengths are beyond: the inputs that are here, or larger ones.
 */
static cisup_status bound_inputs(given_network *g, const json_t *object,
                                 cisup_error *err) {
    const double least = largest_input(g);
    double bound = least;
    const cisup_status status = given_real(object, "input_bound", &bound, err);
    if (status == CISUP_OK && !(bound >= least))
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "field \"input_bound\": %g, but there is an input of %g", bound,
                          least);
    g->options.carrying.input = bound;
    return status;
}

static int find_construction(const char *word) {
    return strcmp(word, "published") == 0 ? 0 : strcmp(word, "masks") == 0 ? 1 : -1;
}

cisup_status given_read(given_network *g, const json_t *object, cisup_error *err) {
    *g = (given_network){0};
    int carried = 0;
    cisup_status status;
    if (!json_is_object(object))
        return CISUP_FAIL(err, CISUP_EFORMAT, "a network is a JSON object");
    CISUP_TRY(given_word(object, "construction", find_construction, &carried, err));
    CISUP_TRY(read_shape(g, object, err));
    CISUP_TRY(read_options(g, object, err));
    CISUP_TRY(carried ? read_carried(g, object, err) : read_published(g, object, err));
    CISUP_TRY(read_samples(g, object, err));
    CISUP_TRY(bound_inputs(g, object, err));
done:
    if (status != CISUP_OK) given_free(g);
    return status;
}
