/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RECORD_MAKE_H
#define CISUP_CORE_RECORD_MAKE_H

#include <cisup/core/record.h>

/* Appends values [count] under names separated by blanks; "" is none, "part: a b" is
 * "part.a part.b". What does not fit is left out (asserted). */
void cisup_record_add(cisup_record *r, const char *names, const cisup_field *value,
                      int count);

/* A copy of a text that lasts as long as the record; NULL if it does not fit (asserted).
 */
const char *cisup_record_keep(cisup_record *r, const char *text);

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
