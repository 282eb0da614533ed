/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name;
    cisup_index width, least_width; /* width 0: any from least_width */
    bool has_margin, has_step;
} family_table[] = {
    [CISUP_ROTATION3] = {"rotation3", 3, 3, true, false},
    [CISUP_ROTATION4] = {"rotation4", 4, 4, true, true},
    [CISUP_STEP2] = {"step2", 2, 2, false, true},
    [CISUP_RANDOM_RELU] = {"random-relu", 0, 1, false, false},
    [CISUP_IDENTITY] = {"identity", 0, 1, false, false},
    [CISUP_GATE] = {"gate", 0, 3, true, true},
    [CISUP_ROTATION2] = {"rotation2", 2, 2, false, false},
};

static const int family_count = (int)(sizeof family_table / sizeof family_table[0]);

/* What is drawn: sizes and how. */
typedef struct {
    cisup_index T, d, L, layers;
    cisup_family_options o;
} recipe;

cisup_family_options cisup_family_defaults(void) {
    return (cisup_family_options){.family = CISUP_ROTATION4,
                                  .margin = 1.0,
                                  .seed = 1,
                                  .step = cisup_gate_step_of((cisup_gate_step){0})};
}

const char *cisup_family_name(cisup_family family) {
    return family_table[family].name;
}

int cisup_family_find(const char *name) {
    for (int k = 0; k < family_count; k++)
        if (strcmp(name, family_table[k].name) == 0) return k;
    return -1;
}

int cisup_family_has_step(cisup_family family) {
    return family_table[family].has_step;
}

cisup_index cisup_family_width(cisup_family family) {
    return family_table[family].width;
}

static cisup_status options_check(const recipe *r, cisup_error *err) {
    const cisup_family_options *o = &r->o;
    if ((int)o->family < 0 || (int)o->family >= family_count)
        return CISUP_FAIL(err, CISUP_EINVAL, "no family has the number %d",
                          (int)o->family);
    const cisup_index width = family_table[o->family].width;
    const cisup_index least = family_table[o->family].least_width;
    if (r->d < least || (width && r->d != width))
        return CISUP_FAIL(
            err, CISUP_EINVAL, "family %s: the width d = %" PRId64 " must be %s%" PRId64,
            cisup_family_name(o->family), r->d, width ? "" : "at least ", least);
    if (family_table[o->family].has_margin &&
        (!(o->margin > 0.0) || !isfinite(o->margin)))
        return CISUP_FAIL(err, CISUP_EINVAL, "family %s: the margin %g is not positive",
                          cisup_family_name(o->family), o->margin);
    if (o->carried && o->family != CISUP_ROTATION2 && o->family != CISUP_RANDOM_RELU &&
        o->family != CISUP_IDENTITY)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "family %s has an on-indicator; networks that carry masks take "
                          "rotation2, random-relu and identity",
                          cisup_family_name(o->family));
    if (o->network < 0)
        return CISUP_FAIL(err, CISUP_EINVAL, "network %" PRId64 " is negative",
                          o->network);
    if (family_table[o->family].has_step) return cisup_gate_step_check(o->step, err);
    return CISUP_OK;
}

/* The stream of circuit t in stored layer k = 0..layers-1. */
static cisup_rng stream_of(const recipe *r, cisup_index k, cisup_index t) {
    cisup_rng rng;
    cisup_rng_init(&rng, r->o.seed, CISUP_STREAM_CIRCUIT, r->o.network, t,
                   r->o.fresh ? k + 1 : 0);
    return rng;
}

/* A uniform rotation R = [[cos,-sin],[sin,cos]] of the plane; rest = 1 - R (1,1)^T. */
static void draw_rotation(cisup_rng *rng, double R[4], double rest[2]) {
    const double angle = 2.0 * 3.14159265358979323846 * cisup_rng_unit(rng);
    R[0] = R[3] = cos(angle);
    R[2] = sin(angle);
    R[1] = -R[2];
    for (cisup_index i = 0; i < 2; i++) rest[i] = 1.0 - (R[2 * i] + R[2 * i + 1]);
}

