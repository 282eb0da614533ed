/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"
#include "options.h"

#include <string.h>

static json_t *list_json(const index_list *list) {
    json_t *array = json_array();
    for (cisup_index k = 0; k < list->count; k++)
        emit_append(&array, list->value[k] == INDEX_MAX_WORD
                                ? json_string("max")
                                : json_integer(list->value[k]));
    return array;
}

static json_t *word_json(const option *o) {
    char word[OPTION_WORD_ROOM];
    int value;
    memcpy(&value, o->target, sizeof value);
    option_word(o->row, value, word);
    return json_string(word);
}

static json_t *value_json(const option *o) {
    const char *text;
    switch (o->row->kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
        return json_boolean(*(const int *)o->target);
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
        return json_integer(*(const cisup_index *)o->target);
    case OPTION_SEED:
        return json_integer((json_int_t) * (const uint64_t *)o->target);
    case OPTION_NUMBER:
    case OPTION_BYTES:
        return emit_number(*(const double *)o->target);
    case OPTION_LIST:
    case OPTION_LIST_OR_MAX:
        return list_json(o->target);
    case OPTION_TEXT:
        text = *(const char *const *)o->target;
        return text ? json_string(text) : json_null();
    case OPTION_CHOICE:
        return word_json(o);
    }
    return NULL;
}

void options_json(json_t **object, const option_row *table, const void *base) {
    option o;
    for (int k = 0; (o = option_at(table, base, k)).row; k++)
        if (o.row->key) emit_set(object, o.row->key, value_json(&o));
}
