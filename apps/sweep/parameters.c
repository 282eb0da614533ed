/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <stdlib.h>
#include <string.h>

static int is_integer_list(const json_t *value) {
    for (size_t k = 0; k < json_array_size(value); k++)
        if (!json_is_integer(json_array_get(value, k))) return 0;
    return json_array_size(value) > 0;
}

static int is_word(const json_t *value, const char *word) {
    return json_is_string(value) && strcmp(json_string_value(value), word) == 0;
}

/* What the option wants, in words, when the value is of another type; else NULL. */
static const char *missed_type(const option_row *o, const json_t *value) {
    switch (o->kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
        return json_is_boolean(value) ? NULL : "true or false";
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
    case OPTION_SEED:
        return json_is_integer(value) ? NULL : "an integer";
    case OPTION_NUMBER:
    case OPTION_SHARE:
        return json_is_number(value) ? NULL : "a number";
    case OPTION_LIST:
        if (json_is_integer(value)) return NULL;
        if (o->letter != 'z') return "an integer";
        return is_integer_list(value) ? NULL : "an integer or a list of integers";
    case OPTION_LIST_OR_MAX:
        return json_is_integer(value) || is_word(value, "max") ? NULL
                                                               : "an integer or \"max\"";
    case OPTION_BYTES:
    case OPTION_CHOICES:
    case OPTION_TEXT:
    case OPTION_CHOICE:
        return json_is_string(value) ? NULL : "a string";
    }
    return "something else";
}

/* The option as it would stand on the command line: 5, 0.25, 1,2,3. */
static cisup_status store_numbers(const option *o, const json_t *value,
                                  cisup_error *err) {
    char *text =
        json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (!text) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a parameter");
    char *begin = text;
    if (*begin == '[') {
        *strrchr(begin, ']') = 0;
        begin++;
    }
    const cisup_status status = option_store(o, begin, err);
    if (status != CISUP_OK && strncmp(err->text, begin, strlen(begin)) != 0) {
        char what[64];
        (void)snprintf(what, sizeof what, "%.60s", begin);
        cisup_error_prefix(err, what);
    }
    free(text);
    return status;
}

/* A list of z is one cell, which should not have a z twice. */
static cisup_status check_list(const index_list *list, cisup_error *err) {
    cisup_index *sorted;
    cisup_status status = cisup_new(&sorted, list->count, sizeof *sorted, err);
    if (status != CISUP_OK) return status;
    memcpy(sorted, list->value, (size_t)list->count * sizeof *sorted);
    qsort(sorted, (size_t)list->count, sizeof *sorted, cisup_ascending);
    for (cisup_index k = 1; k < list->count && status == CISUP_OK; k++)
        if (sorted[k] == sorted[k - 1])
            status = CISUP_FAIL(err, CISUP_EFORMAT, "%" PRId64 " is in the list twice",
                                sorted[k]);
    cisup_release(sorted);
    return status;
}

static cisup_status store_value(const option *o, const json_t *value, cisup_error *err) {
    const char *missed = missed_type(o->row, value);
    if (missed) return CISUP_FAIL(err, CISUP_EFORMAT, "must be %s", missed);
    if (option_is_flag(o->row->kind)) {
        *(int *)o->target = json_is_true(value);
        return CISUP_OK;
    }
    if (!json_is_string(value)) {
        const cisup_status status = store_numbers(o, value, err);
        return status == CISUP_OK && json_is_array(value) ? check_list(o->target, err)
                                                          : status;
    }
    const char *word = json_string_value(value);
    const cisup_status status = option_store(o, word, err);
    if (status == CISUP_OK) return status;
    char what[64];
    (void)snprintf(what, sizeof what, "\"%.60s\"", word);
    cisup_error_prefix(err, what);
    return status;
}

static option find_parameter(const propagation *p, const char *name) {
    option o;
    for (int k = 0; (o = option_at(propagation_options, p, k)).row; k++)
        if (o.row->key && strcmp(o.row->key, name) == 0) break;
    return o;
}

cisup_status parameter_set(propagation *p, const char *name, const json_t *value,
                           cisup_error *err) {
    const option o = find_parameter(p, name);
    if (!o.row) return CISUP_FAIL(err, CISUP_EFORMAT, "no parameter of propagate");
    cisup_status status = store_value(&o, value, err);
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
    return status;
}

char *parameter_text(const char *name, const json_t *value) {
    static const propagation none;
    const option_row *o = find_parameter(&none, name).row;
    const json_t *only = json_array_size(value) == 1 ? json_array_get(value, 0) : value;
    json_t *plain = o && o->kind == OPTION_NUMBER
                        ? json_real(json_number_value(value) + 0.0)
                        : json_incref((json_t *)only);
    char *text =
        plain
            ? json_dumps(plain, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17))
            : NULL;
    json_decref(plain);
    return text;
}

cisup_status parameters_set(propagation *p, const json_t *object, cisup_error *err) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        const cisup_status status = parameter_set(p, name, value, err);
        if (status == CISUP_OK) continue;
        cisup_error_prefix(err, name);
        return status;
    }
    return CISUP_OK;
}
