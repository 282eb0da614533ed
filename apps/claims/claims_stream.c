/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Residual streams. Fixed, (15.2): circuits a^l = a^(l-1) + w^l a^(l-1), whose additions
 * are written in the embedding of layer 1, for good. Erased, (15.1): the old state goes,
 * the new one is written in the embedding of the next layer. Masked alike. */
#include "claims_parts.h"

#include <cisup/analysis/measure/batch.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIXED, ERASED, WAYS };

/* One sample on its way. */
typedef struct {
    const cisup_network *net;
    const cisup_batch *batch;
    cisup_index lane;
    double spared;           /* part of the old state that is not erased */
    double *stream, *hidden; /* [d N] */
    double *est;             /* [T][d] */
    unsigned char *inside;   /* [N] */
    double *square; /* [L][3] sums of squares: active and inactive errors, signals */
} stream_pass;

static void stream_free(stream_pass *p) {
    cisup_release(p->stream);
    cisup_release(p->hidden);
    cisup_release(p->est);
    cisup_release(p->inside);
    cisup_release(p->square);
    *p = (stream_pass){0};
}

static cisup_status stream_init(stream_pass *p, const cisup_network *net, double spared,
                                cisup_error *err) {
    const cisup_index N = net->base->N, d = net->circuits->d;
    *p = (stream_pass){.net = net, .spared = spared};
    cisup_status status;
    CISUP_TRY(cisup_new(&p->stream, d * N, sizeof *p->stream, err));
    CISUP_TRY(cisup_new(&p->hidden, d * N, sizeof *p->hidden, err));
    CISUP_TRY(cisup_new(&p->est, net->base->T * d, sizeof *p->est, err));
    CISUP_TRY(cisup_new(&p->inside, N, sizeof *p->inside, err));
    CISUP_TRY(cisup_new(&p->square, 3 * net->circuits->L, sizeof *p->square, err));
done:
    if (status != CISUP_OK) stream_free(p);
    return status;
}

/* Adds x to the S neurons that circuit t has in layer l. y: [d N]. */
static void put(const cisup_network *net, cisup_index l, cisup_index t, const double *x,
                double *y) {
    const int32_t *row = cisup_network_row(net, l, t);
    for (cisup_index i = 0; i < net->circuits->d; i++)
        for (cisup_index k = 0; k < net->base->S; k++)
            y[i * net->base->N + row[k]] += x[i];
}

/* est = U^l y of all circuits. */
static void read_out(const stream_pass *p, cisup_index l, const double *y) {
    const cisup_index N = p->net->base->N, S = p->net->base->S, d = p->net->circuits->d;
    for (cisup_index t = 0; t < p->net->base->T; t++) {
        const int32_t *row = cisup_network_row(p->net, l, t);
        for (cisup_index i = 0; i < d; i++) {
            double sum = 0.0;
            for (cisup_index k = 0; k < S; k++) sum += y[i * N + row[k]];
            p->est[t * d + i] = sum / (double)S;
        }
    }
}

/* hidden = K^l E^l w est, of erased streams with ReLU. */
static void compute(const stream_pass *p, cisup_index l, int way) {
    const cisup_circuits *c = p->net->circuits;
    const cisup_index N = p->net->base->N, S = p->net->base->S;
    double *x = p->hidden;
    memset(x, 0, (size_t)(c->d * N) * sizeof *x);
    memset(p->inside, 0, (size_t)N);
    for (cisup_index t = 0; t < c->T; t++) {
        double image[CISUP_COMPUTED_WIDTH] = {0};
        cisup_circuits_map(c->d, 1.0, cisup_circuits_weights(c, l, t), p->est + t * c->d,
                           image);
        put(p->net, l, t, image, x);
    }
    for (cisup_index k = 0; k < p->batch->z; k++)
        for (cisup_index s = 0; s < S; s++)
            p->inside[cisup_network_row(
                p->net, l, p->batch->active[p->lane * p->batch->z + k])[s]] = 1;
    for (cisup_index k = 0; k < c->d * N; k++)
        if (!p->inside[k % N] || (way == ERASED && x[k] < 0.0)) x[k] = 0.0;
}

