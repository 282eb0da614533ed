/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/term_sums.h>
#include <cisup/analysis/pass/bulk.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/analysis/pass/samples.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/threads.h>
#include <cisup/sparse/network/network_parts.h>

#include <math.h>

/* Threads share samples, or batches of them. */
int cisup_experiment_threads(const cisup_experiment *x) {
    const cisup_index batches = (x->inputs - 1) / CISUP_LANES + 1;
    return cisup_threads_count(x->threads,
                               cisup_experiment_may_be_sparse(x) ? x->inputs : batches);
}

static cisup_shape shape_of(const cisup_experiment *x) {
    return (cisup_shape){.d = x->circuits ? x->circuits->d : x->d,
                         .L = x->circuits ? x->circuits->L : x->L,
                         .T = x->base->T,
                         .S = x->base->S,
                         .N = x->base->N};
}

cisup_index cisup_experiment_columns(const cisup_experiment *x) {
    const cisup_index L = x->circuits ? x->circuits->L : x->L;
    const cisup_index terms = x->terms ? 2 * cisup_term_cell(L + 1, 0, 0) : 0;
    return cisup_cell(L + 1, 0, 0) + terms;
}

/* What splitting the errors takes on top: fields of each thread, and of each layer the
 * excess of G and what there is while it is found. */
static double terms_bytes(const cisup_experiment *x, const cisup_shape *s) {
    if (!x->terms) return 0.0;
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S, d = (double)s->d;
    const double meetings = fmin(T * S * S, N * N), lanes = 8.0 * CISUP_LANES;
    const double threads = (double)cisup_experiment_threads(x);
    return threads * lanes * (6.0 * d + 1.0) * (N + 3.0) +
           ((double)s->L - 1.0) * (16.0 * meetings + 16.0 * N) + 48.0 * meetings +
           48.0 * T * S;
}

/* Of a pass through the active circuits' neurons: those, and the circuits that have two
 * of them, of which there are never more than T. */
static double reduced_bytes(const cisup_experiment *x, const cisup_shape *s) {
    const double d = (double)s->d, T = (double)s->T;
    double most = 0.0;
    for (cisup_index k = 0; k < x->z_count; k++)
        if (cisup_experiment_is_reduced(x, x->z[k])) most = fmax(most, (double)x->z[k]);
    const double all = most * (double)s->S;
    return all * (24.0 + 16.0 * d) + most * 8.0 * d * d +
           (32.0 + 16.0 * d) * fmin(T, all * all / 2.0);
}

/* Whether samples of every z go through that engine. */
static int are_reduced(const cisup_experiment *x) {
    for (cisup_index k = 0; k < x->z_count; k++)
        if (!cisup_experiment_is_reduced(x, x->z[k])) return 0;
    return 1;
}

/* A computed network: the neurons of a pass in each thread, while kappa is estimated
 * its stamps, and sums by sample. What open neurons touch comes on top. */
static double computed_bytes(const cisup_experiment *x, const cisup_shape *s) {
    const double threads = (double)cisup_experiment_threads(x);
    const double cells = (double)cisup_cell(s->L + 1, 0, 0);
    const double number = x->precision == CISUP_PRECISION_SINGLE ? 4.0 : 8.0;
    const double pass = cisup_experiment_is_reduced(x, x->z[0])
                            ? reduced_bytes(x, s)
                            : (double)s->N * number * (1.0 + (double)s->d);
    return 8e6 + threads * pass + 8.0 * cells * (double)x->inputs +
           (double)x->z_count * cells * threads * (double)sizeof(cisup_tally);
}

/* A sparse engine on a stored network: lists of the neurons' circuits, the inverse
 * permutations, sums by sample. A pass takes less than a batched one, but for what open
 * neurons visit, which comes on top. */
static double sparse_bytes(const cisup_experiment *x, const cisup_shape *s) {
    if (!cisup_experiment_may_be_sparse(x)) return 0.0;
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S;
    const double sums = 8.0 * (double)cisup_cell(s->L + 1, 0, 0) * (double)x->inputs;
    if (are_reduced(x)) return sums;
    return 8.0 * (T * S + N + 1.0) + 8.0 * T * (double)s->L + sums;
}

/* Of cisup_forward_run through assembled layers: what data hold, and of networks that
 * carry masks two layers, the input among them. */
