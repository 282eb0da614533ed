/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/memory.h>
#include <cisup/core/numbers.h>
#include <cisup/core/rng.h>

#include <math.h>
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

static cisup_status keep_inputs(cisup_circuits *c, const cisup_circuits *from,
                                const cisup_index *kept, cisup_error *err) {
    const cisup_index n = c->d - c->on_count;
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

/* A point of the unit sphere, folded onto the positive orthant if the family wants
 * that. x: [n], n >= 1. */
static void draw_data(const cisup_circuits *c, cisup_rng *rng, cisup_index n, double *x) {
    cisup_rng_sphere(rng, n, x);
    if (!c->fold) return;
    for (cisup_index i = 0; i < n; i++) x[i] = fabs(x[i]);
}

/* The given input of circuit t for a sample. */
static const double *given_data(const cisup_circuits *c, cisup_index t,
                                cisup_index sample) {
    const cisup_index first = c->input_start[t];
    const cisup_index count = c->input_start[t + 1] - first;
    return c->input + (first + sample % count) * (c->d - c->on_count);
}

void cisup_circuits_input(const cisup_circuits *c, uint64_t seed, cisup_index network,
                          cisup_index sample, cisup_index t, double *a) {
    const cisup_index n = c->d - c->on_count;
    double *data = a + c->on_count;
    if (c->on_count == 1) a[0] = 1.0;
    if (c->on_count == 2) {
        a[0] = 1.5;
        a[1] = 0.5;
    }
    if (n == 0) return;
    if (c->input_start) {
        const double *row = given_data(c, t, sample);
        for (cisup_index i = 0; i < n; i++) data[i] = row[i];
    } else {
        cisup_rng rng;
        cisup_rng_init(&rng, seed, CISUP_STREAM_INPUT, network, sample, t);
        draw_data(c, &rng, n, data);
    }
    for (cisup_index i = 0; i < n; i++) data[i] += c->offset;
}

void cisup_circuits_step(const cisup_circuits *c, cisup_index l, cisup_index t,
                         const double *a, double *next) {
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    const double *w = cisup_circuits_drawn(c, l, t, buffer);
    const double *b = cisup_circuits_bias(c, l);
    for (cisup_index i = 0; i < c->d; i++) {
        double pre = b[i];
        for (cisup_index j = 0; j < c->d; j++) pre += w[i * c->d + j] * a[j];
        next[i] = cisup_rectified(pre);
    }
}

double cisup_circuits_on(const cisup_circuits *c, const double *a) {
    if (c->on_count == 0) return 0.0;
    return c->on_count == 1 ? a[0] : a[0] - a[1];
}
