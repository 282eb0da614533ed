/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_MTX_H
#define CISUP_SPARSE_MTX_H

#include <cisup/core/overwrite.h>
#include <cisup/sparse/csc.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>

/* Matrix Market files in the dialect that every reader we know reads alike:
 *
 *   %%MatrixMarket matrix coordinate {pattern|integer|real} general
 *   % cisup {"D":1000,...}                  (comments, only here)
 *   nrow ncol nnz
 *   i j [x]                                 (nnz lines, from 1)
 *
 * always general, every line ended by LF, nothing after the last entry.
 * Source: R. F. Boisvert, R. Pozo, K. Remington, "The Matrix Market exchange formats:
 * initial design", NISTIR 5935 (1996). */

/* What is written of a value. 0 is none of them: a zeroed struct is rejected. */
typedef enum {
    CISUP_MTX_PATTERN = 1, /* nothing; it is read back as 1 */
    CISUP_MTX_INTEGER,     /* a whole number, at most 2^53 in absolute value */
    CISUP_MTX_REAL,        /* 17 digits, which give back every double */
} cisup_mtx_field;

/* Start from cisup_mtx_write_defaults() and change fields. */
typedef struct {
    cisup_mtx_field field;     /* default CISUP_MTX_REAL */
    const char *metadata;      /* JSON objects of at most 991 printable ASCII bytes, two
                                  at most, a line each; or NULL (default) */
    cisup_overwrite overwrite; /* default CISUP_KEEP_EXISTING */
} cisup_mtx_write_options;

CISUP_API cisup_mtx_write_options cisup_mtx_write_defaults(void);

/* Writes A, its columns in order and the rows of each increasing, without the entries
 * that are 0.0.
 *
 *   path     "-" is standard output; otherwise the file appears complete or not at
 *            all, and is compressed by gzip when the name ends in .gz
 *   options  NULL: the defaults
 *
 * The same matrix gives the same bytes, in every locale and for any number of threads:
 * all that OpenMP offers format numbers, 16,384 entries at a time.
 * Time O(ncol + nnz), extra memory 4.8 MB a thread at most.
 * Errors: EINVAL a field that is none, metadata as above, an entry (named with its
 * row and column, from 0) that is not finite, not below 1e308 in absolute value or,
 * as integer, not whole; EIO; ENOMEM.
 * Threads: safe. The calling thread's locale is "C" until the call returns. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_mtx_write(const char *path, const cisup_csc *a,
                const cisup_mtx_write_options *options, cisup_error *err);

typedef struct {
    int lenient;      /* 1: take what other programs write, see below; default 0 */
    int full_columns; /* 1: refuse more columns than entries, which cannot all have one,
                         before memory is taken for them; default 0 */
    int full_rows;    /* the same of rows */
    double memory;    /* bytes that the entries of cisup_mtx_read may take; default 0: as
                         many as there are */
} cisup_mtx_read_options;

CISUP_API cisup_mtx_read_options cisup_mtx_read_defaults(void);

/* Reads a coordinate file, plain or compressed by gzip; a pattern entry is 1.0.
 *
 *   path     "-" is standard input
 *   options  NULL: the defaults
 *   a        uninitialised on entry, empty after a failure
 *
 * Strict reading takes the dialect above with the entries in any order; numbers may
 * have a leading + and stored entries may be 0. Lenient reading also takes symmetric
 * and skew-symmetric files (each entry off the diagonal is mirrored; on that of a
 * skew-symmetric one only 0 may stand), a banner in any case, with one % or behind a byte
 * order mark or blanks, CR LF, comments and blank lines anywhere below the banner, a last
 * line without LF, and entries given more than once, which are added up in increasing
 * order.
 *
 * Time O(ncol + nnz) for files sorted by column or by row, otherwise a sort of each
 * column. Memory: 52 bytes at most for an entry really present (88 in a column out of
 * order), 8 for a column stated (more than the machine has is refused) and 256 kB.
 * Errors: EFORMAT with "path:line: " and the value: missing or other banner; array,
 * complex, or another field or symmetry; missing size line, negative sizes or above
 * 2^62; fewer or more entries than stated; an index out of range (0 included); an
 * entry given twice; no number, nan or inf, one too small for double, an integer above
 * 2^53; anything else on a line; a line longer than 256 kB; over 16 MB of comments above
 * the sizes; gzip data that are damaged, cut or followed by anything but more of them;
 * strictly also what only lenient reading takes, and more entries stated than places.
 * EIO when the file is missing or unreadable; ENOMEM.
 * Threads: safe. The calling thread's locale is "C" until the call returns. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_mtx_read(const char *path, const cisup_mtx_read_options *options, cisup_csc *a,
               cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
