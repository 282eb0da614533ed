/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/operator.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Random MLPs of width M and their gates. */
enum { M = 5, LAYERS = 4, GATES = 50 };

typedef struct {
    double v[LAYERS * GATES * M * M], beta[LAYERS * GATES * M];
} mlps;

static void draw_mlps(mlps *m, uint64_t seed) {
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_CIRCUIT, 0, 0, 0);
    for (int k = 0; k < LAYERS * GATES * M * M; k++)
        m->v[k] = cisup_rng_normal(&rng) * sqrt(2.0 / M);
    for (int k = 0; k < LAYERS * GATES * M; k++)
        m->beta[k] = 0.3 * cisup_rng_normal(&rng);
}

/* y = ReLU( v y + beta ) of one layer. */
static void mlp_step(const double *v, const double *beta, double y[M]) {
    double next[M];
    for (int i = 0; i < M; i++) {
        next[i] = beta[i];
        for (int j = 0; j < M; j++) next[i] += v[i * M + j] * y[j];
        if (next[i] < 0.0) next[i] = 0.0;
    }
    memcpy(y, next, sizeof next);
}

/* The largest deviation of gate t from its MLP when active, over all layers. */
static double active_deviation(const cisup_circuits *c, const mlps *m, cisup_index t,
                               cisup_rng *rng) {
    double a[M + 2] = {1.5, 0.5}, next[M + 2], y[M], most = 0.0;
    for (int i = 0; i < M; i++) a[i + 2] = y[i] = cisup_rng_normal(rng);
    for (cisup_index l = 1; l <= LAYERS; l++) {
        const cisup_index k = (l - 1) * GATES + t;
        cisup_circuits_step(c, l, t, a, next);
        memcpy(a, next, sizeof a);
        mlp_step(m->v + k * M * M, m->beta + k * M, y);
        most = cisup_larger(most, fabs(a[0] - 1.5) + fabs(a[1] - 0.5));
        for (int i = 0; i < M; i++) most = cisup_larger(most, fabs(a[i + 2] - y[i]));
    }
    return most;
}

/* The largest entry of the next state after data noise of size eta whose signs follow row
 * i of v; alpha = 0. */
static double answer(const cisup_circuits *c, const double *v, cisup_index t, int i,
                     double eta) {
    double a[M + 2] = {0}, next[M + 2], most = 0.0;
    for (int j = 0; j < M; j++) a[j + 2] = v[i * M + j] > 0.0 ? eta : -eta;
    cisup_circuits_step(c, 1, t, a, next);
    for (int j = 0; j < M + 2; j++) most = cisup_larger(most, next[j]);
    return most;
}

/* The smallest noise that opens gate t in layer 1, over (14.3), by bisection. */
static double tolerance_ratio(const cisup_circuits *c, const mlps *m, cisup_index t,
                              double margin) {
    const double *v = m->v + t * M * M;
    int worst = 0;
    double widest = 0.0;
    for (int i = 0; i < M; i++) {
        double sum = 0.0;
        for (int j = 0; j < M; j++) sum += fabs(v[i * M + j]);
        if (sum > widest) worst = i;
        widest = cisup_larger(widest, sum);
    }
    const double eta = margin / widest;
    double low = 0.0, high = 16.0 * eta;
    for (int k = 0; k < 80; k++) {
        const double middle = 0.5 * (low + high);
        if (answer(c, v, t, worst, middle) > 0.0)
            high = middle;
        else
            low = middle;
    }
    return low / eta;
}

/* What all gates together do. */
typedef struct {
    double active, inactive, least, most; /* deviations; tolerance over (14.3) */
} gate_sizes;

static gate_sizes measure_gates(const cisup_circuits *c, const mlps *m, double margin,
                                uint64_t seed) {
    gate_sizes s = {.least = INFINITY};
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_INPUT, 0, 0, 0);
    for (cisup_index t = 0; t < GATES; t++) {
        double a[M + 2] = {0}, next[M + 2];
        s.active = cisup_larger(s.active, active_deviation(c, m, t, &rng));
        for (cisup_index l = 1; l <= LAYERS; l++) {
            cisup_circuits_step(c, l, t, a, next);
            memcpy(a, next, sizeof a);
            for (int i = 0; i < M + 2; i++) s.inactive = cisup_larger(s.inactive, a[i]);
        }
        const double ratio = tolerance_ratio(c, m, t, margin);
        s.least = fmin(s.least, ratio);
        s.most = cisup_larger(s.most, ratio);
    }
    return s;
}

static void add_gates(cisup_findings *f, const gate_sizes *s) {
    /* Sums of M + 2 products of size 10 or so in each of a few layers. */
    cisup_finding *row =
        cisup_findings_add(f, "active, deviation", CISUP_RELATION_EXACTLY, 0.0,
                           cisup_interval_point(s->active), 1e-11);
    (void)snprintf(row->where, sizeof row->where,
                   "%d random MLPs of width %d, %d layers, with biases", (int)GATES,
                   (int)M, (int)LAYERS);
    cisup_findings_add(f, "inactive, state", CISUP_RELATION_EXACTLY, 0.0,
                       cisup_interval_point(s->inactive), 0.0);
    const cisup_interval tight = {0.5 * (s->least + s->most), 0.0, s->least, s->most};
    row = cisup_findings_add(f, "noise that opens over (14.3)", CISUP_RELATION_EXACTLY,
                             1.0, tight, 1e-12);
    (void)snprintf(row->where, sizeof row->where,
                   "data noise with the signs of the widest row; least and most of all");
}

