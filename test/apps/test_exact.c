/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * data/exact_networks.json: small networks that an independent implementation of the
 * construction built and ran in double precision. Every number of theirs is compared.
 *
 * Tolerances: a case sums at most T + d N + S + 16 < 200 terms in a row and has at most
 * three layers in a row; relative to the largest number of the array, that is 1e-13
 * for numbers summed once (200 roundings, and terms up to twice the sum) and 1e-12 for
 * activations and read-outs, which pass the later layers. */
#include "common/check.h"

#include <cisup/sparse/layer/operator.h>

#include "network/given.h"

#include <float.h>

static const double summed_once = 1e-13, through_layers = 1e-12;

/* Walks nested arrays, comparing every number with the next of ours. */
static void compare_tree(const json_t *node, const double **ours, double allowed,
                         const char *what, size_t number) {
    if (json_is_array(node)) {
        for (size_t k = 0; k < json_array_size(node); k++)
            compare_tree(json_array_get(node, k), ours, allowed, what, number);
        return;
    }
    assert_true(json_is_number(node));
    const double want = json_number_value(node), got = *(*ours)++;
    if (!(fabs(got - want) <= allowed))
        fail_msg("case %zu, %s: got %.17g, want %.17g, difference %.3g, allowed %.3g",
                 number, what, got, want, fabs(got - want), allowed);
}

static double largest(const double *x, cisup_index count) {
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++) most = fmax(most, fabs(x[k]));
    return most;
}

static cisup_index numbers_in(const json_t *node) {
    if (!json_is_array(node)) return 1;
    cisup_index count = 0;
    for (size_t k = 0; k < json_array_size(node); k++)
        count += numbers_in(json_array_get(node, k));
    return count;
}

static void compare_field(const json_t *object, const char *field, size_t number,
                          const double *ours, cisup_index count, double relative) {
    const json_t *node = json_object_get(object, field);
    assert_true(json_is_array(node));
    if (numbers_in(node) != count)
        fail_msg("case %zu: %s has %d numbers, we have %d", number, field,
                 (int)numbers_in(node), (int)count);
    const double *next = ours;
    compare_tree(node, &next, relative * (1.0 + largest(ours, count)), field, number);
}

static double *taken(cisup_index count) {
    double *x;
    CHECK_OK(cisup_new(&x, count, sizeof *x, &error_));
    return x;
}

/* What a case gives, in the order of the file. */
typedef struct {
    const given_network *g;
    cisup_index first; /* sample in lane 0 */
    const cisup_batch *batch;
    double *A, *readout, *states; /* [L+1][M][dN], [L][M][T][d], [L+1][M][z][d] */
} outcome;

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    (void)in_active;
    outcome *o = context;
    const cisup_index dN = o->g->shape.d * o->g->shape.N;
    for (cisup_index k = 0; k < o->batch->used * dN; k++) {
        const cisup_index lane = k / dN, sample = l * o->g->samples + o->first + lane;
        o->A[sample * dN + k % dN] = a[k % dN * CISUP_LANES + lane];
    }
}

static void see_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    outcome *o = context;
    const cisup_index d = o->g->shape.d, T = o->g->shape.T;
    for (cisup_index k = 0; k < o->batch->used * d; k++) {
        const cisup_index sample = (l - 1) * o->g->samples + o->first + k / d;
        o->readout[(sample * T + t) * d + k % d] = est[k % d * CISUP_LANES + k / d];
    }
}

static void fill(outcome *o, cisup_batch *b) {
    const cisup_shape *s = &o->g->shape;
    const cisup_index left = o->g->samples - o->first;
    b->used = left < CISUP_LANES ? left : CISUP_LANES;
    for (cisup_index k = 0; k < b->used * s->z; k++) {
        const cisup_index at = o->first * s->z + k;
        b->active[k] = o->g->active[at];
        memcpy(cisup_batch_state(b, k / s->z, k % s->z, 0), o->g->input + at * s->d,
               (size_t)s->d * sizeof(double));
    }
    cisup_batch_states(b, &o->g->circuits);
    for (cisup_index l = 0; l <= s->L; l++)
        for (cisup_index k = 0; k < b->used * s->z; k++)
            memcpy(o->states + ((l * o->g->samples + o->first) * s->z + k) * s->d,
                   cisup_batch_state(b, k / s->z, k % s->z, l),
                   (size_t)s->d * sizeof(double));
}

