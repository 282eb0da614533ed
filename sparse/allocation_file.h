/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ALLOCATION_FILE_H
#define CISUP_SPARSE_ALLOCATION_FILE_H

#include <cisup/core/allocation.h>
#include <cisup/core/overwrite.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes an allocation as Matrix Market (the name ends in .mtx or .mtx.gz, or is "-":
 * standard output), else as CSV with the header circuit,neuron; sparse/row_file.h reads
 * both. metadata as in sparse/mtx.h; CSV has none. Errors: EIO,
 * ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_allocation_file_write(
    const char *path, const cisup_allocation *a, const char *metadata,
    cisup_overwrite overwrite, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
