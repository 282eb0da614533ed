/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CSVFILE_H
#define CISUP_CORE_CSVFILE_H

#include <cisup/core/status.h>

#include <stdbool.h>
#include <stddef.h>

/* Called for every row below the header; fields are 0-terminated strings that live
 * until it returns. A status other than OK stops the reading and is returned, with
 * the file's name and the line put before the text. */
typedef cisup_status cisup_csv_row(void *context, const char *const *field,
                                   cisup_error *err);

/* The line in which a row begins, from 1. field: as a cisup_csv_row has received it. */
cisup_index cisup_csv_line(const char *const *field);

/* Reads a comma-separated file (RFC 4180; LF or CRLF) with a header row.
 *
 *   path     the file; "-" reads standard input
 *   header   the column names wanted, comma-separated, in this order; the file's
 *            header must be exactly these
 *   row      called in the order of the file with as many fields as the header has
 *
 * Blank lines, blanks around an unquoted field and a byte order mark are skipped; the
 * last line may lack its end. Memory is bounded by the longest row, of 256 kB at most.
 * Errors: EIO; ENOMEM; EFORMAT with path and line: no header or another one, a row
 * of more than 256 kB or with too few or too many fields, a quote out of place, a missing
 * end of quote, a NUL byte; and what `row` returns. Source: libcsv in strict mode. */
CISUP_MUST_CHECK cisup_status cisup_csv_read(const char *path, const char *header,
                                             cisup_csv_row *row, void *context,
                                             cisup_error *err);

/* Where the bytes of a file come from: up to `room` of them to `to`, *got = 0 at the end
 * only. */
typedef struct {
    void *from;
    cisup_index lines; /* of the file, read before */
    cisup_status (*read)(void *from, char *to, size_t room, size_t *got,
                         cisup_error *err);
} cisup_csv_source;

/* The same of a source; path is its name in messages. Errors: those of the source, too.
 */
CISUP_MUST_CHECK cisup_status cisup_csv_read_from(const cisup_csv_source *source,
                                                  const char *path, const char *header,
                                                  cisup_csv_row *row, void *context,
                                                  cisup_error *err);

/* Puts "path:line: " before the text of a failed call, for what is found wrong after
 * the reading. A long path loses its beginning. Returns status. */
cisup_status cisup_csv_at(cisup_status status, const char *path, cisup_index line,
                          cisup_error *err);

/* A whole field as a decimal integer or a finite number, nothing around it; a number so
 * small that it would become 0 is refused as a too large one is. The decimal point is '.'
 * whatever the locale. `name` is the column's name for the message. out is untouched on
 * failure. Errors: EFORMAT. */
CISUP_MUST_CHECK cisup_status cisup_parse_index(const char *text, const char *name,
                                                cisup_index *out, cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_parse_number(const char *text, const char *name,
                                                 double *out, cisup_error *err);

/* Whether the number at the beginning of text, read as `value`, is not 0 but has become
 * 0 because double has none so small. */
bool cisup_is_lost(const char *text, double value);

#endif
