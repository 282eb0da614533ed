/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last part of bulk_kernel.h: from what the circuits sent to the activations. */

#include <cisup/analysis/measure/gating.h>
#include <cisup/analysis/pass/bulk_parts.h>
#include <cisup/core/circuits/circuits_parts.h>

/* source_r = -(scale/S) (row r of right) a, all neurons; right: [d]. */
static void TYPED(find_source)(const cisup_bulk *b, const REAL *right, cisup_index d,
                               REAL *source) {
    const cisup_index N = b->plan->net->base->N;
    for (cisup_index n = 0; n < N; n++)
        for (int p = 0; p < PIECES; p++) {
            vec sum[1];
            TYPED(map_some)(right, (const REAL *)b->a + n * d * LANES, d, p, 1, sum);
            TYPED(put)(AT(source, n, p), sum[0]);
        }
}

/* channel_r = (G - min(1,G)) source_r. */
static void TYPED(excess)(const cisup_bulk *b, const cisup_bulk_layer *x) {
    const cisup_factored *f = x->f;
    const cisup_bulk_excess *e = &x->excess;
    const cisup_index N = f->in.base->N, d = f->in.d;
    const double scale = b->common ? 1.0 : 1.0 + f->kappa;
    const double factor = -scale / (double)f->in.base->S;
    const parts w = TYPED(divide)(b);
    for (cisup_index k = 0; k < f->rank * d; k++)
        w.right[k] = (REAL)(factor * f->right[k]);
    for (cisup_index r = 0; r < f->rank; r++) {
        REAL *source = (REAL *)b->source + r * N * LANES;
        TYPED(find_source)(b, w.right + r * d, d, source);
        for (cisup_index n = 0; n < N; n++)
            for (int p = 0; p < PIECES; p++) {
                vec sum = {0};
                for (cisup_index k = e->start[n]; k < e->start[n + 1]; k++)
                    sum += (REAL)e->factor[k] * TYPED(get)(AT(source, e->from[k], p));
                TYPED(put)(AT((REAL *)b->channel, r * N + e->row[n], p), sum);
            }
    }
}

/* What all neurons of a block get alike, or times kappa_n. */
static void TYPED(make_image)(const cisup_bulk *b, const cisup_bulk_layer *x,
                              const parts *w) {
    const cisup_factored *f = x->f;
    const cisup_index d = f->in.d;
    const double S = (double)f->in.base->S;
    double factor = 1.0;
    memset(w->image, 0, (size_t)d * CISUP_LINE_BYTES);
    if (f->scheme == CISUP_WEIGHTS_CAPPED) {
        TYPED(map_add)(w->wbar, w->total, d, w->image);
        factor = f->rows ? 1.0 : -f->kappa / S;
    } else if (f->in.center != 0.0) {
        for (cisup_index k = 0; k < d * LANES; k++)
            w->image[k] = (REAL)b->sum[d * LANES + k];
        factor = -f->in.center * S;
    }
    for (cisup_index k = 0; k < d * LANES; k++) w->image[k] = (REAL)factor * w->image[k];
    for (cisup_index k = 0; k < d * d; k++) w->left[k] = f->left ? (REAL)f->left[k] : 0;
}

/* sum_g += sum over r of left[i+g][r] channel_r for neuron n: what capping takes. */
ALWAYS void TYPED(take_excess)(const cisup_bulk *b, const cisup_bulk_layer *x,
                               const parts *w, cisup_index d, cisup_index n,
                               cisup_index i, int p, int count, vec *sum) {
    const cisup_index N = b->plan->net->base->N;
    for (cisup_index r = 0; r < x->f->rank; r++) {
        const vec channel = TYPED(get)(AT((const REAL *)b->channel, r * N + n, p));
        const REAL *left = w->left + i * d + r;
        for (int g = 0; g < count; g++)
            if (left[g * d] != 0) sum[g] += left[g * d] * channel;
    }
}

/* Pre^l - B of lines i, ..., i+count-1 of neuron n, from what the circuits sent. */
ALWAYS void TYPED(weigh)(const cisup_bulk *b, const cisup_bulk_layer *x, const parts *w,
                         cisup_index d, cisup_index n, cisup_index i, int p, int count,
                         vec *y) {
    if (!b->common) {
        TYPED(take_excess)(b, x, w, d, n, i, p, count, y);
        for (int g = 0; g < count; g++) y[g] += TYPED(get)(AT(w->image, i + g, p));
        return;
    }
    const double kappa = x->f->rows[n], S = (double)x->f->in.base->S;
    vec common[4];
    const REAL *at = AT((const REAL *)b->common, n * d + i, p);
    for (int g = 0; g < count; g++) common[g] = TYPED(get)(AT(at, g, 0));
    TYPED(take_excess)(b, x, w, d, n, i, p, count, common);
    for (int g = 0; g < count; g++) {
        y[g] += (REAL)(1.0 + kappa) * common[g];
        y[g] += (REAL)(-1.0 / S * kappa) * TYPED(get)(AT(w->image, i + g, p));
    }
}