cisup_status cisup_claim_gate(const cisup_claims_setup *setup, cisup_findings *f,
                              cisup_error *err) {
    const double margin = 0.7;
    const cisup_gate gate = {.margin = margin};
    cisup_circuits c = {0};
    mlps *m = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&m, 1, sizeof *m, err));
    draw_mlps(m, setup->seed);
    CISUP_TRY(
        cisup_circuits_gate(&c, GATES, M, LAYERS, LAYERS, m->v, m->beta, &gate, err));
    if (setup->faults.circuits)
        CISUP_TRY(setup->faults.circuits(setup->faults.context, &c));
    const gate_sizes s = measure_gates(&c, m, margin, setup->seed);
    add_gates(f, &s);
done:
    cisup_circuits_free(&c);
    cisup_release(m);
    return status;
}

/* The residual network of (15.1) beside the network itself, both assembled: an observer
 * that takes every layer of the network with its own stream. */
typedef struct {
    const cisup_network *net;
    double *stream, *hidden;   /* [d N][LANES] each */
    double work[CISUP_LANES];  /* of the weights */
    double spared, most, size; /* largest |stream - A| and |A| */
} residual_pass;

/* r + I ReLU(W r + B) - I ReLU(r), (15.1): hidden neurons of width 2 d N, or 3 d N in
 * layer 1, whose input can be negative: (W r + B, r, -r). */
static void residual_layer(residual_pass *p, cisup_index l) {
    const cisup_index block = p->net->base->N * CISUP_LANES;
    const double *bias = cisup_circuits_bias(p->net->circuits, l);
    for (cisup_index k = 0; k < block * p->net->circuits->d; k++)
        p->hidden[k] = l == 1 ? p->stream[k] : 0.0;
    if (l > 1)
        cisup_weights_apply(&p->net->layers[l - 2].assembled, p->stream, p->hidden,
                            p->work);
    for (cisup_index k = 0; k < block * p->net->circuits->d; k++) {
        const double r = p->stream[k], written = p->hidden[k] + bias[k / block];
        const double positive = r > 0.0 ? r : 0.0;
        const double negative = l == 1 && r < 0.0 ? -r : 0.0;
        const double erased = (1.0 - p->spared) * (positive - negative);
        p->stream[k] = r + (written > 0.0 ? written : 0.0) - erased;
    }
}

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    (void)in_active;
    residual_pass *p = context;
    const cisup_index numbers = p->net->base->N * p->net->circuits->d * CISUP_LANES;
    if (l == 0)
        memcpy(p->stream, a, (size_t)numbers * sizeof *a);
    else
        residual_layer(p, l);
    for (cisup_index k = 0; k < numbers; k++) {
        p->most = cisup_larger(p->most, fabs(p->stream[k] - a[k]));
        p->size = cisup_larger(p->size, fabs(a[k]));
    }
}

static cisup_status residual_init(residual_pass *p, const cisup_network *net,
                                  double spared, cisup_error *err) {
    const cisup_index numbers = net->base->N * net->circuits->d * CISUP_LANES;
    *p = (residual_pass){.net = net, .spared = spared};
    cisup_status status;
    CISUP_TRY(cisup_new(&p->stream, numbers, sizeof *p->stream, err));
    CISUP_TRY(cisup_new(&p->hidden, numbers, sizeof *p->hidden, err));
done:
    return status;
}

static void residual_free(residual_pass *p) {
    cisup_release(p->stream);
    cisup_release(p->hidden);
}

/* The largest difference of activations in a study's first network, over the largest
 * activation. */
static cisup_status compare_residual(const cisup_claims_setup *setup,
                                     const cisup_study *s, double *difference,
                                     cisup_error *err) {
    cisup_study assembled = *s;
    cisup_study_network n;
    cisup_forward forward = {0};
    cisup_batch batch = {0};
    residual_pass p = {0};
    cisup_status status;
    assembled.form = CISUP_OPERATOR_ASSEMBLED;
    CISUP_TRY(cisup_study_build(setup, &assembled, 0, &n, err));
    CISUP_TRY(cisup_forward_init(&forward, &n.net, err));
    CISUP_TRY(cisup_batch_init(&batch, n.study.z, &n.circuits, err));
    CISUP_TRY(residual_init(&p, &n.net, setup->faults.spared, err));
    const cisup_observer o = {&p, see_layer, NULL};
    for (cisup_index first = 0; first < s->inputs; first += CISUP_LANES) {
        cisup_batch_draw(&batch, &n.circuits, setup->seed, 0, first, CISUP_LANES);
        cisup_forward_run(&forward, &n.net, n.study.mode, &batch, &o);
    }
    *difference = p.most / p.size;
done:
    residual_free(&p);
    cisup_batch_free(&batch);
    cisup_forward_free(&forward);
    cisup_study_network_free(&n);
    return status;
}

cisup_status cisup_claim_residual(const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    /* Inputs of rotations are never negative in front of layer 1, others are. */
    cisup_study study[] = {cisup_study_rotation(setup), cisup_study_isometric(setup)};
    static const char *const part[] = {"largest difference, rotations", "isometric"};
    double difference = (double)NAN;
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 2; k++) {
        study[k].mode = CISUP_MODE_RELU;
        study[k].z = 2;
        CISUP_TRY(compare_residual(setup, &study[k], &difference, err));
        /* r + (new - r) rounds once a layer; errors grow with the weights' norms. */
        cisup_finding *row = cisup_findings_add(f, part[k], CISUP_RELATION_EXACTLY, 0.0,
                                                cisup_interval_point(difference), 1e-11);
        (void)snprintf(row->where, sizeof row->where,
                       "activations of all %" PRId64
                       " layers with ReLU, over the largest, T = %" PRId64,
                       study[k].L, study[k].T);
    }
done:
    return status;
}
