/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/embedding.h>

#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

cisup_status cisup_embedding_slots(const cisup_allocation *a,
                                   const cisup_index *permutation, cisup_csc *e,
                                   cisup_error *err) {
    const cisup_status status = cisup_csc_init(e, a->N, a->T, a->T * a->S, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *row = cisup_allocation_row(a, permutation ? permutation[t] : t);
        for (cisup_index k = 0; k < a->S; k++) {
            e->i[t * a->S + k] = row[k];
            e->x[t * a->S + k] = 1.0;
        }
        e->p[t + 1] = (t + 1) * a->S;
    }
    return CISUP_OK;
}

cisup_status cisup_embedding_blocks(const cisup_csc *slots, cisup_index d, cisup_index D,
                                    cisup_csc *e, cisup_error *err) {
    *e = (cisup_csc){0};
    const cisup_index N = slots->nrow, T = slots->ncol;
    if (d < 1 || D < d * N)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "d = %" PRId64 " blocks of %" PRId64
                          " neurons do not fit D = %" PRId64,
                          d, N, D);
    const cisup_status status = cisup_csc_init(e, D, T * d, d * slots->p[T], err);
    if (status != CISUP_OK) return status;
    cisup_index out = 0;
    for (cisup_index column = 0; column < T * d; column++) {
        const cisup_index t = column / d, j = column % d;
        for (cisup_index k = slots->p[t]; k < slots->p[t + 1]; k++, out++) {
            e->i[out] = j * N + slots->i[k];
            e->x[out] = slots->x[k];
        }
        e->p[column + 1] = out;
    }
    return CISUP_OK;
}

cisup_status cisup_unembedding(const cisup_csc *e, cisup_index S, cisup_csc *u,
                               cisup_error *err) {
    const cisup_status status = cisup_csc_transpose(e, u, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < u->p[u->ncol]; k++) u->x[k] /= (double)S;
    return CISUP_OK;
}
