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

/* The file has states by layer first: [L+1][M][z][d] of [M][z][L+1][d]. */
static double *by_layer(const double *states, const cisup_shape *s, cisup_index M) {
    const cisup_index runs = M * s->z, layers = s->L + 1;
    double *out = taken(layers * runs * s->d);
    for (cisup_index l = 0; l < layers; l++)
        for (cisup_index k = 0; k < runs * s->d; k++)
            out[l * runs * s->d + k] = states[(k / s->d * layers + l) * s->d + k % s->d];
    return out;
}

static void compare_runs(const json_t *object, size_t number, const given_network *g,
                         const cisup_network *net) {
    const cisup_shape *s = &g->shape;
    const cisup_index layers[5] = {0, 1, 2, 3, 4}, M = g->samples.count;
    const cisup_index activations = (s->L + 1) * M * s->d * s->N;
    const cisup_index reads = s->L * M * s->T * s->d;
    const cisup_index states = (s->L + 1) * M * s->z * s->d;
    cisup_run_options o = g->run;
    const cisup_run_results out = {taken(activations), taken(reads), taken(states)};
    assert_true(s->L <= 4);
    o.layers = layers;
    o.layer_count = s->L + 1;
    CHECK_OK(cisup_network_run(net, &g->samples, &o, &out, &error_));
    double *alone = by_layer(out.states, s, M);
    compare_field(object, "circuit_states", number, alone, states, summed_once);
    compare_field(object, "A", number, out.activations, activations, through_layers);
    compare_field(object, "readout", number, out.readout, reads, through_layers);
    cisup_release(alone);
    cisup_release(out.activations);
    cisup_release(out.readout);
    cisup_release(out.states);
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
    for (int form = 0; form < 2; form++) {
        cisup_network net;
        g.options.form = (cisup_operator_form)form;
        CHECK_OK(cisup_network_make(&net, &g.base, &g.circuits, &g.options, &error_));
        compare_kappa(object, number, &net);
        if (form == CISUP_OPERATOR_ASSEMBLED) compare_weights(object, number, &net);
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
