/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With X = e_t^l e_t^{l-1 T}, G = sum_t X, Gc = min(1,G) the four schemes are
 *
 *   plain     (1/S) sum_t w_t (x) X
 *   balanced  (1/S + c) sum_t w_t (x) X           - c sum_t w_t (x) 1 e_t^{l-1 T}
 *   split     (1/S) sum_t (w_t + cS wbar) (x) X   - c wbar (x) 1 s^T
 *   capped    (1/S) sum_t dw_t (x) X + (1/S) wbar (x) diag(1+kappa) Gc
 *                                                 - (1/S) wbar (x) kappa 1^T
 *
 * so each is one sparse product E blockdiag(.) U, for capped plus wbar (x) Gc, and a
 * background of rank d: left = 1 or kappa, right as in the last column. */
#include <cisup/sparse/weights.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/lanes.h>

void cisup_weights_free(cisup_weights *w) {
    cisup_csc_free(&w->sparse);
    cisup_release(w->left);
    cisup_release(w->right);
    *w = (cisup_weights){0};
}

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

/* The circuit weights that stand in the sparse product, times S: [T][d][d]. */
static void scale_circuits(const cisup_transition *x, double c, double *v) {
    const cisup_index dd = x->d * x->d;
    const double S = (double)x->base->S;
    for (cisup_index k = 0; k < x->base->T * dd; k++) {
        const double common = x->wbar[k % dd];
        switch (x->options.scheme) {
        case CISUP_WEIGHTS_PLAIN:
            v[k] = x->w[k];
            break;
        case CISUP_WEIGHTS_BALANCED:
            v[k] = (1.0 + c * S) * x->w[k];
            break;
        case CISUP_WEIGHTS_SPLIT:
            v[k] = x->w[k] + c * S * common;
            break;
        case CISUP_WEIGHTS_CAPPED:
            v[k] = x->w[k] - common;
            break;
        }
    }
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

/* (1/S) wbar (x) diag(1 + kappa) min(1,G), dN x dN. */
static cisup_status common_part(const cisup_transition *x, const cisup_csc *g,
                                const double *kappa, cisup_csc *out, cisup_error *err) {
    const cisup_index d = x->d, N = x->base->N;
    const double S = (double)x->base->S;
    cisup_index nonzero = 0;
    for (cisup_index k = 0; k < d * d; k++) nonzero += x->wbar[k] != 0.0;
    const cisup_status status = cisup_csc_init(out, d * N, d * N, nonzero * g->p[N], err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index column = 0; column < d * N; column++) {
        const cisup_index j = column / N, m = column % N;
        for (cisup_index i = 0; i < d; i++) {
            const double value = x->wbar[i * d + j] / S;
            if (value == 0.0) continue;
            for (cisup_index e = g->p[m]; e < g->p[m + 1]; e++, at++) {
                out->i[at] = i * N + g->i[e];
                out->x[at] = value * (1.0 + kappa[g->i[e]]);
            }
        }
        out->p[column + 1] = at;
    }
    return CISUP_OK;
}

/* Fills left with kappa and adds the common part to the sparse part. */
static cisup_status add_capped(cisup_weights *out, const cisup_transition *x,
                               cisup_error *err) {
    const cisup_index N = x->base->N;
    cisup_csc g = {0}, common = {0}, own = out->sparse;
    out->sparse = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(cisup_meetings(x, &g, err));
    if (x->options.kappa == CISUP_KAPPA_ROWS) {
        CISUP_TRY(cisup_kappa_rows(x, out->left, err));
        for (cisup_index n = 0; n < N; n++) out->kappa += out->left[n] / (double)N;
    } else {
        CISUP_TRY(cisup_kappa(x, &g, &out->kappa, err));
        for (cisup_index n = 0; n < N; n++) out->left[n] = out->kappa;
    }
    CISUP_TRY(common_part(x, &g, out->left, &common, err));
    CISUP_TRY(cisup_csc_add(1.0, &own, 1.0, &common, &out->sparse, err));
done:
    cisup_csc_free(&g);
    cisup_csc_free(&common);
    cisup_csc_free(&own);
    return status;
}

/* right for balanced: -c sum_t w_t (x) e_t^{l-1 T}; for split the same with wbar for
 * w_t, which is -c wbar (x) s^T. */
static void fill_centered(cisup_weights *out, const cisup_transition *x, double c) {
    const cisup_index d = x->d, N = x->base->N;
    const int split = x->options.scheme == CISUP_WEIGHTS_SPLIT;
    for (cisup_index n = 0; n < N; n++) out->left[n] = 1.0;
    for (cisup_index t = 0; t < x->base->T; t++) {
        const double *w = split ? x->wbar : x->w + t * d * d;
        const int32_t *row = cisup_allocation_row(x->base, x->from[t]);
        for (cisup_index k = 0; k < d * d; k++)
            for (cisup_index s = 0; s < x->base->S; s++)
                out->right[k * N + row[s]] -= c * w[k];
    }
}

static void fill_capped(cisup_weights *out, const cisup_transition *x) {
    const cisup_index N = x->base->N;
    const double S = (double)x->base->S;
    for (cisup_index k = 0; k < x->d * x->d * N; k++) out->right[k] = -x->wbar[k / N] / S;
}

cisup_status cisup_weights_make(cisup_weights *out, const cisup_transition *x,
                                cisup_error *err) {
    const cisup_index d = x->d, N = x->base->N, T = x->base->T;
    const double c = cisup_center(N, x->base->S, T, &x->options);
    *out = (cisup_weights){.N = N, .d = d};
    double *v = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&v, T * d * d, sizeof *v, err));
    scale_circuits(x, c, v);
    CISUP_TRY(product(x, v, &out->sparse, err));
    if (x->options.scheme == CISUP_WEIGHTS_PLAIN) goto done;
    CISUP_TRY(cisup_new(&out->left, N, sizeof *out->left, err));
    CISUP_TRY(cisup_new(&out->right, d * d * N, sizeof *out->right, err));
    if (x->options.scheme == CISUP_WEIGHTS_CAPPED) {
        CISUP_TRY(add_capped(out, x, err));
        fill_capped(out, x);
    } else {
        fill_centered(out, x, c);
    }
done:
    cisup_release(v);
    if (status != CISUP_OK) cisup_weights_free(out);
    return status;
}

void cisup_weights_apply(const cisup_weights *w, const double *a, double *y,
                         double *work) {
    const cisup_index dN = w->d * w->N;
    cisup_csc_apply(&w->sparse, CISUP_LANES, a, y);
    if (!w->left) return;
    for (cisup_index i = 0; i < w->d; i++) {
        cisup_lanes_zero(work);
        for (cisup_index k = 0; k < dN; k++)
            cisup_lanes_add_scaled(work, w->right[i * dN + k], a + k * CISUP_LANES);
        for (cisup_index n = 0; n < w->N; n++)
            cisup_lanes_add_scaled(y + (i * w->N + n) * CISUP_LANES, w->left[n], work);
    }
}

void cisup_weights_dense(const cisup_weights *w, double *out) {
    const cisup_index dN = w->d * w->N;
    for (cisup_index row = 0; row < dN; row++)
        for (cisup_index column = 0; column < dN; column++)
            out[row * dN + column] =
                w->left ? w->left[row % w->N] * w->right[row / w->N * dN + column] : 0.0;
    for (cisup_index column = 0; column < dN; column++)
        for (cisup_index k = w->sparse.p[column]; k < w->sparse.p[column + 1]; k++)
            out[w->sparse.i[k] * dN + column] += w->sparse.x[k];
}
