/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/memory.h>
#include <cisup/core/rng.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name;
    cisup_index width, least_width; /* width 0: any from least_width */
    bool has_margin;
} family_table[] = {
    [CISUP_ROTATION3] = {"rotation3", 3, 3, true},
    [CISUP_ROTATION4] = {"rotation4", 4, 4, true},
    [CISUP_STEP2] = {"step2", 2, 2, false},
    [CISUP_RANDOM_RELU] = {"random-relu", 0, 1, false},
    [CISUP_IDENTITY] = {"identity", 0, 1, false},
    [CISUP_GATE] = {"gate", 0, 3, true},
};

static const int family_count = (int)(sizeof family_table / sizeof family_table[0]);

/* What is drawn: sizes and how. */
typedef struct {
    cisup_index T, d, L, layers;
    cisup_family_options o;
} recipe;

cisup_family_options cisup_family_defaults(void) {
    return (cisup_family_options){.family = CISUP_ROTATION4, .margin = 1.0, .seed = 1};
}

const char *cisup_family_name(cisup_family family) {
    return family_table[family].name;
}

int cisup_family_find(const char *name) {
    for (int k = 0; k < family_count; k++)
        if (strcmp(name, family_table[k].name) == 0) return k;
    return -1;
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
    if (o->network < 0)
        return CISUP_FAIL(err, CISUP_EINVAL, "network %" PRId64 " is negative",
                          o->network);
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
static cisup_status make_rotation3(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const double b = r->o.margin;
    const cisup_status status = cisup_circuits_init(c, r->T, 3, r->L, r->layers, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < r->layers * r->T; k++) {
        cisup_rng rng = stream_of(r, k / r->T, k % r->T);
        double R[4], rest[2];
        draw_rotation(&rng, R, rest);
        const double w[9] = {1.0 + b, 0,           0,    rest[0] + b, R[0],
                             R[1],    rest[1] + b, R[2], R[3]};
        memcpy(c->w + 9 * k, w, sizeof w);
    }
    for (cisup_index k = 0; k < r->layers; k++)
        for (cisup_index i = 0; i < 3; i++) {
            c->wbar[9 * k + 3 * i] = 1.0 + b;
            c->b[3 * k + i] = -b;
        }
    c->on_count = 1;
    c->offset = 1.0;
    return CISUP_OK;
}

/* Fills one inner MLP, v: [m][m] and beta: [m], of a gated family. */
typedef void draw_inner(cisup_rng *rng, cisup_index m, double *v, double *beta);

static void draw_inner_rotation(cisup_rng *rng, cisup_index m, double *v, double *beta) {
    (void)m;
    draw_rotation(rng, v, beta);
}

/* Normal(0, 2/m) keeps the mean square; biases have standard deviation 0.1. */
static void draw_inner_random(cisup_rng *rng, cisup_index m, double *v, double *beta) {
    const double scale = sqrt(2.0 / (double)m);
    for (cisup_index e = 0; e < m * m; e++) v[e] = scale * cisup_rng_normal(rng);
    for (cisup_index i = 0; i < m; i++) beta[i] = 0.1 * cisup_rng_normal(rng);
}

/* Circuits gated around inner MLPs of width d - 2. */
static cisup_status make_gated(cisup_circuits *c, const recipe *r, draw_inner *draw,
                               cisup_error *err) {
    const cisup_index m = r->d - 2;
    cisup_circuits inner = {0};
    double *beta = NULL;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(&inner, r->T, m, r->L, r->layers, err));
    CISUP_TRY(cisup_new(&beta, r->layers * r->T * m, sizeof *beta, err));
    for (cisup_index k = 0; k < r->layers * r->T; k++) {
        cisup_rng rng = stream_of(r, k / r->T, k % r->T);
        draw(&rng, m, inner.w + k * m * m, beta + k * m);
    }
    CISUP_TRY(cisup_circuits_gate(c, r->T, m, r->L, r->layers, inner.w, beta, r->o.margin,
                                  err));
done:
    cisup_circuits_free(&inner);
    cisup_release(beta);
    return status;
}

/* The gate of (14.1) around random rotations, with the plane shifted by (1,1). The
 * common part is what remains without the rotation: r = 0, R = 0. */
static cisup_status make_rotation4(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const cisup_status status = make_gated(c, r, draw_inner_rotation, err);
    if (status != CISUP_OK) return status;
    const double row = 1.0 + r->o.margin;
    const double common[16] = {2,   -2,   0, 0, 2,   -2,   0, 0,
                               row, -row, 0, 0, row, -row, 0, 0};
    for (cisup_index k = 0; k < r->layers; k++)
        memcpy(c->wbar + 16 * k, common, sizeof common);
    c->offset = 1.0;
    return CISUP_OK;
}

/* The gate of an empty circuit. */
static cisup_status make_step2(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const double none[1] = {0.0}, any_margin = 1.0;
    return cisup_circuits_gate(c, r->T, 0, r->L, r->layers, none, none, any_margin, err);
}

/* w ~ Normal(0, 2/d): ReLU(w a) has the mean square of a. No bias. */
static cisup_status make_random_relu(cisup_circuits *c, const recipe *r,
                                     cisup_error *err) {
    const cisup_status status = cisup_circuits_init(c, r->T, r->d, r->L, r->layers, err);
    if (status != CISUP_OK) return status;
    const cisup_index size = r->d * r->d;
    const double scale = sqrt(2.0 / (double)r->d);
    for (cisup_index k = 0; k < r->layers * r->T; k++) {
        cisup_rng rng = stream_of(r, k / r->T, k % r->T);
        for (cisup_index e = 0; e < size; e++)
            c->w[k * size + e] = scale * cisup_rng_normal(&rng);
    }
    cisup_circuits_set_mean(c);
    return CISUP_OK;
}

static cisup_status make_identity(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const cisup_status status = cisup_circuits_init(c, r->T, r->d, r->L, r->layers, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < r->layers * r->T; k++)
        for (cisup_index i = 0; i < r->d; i++) c->w[(k * r->d + i) * r->d + i] = 1.0;
    c->fold = 1;
    cisup_circuits_set_mean(c);
    return CISUP_OK;
}

cisup_status cisup_circuits_make(cisup_circuits *c, cisup_index T, cisup_index d,
                                 cisup_index L, const cisup_family_options *options,
                                 cisup_error *err) {
    *c = (cisup_circuits){0};
    recipe r = {.T = T, .d = d, .L = L};
    r.o = options ? *options : cisup_family_defaults();
    r.layers = r.o.fresh ? L : 1;
    const cisup_status status = options_check(&r, err);
    if (status != CISUP_OK) return status;
    switch (r.o.family) {
    case CISUP_ROTATION3:
        return make_rotation3(c, &r, err);
    case CISUP_ROTATION4:
        return make_rotation4(c, &r, err);
    case CISUP_STEP2:
        return make_step2(c, &r, err);
    case CISUP_RANDOM_RELU:
        return make_random_relu(c, &r, err);
    case CISUP_IDENTITY:
        return make_identity(c, &r, err);
    case CISUP_GATE:
        break;
    }
    return make_gated(c, &r, draw_inner_random, err);
}
