/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_MTX_EACH_H
#define CISUP_SPARSE_MTX_EACH_H

#include <cisup/sparse/matrix/packed.h>
#include <cisup/sparse/matrix/triplets.h>
#include <cisup/sparse/mtx.h>

/* What is told of a file while it is read: its sizes, then every entry (from 0) with the
 * line it stands in, in the order of the file; a mirrored entry follows its original. A
 * status other than OK stops the reading and is returned. */
typedef struct {
    void *context;
    cisup_status (*sizes)(void *context, cisup_index nrow, cisup_index ncol,
                          cisup_error *err);
    cisup_status (*entry)(void *context, cisup_entry e, cisup_index line,
                          cisup_error *err);
} cisup_mtx_visitor;

/* Reads a file as above without keeping it: memory of 256 kB whatever its size. Entries
 * given twice are the visitor's business. Errors: as above, and the visitor's. */
CISUP_MUST_CHECK cisup_status cisup_mtx_each(const char *path,
                                             const cisup_mtx_read_options *options,
                                             const cisup_mtx_visitor *visitor,
                                             cisup_error *err);

/* The same of an open file, and cisup_mtx_read of one; path is its name in messages. */
CISUP_MUST_CHECK cisup_status cisup_mtx_each_in(cisup_packed *file, const char *path,
                                                const cisup_mtx_read_options *options,
                                                const cisup_mtx_visitor *visitor,
                                                cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_mtx_read_in(cisup_packed *file, const char *path,
                                                const cisup_mtx_read_options *options,
                                                cisup_csc *a, cisup_error *err);

/* Puts "path:line: " (EFORMAT) or "path: " before the text of a failed call. Returns
 * status. */
cisup_status cisup_mtx_at(cisup_status status, const char *path, cisup_index line,
                          cisup_error *err);

/* Whether metadata is as in cisup_mtx_write_options. Errors: EINVAL. */
CISUP_MUST_CHECK cisup_status cisup_mtx_metadata_check(const char *metadata,
                                                       cisup_error *err);

/* What follows the first line of metadata, of *length bytes; NULL: there is none. */
const char *cisup_mtx_metadata_line(const char *metadata, size_t *length);

/* Whether a file is taken for one of these by its name: .mtx, .mtx.gz or "-". */
bool cisup_mtx_is_name(const char *path);

#endif
