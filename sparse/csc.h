/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_CSC_H
#define CISUP_SPARSE_CSC_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A real sparse matrix in compressed columns; owns its three arrays.
 *
 * Invariant (what cisup_csc_check verifies and every function here returns):
 * p[0] = 0, p is non-decreasing, and inside a column the row indices are strictly
 * increasing. Entries may be 0.0. Start from {0}. */
typedef struct {
    cisup_index nrow, ncol;
    cisup_index *p; /* [ncol+1] */
    cisup_index *i; /* [p[ncol]] */
    double *x;      /* [p[ncol]] */
} cisup_csc;

/* An nrow x ncol matrix with room for nnz entries, all arrays zero. *a is
 * uninitialised on entry and empty after a failure. Errors: EINVAL, ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_csc_init(cisup_csc *a, cisup_index nrow,
                                                       cisup_index ncol, cisup_index nnz,
                                                       cisup_error *err);
CISUP_API void cisup_csc_free(cisup_csc *a);

#ifdef __cplusplus
}
#endif

#endif
