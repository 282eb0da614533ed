/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"
#include "options.h"

#include <string.h>

static void list_item(const void *of, cisup_index k, cisup_record *item) {
    const index_list *list = of;
    const int is_max = list->value[k] == INDEX_MAX_WORD;
    RECORD_ADD(item, "", is_max ? V("max") : V(list->value[k]));
}

static cisup_field word_of(cisup_record *r, const option *o) {
    char word[OPTION_WORD_ROOM];
    int value;
    memcpy(&value, o->target, sizeof value);
    option_word(o->row, value, word);
    return V(cisup_record_keep(r, word));
}

static cisup_field value_of(cisup_record *r, const option *o) {
    switch (o->row->kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
        return V(*(const int *)o->target);
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
        return V(*(const cisup_index *)o->target);
    case OPTION_SEED:
        return V((cisup_index) * (const uint64_t *)o->target);
    case OPTION_NUMBER:
    case OPTION_SHARE:
    case OPTION_BYTES:
        return V(*(const double *)o->target);
    case OPTION_LIST:
    case OPTION_LIST_OR_MAX:
        return V_LIST(o->target, ((const index_list *)o->target)->count, list_item);
    case OPTION_TEXT:
        return V(*(const char *const *)o->target);
    case OPTION_CHOICE:
        return word_of(r, o);
    case OPTION_CHOICES: /* a run has one of them */
        break;
    }
    return (cisup_field){0};
}

void options_record(cisup_record *r, const option_row *table, const void *base) {
    char name[64] = "params: ";
    option o;
    for (int k = 0; (o = option_at(table, base, k)).row; k++) {
        if (!o.row->key) continue;
        const cisup_field value = value_of(r, &o);
        (void)strncpy(name + 8, o.row->key, sizeof name - 9);
        cisup_record_add(r, name, &value, 1);
    }
}