/* The exact states of the active circuits of a fixed stream. */
static void make_states(cisup_batch *b, const cisup_circuits *c) {
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->z; k++)
            for (cisup_index l = 1; l <= b->L; l++) {
                double *a = cisup_batch_state(b, lane, k, l);
                for (cisup_index i = 0; i < b->d; i++) a[i] = l > 1 ? a[i - b->d] : 0.0;
                cisup_circuits_map(
                    b->d, 1.0, cisup_circuits_weights(c, l, b->active[lane * b->z + k]),
                    a - b->d, a);
            }
}

/* Squared errors of the read-outs in layer l. */
static void measure(const stream_pass *p, cisup_index l) {
    const cisup_index d = p->net->circuits->d, z = p->batch->z;
    double *square = p->square + (l - 1) * 3;
    for (cisup_index k = 0; k < p->net->base->T * d; k++)
        square[1] += p->est[k] * p->est[k];
    for (cisup_index k = 0; k < z; k++) {
        const double *a = cisup_batch_state(p->batch, p->lane, k, l);
        const double *est = p->est + p->batch->active[p->lane * z + k] * d;
        for (cisup_index i = 0; i < d; i++) {
            square[0] += (est[i] - a[i]) * (est[i] - a[i]);
            square[1] -= est[i] * est[i];
            square[2] += a[i] * a[i];
        }
    }
}

static void run_sample(const stream_pass *p, int way) {
    const cisup_circuits *c = p->net->circuits;
    const cisup_index numbers = c->d * p->net->base->N;
    memset(p->stream, 0, (size_t)numbers * sizeof *p->stream);
    for (cisup_index k = 0; k < p->batch->z; k++)
        put(p->net, 1, p->batch->active[p->lane * p->batch->z + k],
            cisup_batch_state(p->batch, p->lane, k, 1), p->stream);
    read_out(p, 1, p->stream);
    measure(p, 1);
    for (cisup_index l = 2; l <= c->L; l++) {
        compute(p, l, way);
        if (way == FIXED) read_out(p, l, p->hidden);
        for (cisup_index t = 0; way == FIXED && t < c->T; t++)
            put(p->net, 1, t, p->est + t * c->d, p->stream);
        for (cisup_index k = 0; way == ERASED && k < numbers; k++)
            p->stream[k] += p->hidden[k] - (1.0 - p->spared) * p->stream[k];
        read_out(p, way == FIXED ? 1 : l, p->stream);
        measure(p, l);
    }
}

/* What a network of a study gives: mean squares of errors in layer L and, of inactive
 * ones, in layer 1; fixed streams' over those of the states there. */
typedef struct {
    double active, inactive, first;
} stream_errors;

static stream_errors errors_of(const stream_pass *p, int way, cisup_index inputs) {
    const cisup_circuits *c = p->net->circuits;
    const double *first = p->square, *last = p->square + 3 * (c->L - 1);
    const double active = (double)(p->batch->z * inputs);
    const double inactive = (double)(c->T - p->batch->z) * (double)inputs;
    const double one = way == FIXED ? first[2] / active : 1.0;
    const double all = way == FIXED ? last[2] / active : 1.0;
    return (stream_errors){last[0] / active / all, last[1] / inactive / all,
                           first[1] / inactive / one};
}

static cisup_status run_network(const cisup_claims_setup *setup, cisup_study study,
                                cisup_index k, int way, stream_errors *out,
                                cisup_error *err) {
    cisup_study_network n;
    cisup_batch batch = {0};
    stream_pass p = {0};
    cisup_status status;
    if (way == FIXED) study.gain = 1.0;
    CISUP_TRY(cisup_study_build(setup, &study, k, &n, err));
    const cisup_index inputs = n.study.inputs;
    CISUP_TRY(cisup_batch_init(&batch, n.study.z, &n.circuits, err));
    CISUP_TRY(stream_init(&p, &n.net, setup->faults.spared, err));
    p.batch = &batch;
    for (cisup_index first = 0; first < inputs; first += CISUP_LANES) {
        const cisup_index left = inputs - first;
        cisup_batch_draw(&batch, &n.circuits, cisup_study_seed(setup, k), 0, first,
                         left < CISUP_LANES ? left : CISUP_LANES);
        if (way == FIXED) make_states(&batch, &n.circuits);
        for (p.lane = 0; p.lane < batch.used; p.lane++) run_sample(&p, way);
    }
    *out = errors_of(&p, way, inputs);
done:
    stream_free(&p);
    cisup_batch_free(&batch);
    cisup_study_network_free(&n);
    return status;
}