/* What a neuron of a network that carries masks holds above its offset, block i: its mask
 * where there is one; inside K^l the sum, not below -offset; outside what rises above the
 * strength. */
ALWAYS vec TYPED(carry)(const cisup_gating *g, cisup_index i, vec x, mask inside) {
    const vec zero = {0}, above = x - (REAL)g->strength, low = zero - (REAL)g->offset;
    if (g->biased && i == 0) return TYPED(only)(zero + 1, inside);
    return TYPED(only)(TYPED(larger)(low, x), inside) +
           TYPED(only)(TYPED(larger)(above, zero), ~inside);
}

/* Neurons first, ..., end-1 in blocks i, ..., i+count-1; part p of the lines. */
ALWAYS void TYPED(settle_some)(const cisup_bulk *b, const cisup_bulk_layer *x,
                               const parts *w, cisup_index d, cisup_index first,
                               cisup_index end, int p, cisup_index i, int count) {
    const double *bias = cisup_circuits_bias(b->plan->net->circuits, b->l) + i;
    const cisup_gating gating = cisup_gating_of(b->plan->net, b->l, b->mode);
    const REAL closed = (REAL)(gating.carried ? -gating.offset : 0.0);
    const int rectify = b->mode == CISUP_MODE_RELU || b->mode == CISUP_MODE_MASKED_RELU;
    const int masked =
        b->mode == CISUP_MODE_MASKED_LINEAR || b->mode == CISUP_MODE_MASKED_RELU;
    vec a[4], total[4] = {{0}};
    mask opens[4] = {{0}}, wrongs[4] = {{0}};
    mask lost = TYPED(get_mask)(AT(w->lost, 0, p));
    for (cisup_index n = first; n < end; n++) {
        const mask inside = TYPED(get_mask)(AT((const BITS *)b->inside, n, p));
        const REAL *y = AT((const REAL *)b->y, n * d + i, p);
        REAL *to = AT((REAL *)b->a, n * d + i, p);
        for (int g = 0; g < count; g++) a[g] = TYPED(get)(AT(y, g, 0));
        if (x) TYPED(weigh)(b, x, w, d, n, i, p, count, a);
        for (int g = 0; g < count; g++) {
            a[g] += (REAL)bias[g];
            lost |= (mask)(a[g] - a[g]);
            if (gating.carried)
                a[g] = TYPED(carry)(&gating, i + g, a[g], inside);
            else if (rectify)
                a[g] = TYPED(only)(a[g], a[g] > 0);
            if (masked && !gating.carried) a[g] = TYPED(only)(a[g], inside);
            TYPED(put)(AT(to, g, 0), a[g]);
            const mask open = (a[g] > closed) & (inside | (a[g] > 0));
            total[g] += a[g];
            opens[g] -= open;
            wrongs[g] -= open & ~inside;
        }
    }
    for (int g = 0; g < count; g++) {
        BITS *open = AT(w->open, i + g, p), *wrong = AT(w->wrong, i + g, p);
        TYPED(put_mask)(open, TYPED(get_mask)(open) + opens[g]);
        TYPED(put_mask)(wrong, TYPED(get_mask)(wrong) + wrongs[g]);
        TYPED(put)(AT(w->total, i + g, p), total[g]);
    }
    TYPED(put_mask)(AT(w->lost, 0, p), lost);
}

/* All activations of a lane that is lost are NaN, as in forward.c. */
static void TYPED(spoil)(const cisup_bulk *b, const parts *w, cisup_index d) {
    const cisup_index N = b->plan->net->base->N;
    REAL *a = b->a;
    for (int lane = 0; lane < LANES; lane++) {
        if (!w->lost[lane]) continue;
        for (cisup_index k = 0; k < d * N; k++) a[k * LANES + lane] = (REAL)NAN;
        for (cisup_index k = 0; k < d; k++) b->sum[k * LANES + lane] = (double)NAN;
    }
}

