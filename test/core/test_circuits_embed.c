/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/drawn.h"
#include "common/mlps.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>

#include <stdio.h>

static void check_output(const cisup_circuits *c, const cisup_mlp_places *p,
                         const cisup_mlps *x, cisup_index t, const cisup_index *widths,
                         const double *v, const double *beta, cisup_rng *rng) {
    double in[8], want[8], a[most_d], y[8];
    for (cisup_index j = 0; j < widths[0]; j++) in[j] = eighths(rng);
    mlp_forward(widths, (int)x->linear, v, beta, in, want);
    cisup_mlp_input(p, widths[0], in, a);
    run(c, 3, t, a);
    cisup_mlp_output(p, widths[3], a, y);
    for (cisup_index i = 0; i < widths[3]; i++) assert_true(y[i] == want[i]);
}

static void a_gated_circuit_computes_its_mlp(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_mlps x = drawn_mlps(&n, mlps_most, 1);
    cisup_circuits c;
    cisup_mlp_places p;
    CHECK_OK(cisup_circuits_embed(&c, &x, NULL, &p, &error_));
    assert_true(c.T == mlps_most && c.d == 8 && c.L == 3 && c.layers == 3);
    assert_true(c.on_count == 2 && c.offset == 0.0 && p.d == 8 && p.first == 2);
    assert_true(p.is_signed);
    cisup_rng rng = check_rng(2);
    for (cisup_index t = 0; t < c.T; t++)
        for (int trial = 0; trial < 5; trial++)
            check_output(&c, &p, &x, t, mlp_widths, n.weights[t], n.biases[t], &rng);
    cisup_circuits_free(&c);
}

/* Neither biases nor signs nor a gate: the width is the widest layer's. */
static void without_a_gate_biases_may_be_left_out(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_embed_options o = {0};
    for (int linear = 0; linear < 2; linear++) {
        cisup_mlps x = drawn_mlps(&n, 3, 3);
        x.biases = NULL;
        x.linear = (cisup_linear)linear;
        cisup_circuits c;
        cisup_mlp_places p;
        CHECK_OK(cisup_circuits_embed(&c, &x, &o, &p, &error_));
        assert_true(c.d == 6 && c.on_count == 0 && p.first == 0 && p.is_signed == linear);
        cisup_rng rng = check_rng(4);
        for (cisup_index t = 0; t < c.T; t++)
            check_output(&c, &p, &x, t, mlp_widths, n.weights[t], NULL, &rng);
        cisup_circuits_free(&c);
    }
}

/* The widest layer is here the split one of the second circuit: d = 2 + 2 * 4. */
static void widths_may_differ_by_circuit(void **state) {
    (void)state;
    static const cisup_index widths[2][4] = {{5, 1, 2, 1}, {1, 3, 2, 4}};
    enum { first = 5 + 2 + 2, second = 3 + 6 + 8 };
    double v[first + second], beta[4 + 9];
    cisup_rng rng = check_rng(5);
    for (int k = 0; k < first + second; k++) v[k] = eighths(&rng);
    for (int k = 0; k < 13; k++) beta[k] = eighths(&rng);
    const cisup_mlps x = {2, 3, widths[0], 1, v, beta, 1};
    for (int steep = 0; steep < 2; steep++) {
        const cisup_embed_options o = {
            .gate = 1, .margin = 0.5, .step = {steep ? 8.0 : 0.0, steep ? 0.25 : 0.0}};
        cisup_circuits c;
        cisup_mlp_places p;
        CHECK_OK(cisup_circuits_embed(&c, &x, &o, &p, &error_));
        assert_true(c.d == 10 && cisup_circuits_bias(&c, 2)[9] == -0.5);
        assert_true(cisup_circuits_bias(&c, 2)[0] == (steep ? -6.75 : -0.5));
        for (int trial = 0; trial < 20; trial++) {
            check_output(&c, &p, &x, 0, widths[0], v, beta, &rng);
            check_output(&c, &p, &x, 1, widths[1], v + first, beta + 4, &rng);
        }
        cisup_circuits_free(&c);
    }
}

/* Neither gate nor split outputs, and biases of their own: the widest layer is 6, and one
 * neuron for the mask where there are biases. States from layer to layer as by hand. */
