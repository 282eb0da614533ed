/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXPORT_FILES_H
#define CISUP_APPS_EXPORT_FILES_H

#include "common/emit.h"
#include "common/outdir.h"

#include <cisup/sparse/files/safetensors.h>
#include <cisup/sparse/mtx.h>

/* Matrix Market, a file each; SciPy's .npz, a file each; all in one file of tensors. */
typedef enum { EXPORT_MTX, EXPORT_NPZ, EXPORT_SAFETENSORS } export_format;

/* The files of an export: where they go, and what the manifest will say of them. */
typedef struct {
    outdir dir;
    export_format as;
    int gzip;                  /* of Matrix Market */
    cisup_safetensors tensors; /* closed while nothing is in it */
    json_t *files; /* list of {"file", "what", "layer", "rows", "columns", "entries"},
                      with tensors "tensor" */
} export_files;

/* Writes one matrix, of layer l the file STEM<l>, with what follows a "_" behind the
 * number; l = 0: it belongs to no layer. Errors: those of writing; ENOMEM. */
CISUP_MUST_CHECK cisup_status export_put(export_files *x, const char *stem, cisup_index l,
                                         cisup_mtx_field field, const char *what,
                                         const cisup_csc *a, cisup_error *err);

/* The same of a matrix whose numbers are also those of a dense array (its name is not
 * looked at), which is what a file of tensors gets. */
CISUP_MUST_CHECK cisup_status export_dense(export_files *x, const char *stem,
                                           cisup_index l, const char *what,
                                           const cisup_csc *a, cisup_array dense,
                                           cisup_error *err);

/* Numbers [D] as a matrix of one column. */
CISUP_MUST_CHECK cisup_status export_column(export_files *x, const char *stem,
                                            cisup_index l, const char *what,
                                            const double *b, cisup_index D,
                                            cisup_error *err);

/* Writes a JSON file, in the form of jansson's flags, 17 digits, and releases `whole`;
 * NULL means that it could not be made. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status export_json(export_files *x, const char *name,
                                          json_t *whole, size_t form, cisup_error *err);

/* Closes the tensors, with the record among their metadata, and writes manifest.json: the
 * record, then the files. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status export_manifest(export_files *x, const cisup_record *r,
                                              cisup_error *err);

/* Drops tensors that are not closed and the list. */
void export_files_free(export_files *x);

#endif
