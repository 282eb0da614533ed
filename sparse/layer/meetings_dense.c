/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/meetings_dense.h>

#include <cisup/core/base/vector.h>
#include <cisup/core/memory.h>

#include <string.h>

enum { LINE = 64, MOST_NEURONS = 8192, MOST_IN_BYTE = 255 };

cisup_status cisup_meetings_are_dense(const cisup_transition *x, int *are_dense,
                                      cisup_error *err) {
    const cisup_index N = x->base->N, S = x->base->S, T = x->base->T;
    const double meetings = (double)T * (double)S * (double)S;
    *are_dense = 0;
    if (N > MOST_NEURONS || S > MOST_IN_BYTE || meetings < (double)(N * N) / 8.0)
        return CISUP_OK;
    cisup_index *load, most = 0;
    const cisup_status status = cisup_new(&load, N, sizeof *load, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index k = 0; k < S; k++) {
            const cisup_index met = ++load[cisup_allocation_row(x->base, x->to[t])[k]];
            if (met > most) most = met;
        }
    cisup_release(load);
    *are_dense = most <= MOST_IN_BYTE;
    return CISUP_OK;
}

cisup_status cisup_dense_meetings_make(cisup_dense_meetings *g, const cisup_transition *x,
                                       cisup_error *err) {
    const cisup_index N = x->base->N, S = x->base->S;
    *g = (cisup_dense_meetings){.N = N, .stride = (N + LINE - 1) / LINE * LINE};
    const cisup_status status = cisup_new(&g->count, N, (size_t)g->stride, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < x->base->T; t++) {
        const int32_t *from = cisup_allocation_row(x->base, x->from[t]);
        const int32_t *to = cisup_allocation_row(x->base, x->to[t]);
        for (cisup_index j = 0; j < S; j++) {
            uint8_t *column = g->count + from[j] * g->stride;
            for (cisup_index k = 0; k < S; k++) column[to[k]]++;
        }
    }
    return CISUP_OK;
}

void cisup_dense_meetings_free(cisup_dense_meetings *g) {
    cisup_release(g->count);
    *g = (cisup_dense_meetings){0};
}

/* Which of LINE entries are above 1: bit k for entry k. Eight bytes at a time: those with
 * a bit beside the lowest set their highest, and a product moves these together. */
static uint64_t above_one(const uint8_t *entry) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fU, not_one = 0xfefefefefefefefeU;
    uint64_t all = 0;
    for (int k = 0; k < LINE / 8; k++) {
        uint64_t eight;
        memcpy(&eight, entry + 8 * k, sizeof eight);
        eight &= not_one;
        eight = ((((eight & low) + low) | eight) & ~low) >> 7;
        all |= (eight * 0x0102040810204080U >> 56) << 8 * k;
    }
    return all;
}

cisup_status cisup_dense_excess(const cisup_dense_meetings *g, cisup_csc *out,
                                cisup_error *err) {
    const cisup_index size = g->N * g->stride;
    cisup_index nnz = 0;
    for (cisup_index k = 0; k < size; k += LINE)
        nnz += __builtin_popcountll(above_one(g->count + k));
    const cisup_status status = cisup_csc_init(out, g->N, g->N, nnz, err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index m = 0; m < g->N; m++) {
        const uint8_t *column = g->count + m * g->stride;
        for (cisup_index n = 0; n < g->stride; n += LINE)
            for (uint64_t left = above_one(column + n); left; left &= left - 1) {
                out->i[at] = n + __builtin_ctzll(left);
                out->x[at] = (double)(column[out->i[at]] - 1);
                at++;
            }
        out->p[m + 1] = at;
    }
    return CISUP_OK;
}

/* G becomes min(1, G), eight bytes at a time. */
CISUP_VECTOR
static void cap(cisup_dense_meetings *g) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fU, one = 0x0101010101010101U;
    for (cisup_index k = 0; k < g->N * g->stride; k += 8) {
        uint64_t eight;
        memcpy(&eight, g->count + k, sizeof eight);
        eight = ((((eight & low) + low) | eight) >> 7) & one;
        memcpy(g->count + k, &eight, sizeof eight);
    }
}

/* reach += the sum over the S columns of min(1, G): S <= 255 bytes of 0 or 1 do not
 * carry over into the next when eight are added as one number. */
CISUP_VECTOR
static void add_columns(const cisup_dense_meetings *g, const int32_t *from, cisup_index S,
                        int32_t *reach) {
    for (cisup_index n = 0; n < g->stride; n += LINE) {
        uint64_t sum[LINE / 8] = {0};
        uint8_t byte[LINE];
        for (cisup_index k = 0; k < S; k++) {
            uint64_t eight[LINE / 8];
            memcpy(eight, g->count + from[k] * g->stride + n, sizeof eight);
            for (int j = 0; j < LINE / 8; j++) sum[j] += eight[j];
        }
        memcpy(byte, sum, sizeof byte);
        for (int j = 0; j < LINE; j++) reach[n + j] += byte[j];
    }
}

cisup_status cisup_dense_kappa(const cisup_transition *x, cisup_dense_meetings *g,
                               double *kappa, cisup_error *err) {
    const cisup_index S = x->base->S;
    int32_t *reach; /* [stride], at most the 255 N uses of neurons */
    const cisup_status status = cisup_new(&reach, g->stride, sizeof *reach, err);
    if (status != CISUP_OK) return status;
    int64_t Q = 0;
    cap(g);
    for (cisup_index t = x->base->T - 1; t >= 0; t--) {
        const int32_t *to = cisup_allocation_row(x->base, x->to[t]);
        for (cisup_index k = 0; k < S; k++) Q += reach[to[k]];
        add_columns(g, cisup_allocation_row(x->base, x->from[t]), S, reach);
    }
    cisup_release(reach);
    *kappa = cisup_kappa_of_pairs(x, Q);
    return CISUP_OK;
}