static void compare_runs(const json_t *object, size_t number, const given_network *g,
                         const cisup_network *net) {
    const cisup_shape *s = &g->shape;
    const cisup_index M = g->samples, activations = (s->L + 1) * M * s->d * s->N;
    const cisup_index reads = s->L * M * s->T * s->d;
    const cisup_index states = (s->L + 1) * M * s->z * s->d;
    outcome o = {.g = g,
                 .A = taken(activations),
                 .readout = taken(reads),
                 .states = taken(states)};
    const cisup_observer observer = {&o, see_layer, see_readout};
    cisup_batch batch;
    cisup_forward forward;
    CHECK_OK(cisup_batch_init(&batch, s->z, &g->circuits, &error_));
    CHECK_OK(cisup_forward_init(&forward, net, &error_));
    o.batch = &batch;
    for (; o.first < M; o.first += CISUP_LANES) {
        fill(&o, &batch);
        cisup_forward_run(&forward, net, g->mode, &batch, &observer);
    }
    compare_field(object, "circuit_states", number, o.states, states, summed_once);
    compare_field(object, "A", number, o.A, activations, through_layers);
    compare_field(object, "readout", number, o.readout, reads, through_layers);
    cisup_forward_free(&forward);
    cisup_batch_free(&batch);
    cisup_release(o.A);
    cisup_release(o.readout);
    cisup_release(o.states);
}

static void compare_weights(const json_t *object, size_t number,
                            const cisup_network *net) {
    const cisup_index L = net->circuits->L, dN = net->circuits->d * net->base->N;
    double *W = taken((L - 1) * dN * dN);
    for (cisup_index l = 0; l + 1 < L; l++)
        cisup_weights_dense(&net->layers[l].assembled, W + l * dN * dN);
    compare_field(object, "W", number, W, (L - 1) * dN * dN, summed_once);
    cisup_release(W);
}

/* kappa stands in the file for capped weights only. */
static void compare_kappa(const json_t *object, size_t number, const cisup_network *net) {
    double kappa[8];
    const cisup_index count =
        net->weights.scheme == CISUP_WEIGHTS_CAPPED ? net->circuits->L - 1 : 0;
    assert_true(count <= 8);
    for (cisup_index l = 0; l < count; l++)
        kappa[l] = cisup_operator_kappa(&net->layers[l]);
    compare_field(object, "kappa", number, kappa, count, summed_once);
}

/* The c of the file is our default: three roundings of a number below 1. */
static void compare_center(const given_network *g) {
    cisup_weight_options o = cisup_weight_defaults();
    o.scheme = CISUP_WEIGHTS_BALANCED;
    CHECK_NEAR(cisup_center(g->shape.N, g->shape.S, g->shape.T, &o),
               g->options.weights.center, 4 * DBL_EPSILON);
}

static void compare_case(const json_t *object, size_t number) {
    given_network g;
    CHECK_OK(given_read(&g, object, &error_));
    assert_true(g.shape.T + g.shape.d * g.shape.N + g.shape.S + 16 < 200);
    compare_center(&g);
    for (int engine = 0; engine < 2; engine++) {
        cisup_network net;
        g.options.engine = (cisup_engine)engine;
        CHECK_OK(cisup_network_make(&net, &g.base, &g.circuits, &g.options, &error_));
        compare_kappa(object, number, &net);
        if (engine == CISUP_ENGINE_ASSEMBLED) compare_weights(object, number, &net);
        compare_runs(object, number, &g, &net);
        cisup_network_free(&net);
    }
    given_free(&g);
}

static void networks_equal_the_independent_ones(void **state) {
    (void)state;
    json_error_t error;
    json_t *root = json_load_file(CISUP_DATA "/exact_networks.json", 0, &error);
    if (!root) fail_msg("line %d: %s", error.line, error.text);
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 24);
    int kinds[4][2] = {{0}};
    for (size_t k = 0; k < 24; k++) {
        const json_t *one = json_array_get(cases, k);
        const char *scheme = json_string_value(json_object_get(one, "scheme"));
        const char *mode = json_string_value(json_object_get(one, "mode"));
        kinds[cisup_weight_scheme_find(scheme)][cisup_mode_find(mode) != 0]++;
        compare_case(one, k);
    }
    for (int k = 0; k < 8; k++) assert_int_equal(kinds[k / 2][k % 2], 3);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_equal_the_independent_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
