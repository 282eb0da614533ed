/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <string.h>

static cisup_status sizes_check(cisup_index T, cisup_index d, cisup_index L,
                                cisup_index layers, cisup_error *err) {
    if (T < 1 || d < 1 || L < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "T = %" PRId64 ", d = %" PRId64 ", L = %" PRId64
                          " must be at least 1",
                          T, d, L);
    if (layers != 1 && layers != L)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "weights of %" PRId64 " layers for L = %" PRId64, layers, L);
    /* What the machine has is far below 2^63 bytes: no product overflows after this. */
    const double entries = (double)layers * ((double)T + 1.0) * (double)d * (double)d;
    return cisup_memory_require(entries * sizeof(double), "the circuits' weights", err);
}

cisup_status cisup_circuits_init(cisup_circuits *c, cisup_index T, cisup_index d,
                                 cisup_index L, cisup_index layers, cisup_error *err) {
    *c = (cisup_circuits){0};
    cisup_status status;
    CISUP_TRY(sizes_check(T, d, L, layers, err));
    CISUP_TRY(cisup_new(&c->w, layers * T * d * d, sizeof *c->w, err));
    CISUP_TRY(cisup_new(&c->wbar, layers * d * d, sizeof *c->wbar, err));
    CISUP_TRY(cisup_new(&c->b, layers * d, sizeof *c->b, err));
    c->T = T;
    c->d = d;
    c->L = L;
    c->layers = layers;
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}

void cisup_circuits_free(cisup_circuits *c) {
    cisup_release(c->w);
    cisup_release(c->wbar);
    cisup_release(c->b);
    cisup_release(c->is_signed);
    cisup_release(c->input_start);
    cisup_release(c->input);
    *c = (cisup_circuits){0};
}

void cisup_circuits_set_mean(cisup_circuits *c) {
    const cisup_index size = c->d * c->d;
    for (cisup_index k = 0; k < c->layers; k++) {
        double *mean = c->wbar + k * size;
        for (cisup_index e = 0; e < size; e++) mean[e] = 0.0;
        for (cisup_index t = 0; t < c->T; t++) {
            const double *w = c->w + (k * c->T + t) * size;
            for (cisup_index e = 0; e < size; e++) mean[e] += w[e];
        }
        for (cisup_index e = 0; e < size; e++) mean[e] /= (double)c->T;
    }
}

cisup_status cisup_circuits_sign(cisup_circuits *c, cisup_error *err) {
    const cisup_status status = cisup_new(&c->is_signed, c->L, 1, err);
    if (status == CISUP_OK) memset(c->is_signed, 1, (size_t)c->L);
    return status;
}

static cisup_status keep_inputs(cisup_circuits *c, const cisup_circuits *from,
                                const cisup_index *kept, cisup_error *err) {
    const cisup_index n = c->d - cisup_circuits_first(c);
    cisup_status status;
    CISUP_TRY(cisup_new(&c->input_start, c->T + 1, sizeof *c->input_start, err));
    for (cisup_index t = 0; t < c->T; t++)
        c->input_start[t + 1] = c->input_start[t] + from->input_start[kept[t] + 1] -
                                from->input_start[kept[t]];
    CISUP_TRY(cisup_new(&c->input, c->input_start[c->T] * n, sizeof *c->input, err));
    for (cisup_index t = 0; t < c->T; t++)
        memcpy(c->input + c->input_start[t] * n,
               from->input + from->input_start[kept[t]] * n,
               (size_t)((c->input_start[t + 1] - c->input_start[t]) * n) *
                   sizeof *c->input);
done:
    return status;
}

cisup_status cisup_circuits_keep(cisup_circuits *c, const cisup_circuits *from,
                                 const cisup_index *kept, cisup_index count,
                                 cisup_error *err) {
    const cisup_index size = from->d * from->d, layers = from->layers;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(c, count, from->d, from->L, layers, err));
    c->on_count = from->on_count;
    c->offset = from->offset;
    c->fold = from->fold;
    c->carried = from->carried;
    c->biased = from->biased;
    if (from->is_signed) {
        CISUP_TRY(cisup_circuits_sign(c, err));
        memcpy(c->is_signed, from->is_signed, (size_t)c->L);
    }
    for (cisup_index k = 0; k < layers; k++)
        for (cisup_index t = 0; t < count; t++)
            memcpy(c->w + (k * count + t) * size,
                   from->w + (k * from->T + kept[t]) * size, (size_t)size * sizeof *c->w);
    memcpy(c->wbar, from->wbar, (size_t)(layers * size) * sizeof *c->wbar);
    memcpy(c->b, from->b, (size_t)(layers * from->d) * sizeof *c->b);
    if (from->input_start) CISUP_TRY(keep_inputs(c, from, kept, err));
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}

cisup_status cisup_circuits_repeat(cisup_circuits *c, const cisup_circuits *from,
                                   cisup_index T, cisup_error *err) {
    cisup_index *kept = NULL;
    cisup_status status;
    *c = (cisup_circuits){0};
    CISUP_TRY(sizes_check(T, from->d, from->L, from->layers, err));
    CISUP_TRY(cisup_new(&kept, T, sizeof *kept, err));
    for (cisup_index t = 0; t < T; t++) kept[t] = t % from->T;
    CISUP_TRY(cisup_circuits_keep(c, from, kept, T, err));
    cisup_circuits_set_mean(c);
done:
    cisup_release(kept);
    return status;
}

/* Where layer l's own data stand: 0 when all layers share them. */
static cisup_index layer_of(const cisup_circuits *c, cisup_index l) {
    return c->layers == 1 ? 0 : l - 1;
}

const double *cisup_circuits_weights(const cisup_circuits *c, cisup_index l,
                                     cisup_index t) {
    return c->w + (layer_of(c, l) * c->T + t) * c->d * c->d;
}

const double *cisup_circuits_common(const cisup_circuits *c, cisup_index l) {
    return c->wbar + layer_of(c, l) * c->d * c->d;
}

const double *cisup_circuits_bias(const cisup_circuits *c, cisup_index l) {
    return c->b + layer_of(c, l) * c->d;
}