static double forward_bytes(const cisup_experiment *x, const cisup_shape *s) {
    const cisup_carrying *how = &x->network.carrying;
    const double d = (double)s->d, N = (double)s->N;
    const double c = (double)how->cycle + (how->codes != 0);
    const double lane = (2.0 * d + 2.0) * N;
    const double layer = fmax((d + c) * N + c * (double)s->S, (double)s->T * (d + 1.0));
    return 8.0 * CISUP_LANES * (c > 0.0 ? lane + 2.0 * layer : lane);
}

double cisup_experiment_bytes(const cisup_experiment *x) {
    const cisup_shape s = shape_of(x);
    cisup_network_options network = x->network;
    if (cisup_experiment_is_computed(x)) return computed_bytes(x, &s);
    network.form = cisup_engine_form(x->engine);
    for (cisup_index k = 0; k < x->z_count; k++)
        if (x->z[k] > network.carrying.active) network.carrying.active = x->z[k];
    const double T = (double)s.T, d = (double)s.d, L = (double)s.L, S = (double)s.S;
    const double cells = (double)cisup_cell(s.L + 1, 0, 0);
    const double columns = (double)cisup_experiment_columns(x);
    const double threads = (double)cisup_experiment_threads(x), program = 8e6;
    const int is_fresh = x->circuits ? x->circuits->layers > 1 : x->family.fresh;
    const double copies = (x->circuits ? 0.0 : 1.0) + (x->exclude.count ? 1.0 : 0.0);
    const double circuits = copies * 8.0 * T * d * d * (is_fresh ? L : 1.0);
    const double masks =
        x->noise > 0.0 ? 64.0 * (double)network.carrying.cycle * (double)s.N : 0.0;
    const double lanes =
        (fmax(forward_bytes(x, &s), cisup_bulk_bytes(&s)) + masks) * threads +
        cisup_bulk_plan_bytes(&s, x->precision);
    const double passes = are_reduced(x) ? 0.0 : lanes;
    const double by_circuit = x->worst ? 3.0 * T : 0.0;
    const double sums =
        8.0 * (columns + by_circuit) * ((double)x->inputs / CISUP_LANES + 1.0);
    const double kept =
        (double)x->z_count * (cells * threads * (double)sizeof(cisup_tally) +
                              columns * 8.0 * (double)x->networks + by_circuit * 8.0);
    const double parts = x->cycle ? (double)x->cycle->c : 1.0;
    return program + 4.0 * parts * T * S + circuits + cisup_network_bytes(&s, &network) +
           cisup_network_build_bytes(&s, &network) *
               (double)cisup_threads_count(x->threads, s.L - 1) +
           sums + kept + passes + sparse_bytes(x, &s) + threads * reduced_bytes(x, &s) +
           terms_bytes(x, &s);
}

/* What is paid for every neuron and layer, however few circuits there are, in
 * multiply-adds of the same time; measured, within a factor of 3. A batched pass goes
 * through N d lines, of which a sample has its share; a pass that is watched, or through
 * W, through N d numbers of each sample. To build a layer takes arrays of N, and time of
 * its own; a pass of one sample through its open neurons some. Two neurons that find
 * their circuit, some 15 ns where circuits are stored and 200 where they are drawn, and
 * what a layer adds to its pairs; a circuit that is drawn and stored. */
static const double bulk_neuron = 14.0, watched_neuron = 48.0, built_neuron = 1000.0,
                    computed_neuron = 60.0, built_layer = 4e5, sparse_layer = 2000.0,
                    stored_pair = 120.0, computed_pair = 300.0, reduced_layer = 2000.0,
                    drawn_circuit = 1000.0;

/* Whether auto is expected to take the sparse engine: by the neurons of the active
 * circuits and of all that sit in those. */
static int is_sparse(const cisup_experiment *x, const cisup_shape *s) {
    if (cisup_experiment_is_computed(x) || x->engine == CISUP_ENGINE_SPARSE) return 1;
    if (!cisup_experiment_may_be_sparse(x)) return 0;
    const double S = (double)s->S, N = (double)s->N;
    const double share =
        (double)x->z[x->z_count - 1] * S / N * (1.0 + S * (double)s->T * S / N);
    return share < cisup_engine_crossover(s->S, x->precision);
}

/* One sample with z active circuits, all others closed, through all layers. */
static double sparse_operations(const cisup_shape *s, double z) {
    const double d = (double)s->d, S = (double)s->S, T = (double)s->T, N = (double)s->N;
    return (double)s->L * (z * S * T * S / N * (S * d + 200.0) + sparse_layer);
}

