/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ROWS_H
#define CISUP_CORE_ROWS_H

#include <cisup/core/allocation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the neurons of circuits first..first+count-1 to out: [count][S]. Called by
 * several threads at once. Errors: those of the source. */
typedef cisup_status cisup_rows_fill(const void *from, cisup_index first,
                                     cisup_index count, int32_t *out, cisup_error *err);

/* Where the rows of an allocation come from: memory, a formula, a file. A plain value
 * that borrows what it reads. */
typedef struct {
    cisup_index N, S, T;
    cisup_rows_fill *fill;
    const void *from;    /* for fill */
    const int32_t *slot; /* [T*S] if all rows lie in memory, else NULL */
} cisup_rows;

/* Borrows the allocation. */
CISUP_API cisup_rows cisup_rows_stored(const cisup_allocation *a);

#ifdef __cplusplus
}
#endif

#endif
