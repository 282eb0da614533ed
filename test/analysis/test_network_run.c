/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass itself is tested by test_forward.c: here its results must come out of arrays
 * as they came in, whatever the order of circuits and the number of threads. */
#include "common/mlps.h"

#include <cisup/analysis/network_run.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/schemes.h>

enum { N = 12, S = 2, T = 9, d = 4, L = 3, z = 3, M = 21, D = d * N + 5 };

typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
    cisup_index active[M * z];
    double input[M * z * d];
    cisup_run_samples samples;
} subject;

typedef struct {
    double activations[3][M][D], readout[L][M][T][d], states[M][z][L + 1][d];
} results;

/* Into place: the network points at its parts. Each sample has its circuits in a drawn
 * order. */
static void subject_open(subject *s, cisup_operator_form engine) {
    const cisup_allocation_options how = cisup_allocation_defaults();
    const cisup_family_options family = cisup_family_defaults();
    cisup_network_options o = cisup_network_defaults();
    o.form = engine;
    CHECK_OK(cisup_allocation_make(&s->base, N, S, T, &how, &error_));
    CHECK_OK(cisup_circuits_make(&s->circuits, T, d, L, &family, &error_));
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, &o, &error_));
    cisup_rng rng = check_rng(1);
    for (int m = 0; m < M; m++) {
        cisup_index order[T];
        cisup_rng_permutation(&rng, T, order);
        memcpy(s->active + m * z, order, sizeof *order * z);
    }
    s->samples = (cisup_run_samples){M, z, s->active, s->input};
    CHECK_OK(cisup_run_inputs(&s->circuits, &s->samples, 7, 2, s->input, &error_));
}

static void subject_close(subject *s) {
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static const cisup_index wanted[] = {3, 0, 3};

static cisup_run_options all_wanted(void) {
    return (cisup_run_options){.layers = wanted, .layer_count = 3, .D = D, .threads = 1};
}

static cisup_run_results places(results *r) {
    return (cisup_run_results){&r->activations[0][0][0], &r->readout[0][0][0][0],
                               &r->states[0][0][0][0]};
}

static void run_subject(const subject *s, const cisup_run_options *o, results *r) {
    const cisup_run_results out = places(r);
    memset(r, 0xff, sizeof *r); /* NaN where nothing is written */
    CHECK_OK(cisup_network_run(&s->net, &s->samples, o, &out, &error_));
}

/* What a pass shows of one sample in lane 0. */
typedef struct {
    double a[L + 1][d * N], est[L][T][d];
} shown;

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    shown *x = context;
    (void)in_active;
    for (int k = 0; k < d * N; k++) x->a[l][k] = a[k * CISUP_LANES];
}

static void see_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    shown *x = context;
    for (int i = 0; i < d; i++) x->est[l - 1][t][i] = est[i * CISUP_LANES];
}

/* Every sample alone, through cisup_forward_run. */
static void check_sample(const subject *s, const results *r, int m) {
    shown x;
    const cisup_observer o = {&x, see_layer, see_readout};
    cisup_forward f;
    cisup_batch b;
    CHECK_OK(cisup_forward_init(&f, &s->net, &error_));
    CHECK_OK(cisup_batch_init(&b, z, &s->circuits, &error_));
    b.used = 1;
    memcpy(b.active, s->active + m * z, z * sizeof *b.active);
    for (int k = 0; k < z; k++)
        memcpy(cisup_batch_state(&b, 0, k, 0), s->input + (m * z + k) * d,
               d * sizeof(double));
    cisup_batch_states(&b, &s->circuits);
    cisup_forward_run(&f, &s->net, CISUP_MODE_MASKED_RELU, &b, &o);
    assert_memory_equal(r->states[m], b.state, sizeof r->states[m]);
    for (int k = 0; k < 3; k++) {
        assert_memory_equal(r->activations[k][m], x.a[wanted[k]], sizeof x.a[0]);
        for (int n = d * N; n < D; n++) assert_true(r->activations[k][m][n] == 0.0);
    }
    for (int l = 0; l < L; l++)
        assert_memory_equal(r->readout[l][m], x.est[l], sizeof x.est[l]);
    cisup_batch_free(&b);
    cisup_forward_free(&f);
}