ALWAYS void TYPED(settle_all)(cisup_bulk *b, const cisup_bulk_layer *x, cisup_index d) {
    const cisup_index N = b->plan->net->base->N;
    const parts w = TYPED(divide)(b);
    if (x) TYPED(make_image)(b, x, &w);
    memset(w.open, 0, (size_t)(2 * d) * CISUP_LINE_BYTES);
    memset(w.lost, 0, CISUP_LINE_BYTES);
    memset(b->sum, 0, (size_t)(d * LANES) * sizeof *b->sum);
    const cisup_index stretch = POURS ? CISUP_BULK_SUM : N;
    for (cisup_index first = 0, end; first < N; first = end) {
        end = N - first < stretch ? N : first + stretch;
        for (int p = 0; p < PIECES; p++) {
            cisup_index i = 0;
            for (; i + 4 <= d; i += 4)
                TYPED(settle_some)(b, x, &w, d, first, end, p, i, 4);
            for (; i < d; i++) TYPED(settle_some)(b, x, &w, d, first, end, p, i, 1);
        }
        TYPED(pour)(w.total, d, b->sum);
    }
    TYPED(spoil)(b, &w, d);
}

/* Neurons of a block that are open, all and outside K^l, of the lanes in use. */
static void TYPED(count_open)(const cisup_bulk *b, cisup_index outside) {
    const cisup_index d = b->plan->net->circuits->d;
    const parts w = TYPED(divide)(b);
    for (cisup_index i = 0; b->measure && i < d; i++) {
        cisup_open_count *count = &b->measure->open[(b->l - 1) * d + i];
        count->outside += outside;
        for (cisup_index k = 0; k < b->batch->used; k++) {
            count->open += w.open[i * LANES + k];
            count->wrong += w.wrong[i * LANES + k];
            count->lost += w.lost[k] != 0;
        }
    }
}

/* Marks K^l; returns how many neurons are outside, added up over the lanes in use. */
static cisup_index TYPED(mark)(const cisup_bulk *b) {
    const cisup_network *net = b->plan->net;
    const cisup_batch *batch = b->batch;
    cisup_index outside = net->base->N * batch->used;
    BITS *inside = b->inside;
    memset(inside, 0, (size_t)net->base->N * CISUP_LINE_BYTES);
    for (cisup_index lane = 0; lane < batch->used; lane++)
        for (cisup_index k = 0; k < batch->count[lane]; k++) {
            const cisup_index t = batch->active[lane * batch->z + k];
            const int32_t *row = cisup_network_row(net, b->l, t);
            for (cisup_index s = 0; s < net->base->S; s++) {
                BITS *one = AT(inside, row[s], 0) + lane;
                outside -= !*one;
                *one = -1;
            }
        }
    return outside;
}

static void TYPED(settle_masks)(cisup_bulk *b, cisup_index outside);
static void TYPED(add_noise)(cisup_bulk *b);

static void TYPED(settle)(cisup_bulk *b, const cisup_bulk_layer *x) {
    const cisup_index d = b->plan->net->circuits->d;
    const cisup_index outside = TYPED(mark)(b);
    if (b->plan->cycle && b->mode == CISUP_MODE_RELU) {
        TYPED(settle_masks)(b, outside);
        return;
    }
    if (d == 4)
        TYPED(settle_all)(b, x, 4);
    else
        TYPED(settle_all)(b, x, d);
    TYPED(count_open)(b, outside);
}

static void TYPED(embed)(cisup_bulk *b) {
    const cisup_network *net = b->plan->net;
    const cisup_batch *batch = b->batch;
    const cisup_index d = batch->d;
    REAL *y = b->y;
    memset(y, 0, (size_t)(net->base->N * d) * CISUP_LINE_BYTES);
    for (cisup_index lane = 0; lane < batch->used; lane++)
        for (cisup_index k = 0; k < batch->count[lane]; k++) {
            const cisup_index t = batch->active[lane * batch->z + k];
            const double *w = cisup_circuits_weights(net->circuits, 1, t);
            const double *in = cisup_batch_state(batch, lane, k, 0);
            const int32_t *row = cisup_network_row(net, 1, t);
            for (cisup_index i = 0; i < d; i++) {
                double sum = 0.0;
                for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * in[j];
                for (cisup_index s = 0; s < net->base->S; s++)
                    y[(row[s] * d + i) * LANES + lane] += (REAL)sum;
            }
        }
    if (batch->noise > 0.0) TYPED(add_noise)(b);
}
