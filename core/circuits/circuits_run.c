/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>

#include <math.h>

/* A point of the unit sphere, folded as the family wants it. x: [n], n >= 1. */
static void draw_data(const cisup_circuits *c, cisup_rng *rng, cisup_index n, double *x) {
    cisup_rng_sphere(rng, n, x);
    for (cisup_index i = 0; c->fold && i < n; i++)
        x[i] = c->fold == CISUP_FOLD_BITS ? x[i] > 0.0 : fabs(x[i]);
}

/* The given input of circuit t for a sample. */
static const double *given_data(const cisup_circuits *c, cisup_index t,
                                cisup_index sample) {
    const cisup_index first = c->input_start[t];
    const cisup_index count = c->input_start[t + 1] - first;
    return c->input + (first + sample % count) * (c->d - cisup_circuits_first(c));
}

void cisup_circuits_input(const cisup_circuits *c, uint64_t seed, cisup_index network,
                          cisup_index sample, cisup_index t, double *a) {
    const cisup_index n = c->d - cisup_circuits_first(c);
    double *data = a + cisup_circuits_first(c);
    if (c->on_count == 1 || c->biased) a[0] = 1.0;
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
    const int is_signed = c->is_signed && c->is_signed[l - 1];
    for (cisup_index i = 0; i < c->d; i++) {
        double pre = b[i];
        for (cisup_index j = 0; j < c->d; j++) pre += w[i * c->d + j] * a[j];
        next[i] = is_signed ? pre : cisup_rectified(pre);
    }
    if (c->biased) next[0] = 1.0;
}

double cisup_circuits_on(const cisup_circuits *c, const double *a) {
    if (c->on_count == 0) return 0.0;
    return c->on_count == 1 ? a[0] : a[0] - a[1];
}
