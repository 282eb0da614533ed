/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_PRODUCTS_H
#define CISUP_SPARSE_PRODUCTS_H

#include <cisup/sparse/csc.h>

/* y += A x for `lanes` vectors at once. x: [ncol][lanes], y: [nrow][lanes].
 * Columns whose lanes are all zero are skipped. O(nnz lanes). */
void cisup_csc_apply(const cisup_csc *a, cisup_index lanes, const double *x, double *y);

/* C = A B, columns sorted. A: m x k, B: k x n, C: m x n (uninitialised on entry,
 * empty after a failure). Entries that cancel to 0.0 stay stored, so the pattern of
 * C depends on the patterns of A and B alone.
 * Time O(m + n + flops + nnz(C)), flops = sum over B's entries of nnz(A(:,i)).
 * Errors: ESHAPE; ENOMEM. Threads: safe.
 * Source: F. G. Gustavson, ACM TOMS 4 (1978) 250-269, doi:10.1145/355791.355796, as
 * implemented by cs_dl_multiply of CXSparse. */
CISUP_MUST_CHECK cisup_status cisup_csc_multiply(const cisup_csc *a, const cisup_csc *b,
                                                 cisup_csc *c, cisup_error *err);

/* C = alpha A + beta B, columns sorted, union of the patterns. Errors and promises
 * as for the product. O(ncol + nnz(A) + nnz(B)). */
CISUP_MUST_CHECK cisup_status cisup_csc_add(double alpha, const cisup_csc *a, double beta,
                                            const cisup_csc *b, cisup_csc *c,
                                            cisup_error *err);

/* C = A^T, columns sorted. Errors: ENOMEM. O(nrow + ncol + nnz). */
CISUP_MUST_CHECK cisup_status cisup_csc_transpose(const cisup_csc *a, cisup_csc *c,
                                                  cisup_error *err);

/* All entries of an array, zeros too. dense: [nrow][ncol]. *a as above. Errors: EINVAL,
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_csc_of_dense(cisup_csc *a, cisup_index nrow,
                                                 cisup_index ncol, const double *dense,
                                                 cisup_error *err);

/* Adds empty rows and columns at the end; *a is unchanged on failure. Errors: EINVAL when
 * a size is below that of *a; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_csc_widen(cisup_csc *a, cisup_index nrow,
                                              cisup_index ncol, cisup_error *err);

/* Verifies the invariant. Errors: EFORMAT naming the column. O(ncol + nnz). */
CISUP_MUST_CHECK cisup_status cisup_csc_check(const cisup_csc *a, cisup_error *err);

#endif
