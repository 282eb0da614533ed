/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/record_make.h>
#include <cisup/core/record.h>

#include <assert.h>
#include <string.h>

cisup_field cisup_value_index(cisup_index x) {
    return (cisup_field){.kind = CISUP_FIELD_INDEX, .value.index = x};
}

cisup_field cisup_value_number(double x) {
    return (cisup_field){.kind = CISUP_FIELD_NUMBER, .value.number = x};
}

cisup_field cisup_value_truth(int x) {
    return (cisup_field){.kind = CISUP_FIELD_TRUTH, .value.truth = x};
}

cisup_field cisup_value_text(const char *x) {
    return (cisup_field){.kind = x ? CISUP_FIELD_TEXT : CISUP_FIELD_NONE,
                         .value.text = x};
}

cisup_field cisup_value_list(const void *of, cisup_index count, cisup_record_item *item) {
    return (cisup_field){.kind = CISUP_FIELD_LIST, .value.list = {of, count, item}};
}

static void index_item(const void *of, cisup_index k, cisup_record *item) {
    cisup_record_add(item, "", CISUP_VALUES(CISUP_VALUE(((const cisup_index *)of)[k])));
}

cisup_field cisup_value_indices(const cisup_index *x, cisup_index count) {
    return cisup_value_list(x, count, index_item);
}

cisup_field cisup_value_if(int is_known, cisup_field value) {
    return is_known ? value : (cisup_field){0};
}

/* Copies a text of this length. */
static void put(cisup_record *r, const char *text, size_t length) {
    memcpy(r->names + r->used, text, length);
    r->used += (int)length;
}

const char *cisup_record_keep(cisup_record *r, const char *text) {
    const size_t length = strlen(text) + 1;
    const int is_fit = (size_t)r->used + length <= CISUP_RECORD_NAMES;
    assert(is_fit);
    if (!is_fit) return NULL;
    put(r, text, length);
    return r->names + r->used - length;
}

void cisup_record_add(cisup_record *r, const char *names, const cisup_field *value,
                      int count) {
    const char *colon = strchr(names, ':');
    const size_t prefix = colon ? (size_t)(colon - names) : 0;
    const char *at = colon ? colon + 2 : names;
    for (int k = 0; k < count; k++) {
        const size_t length = strcspn(at, " ");
        const int is_fit = r->fields < CISUP_RECORD_FIELDS &&
                           (size_t)r->used + prefix + length + 2 <= CISUP_RECORD_NAMES;
        assert(is_fit);
        if (!is_fit) return;
        cisup_field *f = &r->field[r->fields++];
        *f = value[k];
        f->name = length ? r->names + r->used : NULL;
        put(r, names, prefix);
        if (prefix) put(r, ".", 1);
        put(r, at, length);
        put(r, "", 1);
        at += length + (at[length] != 0);
    }
}

const cisup_field *cisup_record_find(const cisup_record *r, const char *name) {
    const cisup_field *found = NULL;
    for (int k = r->fields - 1; k >= 0; k--) {
        const char *own = r->field[k].name, *dot = own ? strchr(own, '.') : NULL;
        if (own && strcmp(own, name) == 0) return &r->field[k];
        if (!found && dot && strcmp(dot + 1, name) == 0) found = &r->field[k];
    }
    return found;
}
