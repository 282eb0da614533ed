/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "given_fields.h"

#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

cisup_status given_missing(const char *field, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is missing", field);
}

cisup_status given_size(const json_t *object, const char *field, cisup_index *out,
                        cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return given_missing(field, err);
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is not a positive integer",
                          field);
    *out = json_integer_value(value);
    return CISUP_OK;
}

/* A word among those that find knows; left alone when the field is missing. */
cisup_status given_word(const json_t *object, const char *field,
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

cisup_status given_flag(const json_t *object, const char *field, int *out,
                        cisup_error *err) {
    const json_t *value = json_object_get(object, field);
    if (!value) return CISUP_OK;
    if (!json_is_boolean(value))
        return CISUP_FAIL(err, CISUP_EFORMAT, "field \"%s\" is not true or false", field);
    *out = json_is_true(value);
    return CISUP_OK;
}

cisup_status given_real(const json_t *object, const char *field, double *out,
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

cisup_status given_array(const json_t *object, const char *field, const cisup_index *size,
                         int depth, double *out, cisup_error *err) {
    const json_t *node = json_object_get(object, field);
    if (!node) return given_missing(field, err);
    return flatten(node, size, depth, field, &out, err);
}

/* The same for whole numbers, into *out: allocated here. */
cisup_status given_indices(const json_t *object, const char *field,
                           const cisup_index *size, int depth, cisup_index **out,
                           cisup_error *err) {
    cisup_index count = 1;
    for (int k = 0; k < depth; k++) count *= size[k];
    double *numbers = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&numbers, count, sizeof *numbers, err));
    CISUP_TRY(given_array(object, field, size, depth, numbers, err));
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
int given_depth(const json_t *object, const char *field) {
    int depth = 0;
    for (const json_t *node = json_object_get(object, field); json_is_array(node);
         node = json_array_get(node, 0))
        depth++;
    return depth;
}

/* Reads a field given once or once a layer, into out [layers][size...]. `depth` is the
 * nesting of one layer. */
cisup_status given_layers(const json_t *object, const char *field, cisup_index layers,
                          const cisup_index *size, int depth, double *out,
                          cisup_error *err) {
    cisup_index numbers = 1;
    for (int k = 0; k < depth; k++) numbers *= size[k];
    if (given_depth(object, field) == depth + 1) {
        cisup_index all[5] = {layers};
        memcpy(all + 1, size, (size_t)depth * sizeof *size);
        return given_array(object, field, all, depth + 1, out, err);
    }
    const cisup_status status = given_array(object, field, size, depth, out, err);
    for (cisup_index l = 1; status == CISUP_OK && l < layers; l++)
        memcpy(out + l * numbers, out, (size_t)numbers * sizeof *out);
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
