/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RECORD_H
#define CISUP_CORE_RECORD_H

#include <cisup/core/status.h>

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

/* Appends values [count] under names separated by blanks; "" is none, "part: a b" is
 * "part.a part.b". What does not fit is left out (asserted). */
void cisup_record_add(cisup_record *r, const char *names, const cisup_field *value,
                      int count);

/* A copy of a text that lasts as long as the record; NULL if it does not fit (asserted).
 */
const char *cisup_record_keep(cisup_record *r, const char *text);

/* The last field with this name, else the last with it behind the dot; NULL if there is
 * none. O(fields). */
const cisup_field *cisup_record_find(const cisup_record *r, const char *name);

/* A value; a text of NULL is CISUP_FIELD_NONE. */
cisup_field cisup_value_index(cisup_index x);
cisup_field cisup_value_number(double x);
cisup_field cisup_value_truth(int x);
cisup_field cisup_value_text(const char *x);
cisup_field cisup_value_list(const void *of, cisup_index count, cisup_record_item *item);
cisup_field cisup_value_indices(const cisup_index *x, cisup_index count);
cisup_field cisup_value_if(int is_known, cisup_field value); /* else none */

/* The value that the type of x asks for; a list of values for cisup_record_add. */
#define CISUP_VALUE(x)                                                                   \
    _Generic((x),                                                                        \
        double: cisup_value_number,                                                      \
        int: cisup_value_truth,                                                          \
        cisup_index: cisup_value_index,                                                  \
        char *: cisup_value_text,                                                        \
        const char *: cisup_value_text)(x)
#define CISUP_VALUES(...)                                                                \
    (const cisup_field[]){__VA_ARGS__},                                                  \
        (int)(sizeof((const cisup_field[]){__VA_ARGS__}) / sizeof(cisup_field))

#endif
