/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single layers of random shapes, allocations and circuits, for the library and for the
 * dense definition, in every variant of the schemes of weights. */
#ifndef CISUP_TEST_WEIGHT_LAYERS_H
#define CISUP_TEST_WEIGHT_LAYERS_H

#include "common/check.h"
#include "common/naive.h"

#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/assembly.h>

#define NONE ((double)NAN)

static const cisup_weight_options variants[] = {
    {CISUP_WEIGHTS_PLAIN, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_PLAIN, 0.031, 1.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, 0.031, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, -0.017, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, 0.031, 1.2, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, 0.0, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 0.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, 0.031, 1.2, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 0.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.2, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
};

enum { shapes = 45, variant_count = sizeof variants / sizeof variants[0] };

/* A layer to be built, in the library's form and in plain numbers. */
typedef struct {
    cisup_allocation base;
    cisup_index *order; /* [2][T] */
    double *w, *wbar, *b;
    cisup_transition x;
    naive_network plain;
    char text[160];
} layer;

static inline void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

/* Every fourth weight is 0. */
static inline void fill(cisup_rng *rng, double *x, cisup_index count) {
    for (cisup_index k = 0; k < count; k++)
        x[k] = cisup_rng_below(rng, 4) ? cisup_rng_normal(rng) : 0.0;
}

/* A common part: without structure; of rank one with rows that are exact, inexact, 0
 * and -1 times the first; 0; equal rows. */
static inline void fill_common(cisup_rng *rng, double *wbar, cisup_index d, int number) {
    const double ratio[] = {1.0, -2.5, 1.0 / 3.0, 0.0, -1.0};
    fill(rng, wbar, d * d);
    if (number < 2) return;
    for (cisup_index k = 0; k < d * d; k++) {
        const double factor = number == 2 ? ratio[k / d] : number == 3 ? 0.0 : 1.0;
        wbar[k] = factor * wbar[k % d];
    }
}

/* Circuits: as above; without zeros; with a neuron that feeds nothing. */
static inline void fill_own(cisup_rng *rng, double *w, cisup_index T, cisup_index d,
                            int number) {
    fill(rng, w, T * d * d);
    for (cisup_index k = 0; k < T * d * d && number > 0; k++)
        w[k] = number == 2 && k % d == 0 ? 0.0 : cisup_rng_normal(rng);
}

/* Valid allocations of our own, or any S of N neurons: (4.1)-(4.5) hold for both. */
static inline void place(cisup_allocation *a, cisup_rng *rng, cisup_index N,
                         cisup_index S, cisup_index T, int valid) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = CISUP_SCHEME_GREEDY;
    o.hop = CISUP_HOP_S_LESS_1;
    cisup_index most;
    CHECK_OK(cisup_allocation_capacity(N, S, &o, &most, &error_));
    if (S > 1 && valid) {
        CHECK_OK(cisup_allocation_make(a, N, S, T < most ? T : most, &o, &error_));
        return;
    }
    CHECK_OK(cisup_allocation_init(a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_index row[30];
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a->slot[t * S + k] = (int32_t)row[k];
    }
}

static inline layer layer_make(cisup_rng *rng, int number) {
    const cisup_index N = check_between(rng, 3, 30);
    const cisup_index S = check_between(rng, 1, N < 6 ? N : 6);
    const cisup_index d = check_between(rng, 1, 5);
    layer y = {.text = ""};
    /* Every third shape fits without any overlap, T S <= N. */
    place(&y.base, rng, N, S, check_between(rng, 1, number % 3 ? 60 : N / S), number % 4);
    const cisup_index T = y.base.T;
    y.order = taken(2 * T, sizeof *y.order);
    cisup_rng_permutation(rng, T, y.order);
    cisup_rng_permutation(rng, T, y.order + T);
    y.w = taken(T * d * d, sizeof *y.w);
    y.wbar = taken(d * d, sizeof *y.wbar);
    y.b = taken(d, sizeof *y.b);
    fill_own(rng, y.w, T, d, number % 4 % 3);
    fill_common(rng, y.wbar, d, number % 5);
    y.x = (cisup_transition){
        .base = &y.base, .from = y.order, .to = y.order + T, .d = d, .w = y.w};
    (void)snprintf(y.text, sizeof y.text,
                   "shape %d: N %" PRId64 ", S %" PRId64 ", T %" PRId64 ", d %" PRId64,
                   number, N, S, T, d);
    return y;
}

/* Turns to one variant; the pointers of a layer point into itself. */
static inline void choose(layer *y, const cisup_weight_options *o) {
    y->x.base = &y->base;
    y->x.wbar = y->wbar;
    y->x.options = *o;
    y->plain = (naive_network){.N = y->base.N,
                               .S = y->base.S,
                               .T = y->base.T,
                               .d = y->x.d,
                               .L = 2,
                               .layers = 1,
                               .slot = y->base.slot,
                               .row_of = y->order,
                               .w = y->w,
                               .wbar = y->wbar,
                               .b = y->b,
                               .scheme = (naive_scheme)o->scheme,
                               .c = o->center,
                               .correction = o->correction,
                               .rows = o->kappa == CISUP_KAPPA_ROWS};
}

static inline void layer_free(layer *y) {
    cisup_allocation_free(&y->base);
    cisup_release(y->order);
    cisup_release(y->w);
    cisup_release(y->wbar);
    cisup_release(y->b);
}

#endif