/* w = [[1+b, 0], [1+b-r, R]] with r = R (1,1)^T; the common part has r = 0, R = 0. */
static void draw_rotation3(cisup_rng *rng, double b, double *w) {
    double R[4], rest[2];
    draw_rotation(rng, R, rest);
    w[0] = 1.0 + b;
    for (cisup_index i = 0; i < 2; i++) {
        w[3 * (i + 1)] = rest[i] + b;
        w[3 * (i + 1) + 1] = R[2 * i];
        w[3 * (i + 1) + 2] = R[2 * i + 1];
    }
}

static cisup_gate gate_of(const recipe *r) {
    return (cisup_gate){r->o.margin, r->o.step};
}

/* The gate of (14.1) around a random rotation, with the plane shifted by (1,1). */
static void draw_rotation4(cisup_rng *rng, cisup_gate gate, double *w) {
    double R[4], rest[2];
    draw_rotation(rng, R, rest);
    cisup_gate_weights(w, R, rest, &gate, 2);
}

/* The rotation that rotation4 has from the same stream. */
static void draw_rotation2(cisup_rng *rng, double *w) {
    double rest[2];
    draw_rotation(rng, w, rest);
}

/* The gate around an MLP with weights Normal(0, 2/m), which keep the mean square, and
 * biases of standard deviation 0.1. The MLP's weights are drawn where they belong. */
static void draw_gate(cisup_rng *rng, cisup_gate gate, cisup_index d, double *w) {
    const cisup_index m = d - 2;
    const double scale = sqrt(2.0 / (double)m);
    cisup_gate_indicator(w, gate.step, d);
    for (cisup_index i = 0; i < m; i++)
        for (cisup_index j = 0; j < m; j++)
            w[(i + 2) * d + j + 2] = scale * cisup_rng_normal(rng);
    for (cisup_index i = 0; i < m; i++) {
        w[(i + 2) * d] = 0.1 * cisup_rng_normal(rng) + gate.margin;
        w[(i + 2) * d + 1] = -w[(i + 2) * d];
    }
}

/* w ~ Normal(0, 2/d): ReLU(w a) has the mean square of a. */
static void draw_random_relu(cisup_rng *rng, cisup_index d, double *w) {
    const double scale = sqrt(2.0 / (double)d);
    for (cisup_index e = 0; e < d * d; e++) w[e] = scale * cisup_rng_normal(rng);
}

/* Circuit t of stored layer k. w: [d][d], zeroed on entry. */
static void draw_circuit(const recipe *r, cisup_index k, cisup_index t, double *w) {
    cisup_rng rng = stream_of(r, k, t);
    switch (r->o.family) {
    case CISUP_ROTATION3:
        draw_rotation3(&rng, r->o.margin, w);
        break;
    case CISUP_ROTATION4:
        draw_rotation4(&rng, gate_of(r), w);
        break;
    case CISUP_STEP2:
        cisup_gate_indicator(w, r->o.step, 2);
        break;
    case CISUP_RANDOM_RELU:
        draw_random_relu(&rng, r->d, w);
        break;
    case CISUP_IDENTITY:
        for (cisup_index i = 0; i < r->d; i++) w[i * r->d + i] = 1.0;
        break;
    case CISUP_GATE:
        draw_gate(&rng, gate_of(r), r->d, w);
        break;
    case CISUP_ROTATION2:
        draw_rotation2(&rng, w);
        break;
    }
}

/* --- what circuits of a family have in common ----------------------------------- */

/* The expected weights: what the rotations declare as their common part. */
static void expect_weights(const recipe *r, double *wbar) {
    const double b = r->o.margin;
    const cisup_gate gate = gate_of(r);
    switch (r->o.family) {
    case CISUP_ROTATION3:
        for (cisup_index i = 0; i < 3; i++) wbar[3 * i] = 1.0 + b;
        break;
    case CISUP_ROTATION4:
        cisup_gate_weights(wbar, (const double[4]){0}, (const double[2]){1.0, 1.0}, &gate,
                           2);
        break;
    case CISUP_STEP2:
        cisup_gate_indicator(wbar, gate.step, 2);
        break;
    case CISUP_RANDOM_RELU:
    case CISUP_ROTATION2:
        break;
    case CISUP_IDENTITY:
        draw_circuit(r, 0, 0, wbar);
        break;
    case CISUP_GATE:
        cisup_gate_indicator(wbar, gate.step, r->d);
        for (cisup_index i = 2; i < r->d; i++) {
            wbar[i * r->d] = b;
            wbar[i * r->d + 1] = -b;
        }
        break;
    }
}

