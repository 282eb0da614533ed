/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RECORD_H
#define CISUP_CORE_RECORD_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A record is a list of fields: names with values, of which tables, JSON and text are
 * made. */
typedef struct cisup_record cisup_record;

typedef enum {
    CISUP_FIELD_NONE, /* there is no value */
    CISUP_FIELD_INDEX,
    CISUP_FIELD_NUMBER, /* NaN: there is none */
    CISUP_FIELD_TRUTH,
    CISUP_FIELD_TEXT,
    CISUP_FIELD_LIST
} cisup_field_kind;

/* Adds the fields of item k of a list to an empty record: one without a name is a plain
 * value, several are a list, with names a record; none leaves the item out. */
typedef void cisup_record_item(const void *of, cisup_index k, cisup_record *item);

typedef struct {
    const char *name; /* "theory.post" is "post" in a part "theory"; NULL: none */
    cisup_field_kind kind;
    union {
        cisup_index index;
        double number;
        int truth;
        const char *text; /* borrowed */
        struct {
            const void *of; /* handed to item; borrowed */
            cisup_index count;
            cisup_record_item *item;
        } list;
    } value;
} cisup_field;

enum { CISUP_RECORD_FIELDS = 80, CISUP_RECORD_NAMES = 1600 };

/* Start from {0}. Not to be copied: the fields name what lies in it. */
struct cisup_record {
    int fields, used; /* used: of names */
    cisup_field field[CISUP_RECORD_FIELDS];
    char names[CISUP_RECORD_NAMES]; /* each with its NUL */
};

/* The last field with this name, else the last with it behind the dot; NULL if there is
 * none. O(fields). */
CISUP_API const cisup_field *cisup_record_find(const cisup_record *r, const char *name);

#ifdef __cplusplus
}
#endif

#endif