static void every_sample_is_what_it_is_alone(void **state) {
    (void)state;
    for (int e = CISUP_OPERATOR_FACTORED; e <= CISUP_OPERATOR_ASSEMBLED; e++) {
        static subject s;
        static results r;
        cisup_run_options o = all_wanted();
        o.mode = CISUP_MODE_MASKED_RELU;
        subject_open(&s, (cisup_operator_form)e);
        run_subject(&s, &o, &r);
        for (int m = 0; m < M; m++) check_sample(&s, &r, m);
        subject_close(&s);
    }
}

static void threads_change_no_byte(void **state) {
    (void)state;
    static subject s;
    static results one, more;
    cisup_run_options o = all_wanted();
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    run_subject(&s, &o, &one);
    for (o.threads = 0; o.threads <= 5; o.threads++) {
        run_subject(&s, &o, &more);
        assert_memory_equal(&one, &more, sizeof one);
    }
    subject_close(&s);
}

/* Rotations have numbers of size 1 and sums of at most z S T of them. */
static void the_order_of_circuits_changes_nothing(void **state) {
    (void)state;
    static subject s;
    static results r, turned;
    const cisup_run_options o = all_wanted();
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    run_subject(&s, &o, &r);
    for (int m = 0; m < M; m++) {
        cisup_index *t = s.active + m * z, kept = t[0];
        memmove(t, t + 1, (z - 1) * sizeof *t);
        t[z - 1] = kept;
    }
    CHECK_OK(cisup_run_inputs(&s.circuits, &s.samples, 7, 2, s.input, &error_));
    run_subject(&s, &o, &turned);
    for (int m = 0; m < M; m++) {
        for (int k = 0; k < z; k++)
            assert_memory_equal(turned.states[m][k], r.states[m][(k + 1) % z],
                                sizeof r.states[m][k]);
        for (int n = 0; n < D; n++)
            CHECK_NEAR(turned.activations[0][m][n], r.activations[0][m][n], 1e-12);
    }
    subject_close(&s);
}

static void what_is_not_wanted_is_left_out(void **state) {
    (void)state;
    static subject s;
    static results all, some;
    cisup_run_options o = all_wanted();
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    run_subject(&s, &o, &all);
    cisup_run_results out = {.readout = &some.readout[0][0][0][0]};
    CHECK_OK(cisup_network_run(&s.net, &s.samples, NULL, &out, &error_));
    assert_memory_equal(some.readout, all.readout, sizeof some.readout);
    out = (cisup_run_results){.states = &some.states[0][0][0][0]};
    CHECK_OK(cisup_network_run(&s.net, &s.samples, &o, &out, &error_));
    assert_memory_equal(some.states, all.states, sizeof some.states);
    const cisup_index last = L; /* D is d N where none is given */
    o = (cisup_run_options){.layers = &last, .layer_count = 1};
    out = (cisup_run_results){.activations = &some.activations[0][0][0]};
    CHECK_OK(cisup_network_run(&s.net, &s.samples, &o, &out, &error_));
    for (int m = 0; m < M; m++)
        assert_memory_equal(out.activations + m * d * N, all.activations[0][m],
                            sizeof(double) * d * N);
    subject_close(&s);
}

static void inputs_are_those_of_the_circuits(void **state) {
    (void)state;
    static subject s;
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    for (int k = 0; k < M * z; k++) {
        double a[d];
        cisup_circuits_input(&s.circuits, 7, 2, k / z, s.active[k], a);
        assert_memory_equal(a, s.input + k * d, sizeof a);
    }
    subject_close(&s);
}

/* The output of MLP t, which is active alone in sample t, with what its own forward pass
 * gives. So many neurons that at z = 1 the others stay closed, by their gates: what is
 * left is the rounding of means over S neurons. */
static void check_mlp(const mlp_numbers *n, const cisup_mlp_places *p, const double *x,
                      const double *est, int t) {
    double want[2], y[2];
    mlp_forward(mlp_widths, 1, n->weights[t], n->biases[t], x, want);
    cisup_mlp_output(p, 2, est, y);
    for (int i = 0; i < 2; i++) CHECK_NEAR(y[i], want[i], 1e-12);
}