static void carried_ones_need_a_neuron_for_their_biases(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_embed_options o = {.carried = 1};
    for (int k = 0; k < 6; k++) {
        cisup_mlps x = drawn_mlps(&n, 4, 9);
        const int biased = k % 2;
        cisup_circuits c;
        cisup_mlp_places p;
        x.linear = (cisup_linear)(k / 2);
        if (!biased) x.biases = NULL;
        CHECK_OK(cisup_circuits_embed(&c, &x, &o, &p, &error_));
        assert_true(c.carried && c.biased == biased && c.d == 6 + biased);
        assert_true(p.d == c.d && p.first == biased && !p.is_signed);
        assert_true(c.layers == 3);
        for (int l = 0; l < 3; l++)
            assert_int_equal(c.is_signed[l],
                             x.linear == CISUP_LINEAR_ALL || (x.linear && l == 2));
        cisup_rng rng = check_rng(10);
        for (cisup_index t = 0; t < c.T; t++)
            check_output(&c, &p, &x, t, mlp_widths, n.weights[t],
                         biased ? n.biases[t] : NULL, &rng);
        cisup_circuits_free(&c);
    }
}

/* The same numbers in a file: every byte of the circuits. */
static void carried_ones_are_those_of_a_file(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_mlps drawn = drawn_mlps(&n, 4, 11);
    FILE *to = fopen("embedded.csv", "w");
    assert_non_null(to);
    fprintf(to, "circuit,layer,i,j,value\n");
    for (int t = 0; t < 4; t++) {
        const double *v = n.weights[t], *beta = n.biases[t];
        for (int l = 1; l <= 3; l++)
            for (int i = 0; i < mlp_widths[l]; i++) {
                fprintf(to, "%d,%d,%d,,%g\n", t, l, i, *beta++);
                for (int j = 0; j < mlp_widths[l - 1]; j++)
                    fprintf(to, "%d,%d,%d,%d,%g\n", t, l, i, j, *v++);
            }
    }
    assert_int_equal(fclose(to), 0);
    for (int linear = 0; linear <= CISUP_LINEAR_ALL; linear++) {
        const cisup_embed_options o = {.carried = 1};
        const cisup_circuits_csv_options same = {.carried = 1,
                                                 .linear = (cisup_linear)linear};
        cisup_mlps x = drawn;
        cisup_circuits c, file;
        x.linear = (cisup_linear)linear;
        CHECK_OK(cisup_circuits_embed(&c, &x, &o, NULL, &error_));
        CHECK_OK(cisup_circuits_read_csv(&file, "embedded.csv", &same, &error_));
        assert_true(c.d == file.d && c.layers == file.layers && c.biased == file.biased);
        assert_memory_equal(c.w, file.w, (size_t)(3 * 4 * c.d * c.d) * sizeof *c.w);
        assert_memory_equal(c.wbar, file.wbar, (size_t)(3 * c.d * c.d) * sizeof *c.w);
        assert_memory_equal(c.is_signed, file.is_signed, 3);
        cisup_circuits_free(&c);
        cisup_circuits_free(&file);
    }
    assert_int_equal(remove("embedded.csv"), 0);
}

/* One layer: 1 -> 1, y = 2 x - 1. */
static void the_weights_stand_where_they_should(void **state) {
    (void)state;
    const cisup_index widths[2] = {1, 1};
    const double v = 2.0, beta = -1.0;
    const cisup_mlps x = {1, 1, widths, 0, &v, &beta, 1};
    const double gated[16] = {2, -2, 0, 0, 2, -2, 0, 0, 0, 0, 2, 0, 2, -2, -2, 0};
    const double plain[4] = {2, 0, -2, 0}, bias[2] = {-1, 1};
    const cisup_embed_options o = {0};
    cisup_circuits c;
    CHECK_OK(cisup_circuits_embed(&c, &x, NULL, NULL, &error_));
    check_row(cisup_circuits_weights(&c, 1, 0), gated, 16, 0.0);
    check_row(cisup_circuits_common(&c, 1), gated, 16, 0.0);
    cisup_circuits_free(&c);
    CHECK_OK(cisup_circuits_embed(&c, &x, &o, NULL, &error_));
    check_row(cisup_circuits_weights(&c, 1, 0), plain, 4, 0.0);
    check_row(cisup_circuits_bias(&c, 1), bias, 2, 0.0);
    cisup_circuits_free(&c);
}