/* The same through the engine reduced: two neurons of K^l and the next layer find their
 * circuit and its weights, which a computed network draws; two of K^l a circuit to read
 * out. */
static double reduced_operations(const cisup_experiment *x, const cisup_shape *s,
                                 double z) {
    const double all = z * (double)s->S, d = (double)s->d;
    const double pair = cisup_experiment_is_computed(x) ? computed_pair : stored_pair;
    return (double)s->L * (all * all * (pair + 2.0 * d * d) + reduced_layer);
}

/* The same in lanes. */
static double lanes_operations(const cisup_experiment *x, const cisup_shape *s,
                               double meetings) {
    const double d = (double)s->d, S = (double)s->S, L = (double)s->L, T = (double)s->T;
    const double N = (double)s->N;
    const int is_assembled = x->engine == CISUP_ENGINE_ASSEMBLED;
    const double layer =
        is_assembled ? T * d * S + meetings * d * d : T * (2.0 * d * S + d * d);
    const double neuron =
        is_assembled || x->terms || x->worst ? watched_neuron : bulk_neuron;
    const double terms = x->terms ? L * T * (10.0 * d * S + 4.0 * d * d) : 0.0;
    return (L - 1.0) * layer + L * (4.0 * T * d + neuron * N * d) + terms;
}

int cisup_experiment_is_reduced(const cisup_experiment *x, cisup_index z) {
    const cisup_shape s = shape_of(x);
    if (x->engine != CISUP_ENGINE_AUTO || !x->cycle)
        return x->engine == CISUP_ENGINE_REDUCED;
    if (x->precision != CISUP_PRECISION_DOUBLE || x->terms || x->worst ||
        x->noise > 0.0 ||
        (x->mode == CISUP_MODE_RELU && !isnan(x->network.carrying.strength)))
        return 0;
    return cisup_experiment_is_computed(x) ||
           reduced_operations(x, &s, (double)z) <
               fmin(sparse_operations(&s, (double)z), lanes_operations(x, &s, 0.0));
}

/* Of the largest z. */
static double sample_operations(const cisup_experiment *x, const cisup_shape *s,
                                double meetings) {
    const cisup_index z = x->z[x->z_count - 1];
    if (cisup_experiment_is_reduced(x, z)) return reduced_operations(x, s, (double)z);
    return is_sparse(x, s) ? sparse_operations(s, (double)z)
                           : lanes_operations(x, s, meetings);
}

/* Of one layer: the product G and its sorting, and the count of kappa. */
static double build_operations(const cisup_experiment *x, const cisup_shape *s,
                               double meetings) {
    const double T = (double)s->T, S = (double)s->S, d = (double)s->d;
    const double product = 30.0 * T * S * S;
    if (x->cycle && x->engine != CISUP_ENGINE_ASSEMBLED) return 0.0; /* plain weights */
    if (x->engine == CISUP_ENGINE_ASSEMBLED)
        return product + 60.0 * T * S * S * d * d + T * S * meetings / (double)s->N;
    return product + T * S * meetings / (double)s->N;
}

double cisup_experiment_operations(const cisup_experiment *x) {
    const cisup_shape s = shape_of(x);
    const double S = (double)s.S, L = (double)s.L, T = (double)s.T, N = (double)s.N;
    const double meetings = fmin(T * S * S, N * N);
    const int is_reduced = cisup_experiment_is_reduced(x, x->z[x->z_count - 1]);
    const double build = cisup_experiment_is_computed(x)
                             ? (is_reduced ? 0.0 : computed_neuron * N)
                             : L * (built_neuron * N + built_layer) +
                                   (L - 1.0) * build_operations(x, &s, meetings);
    const int draws = x->cycle && !x->circuits && !cisup_experiment_is_computed(x);
    const int asks_for_share = x->engine == CISUP_ENGINE_AUTO && !is_reduced &&
                               cisup_experiment_may_be_sparse(x);
    const double share = asks_for_share && !cisup_experiment_is_computed(x)
                             ? watched_neuron * CISUP_LANES * L * N * (double)s.d
                             : 0.0;
    const double samples = (double)x->inputs * (double)x->z_count;
    const double drawn = draws ? drawn_circuit * T : 0.0;
    return (double)x->networks *
               (build + drawn + samples * sample_operations(x, &s, meetings)) +
           (double)x->z_count * share;
}