static void mlps_in_superposition_compute_what_they_do(void **state) {
    (void)state;
    enum { count = mlps_most, width = 8 };
    static mlp_numbers n;
    static double x[count][3], input[count][width], est[3][count][count][width];
    cisup_index active[count];
    const cisup_mlps mlps = drawn_mlps(&n, count, 1);
    const cisup_allocation_options how = cisup_allocation_defaults();
    cisup_network_options o = cisup_network_defaults();
    o.weights.scheme = CISUP_WEIGHTS_PLAIN;
    cisup_rng rng = check_rng(2);
    cisup_allocation base;
    cisup_circuits c;
    cisup_network net;
    cisup_mlp_places p;
    CHECK_OK(cisup_allocation_make(&base, 300, 6, count, &how, &error_));
    CHECK_OK(cisup_circuits_embed(&c, &mlps, NULL, &p, &error_));
    CHECK_OK(cisup_network_make(&net, &base, &c, &o, &error_));
    for (int t = 0; t < count; t++) {
        active[t] = t;
        for (int i = 0; i < 3; i++) x[t][i] = eighths(&rng);
        cisup_mlp_input(&p, 3, x[t], input[t]);
    }
    const cisup_run_samples samples = {count, 1, active, input[0]};
    const cisup_run_results out = {.readout = &est[0][0][0][0]};
    CHECK_OK(cisup_network_run(&net, &samples, NULL, &out, &error_));
    for (int t = 0; t < count; t++) check_mlp(&n, &p, x[t], est[2][t][t], t);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
    cisup_allocation_free(&base);
}

static void check_refused(const subject *s, const cisup_run_options *o,
                          const char *text) {
    static results r;
    const cisup_run_results out = places(&r);
    cisup_error err = {0};
    assert_int_equal(cisup_network_run(&s->net, &s->samples, o, &out, &err),
                     CISUP_EINVAL);
    assert_non_null(strstr(err.text, text));
}

static void bad_samples_are_refused(void **state) {
    (void)state;
    static subject s;
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    const cisup_run_options o = all_wanted();
    cisup_index *last = &s.active[M * z - 1];
    const cisup_index good = *last, bad[] = {-1, T, last[-2]};
    for (int k = 0; k < 3; k++) {
        char text[80];
        *last = bad[k];
        (void)snprintf(text, sizeof text, "sample 20 has circuit %d", (int)bad[k]);
        check_refused(&s, &o, text);
        assert_int_equal(cisup_run_inputs(&s.circuits, &s.samples, 1, 0, s.input, NULL),
                         CISUP_EINVAL);
    }
    *last = good;
    s.samples.z = 0;
    check_refused(&s, &o, "21 samples of 0 active");
    s.samples.z = T + 1;
    check_refused(&s, &o, "21 samples of 10 active");
    s.samples = (cisup_run_samples){0, z, s.active, s.input};
    check_refused(&s, &o, "0 samples of 3 active");
    subject_close(&s);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    static subject s;
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    cisup_run_options o = all_wanted();
    o.D = d * N - 1;
    check_refused(&s, &o, "D = 47 for d N = 48");
    o.D = -1;
    check_refused(&s, &o, "D = -1 for");
    o = all_wanted();
    o.mode = (cisup_mode)4;
    check_refused(&s, &o, "mode 4");
    o = all_wanted();
    o.threads = -1;
    check_refused(&s, &o, "-1");
    o = all_wanted();
    const cisup_index beyond = L + 1, below = -1;
    o.layer_count = 1;
    o.layers = &beyond;
    check_refused(&s, &o, "layer 4 is wanted of 0..3");
    o.layers = &below;
    check_refused(&s, &o, "layer -1 is wanted of 0..3");
    subject_close(&s);
}

static cisup_status run_with_two_threads(void *context) {
    static results r;
    const subject *s = context;
    const cisup_run_results out = places(&r);
    cisup_run_options o = all_wanted();
    o.threads = 2;
    return cisup_network_run(&s->net, &s->samples, &o, &out, NULL);
}

static cisup_status make_inputs(void *context) {
    subject *s = context;
    return cisup_run_inputs(&s->circuits, &s->samples, 7, 2, s->input, NULL);
}

static void every_failed_allocation_leaves_nothing(void **state) {
    (void)state;
    static subject s;
    subject_open(&s, CISUP_OPERATOR_FACTORED);
    assert_true(check_every_allocation(run_with_two_threads, &s) > 6);
    assert_int_equal(check_every_allocation(make_inputs, &s), 1);
    subject_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_what_it_is_alone),
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(the_order_of_circuits_changes_nothing),
        cmocka_unit_test(what_is_not_wanted_is_left_out),
        cmocka_unit_test(inputs_are_those_of_the_circuits),
        cmocka_unit_test(mlps_in_superposition_compute_what_they_do),
        cmocka_unit_test(bad_samples_are_refused),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(every_failed_allocation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
