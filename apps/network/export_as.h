/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXPORT_AS_H
#define CISUP_APPS_EXPORT_AS_H

#include "export_files.h"

/* Matrices as other than Matrix Market files; docs/formats.md, "Export". */

/* Writes a matrix as a file that scipy.sparse.load_npz reads. Zeros are left out. Errors:
 * those of npz.h. */
CISUP_MUST_CHECK cisup_status export_npz(const char *path, const cisup_csc *a,
                                         cisup_error *err);

/* Adds a matrix as NAME.ccol_indices, NAME.row_indices, NAME.values and NAME.size, the
 * arguments of torch.sparse_csc_tensor. Zeros are left out. */
CISUP_MUST_CHECK cisup_status export_tensors(cisup_safetensors *to, const char *name,
                                             const cisup_csc *a, cisup_error *err);

#endif
