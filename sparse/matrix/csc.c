/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/csc.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/matrix/products.h>

cisup_status cisup_csc_init(cisup_csc *a, cisup_index nrow, cisup_index ncol,
                            cisup_index nnz, cisup_error *err) {
    *a = (cisup_csc){0};
    if (nrow < 0 || ncol < 0 || nnz < 0 || ncol == INT64_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a matrix of %" PRId64 " x %" PRId64 " with %" PRId64
                          " entries",
                          nrow, ncol, nnz);
    cisup_status status;
    CISUP_TRY(cisup_new(&a->p, ncol + 1, sizeof *a->p, err));
    CISUP_TRY(cisup_new(&a->i, nnz, sizeof *a->i, err));
    CISUP_TRY(cisup_new(&a->x, nnz, sizeof *a->x, err));
    a->nrow = nrow;
    a->ncol = ncol;
done:
    if (status != CISUP_OK) cisup_csc_free(a);
    return status;
}

void cisup_csc_free(cisup_csc *a) {
    cisup_release(a->p);
    cisup_release(a->i);
    cisup_release(a->x);
    *a = (cisup_csc){0};
}

cisup_status cisup_csc_of_dense(cisup_csc *a, cisup_index nrow, cisup_index ncol,
                                const double *dense, cisup_error *err) {
    const cisup_status status = cisup_csc_init(a, nrow, ncol, nrow * ncol, err);
    if (status != CISUP_OK) return status;
    for (cisup_index j = 0; j < ncol; j++) {
        a->p[j + 1] = (j + 1) * nrow;
        for (cisup_index i = 0; i < nrow; i++) {
            a->i[j * nrow + i] = i;
            a->x[j * nrow + i] = dense[i * ncol + j];
        }
    }
    return CISUP_OK;
}

cisup_status cisup_csc_widen(cisup_csc *a, cisup_index nrow, cisup_index ncol,
                             cisup_error *err) {
    if (nrow < a->nrow || ncol < a->ncol || ncol == INT64_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a matrix of %" PRId64 " x %" PRId64 " widened to %" PRId64
                          " x %" PRId64,
                          a->nrow, a->ncol, nrow, ncol);
    cisup_index room = a->ncol + 1;
    const cisup_status status = cisup_grow(&a->p, &room, ncol + 1, sizeof *a->p, err);
    if (status != CISUP_OK) return status;
    for (cisup_index j = a->ncol; j < ncol; j++) a->p[j + 1] = a->p[j];
    a->nrow = nrow;
    a->ncol = ncol;
    return CISUP_OK;
}

static cisup_status column_check(const cisup_csc *a, cisup_index j, cisup_error *err) {
    cisup_index last = -1;
    for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
        if (a->i[k] <= last || a->i[k] >= a->nrow)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "column %" PRId64 ": row %" PRId64
                              " is not increasing within [0, %" PRId64 ")",
                              j, a->i[k], a->nrow);
        last = a->i[k];
    }
    return CISUP_OK;
}

cisup_status cisup_csc_check(const cisup_csc *a, cisup_error *err) {
    if (a->p[0] != 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "the first column starts at %" PRId64,
                          a->p[0]);
    for (cisup_index j = 0; j < a->ncol; j++) {
        if (a->p[j + 1] < a->p[j])
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "column %" PRId64 " ends before it starts", j);
        const cisup_status status = column_check(a, j, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

static int all_zero(const double *x, cisup_index n) {
    for (cisup_index k = 0; k < n; k++)
        if (x[k] != 0.0) return 0;
    return 1;
}

void cisup_csc_apply(const cisup_csc *a, cisup_index lanes, const double *x, double *y) {
    for (cisup_index j = 0; j < a->ncol; j++) {
        const double *in = x + j * lanes;
        if (all_zero(in, lanes)) continue;
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
            double *out = y + a->i[k] * lanes;
            const double value = a->x[k];
            for (cisup_index m = 0; m < lanes; m++) out[m] += value * in[m];
        }
    }
}
