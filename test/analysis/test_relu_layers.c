/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that carry masks as layers of matrix, biases and ReLU, and all engines,
 * against the definition in the plain loops of common/masked.h: random circuits of mixed
 * kinds on cycles of transversal designs.
 *
 * Tolerance: as in test_masks_exact.c; offsets and strengths are chosen a quarter above
 * the largest sum, so that numbers and their roundings stay below 1e3. */
#include "common/check.h"
#include "common/masked.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/network_run.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/pass/samples.h>
#include <cisup/core/circuits/carried.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/carried_width.h>
#include <cisup/sparse/network/relu_layers.h>

#include <string.h>

static const double through_layers = 1e-12;

/* --- random networks --------------------------------------------------------------- */

/* Circuit t is a line of the plane over q points, of slope t / q: no two of them meet
 * twice in all c S groups. Loose: rows without any order. */
static void draw_parts(masked_case *x, cisup_rng *rng, int q, int loose) {
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
static void draw_circuits(masked_case *x, cisup_rng *rng, int fresh, int biased) {
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

static void draw_samples(masked_case *x, cisup_rng *rng) {
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

static void draw(masked_case *x, cisup_rng *rng, variant how) {
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

static void make_circuits(made_network *n, const masked_case *x, int fresh) {
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
static cisup_network_options options_of(const masked_case *x, cisup_operator_form form,
                                        double reach, int codes) {
    cisup_network_options o = cisup_network_defaults();
    o.form = form;
    o.carrying.cycle = x->c;
    o.carrying.offset = o.carrying.strength = reach;
    o.carrying.codes = codes;
    if (codes) o.carrying.active = x->z;
    return o;
}

static void make_some(made_network *n, const masked_case *x, int fresh,
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

static void make(made_network *n, const masked_case *x, int fresh,
                 cisup_operator_form form, double reach) {
    make_some(n, x, fresh, form, reach, 0);
}

static void unmake(made_network *n) {
    cisup_network_free(&n->net);
    cisup_circuits_free(&n->circuits);
    cisup_allocation_free(&n->base);
}

/* The largest sum of all samples. */
static double largest_sum(const masked_case *x) {
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

static answers run(const made_network *n) {
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

static void drop(answers *a) {
    cisup_release(a->readout);
    cisup_release(a->activations);
}

/* --- against the definition -------------------------------------------------------- */

static void compare_sample(const made_network *n, const masked_case *x, int m,
                           const answers *got) {
    static masked_result want;
    masked_run(x, m, &want);
    const double tolerance = through_layers * fmax(1.0, want.largest);
    const int first = n->circuits.biased, d = x->d + first, M = x->samples;
    for (int l = 0; l < x->L; l++) {
        const double *est = got->readout + (l * M + m) * x->T * d;
        for (int k = 0; k < x->T * x->d; k++)
            CHECK_NEAR(est[k / x->d * d + first + k % x->d],
                       want.readout[l][k / x->d][k % x->d], tolerance);
        const double *K = want.K[l % x->c];
        for (int t = 0; first && t < x->T; t++)
            CHECK_NEAR(est[t * d], masked_mean(x, l % x->c, t, K), tolerance);
        const double *y = got->activations + ((l + 1) * M + m) * d * x->N;
        for (int k = 0; first && k < x->N; k++) assert_true(y[k] == K[k]);
        for (int k = 0; k < x->d * x->N; k++)
            CHECK_NEAR(y[first * x->N + k], want.y[l][k / x->N][k % x->N], tolerance);
    }
}

static void engines_equal_the_definition(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    for (int round = 0; round < 192; round++) {
        cisup_rng rng = check_rng(round % 96);
        const variant how = {round & 1, round >> 1 & 1, round >> 2 & 1};
        draw(&x, &rng, how);
        const double reach = 1.25 * largest_sum(&x);
        for (int form = 0; form < 2; form++) {
            make_some(&n, &x, how.fresh, (cisup_operator_form)form, reach, round >= 96);
            assert_int_equal(n.net.relu != NULL, form == CISUP_OPERATOR_ASSEMBLED);
            answers got = run(&n);
            for (int m = 0; m < x.samples; m++) compare_sample(&n, &x, m, &got);
            drop(&got);
            unmake(&n);
        }
    }
}

/* With too little of offset and strength, too, when sums are clipped and neurons open
 * that should not: then only the engines can be compared. */
static void breaches_are_the_same_in_both_forms(void **state) {
    (void)state;
    static masked_case x;
    static made_network n[2];
    for (int round = 100; round < 148; round++) {
        cisup_rng rng = check_rng(round);
        const variant how = {round & 1, round >> 1 & 1, 0};
        draw(&x, &rng, how);
        const double most = largest_sum(&x);
        answers got[2];
        for (int form = 0; form < 2; form++) {
            make(&n[form], &x, how.fresh, (cisup_operator_form)form, 0.3 * most);
            got[form] = run(&n[form]);
        }
        const cisup_index d = n[0].circuits.d, M = x.samples;
        const double tolerance = through_layers * fmax(1.0, most);
        for (cisup_index k = 0; k < x.L * M * x.T * d; k++)
            CHECK_NEAR(got[0].readout[k], got[1].readout[k], tolerance);
        for (cisup_index k = 0; k < (x.L + 1) * M * d * x.N; k++)
            CHECK_NEAR(got[0].activations[k], got[1].activations[k], tolerance);
        for (int form = 0; form < 2; form++) {
            drop(&got[form]);
            unmake(&n[form]);
        }
    }
}

/* --- the layers -------------------------------------------------------------------- */

static void check_layer(const made_network *n, cisup_index l, cisup_index before) {
    const cisup_relu_layers *x = n->net.relu;
    const cisup_relu_layer *of = &x->layer[l - 1];
    assert_int_equal(of->D, (x->d + of->parts) * x->N + of->codes * x->groups.bits);
    assert_true(n->net.coded || of->codes == 0);
    assert_int_equal(of->w.nrow, of->D);
    assert_int_equal(of->w.ncol, before);
    CHECK_OK(cisup_csc_check(&of->w, &error_));
    for (cisup_index k = 0; k < of->w.p[before]; k++) assert_true(of->w.x[k] != 0.0);
    for (cisup_index k = 0; k < of->parts; k++) {
        assert_true(k == 0 || of->part[k] > of->part[k - 1]);
        assert_int_equal(cisup_relu_mask_block(x, l, of->part[k]), x->d + k);
    }
}

/* From the true activations of a layer to all read-outs. */
static void check_readout(const made_network *n, cisup_index l, const double *a,
                          const double *want) {
    const cisup_relu_layers *x = n->net.relu;
    const cisup_index T = n->base.T, first = n->circuits.biased, d = x->d + first;
    double *est, constant;
    cisup_csc u;
    CHECK_OK(cisup_relu_readout(&n->net, x, l, &u, &constant, &error_));
    CHECK_OK(cisup_csc_check(&u, &error_));
    assert_int_equal(u.nrow, T * x->d);
    assert_int_equal(u.ncol, x->layer[l - 1].D);
    CHECK_OK(cisup_new(&est, T * x->d, sizeof *est, &error_));
    cisup_csc_apply(&u, 1, a, est);
    for (cisup_index k = 0; k < T * x->d; k++)
        CHECK_NEAR(est[k] + constant, want[k / x->d * d + first + k % x->d],
                   through_layers * fmax(1.0, n->net.offset[l - 1]));
    cisup_release(est);
    cisup_csc_free(&u);
}

/* Whether an active circuit of sample 0 has a neuron with bit j of group g in part h. */
static int is_on(const made_network *n, const masked_case *x, cisup_index h,
                 cisup_index g, cisup_index j) {
    const cisup_mask_groups *of = &n->net.relu->groups;
    for (int k = 0; k < x->z; k++) {
        const int point = x->part[h][x->active[0][k]][g] - of->first[h * x->S + g];
        for (cisup_index e = 0; e < of->code.weight; e++)
            if (of->word[point * of->code.weight + e] == j) return 1;
    }
    return 0;
}

/* Bits are 0 or 1, of sample 0; neurons of a mask, with codes, 1 in K alone. */
static void check_bits(const made_network *n, const masked_case *x, cisup_index l,
                       const double *a) {
    const cisup_relu_layers *layers = n->net.relu;
    cisup_index bits = 0, point;
    for (cisup_index k = 0; k < layers->layer[l - 1].D; k++) {
        const cisup_relu_label of = cisup_relu_label_of(layers, l, k);
        bits += of.is_code;
        if (of.is_code) assert_true(a[k] == !is_on(n, x, of.part, of.block, of.slot));
        if (!of.is_mask || !n->net.coded || l == 1) continue;
        assert_int_equal(of.part, (l - 1) % x->c);
        if (cisup_mask_group_of(&layers->groups, of.part, of.slot, &point) < 0)
            assert_true(a[k] == 0.0);
    }
    assert_int_equal(bits, layers->layer[l - 1].codes * layers->groups.bits);
}

static cisup_index width_of(const cisup_carried_shape *s, cisup_index N) {
    cisup_index D;
    CHECK_OK(cisup_carried_width(s, N, &D, &error_));
    return D;
}

static cisup_index neurons_of(const cisup_carried_shape *s, cisup_index D) {
    cisup_index N;
    CHECK_OK(cisup_carried_neurons(s, D, &N, &error_));
    return N;
}

static void layers_have_their_shape_and_readouts(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    for (int round = 200; round < 264; round++) {
        cisup_rng rng = check_rng(round);
        const variant how = {round & 1, round >> 1 & 1, 0};
        draw(&x, &rng, how);
        make_some(&n, &x, how.fresh, CISUP_OPERATOR_ASSEMBLED, 1.25 * largest_sum(&x),
                  round >> 2 & 1);
        const cisup_relu_layers *layers = n.net.relu;
        answers got = run(&n);
        cisup_index before = layers->inputs, widest = 0;
        double *in, *out;
        CHECK_OK(cisup_new(&in, before, sizeof *in, &error_));
        for (int k = 0; k < x.z; k++)
            cisup_relu_input(&n.net, n.active[k], n.input + k * n.circuits.d, 1, 0, in);
        for (cisup_index l = 1; l <= x.L; l++) {
            check_layer(&n, l, before);
            before = layers->layer[l - 1].D;
            if (before > widest) widest = before;
            CHECK_OK(cisup_new(&out, before, sizeof *out, &error_));
            cisup_relu_layer_run(&layers->layer[l - 1], 1, in, out);
            check_bits(&n, &x, l, out);
            check_readout(&n, l, out,
                          got.readout + (l - 1) * x.samples * x.T * n.circuits.d);
            cisup_release(in);
            in = out;
        }
        cisup_release(in);
        const cisup_carried_shape s = cisup_carried_shape_of(&n.net);
        assert_int_equal(width_of(&s, x.N), widest);
        assert_int_equal(neurons_of(&s, widest), x.N);
        assert_int_equal(neurons_of(&s, widest - 1), x.N - 1);
        drop(&got);
        unmake(&n);
    }
}

/* By hand: c = 2, L = 4, so that layers are of the parts 0 1 0 1. */
static void a_layer_keeps_the_masks_that_are_needed(void **state) {
    (void)state;
    const unsigned char is_signed[4] = {1, 1, 1, 1};
    const struct {
        const unsigned char *is_signed;
        int biased, keeps[4][2], blocks;
    } cases[] = {{NULL, 0, {{1, 1}, {1, 1}, {0, 1}, {0, 0}}, 5},
                 {is_signed, 0, {{1, 1}, {1, 1}, {1, 1}, {0, 1}}, 5},
                 {NULL, 1, {{1, 1}, {1, 1}, {1, 1}, {0, 0}}, 5}};
    for (int k = 0; k < 3; k++) {
        cisup_carried_shape s = {.d = 3,
                                 .L = 4,
                                 .cycle = 2,
                                 .is_signed = cases[k].is_signed,
                                 .biased = cases[k].biased};
        for (int l = 1; l <= 4; l++)
            for (int h = 0; h < 2; h++)
                assert_int_equal(cisup_carried_keeps(&s, l, h), cases[k].keeps[l - 1][h]);
        assert_int_equal(width_of(&s, 10), 10 * cases[k].blocks);
        assert_int_equal(neurons_of(&s, 59), 11);
    }
    /* One layer has nothing to close; two are of parts 0 and 1. */
    assert_int_equal(
        width_of(&(cisup_carried_shape){.d = 3, .L = 1, .cycle = 2, .biased = 1}, 1), 3);
    assert_int_equal(width_of(&(cisup_carried_shape){.d = 3, .L = 2, .cycle = 16}, 1), 4);
    assert_int_equal(
        width_of(
            &(cisup_carried_shape){.d = 3, .L = 2, .cycle = 2, .is_signed = is_signed},
            1),
        4);
    assert_int_equal(
        width_of(&(cisup_carried_shape){.d = 3, .L = 2, .cycle = 16, .biased = 1}, 1), 5);
}

/* By hand: z = 2, S = 2 groups of 47 points, 18 bits each. L = 4, c = 2: masks of both
 * parts are handed on by layers 1 and 2, of part 1 by layer 3. Signed layers from 2 on
 * have a block for K, those of biased circuits from 1 to 3. */
static void codes_take_a_block_and_the_bits(void **state) {
    (void)state;
    const unsigned char is_signed[4] = {1, 1, 1, 1};
    cisup_carried_shape s = {.d = 3, .L = 4, .cycle = 2, .S = 2, .coded = 2};
    assert_int_equal(width_of(&s, 94), 3 * 94 + 2 * 36);
    s.biased = 1;
    assert_int_equal(width_of(&s, 94), 4 * 94 + 2 * 36);
    s.biased = 0;
    s.is_signed = is_signed;
    assert_int_equal(width_of(&s, 94), 4 * 94 + 2 * 36);
    s.L = 2; /* layer 1 hands on part 1; layer 2 has K */
    assert_int_equal(width_of(&s, 94), 4 * 94);
    s.d = 30;
    assert_int_equal(width_of(&s, 94), 31 * 94);
    s.L = 4;
    s.d = 3;
    for (cisup_index D = 4; D < 2000; D++) { /* the most that fit */
        const cisup_index N = neurons_of(&s, D);
        assert_true(N == 0 || width_of(&s, N) <= D);
        assert_true(width_of(&s, N + 1) > D);
    }
    assert_int_equal(cisup_carried_keeps(&s, 1, 0), 0);
    assert_int_equal(cisup_carried_keeps(&s, 2, 1), 1);
    assert_int_equal(cisup_carried_keeps(&s, 2, 0), 0);
    assert_int_equal(cisup_carried_hands_on(&s, 3, 0), 0);
    assert_int_equal(cisup_carried_hands_on(&s, 3, 1), 1);
}

/* With too little of a strength. Up to layer 2 both have the same sums: where codes are
 * missing more than one bit, neurons open less. */
static void codes_open_no_more_than_whole_masks(void **state) {
    (void)state;
    static masked_case x;
    static made_network n[2];
    int fewer = 0;
    for (int round = 500; round < 532; round++) {
        cisup_rng rng = check_rng(round);
        draw(&x, &rng, (variant){1, round & 1, 0});
        if (x.L < 2) continue;
        const double most = largest_sum(&x);
        answers got[2];
        for (int codes = 0; codes < 2; codes++) {
            make_some(&n[codes], &x, 1, CISUP_OPERATOR_ASSEMBLED, 0.1 * most, codes);
            got[codes] = run(&n[codes]);
        }
        const cisup_index d = n[0].circuits.d, size = x.samples * d * x.N;
        for (cisup_index k = 2 * size; k < 3 * size; k++) {
            const double with = got[1].activations[k], without = got[0].activations[k];
            assert_true(with <= without + through_layers * fmax(1.0, most));
            fewer += with < 0.5 * without;
        }
        for (int codes = 0; codes < 2; codes++) {
            drop(&got[codes]);
            unmake(&n[codes]);
        }
    }
    assert_true(fewer > 0);
}

static void codes_are_refused_without_groups_or_for_more_circuits(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(304);
    cisup_error err = {0};
    do {
        draw(&x, &rng, (variant){0, 0, 0});
    } while (x.S != 2 || x.L < 2 || x.T < 3 || x.z != 2);
    for (int form = 0; form < 2; form++) {
        make_some(&n, &x, 0, (cisup_operator_form)form, 10.0, 1);
        const cisup_index three[3] = {0, 1, 2};
        double readout[masked_L * masked_T * masked_d];
        const cisup_run_samples more = {1, 3, three, n.input};
        const cisup_run_results out = {.readout = readout};
        assert_int_equal(cisup_network_run(&n.net, &more, NULL, &out, &err),
                         CISUP_EINVAL);
        assert_non_null(strstr(err.text, "3 active circuits"));
        cisup_network_free(&n.net);
        /* Both neurons of circuit 0 in part 1 lie in the second group. */
        n.base.slot[2 * x.T] = x.N - 2;
        n.base.slot[2 * x.T + 1] = x.N - 1;
        const cisup_network_options o =
            options_of(&x, (cisup_operator_form)form, 10.0, 1);
        assert_int_equal(cisup_network_make(&n.net, &n.base, &n.circuits, &o, &err),
                         CISUP_EINVAL);
        assert_non_null(strstr(err.text, "part 1"));
        unmake(&n);
    }
}

/* --- measured, refused, memory ----------------------------------------------------- */

/* Both forms through the sampler: squares to rounding, counts of open neurons exactly. */
static void open_neurons_are_counted_alike(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_measure measure[2] = {{0}};
    cisup_rng rng = check_rng(300);
    do {
        draw(&x, &rng, (variant){1, 1, 0});
    } while (x.L < 4 || x.z < 2 || !x.is_signed[2]);
    const double reach = 0.3 * largest_sum(&x);
    double *column[2];
    cisup_index wrong = 0;
    for (int form = 0; form < 2; form++) {
        make(&n, &x, 1, (cisup_operator_form)form, reach);
        const cisup_samples s = {.net = &n.net, .seed = 1, .z = x.z, .inputs = 40};
        const cisup_columns columns = cisup_samples_columns(&s);
        cisup_watch watch;
        CHECK_OK(cisup_watch_init(&watch, &s, &error_));
        CHECK_OK(cisup_new(&column[form], cisup_columns_total(&columns), sizeof(double),
                           &error_));
        CHECK_OK(cisup_samples_run(&s, &watch, 1, column[form], &error_));
        measure[form] = watch.measure;
        watch.measure = (cisup_measure){0};
        cisup_watch_free(&watch);
        unmake(&n);
    }
    for (cisup_index k = 0; k < cisup_cell(x.L + 1, 0, 0); k++)
        CHECK_NEAR(column[0][k], column[1][k], 1e-11 * fmax(1.0, fabs(column[0][k])));
    for (cisup_index k = 0; k < x.L * measure[0].d; k++) {
        assert_int_equal(measure[0].open[k].open, measure[1].open[k].open);
        assert_int_equal(measure[0].open[k].wrong, measure[1].open[k].wrong);
        assert_int_equal(measure[0].open[k].outside, measure[1].open[k].outside);
        wrong += measure[0].open[k].wrong;
    }
    assert_true(wrong > 0);
    for (int form = 0; form < 2; form++) {
        cisup_release(column[form]);
        cisup_measure_free(&measure[form]);
    }
}

/* An experiment on a cycle of three allocations of 60 circuits, 2 on each of 11 points.
 */
static cisup_experiment experiment_of(masked_case *x, cisup_allocation *base,
                                      cisup_cycle *cycle, cisup_family family) {
    static cisup_allocation part[3]; /* which the cycle borrows */
    static const cisup_index z[] = {1, 3};
    cisup_experiment e = cisup_experiment_defaults();
    *x = (masked_case){.S = 2, .c = 3, .T = 60};
    draw_parts(x, NULL, 11, 0);
    CHECK_OK(cisup_allocation_init(base, 22, 2, 3 * 60, &error_));
    for (int k = 0; k < 3 * 60 * 2; k++)
        base->slot[k] = x->part[k / 120][k / 2 % 60][k % 2];
    base->T = 60;
    for (int h = 0; h < 3; h++)
        part[h] = (cisup_allocation){22, 2, 60, base->slot + h * 120};
    CHECK_OK(cisup_cycle_of(cycle, part, 3, &error_));
    e.base = base;
    e.cycle = cycle;
    e.family.family = family;
    e.family.carried = 1;
    e.d = 2;
    e.L = 4;
    e.z = z;
    e.z_count = 2;
    e.networks = 2;
    e.inputs = 30;
    e.threads = 1;
    e.network.carrying.cycle = 3;
    e.network.carrying.active = 3;
    return e;
}

static void compare_reports(const cisup_report *got, const cisup_report *want,
                            cisup_engine engine, int counts) {
    for (int k = 0; k < 2; k++) {
        const cisup_result *g = &got->result[k], *w = &want->result[k];
        assert_int_equal(g->engine, engine);
        for (cisup_index cell = 0; cell < cisup_cell(5, 0, 0); cell++) {
            const double most = fmax(1.0, w->mse[cell].mean);
            CHECK_NEAR(g->mse[cell].mean, w->mse[cell].mean, 1e-10 * most);
        }
        for (int n = 0; counts && n < 4 * 2; n++) {
            assert_true(g->open[n] == w->open[n]);
            assert_true(g->wrong[n] == w->wrong[n]);
        }
    }
}

/* Offsets beyond all sums are some 500 here: roundings of 1e-13, squares of errors of up
 * to 10 with one of 1e-11. Sums that are 0 exactly come out as roundings of either sign,
 * in circuits of kind relu, whose counts are not compared. */
static void experiments_give_the_same_with_every_engine(void **state) {
    (void)state;
    static masked_case x;
    const cisup_family family[] = {CISUP_ROTATION2, CISUP_RANDOM_RELU};
    for (int k = 0; k < 2; k++) {
        cisup_allocation base;
        cisup_cycle cycle;
        cisup_experiment e = experiment_of(&x, &base, &cycle, family[k]);
        cisup_report report[3];
        for (int engine = 0; engine < 3; engine++) {
            e.engine = (cisup_engine)(CISUP_ENGINE_BATCHED + engine);
            CHECK_OK(cisup_experiment_run(&e, &report[engine], &error_));
        }
        assert_true(report[0].result[1].mse[cisup_cell(3, CISUP_ACTIVE, 0)].mean > 0.01);
        for (int engine = 1; engine < 3; engine++)
            compare_reports(&report[engine], &report[0],
                            (cisup_engine)(CISUP_ENGINE_BATCHED + engine), k == 0);
        for (int engine = 0; engine < 3; engine++) cisup_report_free(&report[engine]);
        e.engine = CISUP_ENGINE_ASSEMBLED;
        e.mode = CISUP_MODE_MASKED_RELU;
        cisup_error err = {0};
        assert_int_equal(cisup_experiment_run(&e, &report[0], &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "masked-relu"));
        e.cycle = NULL;
        assert_int_equal(cisup_experiment_run(&e, &report[0], &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "cycle"));
        cisup_cycle_free(&cycle);
        cisup_allocation_free(&base);
    }
}

static void other_modes_are_refused(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(301);
    double state_of[masked_samples * masked_z * (masked_L + 1) * (masked_d + 1)];
    draw(&x, &rng, (variant){0, 0, 0});
    make(&n, &x, 0, CISUP_OPERATOR_ASSEMBLED, 10.0);
    const cisup_run_results out = {.states = state_of};
    for (int mode = 0; mode <= CISUP_MODE_LINEAR; mode++) {
        const cisup_run_options o = {.mode = (cisup_mode)mode, .threads = 1};
        cisup_error err = {0};
        const cisup_status status = cisup_network_run(&n.net, &n.samples, &o, &out, &err);
        assert_int_equal(status, mode == CISUP_MODE_RELU ? CISUP_OK : CISUP_EINVAL);
        assert_true(mode == CISUP_MODE_RELU ||
                    strstr(err.text, cisup_mode_name((cisup_mode)mode)));
    }
    unmake(&n);
}

/* A sum that runs over takes the sample with it, in both forms. */
static void samples_that_overflow_are_lost(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(302);
    do {
        draw(&x, &rng, (variant){0, 1, 0});
    } while (x.L < 3 || x.samples < 2);
    for (int form = 0; form < 2; form++) {
        make(&n, &x, 0, (cisup_operator_form)form, 10.0);
        const cisup_index first = n.circuits.biased, d = n.circuits.d;
        for (int k = 0; k < x.z * d; k++)
            if (k % d >= first) n.input[k] = 1e308;
        for (cisup_index k = 0; k < n.circuits.T * d * d; k++) n.circuits.w[k] *= 1e10;
        cisup_network_free(&n.net);
        cisup_network_options o = cisup_network_defaults();
        o.form = (cisup_operator_form)form;
        o.carrying =
            (cisup_carrying){.cycle = x.c, .active = 1, .offset = 1.0, .strength = 1.0};
        CHECK_OK(cisup_network_make(&n.net, &n.base, &n.circuits, &o, &error_));
        answers got = run(&n);
        for (cisup_index l = 0; l < x.L; l++)
            for (cisup_index k = 0; k < x.T * d; k++) {
                assert_true(isnan(got.readout[l * x.samples * x.T * d + k]));
                assert_true(isfinite(got.readout[(l * x.samples + 1) * x.T * d + k]));
            }
        drop(&got);
        unmake(&n);
    }
}

static double held(const cisup_relu_layers *x) {
    double bytes = (double)x->L * (double)sizeof(cisup_relu_layer);
    for (cisup_index l = 0; l < x->L; l++) {
        const cisup_csc *w = &x->layer[l].w;
        bytes += 8.0 * (double)(w->ncol + 1) + 16.0 * (double)w->p[w->ncol] +
                 8.0 * (double)x->layer[l].D;
    }
    const cisup_mask_groups *g = &x->groups;
    return bytes + 8.0 * (double)(g->code.points * g->code.weight + g->code.bits +
                                  g->parts * g->S);
}

static void the_memory_estimate_is_an_upper_one(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    for (int round = 400; round < 432; round++) {
        cisup_rng rng = check_rng(round);
        draw(&x, &rng, (variant){round & 1, round >> 1 & 1, 0});
        make(&n, &x, round & 1, CISUP_OPERATOR_ASSEMBLED, 10.0);
        const cisup_shape s = {.d = n.circuits.d, .T = x.T, .S = x.S, .L = x.L, .N = x.N};
        cisup_carrying how = {.cycle = x.c, .active = x.z};
        assert_true(cisup_relu_layers_bytes(&s, &how) >= held(n.net.relu));
        unmake(&n);
        make_some(&n, &x, round & 1, CISUP_OPERATOR_ASSEMBLED, 10.0, 1);
        how.codes = 1;
        assert_true(cisup_relu_layers_bytes(&s, &how) >= held(n.net.relu));
        unmake(&n);
    }
}

static cisup_status make_and_read(void *context) {
    const cisup_network *net = context;
    cisup_relu_layers x = {0};
    cisup_csc u = {0};
    double constant;
    cisup_status status = cisup_relu_layers_make(&x, net, NULL, NULL);
    if (status == CISUP_OK)
        status = cisup_relu_readout(net, &x, x.L, &u, &constant, NULL);
    cisup_csc_free(&u);
    cisup_relu_layers_free(&x);
    return status;
}

static int stop(void *context, double done, double of) {
    (void)of;
    return done >= *(const double *)context;
}

static void layers_fail_and_stop_cleanly(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(303);
    do {
        draw(&x, &rng, (variant){1, 1, 0});
    } while (x.L < 3);
    make_some(&n, &x, 1, CISUP_OPERATOR_FACTORED, 10.0, 1);
    assert_true(check_every_allocation(make_and_read, &n.net) > 3 * x.L + 5);
    unmake(&n);
    make(&n, &x, 1, CISUP_OPERATOR_FACTORED, 10.0);
    assert_true(check_every_allocation(make_and_read, &n.net) > 3 * x.L);
    double after = 2.0;
    const cisup_watcher watcher = {stop, &after, -1.0};
    cisup_relu_layers layers;
    assert_int_equal(cisup_relu_layers_make(&layers, &n.net, &watcher, NULL),
                     CISUP_ESTOPPED);
    assert_null(layers.layer);
    unmake(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_equal_the_definition),
        cmocka_unit_test(breaches_are_the_same_in_both_forms),
        cmocka_unit_test(layers_have_their_shape_and_readouts),
        cmocka_unit_test(a_layer_keeps_the_masks_that_are_needed),
        cmocka_unit_test(codes_take_a_block_and_the_bits),
        cmocka_unit_test(codes_open_no_more_than_whole_masks),
        cmocka_unit_test(codes_are_refused_without_groups_or_for_more_circuits),
        cmocka_unit_test(open_neurons_are_counted_alike),
        cmocka_unit_test(experiments_give_the_same_with_every_engine),
        cmocka_unit_test(other_modes_are_refused),
        cmocka_unit_test(samples_that_overflow_are_lost),
        cmocka_unit_test(the_memory_estimate_is_an_upper_one),
        cmocka_unit_test(layers_fail_and_stop_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
