/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layers of matrix, biases and ReLU of networks that carry masks, with whole masks
 * and with codes: what they keep, their widths and read-outs, and what codes refuse.
 *
 * Tolerance: as in test_masks_exact.c; offsets and strengths are chosen a quarter above
 * the largest sum, so that numbers and their roundings stay below 1e3. */
#include "common/check.h"
#include "common/masked.h"
#include "common/relu_networks.h"

#include <cisup/analysis/network_run.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/carried_width.h>
#include <cisup/sparse/network/relu_layers.h>

#include <string.h>

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

/* --- memory ------------------------------------------------------------------------ */

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
        cmocka_unit_test(layers_have_their_shape_and_readouts),
        cmocka_unit_test(a_layer_keeps_the_masks_that_are_needed),
        cmocka_unit_test(codes_take_a_block_and_the_bits),
        cmocka_unit_test(codes_open_no_more_than_whole_masks),
        cmocka_unit_test(codes_are_refused_without_groups_or_for_more_circuits),
        cmocka_unit_test(the_memory_estimate_is_an_upper_one),
        cmocka_unit_test(layers_fail_and_stop_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
