/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters.h"

#include <stdlib.h>
#include <string.h>

/* Where a parameter is not called like its option with _ for -. */
static const struct {
    const char *name, *option;
} other_names[] = {
    {"D", "width"},
    {"d", "circuit-width"},
    {"T", "circuits"},
    {"S", "redundancy"},
    {"L", "layers"},
    {"z", "active"},
    {"reshuffle", "keep-order"},
};
enum { OTHER_NAMES = sizeof other_names / sizeof other_names[0] };

static int has_name(const option *o, const char *name) {
    for (int k = 0; k < OTHER_NAMES; k++)
        if (strcmp(o->name, other_names[k].option) == 0)
            return strcmp(name, other_names[k].name) == 0;
    const char *a = o->name;
    for (; *a && *name; a++, name++)
        if ((*a == '-' ? '_' : *a) != *name) return 0;
    return *a == *name;
}

static int is_integer_list(const json_t *value) {
    for (size_t k = 0; k < json_array_size(value); k++)
        if (!json_is_integer(json_array_get(value, k))) return 0;
    return json_array_size(value) > 0;
}

static int is_word(const json_t *value, const char *word) {
    return json_is_string(value) && strcmp(json_string_value(value), word) == 0;
}

/* What the option wants, in words, when the value is of another type; else NULL. */
static const char *missed_type(const option *o, const json_t *value) {
    switch (o->kind) {
    case OPTION_FLAG:
        return json_is_boolean(value) ? NULL : "true or false";
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
    case OPTION_SEED:
        return json_is_integer(value) ? NULL : "an integer";
    case OPTION_NUMBER:
        return json_is_number(value) ? NULL : "a number";
    case OPTION_LIST:
        if (json_is_integer(value)) return NULL;
        if (o->letter != 'z') return "an integer";
        return is_integer_list(value) ? NULL : "an integer or a list of integers";
    case OPTION_LIST_OR_MAX:
        return json_is_integer(value) || is_word(value, "max") ? NULL
                                                               : "an integer or \"max\"";
    case OPTION_BYTES:
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

static cisup_status store_value(const option *o, const json_t *value, cisup_error *err) {
    const char *missed = missed_type(o, value);
    if (missed) return CISUP_FAIL(err, CISUP_EFORMAT, "must be %s", missed);
    if (o->kind == OPTION_FLAG) {
        const int is_on = json_is_true(value);
        *(int *)o->target = strcmp(o->name, "keep-order") == 0 ? !is_on : is_on;
        return CISUP_OK;
    }
    if (!json_is_string(value)) return store_numbers(o, value, err);
    const char *word = json_string_value(value);
    const cisup_status status = option_store(o, word, err);
    if (status == CISUP_OK) return status;
    char what[64];
    (void)snprintf(what, sizeof what, "\"%.60s\"", word);
    cisup_error_prefix(err, what);
    return status;
}

cisup_status parameter_set(propagation *p, const char *name, const json_t *value,
                           cisup_error *err) {
    const option table[] = {PROPAGATION_OPTIONS(*p)};
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        if (!has_name(&table[k], name)) continue;
        cisup_status status = store_value(&table[k], value, err);
        if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
        return status;
    }
    return CISUP_FAIL(err, CISUP_EFORMAT, "no parameter of propagate");
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
