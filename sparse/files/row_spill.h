/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ROW_SPILL_H
#define CISUP_SPARSE_ROW_SPILL_H

#include <cisup/sparse/row_file.h>

/* The temporary file behind sparse/row_file.h; for this layer alone. */

/* Appends the first *slots slots of f->slot to the file, which is made if there is none;
 * *slots becomes 0. Errors: EIO. */
CISUP_MUST_CHECK cisup_status cisup_spill_write(cisup_row_file *f, cisup_index *slots,
                                                cisup_error *err);

/* Empties the file, if there is one. Errors: EIO. */
CISUP_MUST_CHECK cisup_status cisup_spill_reset(cisup_row_file *f, cisup_error *err);

#endif
