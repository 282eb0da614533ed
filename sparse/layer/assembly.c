/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/assembly.h>

#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

cisup_status cisup_blockdiag(const double *w, cisup_index T, cisup_index d,
                             cisup_csc *out, cisup_error *err) {
    cisup_index nnz = 0;
    for (cisup_index k = 0; k < T * d * d; k++) nnz += w[k] != 0.0;
    const cisup_status status = cisup_csc_init(out, T * d, T * d, nnz, err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index column = 0; column < T * d; column++) {
        const cisup_index t = column / d, j = column % d;
        for (cisup_index i = 0; i < d; i++) {
            const double value = w[(t * d + i) * d + j];
            if (value == 0.0) continue;
            out->i[at] = t * d + i;
            out->x[at++] = value;
        }
        out->p[column + 1] = at;
    }
    return CISUP_OK;
}

/* E^l blockdiag(v) U^{l-1}, dN x dN. */
static cisup_status product(const cisup_transition *x, const double *v, cisup_csc *out,
                            cisup_error *err) {
    const cisup_index d = x->d, dN = d * x->base->N;
    cisup_csc slots = {0}, e = {0}, u = {0}, blocks = {0}, half = {0};
    *out = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(cisup_embedding_slots(x->base, x->from, &slots, err));
    CISUP_TRY(cisup_embedding_blocks(&slots, d, dN, &e, err));
    CISUP_TRY(cisup_unembedding(&e, x->base->S, &u, err));
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    CISUP_TRY(cisup_embedding_slots(x->base, x->to, &slots, err));
    CISUP_TRY(cisup_embedding_blocks(&slots, d, dN, &e, err));
    CISUP_TRY(cisup_blockdiag(v, x->base->T, d, &blocks, err));
    CISUP_TRY(cisup_csc_multiply(&e, &blocks, &half, err));
    CISUP_TRY(cisup_csc_multiply(&half, &u, out, err));
done:
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    cisup_csc_free(&u);
    cisup_csc_free(&blocks);
    cisup_csc_free(&half);
    return status;
}

/* (1/S) common (x) diag(factor) min(1,G), dN x dN. */
static cisup_status common_part(const cisup_assembly *in, cisup_csc *out,
                                cisup_error *err) {
    const cisup_index d = in->x->d, N = in->x->base->N;
    const double S = (double)in->x->base->S;
    const cisup_csc *g = in->g;
    cisup_index nonzero = 0;
    for (cisup_index k = 0; k < d * d; k++) nonzero += in->common[k] / S != 0.0;
    const cisup_status status = cisup_csc_init(out, d * N, d * N, nonzero * g->p[N], err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index column = 0; column < d * N; column++) {
        const cisup_index j = column / N, m = column % N;
        for (cisup_index i = 0; i < d; i++) {
            const double value = in->common[i * d + j] / S;
            if (value == 0.0) continue;
            for (cisup_index e = g->p[m]; e < g->p[m + 1]; e++, at++) {
                out->i[at] = i * N + g->i[e];
                out->x[at] = value * in->factor[g->i[e]];
            }
        }
        out->p[column + 1] = at;
    }
    return CISUP_OK;
}

cisup_status cisup_assemble_product(const cisup_assembly *in, cisup_csc *out,
                                    cisup_error *err) {
    cisup_csc own = {0}, common = {0};
    cisup_status status = product(in->x, in->v, out, err);
    if (status != CISUP_OK || !in->common) return status;
    own = *out;
    *out = (cisup_csc){0};
    CISUP_TRY(common_part(in, &common, err));
    CISUP_TRY(cisup_csc_add(1.0, &own, 1.0, &common, out, err));
done:
    cisup_csc_free(&own);
    cisup_csc_free(&common);
    return status;
}

cisup_status cisup_meetings_product(const cisup_transition *x, cisup_csc *g,
                                    cisup_error *err) {
    cisup_csc to = {0}, from = {0}, flipped = {0};
    *g = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(cisup_embedding_slots(x->base, x->to, &to, err));
    CISUP_TRY(cisup_embedding_slots(x->base, x->from, &from, err));
    CISUP_TRY(cisup_csc_transpose(&from, &flipped, err));
    CISUP_TRY(cisup_csc_multiply(&to, &flipped, g, err));
done:
    cisup_csc_free(&to);
    cisup_csc_free(&from);
    cisup_csc_free(&flipped);
    return status;
}

/* Whether a sum over the circuits with d x d matrices is made by products. */
static int by_products(const cisup_transition *x, cisup_index d) {
    const double T = (double)x->base->T, Sd = (double)(x->base->S * d);
    const cisup_assembling way = x->options.assemble;
    return way == CISUP_ASSEMBLE_PRODUCTS ||
           (way == CISUP_ASSEMBLE_AUTO && T * Sd * Sd <= CISUP_SMALL_ASSEMBLY);
}

cisup_status cisup_assemble(const cisup_assembly *in, cisup_csc *out, cisup_error *err) {
    return by_products(in->x, in->x->d) ? cisup_assemble_product(in, out, err)
                                        : cisup_assemble_direct(in, out, err);
}

cisup_status cisup_meetings(const cisup_transition *x, cisup_csc *g, cisup_error *err) {
    return by_products(x, 1) ? cisup_meetings_product(x, g, err)
                             : cisup_meetings_direct(x, g, err);
}