static void fill_bias(const recipe *r, double *b) {
    const cisup_family family = r->o.family;
    if (family == CISUP_ROTATION3)
        for (cisup_index i = 0; i < 3; i++) b[i] = -r->o.margin;
    if (cisup_family_has_step(family)) {
        const cisup_gate gate = gate_of(r);
        cisup_gate_bias(b, &gate, r->d - 2);
    }
}

/* All but w. */
static cisup_status describe(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const cisup_family family = r->o.family;
    for (cisup_index k = 0; k < r->layers; k++) {
        expect_weights(r, c->wbar + k * r->d * r->d);
        fill_bias(r, c->b + k * r->d);
    }
    if (family == CISUP_ROTATION3) c->on_count = 1;
    if (cisup_family_has_step(family)) c->on_count = 2;
    if (family == CISUP_ROTATION3 || family == CISUP_ROTATION4) c->offset = 1.0;
    c->fold = family == CISUP_IDENTITY;
    c->carried = r->o.carried || family == CISUP_ROTATION2;
    return family == CISUP_ROTATION2 ? cisup_circuits_sign(c, err) : CISUP_OK;
}

static recipe recipe_of(cisup_index T, cisup_index d, cisup_index L,
                        const cisup_family_options *options) {
    recipe r = {.T = T, .d = d, .L = L};
    r.o = options ? *options : cisup_family_defaults();
    r.layers = r.o.fresh ? L : 1;
    return r;
}

cisup_status cisup_circuits_make(cisup_circuits *c, cisup_index T, cisup_index d,
                                 cisup_index L, const cisup_family_options *options,
                                 cisup_error *err) {
    const recipe r = recipe_of(T, d, L, options);
    *c = (cisup_circuits){0};
    cisup_status status;
    CISUP_TRY(options_check(&r, err));
    CISUP_TRY(cisup_circuits_init(c, T, d, L, r.layers, err));
    for (cisup_index k = 0; k < r.layers * T; k++)
        draw_circuit(&r, k / T, k % T, c->w + k * d * d);
    CISUP_TRY(describe(c, &r, err));
    if (r.o.family != CISUP_ROTATION3 && r.o.family != CISUP_ROTATION4)
        cisup_circuits_set_mean(c);
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}

cisup_status cisup_circuits_compute(cisup_circuits *c, cisup_index T, cisup_index d,
                                    cisup_index L, const cisup_family_options *options,
                                    cisup_error *err) {
    const recipe r = recipe_of(T, d, L, options);
    *c = (cisup_circuits){0};
    cisup_status status;
    CISUP_TRY(options_check(&r, err));
    if (d > CISUP_COMPUTED_WIDTH)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "circuits of width %" PRId64 "; computed ones have at most %d",
                          d, (int)CISUP_COMPUTED_WIDTH);
    CISUP_TRY(cisup_circuits_init(c, 1, d, L, r.layers, err));
    CISUP_TRY(describe(c, &r, err));
    cisup_release(c->w);
    c->w = NULL;
    c->T = T;
    c->family = r.o;
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}

const double *cisup_circuits_drawn(const cisup_circuits *c, cisup_index l, cisup_index t,
                                   double *buffer) {
    if (c->w) return cisup_circuits_weights(c, l, t);
    const recipe r = recipe_of(c->T, c->d, c->L, &c->family);
    memset(buffer, 0, (size_t)(c->d * c->d) * sizeof *buffer);
    draw_circuit(&r, c->layers == 1 ? 0 : l - 1, t, buffer);
    return buffer;
}
