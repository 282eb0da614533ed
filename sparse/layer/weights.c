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
 * so each is one sum over the circuits, for capped plus wbar (x) Gc, which
 * sparse/layer/assembly.h makes, and a background of rank d: left = 1 or kappa, right as
 * in the last column. */
#include <cisup/sparse/weights.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/lanes.h>
#include <cisup/sparse/layer/weights_make.h>
#include <cisup/sparse/matrix/products.h>

void cisup_weights_free(cisup_weights *w) {
    cisup_csc_free(&w->sparse);
    cisup_release(w->left);
    cisup_release(w->right);
    *w = (cisup_weights){0};
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

/* The sparse part, v given; for capped, left becomes kappa_n. */
static cisup_status fill_sparse(cisup_weights *out, const cisup_transition *x,
                                const double *v, cisup_error *err) {
    const cisup_index N = x->base->N;
    cisup_csc g = {0};
    double *factor = NULL;
    cisup_assembly sum = {.x = x, .v = v, .g = &g};
    cisup_status status;
    CISUP_TRY(cisup_meetings(x, &g, err));
    if (x->options.scheme == CISUP_WEIGHTS_CAPPED) {
        CISUP_TRY(cisup_kappas(x, &g, out->left, &out->kappa, err));
        CISUP_TRY(cisup_new(&factor, N, sizeof *factor, err));
        for (cisup_index n = 0; n < N; n++) factor[n] = 1.0 + out->left[n];
        sum.common = x->wbar;
        sum.factor = factor;
    }
    CISUP_TRY(cisup_assemble(&sum, &out->sparse, err));
done:
    cisup_csc_free(&g);
    cisup_release(factor);
    return status;
}

cisup_status cisup_weights_make(cisup_weights *out, const cisup_transition *x,
                                cisup_error *err) {
    const cisup_index d = x->d, N = x->base->N;
    const double c = cisup_center(N, x->base->S, x->base->T, &x->options);
    *out = (cisup_weights){.N = N, .d = d};
    double *v = NULL;
    cisup_status status;
    if (x->options.scheme == CISUP_WEIGHTS_PLAIN) {
        CISUP_TRY(fill_sparse(out, x, x->w, err));
        goto done;
    }
    CISUP_TRY(cisup_new(&out->left, N, sizeof *out->left, err));
    CISUP_TRY(cisup_new(&out->right, d * d * N, sizeof *out->right, err));
    CISUP_TRY(cisup_mix_circuits(x, cisup_mix_of(x), &v, err));
    CISUP_TRY(fill_sparse(out, x, v, err));
    if (x->options.scheme == CISUP_WEIGHTS_CAPPED)
        fill_capped(out, x);
    else
        fill_centered(out, x, c);
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
