/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/measure/batch.h>

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/base/words.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <string.h>

static const char *const mode_name[] = {
    [CISUP_MODE_RELU] = "relu",
    [CISUP_MODE_MASKED_LINEAR] = "masked-linear",
    [CISUP_MODE_MASKED_RELU] = "masked-relu",
    [CISUP_MODE_LINEAR] = "linear",
};

const char *cisup_mode_name(cisup_mode mode) {
    return mode_name[mode];
}

int cisup_mode_find(const char *name) {
    return CISUP_WORD_FIND(mode_name, name);
}

static const char *const precision_name[] = {
    [CISUP_PRECISION_DOUBLE] = "double",
    [CISUP_PRECISION_SINGLE] = "single",
};

const char *cisup_precision_name(cisup_precision precision) {
    return precision_name[precision];
}

int cisup_precision_find(const char *name) {
    return CISUP_WORD_FIND(precision_name, name);
}

cisup_status cisup_batch_init(cisup_batch *b, cisup_index z, const cisup_circuits *c,
                              cisup_error *err) {
    *b = (cisup_batch){.z = z, .L = c->L, .d = c->d};
    for (int lane = 0; lane < CISUP_LANES_MOST; lane++) b->count[lane] = z;
    const cisup_index samples = CISUP_LANES_MOST * z;
    const cisup_index states = samples * (c->L + 1) * c->d;
    cisup_status status;
    CISUP_TRY(cisup_new(&b->active, samples, sizeof *b->active, err));
    CISUP_TRY(cisup_new(&b->state, states, sizeof *b->state, err));
done:
    if (status != CISUP_OK) cisup_batch_free(b);
    return status;
}

void cisup_batch_free(cisup_batch *b) {
    cisup_release(b->active);
    cisup_release(b->state);
    *b = (cisup_batch){0};
}

void cisup_batch_states(cisup_batch *b, const cisup_circuits *c) {
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->count[lane]; k++)
            for (cisup_index l = 1; l <= b->L; l++)
                cisup_circuits_step(c, l, b->active[lane * b->z + k],
                                    cisup_batch_state(b, lane, k, l - 1),
                                    cisup_batch_state(b, lane, k, l));
}

static void take_set(cisup_batch *b, cisup_index lane, cisup_index sample) {
    const cisup_active_sets *sets = b->sets;
    const cisup_index *start = sets->start + sample % sets->count;
    b->count[lane] = start[1] - start[0];
    for (cisup_index k = 0; k < b->count[lane]; k++)
        b->active[lane * b->z + k] = sets->circuit[start[0] + k];
}

static void draw_set(cisup_batch *b, cisup_index T, uint64_t seed, cisup_index network,
                     cisup_index lane, cisup_index sample) {
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_ACTIVE, network, sample, b->z);
    cisup_rng_subset(&rng, T, b->z, b->active + lane * b->z);
}

void cisup_batch_draw(cisup_batch *b, const cisup_circuits *c, uint64_t seed,
                      cisup_index network, cisup_index first, cisup_index used) {
    b->used = used;
    b->seed = seed;
    b->network = network;
    b->first = first;
    for (cisup_index lane = 0; lane < used; lane++) {
        cisup_index *active = b->active + lane * b->z;
        if (b->sets)
            take_set(b, lane, first + lane);
        else
            draw_set(b, c->T, seed, network, lane, first + lane);
        for (cisup_index k = 0; k < b->count[lane]; k++)
            cisup_circuits_input(c, seed, network, first + lane, active[k],
                                 cisup_batch_state(b, lane, k, 0));
    }
    cisup_batch_states(b, c);
}

void cisup_batch_embed(const cisup_network *net, const cisup_batch *batch, cisup_index l,
                       double *a) {
    const cisup_index N = net->base->N, S = net->base->S, d = batch->d;
    memset(a, 0, (size_t)(d * N * CISUP_LANES) * sizeof *a);
    for (cisup_index lane = 0; lane < batch->used; lane++)
        for (cisup_index k = 0; k < batch->count[lane]; k++) {
            const cisup_index t = batch->active[lane * batch->z + k];
            const double *w = cisup_circuits_weights(net->circuits, l, t);
            const double *in = cisup_batch_state(batch, lane, k, l - 1);
            const int32_t *row = cisup_network_row(net, l, t);
            for (cisup_index i = 0; i < d; i++) {
                double sum = 0.0;
                for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * in[j];
                for (cisup_index s = 0; s < S; s++)
                    a[(i * N + row[s]) * CISUP_LANES + lane] += sum;
            }
        }
}
