/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits/families.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>

#include <math.h>
#include <string.h>

/* Normal(0, 1), or its mean. */
static double draw_normal(cisup_rng *rng) {
    return rng ? cisup_rng_normal(rng) : 0.0;
}

/* A uniform rotation R = [[cos,-sin],[sin,cos]] of the plane; rest = 1 - R (1,1)^T. Its
 * mean is R = 0. */
static void draw_rotation(cisup_rng *rng, double R[4], double rest[2]) {
    memset(R, 0, 4 * sizeof *R);
    if (rng) {
        const double angle = 2.0 * 3.14159265358979323846 * cisup_rng_unit(rng);
        R[0] = R[3] = cos(angle);
        R[2] = sin(angle);
        R[1] = -R[2];
    }
    for (cisup_index i = 0; i < 2; i++) rest[i] = 1.0 - (R[2 * i] + R[2 * i + 1]);
}

static cisup_gate gate_of(const cisup_family_options *o) {
    return (cisup_gate){o->margin, o->step};
}

/* w = [[1+b, 0], [1+b-r, R]] with r = R (1,1)^T. */
static void draw_rotation3(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    const double b = x->options->margin;
    double R[4], rest[2];
    draw_rotation(rng, R, rest);
    w[0] = 1.0 + b;
    for (cisup_index i = 0; i < 2; i++) {
        w[3 * (i + 1)] = rest[i] + b;
        w[3 * (i + 1) + 1] = R[2 * i];
        w[3 * (i + 1) + 2] = R[2 * i + 1];
    }
}

/* The gate of (14.1) around a random rotation, with the plane shifted by (1,1). */
static void draw_rotation4(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    const cisup_gate gate = gate_of(x->options);
    double R[4], rest[2];
    draw_rotation(rng, R, rest);
    cisup_gate_weights(w, R, rest, &gate, 2);
}

/* The rotation that rotation4 has from the same stream. */
static void draw_rotation2(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    double rest[2];
    (void)x;
    draw_rotation(rng, w, rest);
}

static void draw_step2(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    (void)rng;
    cisup_gate_indicator(w, x->options->step, 2);
}

static void draw_identity(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    (void)rng;
    for (cisup_index i = 0; i < x->d; i++) w[i * x->d + i] = 1.0;
}

/* w ~ Normal(0, 2/d): ReLU(w a) has the mean square of a. */
static void draw_random_relu(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    const double scale = sqrt(2.0 / (double)x->d);
    for (cisup_index e = 0; e < x->d * x->d; e++) w[e] = scale * draw_normal(rng);
}

/* The gate around an MLP with weights Normal(0, 2/m), which keep the mean square, and
 * biases of standard deviation 0.1. The MLP's weights are drawn where they belong. */
static void draw_gate(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    const cisup_index d = x->d, m = d - 2;
    const double scale = sqrt(2.0 / (double)m);
    cisup_gate_indicator(w, x->options->step, d);
    for (cisup_index i = 0; i < m; i++)
        for (cisup_index j = 0; j < m; j++)
            w[(i + 2) * d + j + 2] = scale * draw_normal(rng);
    for (cisup_index i = 0; i < m; i++) {
        w[(i + 2) * d] = 0.1 * draw_normal(rng) + x->options->margin;
        w[(i + 2) * d + 1] = -w[(i + 2) * d];
    }
}

/* The gate around the parity of three bits: layer 1 has h_i = ReLU(x + y + z - i), i = 0,
 * 1, 2, layer 2 their combination h_0 - 2 h_1 + 2 h_2, which is 0, 1, 0, 1 for 0, 1, 2, 3
 * ones; the layers behind it keep it. */
static void draw_parity3(cisup_rng *rng, const cisup_family_draw *x, double *w) {
    static const double sums[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, less[3] = {0, -1, -2};
    static const double parity[9] = {1, -2, 2}, same[9] = {1}, none[3] = {0};
    const cisup_gate gate = gate_of(x->options);
    const double *v = x->l == 1 ? sums : x->l == 2 ? parity : same;
    (void)rng;
    cisup_gate_weights(w, v, x->l == 1 ? less : none, &gate, 3);
}

/* A row for each cisup_family. */
static const cisup_family_kind kinds[] = {
    [CISUP_ROTATION3] = {.name = "rotation3",
                         .draw = draw_rotation3,
                         .width = 3,
                         .on_count = 1,
                         .offset = 1.0,
                         .has_margin = true,
                         .common_is_mean = true},
    [CISUP_ROTATION4] = {.name = "rotation4",
                         .draw = draw_rotation4,
                         .width = 4,
                         .on_count = 2,
                         .offset = 1.0,
                         .has_margin = true,
                         .common_is_mean = true},
    [CISUP_STEP2] = {.name = "step2", .draw = draw_step2, .width = 2, .on_count = 2},
    [CISUP_RANDOM_RELU] = {.name = "random-relu",
                           .draw = draw_random_relu,
                           .least_width = 1,
                           .carried = CISUP_MAY_BE_CARRIED},
    [CISUP_IDENTITY] = {.name = "identity",
                        .draw = draw_identity,
                        .least_width = 1,
                        .fold = CISUP_FOLD_ORTHANT,
                        .carried = CISUP_MAY_BE_CARRIED},
    [CISUP_GATE] = {.name = "gate",
                    .draw = draw_gate,
                    .least_width = 3,
                    .on_count = 2,
                    .has_margin = true},
    [CISUP_ROTATION2] = {.name = "rotation2",
                         .draw = draw_rotation2,
                         .width = 2,
                         .carried = CISUP_ALWAYS_CARRIED},
    [CISUP_PARITY3] = {.name = "parity3",
                       .draw = draw_parity3,
                       .width = 5,
                       .on_count = 2,
                       .fold = CISUP_FOLD_BITS,
                       .has_margin = true,
                       .has_layers = true},
};

static const int kind_count = (int)(sizeof kinds / sizeof kinds[0]);

const cisup_family_kind *cisup_family_of(cisup_family family) {
    return (int)family < 0 || (int)family >= kind_count ? NULL : &kinds[family];
}

const char *cisup_family_name(cisup_family family) {
    return kinds[family].name;
}

int cisup_family_find(const char *name) {
    for (int k = 0; k < kind_count; k++)
        if (strcmp(name, kinds[k].name) == 0) return k;
    return -1;
}

cisup_index cisup_family_width(cisup_family family) {
    return kinds[family].width;
}

cisup_index cisup_family_on_count(cisup_family family) {
    return kinds[family].on_count;
}

int cisup_family_has_step(cisup_family family) {
    return kinds[family].on_count == 2;
}
