/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EMIT_H
#define CISUP_APPS_EMIT_H

#include <cisup/core/base/outfile.h>

#include <jansson.h>

/* JSON lines and text on standard output, and one CSV file with the same names as
 * columns. */

/* A JSON number; null if x is not finite. Integers above 2^53 stay exact. */
json_t *emit_number(double x);

/* Parts of an object under construction; they take what is added. Once something could
 * not be made or added, the whole is NULL, and so is what is made of it (json_pack),
 * until emit_line says so: nothing is printed that lacks a part. */
void emit_append(json_t **list, json_t *value);
void emit_set(json_t **object, const char *name, json_t *value);
void emit_merge(json_t **object, json_t *more); /* all members of more */

/* Prints one object as one line and releases it; NULL means that it could not be
 * made. Errors: ENOMEM; EIO. */
CISUP_MUST_CHECK cisup_status emit_line(json_t *object, cisup_error *err);
CISUP_MUST_CHECK cisup_status emit_line_to(FILE *to, json_t *object, cisup_error *err);

/* A number in a column of text, " %9.3g"; "-" where there is none. */
void cell_text(double x);

/* Hands on what was printed so far. For the end of each part of a long run: a reader who
 * has gone or a full disk shows here, and nothing is computed for nobody. Errors: EIO. */
CISUP_MUST_CHECK cisup_status emit_flush(cisup_error *err);

/* A CSV file that is written row by row; fields are separated as needed. Start from
 * {0}: then every call does nothing, so callers need not ask whether CSV is wanted. */
typedef struct {
    cisup_outfile file;
    FILE *stream;
    int fields; /* in the current row */
} csv_sink;

/* path NULL: no CSV; "-": standard output. header: comma-separated names. */
CISUP_MUST_CHECK cisup_status csv_open(csv_sink *csv, const char *path,
                                       const char *header, cisup_overwrite overwrite,
                                       cisup_error *err);
void csv_text(csv_sink *csv, const char *text);
void csv_quoted(csv_sink *csv, const char *text); /* in quotes if it needs them */
void csv_index(csv_sink *csv, cisup_index value);
void csv_number(csv_sink *csv, double x); /* empty if x is NaN */
void csv_skip(csv_sink *csv, int fields);
void csv_end_row(csv_sink *csv);
CISUP_MUST_CHECK cisup_status csv_flush(csv_sink *csv, cisup_error *err); /* emit_flush */
CISUP_MUST_CHECK cisup_status csv_commit(csv_sink *csv, cisup_error *err);
void csv_discard(csv_sink *csv);

#endif
