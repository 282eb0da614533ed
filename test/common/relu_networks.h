/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random circuits of mixed kinds on cycles of transversal designs: as the definition of
 * common/masked.h has them, and as a network that carries masks, run. */
#ifndef CISUP_TEST_RELU_NETWORKS_H
#define CISUP_TEST_RELU_NETWORKS_H

#include "common/check.h"
#include "common/masked.h"

#include <cisup/analysis/network_run.h>
#include <cisup/core/circuits/carried.h>

#include <string.h>

static const double through_layers = 1e-12;

/* --- random networks --------------------------------------------------------------- */

/* Circuit t is a line of the plane over q points, of slope t / q: no two of them meet
 * twice in all c S groups. Loose: rows without any order. */
static inline void draw_parts(masked_case *x, cisup_rng *rng, int q, int loose) {
    for (int h = 0; h < x->c; h++)
        for (int t = 0; t < x->T; t++)
            for (int s = 0; s < x->S; s++) {
                const int group = h * x->S + s;
                const int point =
                    loose ? (int)check_between(rng, 0, q - 1) : (t / q * group + t) % q;
                x->part[h][t][s] = s * q + point;
            }
}

/* beta and w in [-1, 1], some 0; fresh: other ones in each layer. */
static inline void draw_circuits(masked_case *x, cisup_rng *rng, int fresh, int biased) {
    for (int l = 0; l < x->L; l++) {
        x->is_signed[l] = (int)check_between(rng, 0, 1);
        if (l > 0 && !fresh) {
            memcpy(x->w[l], x->w[0], sizeof x->w[0]);
            memcpy(x->beta[l], x->beta[0], sizeof x->beta[0]);
            continue;
        }
        for (int k = 0; k < x->T * x->d; k++) {
            x->beta[l][k / x->d][k % x->d] =
                biased ? 2.0 * cisup_rng_unit(rng) - 1.0 : 0.0;
            for (int j = 0; j < x->d; j++)
                x->w[l][k / x->d][k % x->d][j] =
                    check_between(rng, 0, 3) ? 2.0 * cisup_rng_unit(rng) - 1.0 : 0.0;
        }
    }
}

static inline void draw_samples(masked_case *x, cisup_rng *rng) {
    for (int m = 0; m < x->samples; m++) {
        cisup_index active[masked_z];
        cisup_rng_subset(rng, x->T, x->z, active);
        for (int k = 0; k < x->z; k++) {
            x->active[m][k] = (int)active[k];
            for (int i = 0; i < x->d; i++)
                x->input[m][k][i] = 2.0 * cisup_rng_unit(rng) - 1.0;
        }
    }
}

/* What there is to choose; the loose have no design. */
typedef struct {
    int fresh, biased, loose;
} variant;

static inline void draw(masked_case *x, cisup_rng *rng, variant how) {
    static const int shapes[][3] = {
        {5, 1, 5}, {7, 2, 3}, {7, 3, 2}, {5, 2, 2}, {7, 1, 4}};
    const int *shape = shapes[check_between(rng, 0, 4)], q = shape[0];
    *x = (masked_case){.N = shape[1] * q + (int)check_between(rng, 0, 2),
                       .S = shape[1],
                       .c = shape[2],
                       .d = (int)check_between(rng, 1, masked_d),
                       .L = (int)check_between(rng, 1, masked_L),
                       .z = (int)check_between(rng, 1, masked_z)};
    x->T = (int)check_between(rng, x->z, q * q);
    x->samples = (int)check_between(rng, 1, masked_samples);
    draw_parts(x, rng, q, how.loose);
    draw_circuits(x, rng, how.fresh, how.biased);
    draw_samples(x, rng);
}

/* --- the same in the library ------------------------------------------------------- */

typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
    cisup_index active[masked_samples * masked_z];
    double input[masked_samples * masked_z * (masked_d + 1)];
    cisup_run_samples samples;
} made_network;

