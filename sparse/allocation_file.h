/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ALLOCATION_FILE_H
#define CISUP_SPARSE_ALLOCATION_FILE_H

#include <cisup/core/allocation.h>
#include <cisup/core/overwrite.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes an allocation, which sparse/row_file.h reads back: as Matrix Market (the name
 * ends in .mtx or .mtx.gz, or is "-": standard output), a circuit a line (.blocks), else
 * as CSV with the header circuit,neuron. metadata as in sparse/mtx.h; the two others have
 * it in lines that begin with "#". Errors: EIO, ENOMEM; EINVAL (metadata). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_allocation_file_write(
    const char *path, const cisup_allocation *a, const char *metadata,
    cisup_overwrite overwrite, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
