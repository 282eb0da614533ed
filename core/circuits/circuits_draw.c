/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/families.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

/* What is drawn: sizes and how. */
typedef struct {
    cisup_index T, d, L, layers;
    const cisup_family_kind *kind;
    cisup_family_options o;
} recipe;

cisup_family_options cisup_family_defaults(void) {
    return (cisup_family_options){.family = CISUP_ROTATION4,
                                  .margin = 1.0,
                                  .seed = 1,
                                  .step = cisup_gate_step_of((cisup_gate_step){0})};
}

static cisup_status options_check(const recipe *r, cisup_error *err) {
    const cisup_family_options *o = &r->o;
    const cisup_family_kind *k = r->kind;
    if (!k)
        return CISUP_FAIL(err, CISUP_EINVAL, "no family has the number %d",
                          (int)o->family);
    const cisup_index least = k->width ? k->width : k->least_width;
    if (r->d < least || (k->width && r->d != k->width))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "family %s: the width d = %" PRId64 " must be %s%" PRId64,
                          k->name, r->d, k->width ? "" : "at least ", least);
    if (k->has_margin && (!(o->margin > 0.0) || !isfinite(o->margin)))
        return CISUP_FAIL(err, CISUP_EINVAL, "family %s: the margin %g is not positive",
                          k->name, o->margin);
    if (o->carried && k->carried == CISUP_NEVER_CARRIED)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "family %s has an on-indicator; networks that carry masks take "
                          "rotation2, random-relu and identity",
                          k->name);
    if (o->network < 0)
        return CISUP_FAIL(err, CISUP_EINVAL, "network %" PRId64 " is negative",
                          o->network);
    if (k->on_count == 2) return cisup_gate_step_check(o->step, err);
    return CISUP_OK;
}

/* The stream of circuit t in stored layer k = 0..layers-1. */
static cisup_rng stream_of(const recipe *r, cisup_index k, cisup_index t) {
    cisup_rng rng;
    cisup_rng_init(&rng, r->o.seed, CISUP_STREAM_CIRCUIT, r->o.network, t,
                   r->o.fresh ? k + 1 : 0);
    return rng;
}

/* Circuit t of stored layer k. w: [d][d], zeroed on entry. */
static void draw_circuit(const recipe *r, cisup_index k, cisup_index t, double *w) {
    const cisup_family_draw x = {&r->o, r->d, k + 1};
    cisup_rng rng = stream_of(r, k, t);
    r->kind->draw(&rng, &x, w);
}

static void fill_bias(const recipe *r, double *b) {
    const cisup_gate gate = {r->o.margin, r->o.step};
    if (r->kind->on_count == 1)
        for (cisup_index i = 0; i < r->d; i++) b[i] = -r->o.margin;
    if (r->kind->on_count == 2) cisup_gate_bias(b, &gate, r->d - 2);
}

/* All but w. */
static cisup_status describe(cisup_circuits *c, const recipe *r, cisup_error *err) {
    const cisup_family_kind *kind = r->kind;
    for (cisup_index k = 0; k < r->layers; k++) {
        const cisup_family_draw x = {&r->o, r->d, k + 1};
        kind->draw(NULL, &x, c->wbar + k * r->d * r->d);
        fill_bias(r, c->b + k * r->d);
    }
    c->on_count = kind->on_count;
    c->offset = kind->offset;
    c->fold = kind->fold;
    c->carried = r->o.carried || kind->carried == CISUP_ALWAYS_CARRIED;
    return kind->carried == CISUP_ALWAYS_CARRIED ? cisup_circuits_sign(c, err) : CISUP_OK;
}

static recipe recipe_of(cisup_index T, cisup_index d, cisup_index L,
                        const cisup_family_options *options) {
    recipe r = {.T = T, .d = d, .L = L};
    r.o = options ? *options : cisup_family_defaults();
    r.kind = cisup_family_of(r.o.family);
    r.layers = r.o.fresh || (r.kind && r.kind->has_layers) ? L : 1;
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
    if (!r.kind->common_is_mean) cisup_circuits_set_mean(c);
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