static inline void make_circuits(made_network *n, const masked_case *x, int fresh) {
    static double v[masked_L * masked_T * masked_d * masked_d];
    static double beta[masked_L * masked_T * masked_d];
    unsigned char is_signed[masked_L];
    const int layers = fresh ? x->L : 1, d = x->d;
    for (int l = 0; l < layers; l++)
        for (int k = 0; k < x->T * d; k++) {
            beta[l * x->T * d + k] = x->beta[l][k / d][k % d];
            memcpy(v + (l * x->T * d + k) * d, x->w[l][k / d][k % d],
                   (size_t)d * sizeof *v);
        }
    for (int l = 0; l < x->L; l++) is_signed[l] = (unsigned char)x->is_signed[l];
    const cisup_plain_mlps mlps = {x->T, d, x->L, layers, v, beta, is_signed};
    CHECK_OK(cisup_circuits_carry(&n->circuits, &mlps, &error_));
}

/* Masks that are codes are for x->z active circuits. */
static inline cisup_network_options
options_of(const masked_case *x, cisup_operator_form form, double reach, int codes) {
    cisup_network_options o = cisup_network_defaults();
    o.form = form;
    o.carrying.cycle = x->c;
    o.carrying.offset = o.carrying.strength = reach;
    o.carrying.codes = codes;
    if (codes) o.carrying.active = x->z;
    return o;
}

static inline void make_some(made_network *n, const masked_case *x, int fresh,
                             cisup_operator_form form, double reach, int codes) {
    const cisup_network_options o = options_of(x, form, reach, codes);
    *n = (made_network){.samples = {x->samples, x->z, n->active, n->input}};
    CHECK_OK(cisup_allocation_init(&n->base, x->N, x->S, x->c * x->T, &error_));
    for (int k = 0; k < x->c * x->T * x->S; k++)
        n->base.slot[k] = x->part[k / x->S / x->T][k / x->S % x->T][k % x->S];
    n->base.T = x->T;
    make_circuits(n, x, fresh);
    const int first = n->circuits.biased;
    double *to = n->input;
    for (int k = 0; k < x->samples * x->z; k++) {
        n->active[k] = x->active[k / x->z][k % x->z];
        if (first) *to++ = 1.0;
        for (int i = 0; i < x->d; i++) *to++ = x->input[k / x->z][k % x->z][i];
    }
    CHECK_OK(cisup_network_make(&n->net, &n->base, &n->circuits, &o, &error_));
}

static inline void make(made_network *n, const masked_case *x, int fresh,
                        cisup_operator_form form, double reach) {
    make_some(n, x, fresh, form, reach, 0);
}

static inline void unmake(made_network *n) {
    cisup_network_free(&n->net);
    cisup_circuits_free(&n->circuits);
    cisup_allocation_free(&n->base);
}

/* The largest sum of all samples. */
static inline double largest_sum(const masked_case *x) {
    static masked_result r;
    double most = 0.0;
    for (int m = 0; m < x->samples; m++) {
        masked_run(x, m, &r);
        most = fmax(most, r.largest);
    }
    return most;
}

typedef struct {
    double *readout, *activations;
} answers;

static inline answers run(const made_network *n) {
    const cisup_index L = n->circuits.L, d = n->circuits.d, M = n->samples.count;
    const cisup_index layers[masked_L + 1] = {0, 1, 2, 3, 4, 5, 6};
    const cisup_run_options o = {.layers = layers, .layer_count = L + 1, .threads = 1};
    answers a;
    CHECK_OK(cisup_new(&a.readout, L * M * n->base.T * d, sizeof(double), &error_));
    CHECK_OK(
        cisup_new(&a.activations, (L + 1) * M * d * n->base.N, sizeof(double), &error_));
    const cisup_run_results out = {.readout = a.readout, .activations = a.activations};
    CHECK_OK(cisup_network_run(&n->net, &n->samples, &o, &out, &error_));
    return a;
}

static inline void drop(answers *a) {
    cisup_release(a->readout);
    cisup_release(a->activations);
}

#endif