static void check_refused(const cisup_mlps *x, const cisup_embed_options *o,
                          cisup_status code, const char *text) {
    cisup_circuits c = {.T = 99};
    cisup_error err = {0};
    assert_int_equal(cisup_circuits_embed(&c, x, o, NULL, &err), code);
    assert_non_null(strstr(err.text, text));
    assert_true(!c.w && c.T == 0);
}

static void bad_sizes_are_refused(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_mlps good = drawn_mlps(&n, 4, 6);
    const cisup_embed_options both = {.gate = 1, .margin = 1.0, .carried = 1};
    cisup_index widths[8] = {3, 6, 5, 2, 3, 6, 5, 2};
    cisup_mlps x = good;
    check_refused(&x, &both, CISUP_EINVAL, "a gate around");
    x.linear = CISUP_LINEAR_ALL;
    check_refused(&x, NULL, CISUP_EINVAL, "all layers linear");
    x = good;
    x.T = 0;
    check_refused(&x, NULL, CISUP_EINVAL, "T = 0, L = 3");
    x = good;
    x.L = 0;
    check_refused(&x, NULL, CISUP_EINVAL, "T = 4, L = 0");
    x = good;
    x.T = 2;
    x.widths = widths;
    x.by_circuit = 1;
    widths[6] = 0;
    check_refused(&x, NULL, CISUP_EINVAL, "circuit 1, layer 2: width 0");
    widths[6] = (INT64_C(1) << 30) + 1;
    check_refused(&x, NULL, CISUP_EINVAL, "circuit 1, layer 2: width 1073741825");
    widths[6]--;
    check_refused(&x, NULL, CISUP_ENOMEM, "");
}

static void bad_numbers_are_refused(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_mlps x = drawn_mlps(&n, 4, 7);
    const cisup_embed_options ungated = {0}, flat = {.gate = 1},
                              level = {.gate = 1, .margin = 1.0, .step = {1.0, 0.0}},
                              lost = {.gate = 1, .margin = (double)NAN};
    check_refused(&x, &flat, CISUP_EINVAL, "margin 0");
    check_refused(&x, &lost, CISUP_EINVAL, "margin");
    check_refused(&x, &level, CISUP_EINVAL, "steepness 1 ");
    n.biases[0][1] = 0.5;
    for (int t = 1; t < 4; t++) n.biases[t][0] = n.biases[0][0];
    n.biases[1][1] = 0.25;
    check_refused(&x, &ungated, CISUP_EINVAL,
                  "layer 1, neuron 1: circuit 1 has the bias 0.25");
    n.biases[2][6] = (double)INFINITY;
    check_refused(&x, NULL, CISUP_EINVAL, "circuit 2, layer 2: a weight or bias");
    n.weights[1][3 * 6 + 6 * 5] = (double)NAN;
    check_refused(&x, NULL, CISUP_EINVAL, "circuit 1, layer 3: a weight or bias");
}

typedef struct {
    cisup_mlps x;
    const cisup_embed_options *options;
} embedding;

static cisup_status embed_and_free(void *context) {
    const embedding *e = context;
    cisup_circuits c;
    const cisup_status status = cisup_circuits_embed(&c, &e->x, e->options, NULL, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    cisup_circuits_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static mlp_numbers n;
    const cisup_embed_options carried = {.carried = 1};
    embedding e = {drawn_mlps(&n, 4, 8), NULL};
    assert_int_equal(check_every_allocation(embed_and_free, &e), 7);
    e.options = &carried;
    assert_int_equal(check_every_allocation(embed_and_free, &e), 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gated_circuit_computes_its_mlp),
        cmocka_unit_test(without_a_gate_biases_may_be_left_out),
        cmocka_unit_test(widths_may_differ_by_circuit),
        cmocka_unit_test(carried_ones_need_a_neuron_for_their_biases),
        cmocka_unit_test(carried_ones_are_those_of_a_file),
        cmocka_unit_test(the_weights_stand_where_they_should),
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
