/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that sees CXSparse. Its header brings macros named cs, css, csn and
 * CS_*, and <complex.h>'s I unless NCOMPLEX is set; none may reach other files.
 * CXSparse leaves the columns of its results unsorted: two transposes sort them. */
#include <cisup/sparse/csc.h>

#include <cisup/sparse/matrix/products.h>

#define NCOMPLEX
#include <suitesparse/cs.h>
#undef cs

#include <string.h>

_Static_assert(sizeof(cs_long_t) == sizeof(cisup_index),
               "CXSparse must use 64-bit indices");

/* A borrowed view: CXSparse may read through it, never free or resize it. */
static cs_dl borrow(const cisup_csc *a) {
    return (cs_dl){.nzmax = a->p[a->ncol],
                   .m = a->nrow,
                   .n = a->ncol,
                   .p = a->p,
                   .i = a->i,
                   .x = a->x,
                   .nz = -1};
}

/* Copies out of CXSparse's own allocator into ours. */
static cisup_status adopt(const cs_dl *from, cisup_csc *c, cisup_error *err) {
    const cisup_index nnz = from->p[from->n];
    const cisup_status status = cisup_csc_init(c, from->m, from->n, nnz, err);
    if (status != CISUP_OK) return status;
    memcpy(c->p, from->p, ((size_t)from->n + 1) * sizeof *c->p);
    memcpy(c->i, from->i, (size_t)nnz * sizeof *c->i);
    memcpy(c->x, from->x, (size_t)nnz * sizeof *c->x);
    return CISUP_OK;
}

/* Takes over a result with unsorted columns, or NULL for want of memory. */
static cisup_status adopt_sorted(cs_dl *unsorted, cisup_csc *c, cisup_error *err) {
    cs_dl *flipped = unsorted ? cs_dl_transpose(unsorted, 1) : NULL;
    cs_dl_spfree(unsorted);
    cs_dl *sorted = flipped ? cs_dl_transpose(flipped, 1) : NULL;
    cs_dl_spfree(flipped);
    const cisup_status status =
        sorted ? adopt(sorted, c, err)
               : CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a sparse product or sum");
    cs_dl_spfree(sorted);
    return status;
}

cisup_status cisup_csc_multiply(const cisup_csc *a, const cisup_csc *b, cisup_csc *c,
                                cisup_error *err) {
    *c = (cisup_csc){0};
    if (a->ncol != b->nrow)
        return CISUP_FAIL(err, CISUP_ESHAPE,
                          "%" PRId64 " x %" PRId64 " times %" PRId64 " x %" PRId64,
                          a->nrow, a->ncol, b->nrow, b->ncol);
    const cs_dl left = borrow(a), right = borrow(b);
    return adopt_sorted(cs_dl_multiply(&left, &right), c, err);
}

cisup_status cisup_csc_add(double alpha, const cisup_csc *a, double beta,
                           const cisup_csc *b, cisup_csc *c, cisup_error *err) {
    *c = (cisup_csc){0};
    if (a->nrow != b->nrow || a->ncol != b->ncol)
        return CISUP_FAIL(err, CISUP_ESHAPE,
                          "%" PRId64 " x %" PRId64 " plus %" PRId64 " x %" PRId64,
                          a->nrow, a->ncol, b->nrow, b->ncol);
    const cs_dl left = borrow(a), right = borrow(b);
    return adopt_sorted(cs_dl_add(&left, &right, alpha, beta), c, err);
}

cisup_status cisup_csc_transpose(const cisup_csc *a, cisup_csc *c, cisup_error *err) {
    *c = (cisup_csc){0};
    const cs_dl view = borrow(a);
    cs_dl *flipped = cs_dl_transpose(&view, 1);
    const cisup_status status =
        flipped ? adopt(flipped, c, err)
                : CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a sparse transpose");
    cs_dl_spfree(flipped);
    return status;
}