static cisup_interval extent(const double *x, cisup_index count) {
    cisup_interval all = {x[0], NAN, x[0], x[0]};
    for (cisup_index k = 0; k < count; k++) {
        if (isnan(x[k])) return (cisup_interval){NAN, NAN, NAN, NAN};
        all.low = fmin(all.low, x[k]);
        all.mean = all.high = cisup_larger(all.high, x[k]);
    }
    return all;
}

static double square_of(const cisup_report *r, cisup_index l, int state) {
    return r->result[0].mse[cisup_cell(l, state, CISUP_READOUT)].mean;
}

/* e: [K][WAYS]; x: [2][K], scratch. */
static void add_streams(cisup_findings *f, const cisup_trials *network,
                        const stream_errors *e, cisup_index L, double *x) {
    const cisup_index K = network->networks;
    double *y = x + K;
    for (cisup_index n = 0; n < K; n++) {
        x[n] = cisup_figure_active_error(&network->report[n], L);
        y[n] = e[n * WAYS + FIXED].active;
    }
    cisup_finding *row =
        cisup_findings_add(f, "fixed, active over the network's", CISUP_RELATION_AT_LEAST,
                           2.0, cisup_ratio_of_means(x, y, K), 0.0);
    (void)snprintf(
        row->where, sizeof row->where,
        "one embedding in all layers, layer %" PRId64 ", z = 1, masked, isometric", L);
    for (cisup_index n = 0; n < K; n++) {
        x[n] = e[n * WAYS + FIXED].first;
        y[n] = e[n * WAYS + FIXED].inactive;
    }
    cisup_findings_add(f, "fixed, inactive, last over first", CISUP_RELATION_AT_LEAST,
                       2.0, cisup_ratio_of_means(x, y, K), 0.0);
    for (cisup_index n = 0; n < K; n++) {
        const cisup_report *r = &network->report[n];
        x[n] = e[n * WAYS + ERASED].active / square_of(r, L, CISUP_ACTIVE);
        y[n] = e[n * WAYS + ERASED].inactive / square_of(r, L, CISUP_INACTIVE);
    }
    row = cisup_findings_add(f, "erased, active over the network's",
                             CISUP_RELATION_EXACTLY, 1.0, extent(x, K), 1e-11);
    (void)snprintf(row->where, sizeof row->where,
                   "the old state erased, the new one written in the next embedding");
    cisup_findings_add(f, "erased, inactive over the network's", CISUP_RELATION_EXACTLY,
                       1.0, extent(y, K), 1e-11);
}

cisup_status cisup_claim_stream(const cisup_claims_setup *setup, cisup_findings *f,
                                cisup_error *err) {
    cisup_study s = cisup_study_isometric(setup);
    cisup_trials network = {0};
    stream_errors *e = NULL;
    double *x = NULL;
    s.inputs = (s.inputs + 1) / 2;
    cisup_status status;
    CISUP_TRY(cisup_new(&e, s.networks * WAYS, sizeof *e, err));
    CISUP_TRY(cisup_new(&x, 2 * s.networks, sizeof *x, err));
    CISUP_TRY(cisup_study_run(setup, &s, &network, err));
    for (cisup_index k = 0; k < network.networks; k++)
        for (int way = 0; way < WAYS; way++)
            CISUP_TRY(run_network(setup, s, k, way, &e[k * WAYS + way], err));
    add_streams(f, &network, e, network.report[0].L, x);
done:
    cisup_trials_free(&network);
    cisup_release(e);
    cisup_release(x);
    return status;
}
