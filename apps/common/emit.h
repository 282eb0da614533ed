/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EMIT_H
#define CISUP_APPS_EMIT_H

#include <cisup/core/base/outfile.h>
#include <cisup/core/base/record_make.h>
#include <cisup/core/record.h>

#include <jansson.h>

/* Records as JSON lines and text on standard output, and as rows of one CSV file with
 * the same names as columns. A later field of a name stands for an earlier one. */

#define V CISUP_VALUE
#define V_LIST cisup_value_list
#define V_INDICES cisup_value_indices
#define V_IF(is_known, x) cisup_value_if(is_known, V(x))

#define RECORD_ADD(r, names, ...) cisup_record_add(r, names, CISUP_VALUES(__VA_ARGS__))
#define RECORD_OF(names, ...)                                                            \
    record_of(&(cisup_record){0}, names, CISUP_VALUES(__VA_ARGS__))
const cisup_record *record_of(cisup_record *r, const char *names,
                              const cisup_field *value, int count);

/* Appends fields of a record that lives as long, from `first` on. */
void record_join(cisup_record *r, const cisup_record *more, int first);

/* Appends the fields of a part, or if it is not there a field of its name: null. */
#define RECORD_PART(r, is_there, part, names, ...)                                       \
    if (is_there)                                                                        \
        RECORD_ADD(r, part ": " names, __VA_ARGS__);                                     \
    else                                                                                 \
        RECORD_ADD(r, part, V((const char *)NULL))

/* The JSON object of a record; NULL for want of memory. Numbers that are not finite are
 * null; integers above 2^53 stay exact. */
json_t *record_json(const cisup_record *r);

/* Prints a record as one line. Errors: ENOMEM; EIO. */
CISUP_MUST_CHECK cisup_status emit(const cisup_record *r, cisup_error *err);
CISUP_MUST_CHECK cisup_status emit_to(FILE *to, const cisup_record *r, cisup_error *err);

/* Prints text with fields in it: {name}, {name:SPEC}; a digit is the number of a field
 * of no name. SPEC is a width, negative for left, ".", digits and f or g as in printf,
 * each of which may be missing; then, behind "|", the word for no value (-). Of a truth
 * SPEC is "yes|no". "~" in front: what is below 1e-20 is shown as 0. */
void emit_text(const cisup_record *r, const char *text);

/* The text for every item of a list, by its cells; a comma that it begins with is left
 * out of the first. */
void emit_text_list(const cisup_record *r, const char *name, const char *text);

/* A JSON number; null if x is not finite. */
json_t *emit_number(double x);

/* Parts of an object under construction; they take what is added. Once something could
 * not be made or added, the whole is NULL, and so is what is made of it (json_pack),
 * until emit_line says so: nothing is printed that lacks a part. */
void emit_append(json_t **list, json_t *value);
void emit_set(json_t **object, const char *name, json_t *value);

/* Prints one object as one line and releases it; NULL means that it could not be
 * made. Errors: ENOMEM; EIO. */
CISUP_MUST_CHECK cisup_status emit_line(json_t *object, cisup_error *err);

/* Hands on what was printed so far. For the end of each part of a long run: a reader who
 * has gone or a full disk shows here, and nothing is computed for nobody. Errors: EIO. */
CISUP_MUST_CHECK cisup_status emit_flush(cisup_error *err);

/* A CSV file that is written row by row. Start from {0}: then every call does nothing, so
 * callers need not ask whether CSV is wanted. */
typedef struct {
    cisup_outfile file;
    FILE *stream;
    const char *header; /* borrowed */
} csv_sink;

/* path NULL: no CSV; "-": standard output. header: comma-separated names. */
CISUP_MUST_CHECK cisup_status csv_open(csv_sink *csv, const char *path,
                                       const char *header, cisup_overwrite overwrite,
                                       cisup_error *err);
/* The fields of the header's names; empty where there is none or no value. */
void csv_row(csv_sink *csv, const cisup_record *r);
CISUP_MUST_CHECK cisup_status csv_flush(csv_sink *csv, cisup_error *err); /* emit_flush */
CISUP_MUST_CHECK cisup_status csv_commit(csv_sink *csv, cisup_error *err);
void csv_discard(csv_sink *csv);

#endif
