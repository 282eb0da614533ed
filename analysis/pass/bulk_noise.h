/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Input noise, a part of bulk_kernel.h: docs/math.md, section 21. */

#include <cisup/analysis/measure/gating.h>
#include <cisup/analysis/pass/bulk_parts.h>
#include <cisup/core/base/rng.h>

/* The stream of one circuit's inputs, or of the neurons of layer 0. */
static cisup_rng TYPED(noise_of)(const cisup_batch *batch, cisup_index lane,
                                 cisup_index t) {
    cisup_rng rng;
    cisup_rng_init(&rng, batch->seed, CISUP_STREAM_NOISE, batch->network,
                   batch->first + lane, t);
    return rng;
}

/* The masks of part h = 0, 1, ... from the counts of active circuits. */
static REAL *TYPED(masks)(const cisup_bulk *b, cisup_index h) {
    return (REAL *)b->masks + h * b->plan->net->base->N * LANES;
}

/* What the noise of circuit t adds: to the on-inputs of its neurons in every part, and
 * w (noise of the data) to its neurons in layer 1. */
static void TYPED(disturb)(const cisup_bulk *b, cisup_index lane, cisup_index t) {
    const cisup_network *net = b->plan->net;
    const cisup_batch *batch = b->batch;
    const cisup_index d = batch->d, S = net->base->S;
    const int biased = net->circuits->biased;
    const double *w = cisup_circuits_weights(net->circuits, 1, t);
    const int32_t *row = cisup_network_row(net, 1, t);
    double *in = b->noise;
    cisup_rng rng = TYPED(noise_of)(batch, lane, t);
    const double on = batch->noise * cisup_rng_normal(&rng);
    if (biased) in[0] = on;
    for (cisup_index j = biased; j < d; j++)
        in[j] = batch->noise * cisup_rng_normal(&rng);
    for (cisup_index i = biased; i < d; i++) {
        double sum = 0.0;
        for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * in[j];
        for (cisup_index s = 0; s < S; s++)
            ((REAL *)b->y)[(row[s] * d + i) * LANES + lane] += (REAL)sum;
    }
    for (cisup_index h = 0; h < b->plan->cycle; h++) {
        const int32_t *at = cisup_network_row(net, h + 1, t);
        for (cisup_index s = 0; s < S; s++)
            TYPED(masks)(b, h)[at[s] * LANES + lane] += (REAL)on;
    }
}

/* What layer 1 holds of all parts, from the on-inputs: kb = ReLU(1 - c), or ReLU(3/2 -
 * 2c) of robust masks, which every use but the gate of layer 2 sees clipped at 1. */
static void TYPED(make_masks)(const cisup_bulk *b) {
    REAL *c = TYPED(masks)(b, 0);
    const cisup_index count = b->plan->cycle * b->plan->net->base->N * LANES;
    const REAL top = b->batch->robust ? (REAL)1.5 : 1, slope = b->batch->robust ? 2 : 1;
    for (cisup_index k = 0; k < count; k++) {
        const REAL held = top - slope * c[k];
        c[k] = held > 0 ? held : 0;
    }
}

static void TYPED(add_noise)(cisup_bulk *b) {
    const cisup_network *net = b->plan->net;
    const cisup_batch *batch = b->batch;
    const cisup_index N = net->base->N, d = batch->d, cycle = b->plan->cycle;
    if (cycle) memset(b->masks, 0, (size_t)(cycle * N) * CISUP_LINE_BYTES);
    for (cisup_index lane = 0; lane < batch->used; lane++) {
        cisup_rng rng = TYPED(noise_of)(batch, lane, 0);
        for (cisup_index k = 0; !cycle && k < N * d; k++)
            ((REAL *)b->y)[k * LANES + lane] +=
                (REAL)(batch->noise * cisup_rng_normal(&rng));
        for (cisup_index k = 0; cycle && k < batch->count[lane]; k++)
            for (cisup_index h = 0; h < cycle; h++) {
                const cisup_index t = batch->active[lane * batch->z + k];
                const int32_t *at = cisup_network_row(net, h + 1, t);
                for (cisup_index s = 0; s < net->base->S; s++)
                    TYPED(masks)(b, h)[at[s] * LANES + lane] += 1;
            }
        for (cisup_index t = 0; cycle && t < net->base->T; t++)
            TYPED(disturb)(b, lane, t);
    }
    if (cycle) TYPED(make_masks)(b);
}

/* Layers of a network whose masks carry noise: data neurons of layer 1 have a constant
 * offset and no mask; of others ReLU(sum + o - (B + o) kb) - o (1 - kb). */
static void TYPED(settle_masks)(cisup_bulk *b, cisup_index outside) {
    const cisup_index N = b->plan->net->base->N, d = b->plan->net->circuits->d;
    const cisup_gating g = cisup_gating_of(b->plan->net, b->l, b->mode);
    const REAL o = (REAL)g.offset, both = (REAL)(g.offset + g.strength);
    const REAL *masks = TYPED(masks)(b, (b->l - 1) % b->plan->cycle);
    const parts w = TYPED(divide)(b);
    const vec zero = {0};
    const int robust = b->batch->robust;
    memset(w.open, 0, (size_t)(2 * d) * CISUP_LINE_BYTES);
    memset(w.lost, 0, CISUP_LINE_BYTES);
    memset(b->sum, 0, (size_t)(d * LANES) * sizeof *b->sum);
    for (cisup_index n = 0; n < N; n++)
        for (int p = 0; p < PIECES; p++) {
            const mask inside = TYPED(get_mask)(AT((const BITS *)b->inside, n, p));
            const vec held_kb = TYPED(get)(AT(masks, n, p)), one = zero + 1;
            const vec kb = robust ? one - TYPED(larger)(one - held_kb, zero) : held_kb;
            const vec closing = b->l > 1 ? both * (b->l > 2 ? kb : held_kb) : zero;
            const vec below = b->l > 1 ? o * (1 - kb) : zero + o;
            mask lost = TYPED(get_mask)(AT(w.lost, 0, p));
            for (cisup_index i = 0; i < d; i++) {
                const vec x = TYPED(get)(AT((const REAL *)b->y, n * d + i, p));
                const vec held = TYPED(larger)(x + o - closing, zero);
                const vec a = g.biased && i == 0 ? 1 - kb : held - below;
                const mask open =
                    (g.biased && i == 0 ? a > 0 : held > 0) & (inside | (a > 0));
                BITS *opens = AT(w.open, i, p), *wrongs = AT(w.wrong, i, p);
                lost |= (mask)(x - x);
                TYPED(put_mask)(opens, TYPED(get_mask)(opens) - open);
                TYPED(put_mask)(wrongs, TYPED(get_mask)(wrongs) - (open & ~inside));
                TYPED(put)(AT((REAL *)b->a, n * d + i, p), a);
            }
            TYPED(put_mask)(AT(w.lost, 0, p), lost);
        }
    TYPED(spoil)(b, &w, d);
    TYPED(count_open)(b, outside);
}
