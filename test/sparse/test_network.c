/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"
#include "common/matrices.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/network.h>
#include <cisup/sparse/network/network_parts.h>

#include <omp.h>

static cisup_allocation placed(cisup_index N, cisup_index S, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    return a;
}

static cisup_circuits drawn(cisup_index T, cisup_index L, int fresh) {
    cisup_family_options o = cisup_family_defaults();
    o.fresh = fresh;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, T, 4, L, &o, &error_));
    return c;
}

static cisup_network_options numbered(uint64_t seed, cisup_index network) {
    cisup_network_options o = cisup_network_defaults();
    o.seed = seed;
    o.network = network;
    return o;
}

static cisup_network made(const cisup_allocation *a, const cisup_circuits *c,
                          const cisup_network_options *o) {
    cisup_network net;
    CHECK_OK(cisup_network_make(&net, a, c, o, &error_));
    return net;
}

static int is_permutation(const cisup_index *rows, cisup_index T) {
    unsigned char seen[100] = {0};
    for (cisup_index t = 0; t < T; t++) {
        if (rows[t] < 0 || rows[t] >= T || seen[rows[t]]) return 0;
        seen[rows[t]] = 1;
    }
    return 1;
}

static int is_identity(const cisup_index *rows, cisup_index T) {
    for (cisup_index t = 0; t < T; t++)
        if (rows[t] != t) return 0;
    return 1;
}

static int same(const cisup_index *x, const cisup_index *y, cisup_index count) {
    return memcmp(x, y, (size_t)count * sizeof *x) == 0;
}

static void layers_are_permutations_and_the_first_the_identity(void **state) {
    (void)state;
    const cisup_index T = 53, L = 6;
    cisup_allocation a = placed(60, 4, T);
    cisup_circuits c = drawn(T, L, 0);
    for (cisup_index k = 0; k < 5; k++) {
        const cisup_network_options o = numbered(17, k);
        cisup_network net = made(&a, &c, &o);
        assert_true(is_identity(net.row_of, T));
        for (cisup_index l = 2; l <= L; l++) {
            const cisup_index *rows = net.row_of + (l - 1) * T;
            assert_true(is_permutation(rows, T));
            for (cisup_index m = 1; m < l; m++)
                assert_false(same(rows, net.row_of + (m - 1) * T, T));
        }
        cisup_network_free(&net);
        assert_null(net.row_of);
        cisup_network_free(&net);
    }
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

/* Where circuit 0 sits in layers 2 and 3 of 5000 networks: each of the 25 pairs of rows
 * is expected 200 times, standard deviation 14; 5 of them for a fixed seed. */
static void layers_are_shuffled_uniformly_and_independently(void **state) {
    (void)state;
    const cisup_index T = 5;
    cisup_allocation a = placed(11, 1, T);
    cisup_circuits c = drawn(T, 3, 0);
    int count[25] = {0};
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* threads that wait for each other 5000 times take longer */
    for (cisup_index k = 0; k < 5000; k++) {
        const cisup_network_options o = numbered(1, k);
        cisup_network net = made(&a, &c, &o);
        count[net.row_of[T] * 5 + net.row_of[2 * T]]++;
        cisup_network_free(&net);
    }
    omp_set_num_threads(threads);
    for (int k = 0; k < 25; k++) assert_in_range(count[k], 200 - 70, 200 + 70);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

static void a_network_does_not_depend_on_the_ones_before(void **state) {
    (void)state;
    const cisup_index T = 31, L = 4;
    cisup_allocation a = placed(40, 3, T);
    cisup_circuits c = drawn(T, L, 0);
    cisup_network all[4];
    for (cisup_index k = 0; k < 4; k++) {
        const cisup_network_options o = numbered(5, k);
        all[k] = made(&a, &c, &o);
    }
    const cisup_network_options third = numbered(5, 2), other_seed = numbered(6, 2);
    cisup_network alone = made(&a, &c, &third), other = made(&a, &c, &other_seed);
    for (cisup_index k = 0; k < 4; k++)
        assert_int_equal(same(alone.row_of, all[k].row_of, L * T), k == 2);
    assert_false(same(alone.row_of, other.row_of, L * T));
    for (cisup_index k = 0; k < 4; k++) cisup_network_free(&all[k]);
    cisup_network_free(&alone);
    cisup_network_free(&other);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

/* The same bits in the weights of layers 2 and 3 whether 3 or 5 layers follow, with
 * the same circuits in all layers and with own ones in each. */
static void layers_do_not_depend_on_how_many_follow(void **state) {
    (void)state;
    const cisup_index T = 31;
    cisup_allocation a = placed(40, 3, T);
    for (int fresh = 0; fresh < 2; fresh++) {
        cisup_circuits three = drawn(T, 3, fresh), five = drawn(T, 5, fresh);
        cisup_network_options o = numbered(9, 0);
        o.form = CISUP_OPERATOR_ASSEMBLED;
        cisup_network low = made(&a, &three, &o), high = made(&a, &five, &o);
        assert_true(same(low.row_of, high.row_of, 3 * T));
        for (int k = 0; k < 2; k++) {
            assert_true(same_csc(&low.layers[k].assembled.sparse,
                                 &high.layers[k].assembled.sparse));
            assert_true(low.layers[k].assembled.kappa == high.layers[k].assembled.kappa);
        }
        assert_false(
            same_csc(&high.layers[0].assembled.sparse, &high.layers[1].assembled.sparse));
        cisup_network_free(&low);
        cisup_network_free(&high);
        cisup_circuits_free(&three);
        cisup_circuits_free(&five);
    }
    cisup_allocation_free(&a);
}

/* Transition and read-out of layer l name the rows of layers l-1 and l and the
 * circuits' weights of layer l. */
static void layers_are_made_from_their_own_parts(void **state) {
    (void)state;
    const cisup_index T = 16, L = 4;
    cisup_allocation a = placed(17, 3, T);
    cisup_circuits c = drawn(T, L, 1);
    cisup_network_options o = numbered(3, 1);
    o.weights.scheme = CISUP_WEIGHTS_SPLIT;
    cisup_network net = made(&a, &c, &o);
    const double center = cisup_center(17, 3, T, &o.weights);
    assert_true(center > 0.0);
    for (cisup_index l = 1; l <= L; l++) {
        const cisup_readout r = cisup_network_readout(&net, l);
        assert_ptr_equal(r.base, &a);
        assert_ptr_equal(r.row_of, net.row_of + (l - 1) * T);
        assert_int_equal(r.d, 4);
        assert_true(r.center == center);
        if (l == 1) continue;
        const cisup_transition x = cisup_network_transition(&net, l);
        assert_ptr_equal(x.from, net.row_of + (l - 2) * T);
        assert_ptr_equal(x.to, net.row_of + (l - 1) * T);
        assert_ptr_equal(x.w, c.w + (l - 1) * T * 16);
        assert_ptr_equal(x.wbar, c.wbar + (l - 1) * 16);
        assert_int_equal(x.options.scheme, CISUP_WEIGHTS_SPLIT);
        assert_ptr_equal(net.layers[l - 2].in.row_of, x.from);
        assert_ptr_equal(net.layers[l - 2].factored.to, x.to);
    }
    cisup_network_free(&net);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

static void order_may_be_kept(void **state) {
    (void)state;
    const cisup_index T = 16, L = 4;
    cisup_allocation a = placed(17, 3, T);
    cisup_circuits c = drawn(T, L, 0);
    cisup_network_options o = numbered(3, 1);
    o.keep_order = 1;
    cisup_network net = made(&a, &c, &o);
    for (cisup_index l = 1; l <= L; l++)
        assert_true(is_identity(net.row_of + (l - 1) * T, T));
    cisup_network_free(&net);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

static void one_layer_has_no_weights(void **state) {
    (void)state;
    cisup_allocation a = placed(17, 3, 16);
    cisup_circuits c = drawn(16, 1, 0);
    cisup_network net = made(&a, &c, NULL);
    assert_true(is_identity(net.row_of, 16));
    cisup_network_free(&net);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

static void given_orders_are_taken(void **state) {
    (void)state;
    const cisup_index given[2][5] = {{4, 2, 0, 1, 3}, {0, 1, 2, 4, 3}};
    cisup_allocation a = placed(11, 2, 5);
    cisup_circuits c = drawn(5, 3, 0);
    cisup_network_options o = numbered(1, 0);
    o.permutations = &given[0][0];
    cisup_network net = made(&a, &c, &o);
    assert_true(is_identity(net.row_of, 5));
    assert_true(same(net.row_of + 5, &given[0][0], 10));
    cisup_network_free(&net);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

/* Whoever is left out, the others sit where they would; rows of all are shuffled. */
static void circuits_left_out_move_nobody(void **state) {
    (void)state;
    enum { rows = 16, left = 11, L = 4 };
    const cisup_index kept[left] = {0, 1, 3, 4, 5, 8, 9, 10, 12, 14, 15};
    for (int keep_order = 0; keep_order < 2; keep_order++) {
        cisup_allocation a = placed(17, 3, rows), part = a;
        cisup_circuits c = drawn(rows, L, 0), some;
        cisup_network_options o = numbered(3, 1);
        o.keep_order = keep_order;
        cisup_network whole = made(&a, &c, &o);
        CHECK_OK(cisup_circuits_keep(&some, &c, kept, left, &error_));
        o.kept = kept;
        o.rows = rows;
        part.T = left;
        cisup_network net = made(&part, &some, &o);
        for (cisup_index l = 1; l <= L; l++)
            for (cisup_index t = 0; t < left; t++)
                assert_memory_equal(cisup_network_row(&net, l, t),
                                    cisup_network_row(&whole, l, kept[t]),
                                    3 * sizeof(int32_t));
        cisup_network_free(&net);
        cisup_network_free(&whole);
        cisup_circuits_free(&some);
        cisup_circuits_free(&c);
        cisup_allocation_free(&a);
    }
}

/* The fault may be in any layer; the message names layer, entry and value. */
static void orders_that_are_none_are_refused(void **state) {
    (void)state;
    const struct {
        cisup_index given[2][5];
        const char *says;
    } bad[] = {
        {{{4, 2, 0, 1, 5}, {0, 1, 2, 4, 3}}, "layer 2: entry 4 is 5"},
        {{{4, -1, 0, 1, 3}, {0, 1, 2, 4, 3}}, "layer 2: entry 1 is -1"},
        {{{4, 2, 0, 2, 3}, {0, 1, 2, 4, 3}}, "layer 2: entry 3 is 2"},
        {{{4, 2, 0, 1, 3}, {0, 1, 2, 4, 0}}, "layer 3: entry 4 is 0"},
        {{{4, 2, 0, 1, 3}, {INT64_MAX, 1, 2, 4, 0}}, "layer 3: entry 0 is 9223372036854"},
    };
    const int64_t before = cisup_memory_live();
    cisup_allocation a = placed(11, 2, 5);
    cisup_circuits c = drawn(5, 3, 0);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        cisup_network_options o = numbered(1, 0);
        o.permutations = &bad[k].given[0][0];
        cisup_network net;
        cisup_error err = {0};
        assert_int_equal(cisup_network_make(&net, &a, &c, &o, &err), CISUP_EINVAL);
        if (!strstr(err.text, bad[k].says)) fail_msg("case %zu: %s", k, err.text);
        assert_null(net.row_of);
        assert_null(net.base);
    }
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
    assert_int_equal(cisup_memory_live(), before);
}

static void parts_of_different_size_are_refused(void **state) {
    (void)state;
    cisup_allocation a = placed(11, 2, 5);
    cisup_circuits c = drawn(6, 3, 0);
    cisup_network net;
    cisup_error err = {0};
    assert_int_equal(cisup_network_make(&net, &a, &c, NULL, &err), CISUP_ESHAPE);
    assert_non_null(strstr(err.text, "of 5 circuits for 6 circuits"));
    assert_null(net.row_of);
    assert_null(net.layers);
    assert_null(net.base);
    assert_null(net.circuits);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
}

/* Weights are the same in all layers here, so such circuits are small themselves. */
static void a_network_beyond_the_memory_is_refused_at_once(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_allocation a = placed(11, 2, 5);
    cisup_circuits c = drawn(5, INT64_C(1) << 45, 0);
    cisup_network net;
    cisup_error err = {0};
    assert_int_equal(cisup_network_make(&net, &a, &c, NULL, &err), CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "the network would need"));
    assert_null(net.circuits);
    cisup_allocation_free(&a);
    cisup_circuits_free(&c);
    assert_int_equal(cisup_memory_live(), before);
}

static double csc_bytes(const cisup_csc *a) {
    return a->p ? 8.0 * (double)(a->ncol + 1) + 16.0 * (double)a->p[a->ncol] : 0.0;
}

static double held(const cisup_network *net) {
    const double N = (double)net->base->N, d = (double)net->circuits->d;
    const double T = (double)net->base->T, L = (double)net->circuits->L;
    double bytes = 8.0 * T * L + (L - 1.0) * (double)sizeof(cisup_operator);
    for (cisup_index l = 2; l <= net->circuits->L; l++) {
        const cisup_operator *op = &net->layers[l - 2];
        bytes += csc_bytes(&op->assembled.sparse) + csc_bytes(&op->factored.excess);
        bytes += op->assembled.left ? 8.0 * N : 0.0;
        bytes += op->assembled.right ? 8.0 * d * d * N : 0.0;
        bytes += op->factored.own ? 8.0 * T * d * d : 0.0;
        bytes += op->factored.rows ? 8.0 * N : 0.0;
    }
    return bytes;
}

/* Many circuits on few neurons, and few on many. */
static void the_memory_estimate_is_an_upper_one(void **state) {
    (void)state;
    const cisup_index sizes[][3] = {{250, 6, 500}, {17, 3, 16}, {5000, 2, 3}, {3, 1, 40}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        const cisup_index N = sizes[k][0], S = sizes[k][1], T = sizes[k][2];
        cisup_allocation a = placed(N, S, T);
        cisup_circuits c = drawn(T, 3, 0);
        for (int variant = 0; variant < 16; variant++) {
            cisup_network_options o = numbered(1, 0);
            o.form = (cisup_operator_form)(variant % 2);
            o.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
            o.weights.kappa = variant < 8 ? CISUP_KAPPA_SINGLE : CISUP_KAPPA_ROWS;
            const cisup_shape shape = {
                .D = 4 * N, .d = 4, .T = T, .S = S, .z = 1, .L = 3, .N = N};
            cisup_network net = made(&a, &c, &o);
            const double estimate = cisup_network_bytes(&shape, &o);
            if (estimate < held(&net))
                fail_msg("N %d, variant %d: estimate %.0f, held %.0f", (int)N, variant,
                         estimate, held(&net));
            cisup_network_free(&net);
        }
        cisup_allocation_free(&a);
        cisup_circuits_free(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_permutations_and_the_first_the_identity),
        cmocka_unit_test(layers_are_shuffled_uniformly_and_independently),
        cmocka_unit_test(a_network_does_not_depend_on_the_ones_before),
        cmocka_unit_test(layers_do_not_depend_on_how_many_follow),
        cmocka_unit_test(layers_are_made_from_their_own_parts),
        cmocka_unit_test(order_may_be_kept),
        cmocka_unit_test(one_layer_has_no_weights),
        cmocka_unit_test(given_orders_are_taken),
        cmocka_unit_test(circuits_left_out_move_nobody),
        cmocka_unit_test(orders_that_are_none_are_refused),
        cmocka_unit_test(parts_of_different_size_are_refused),
        cmocka_unit_test(a_network_beyond_the_memory_is_refused_at_once),
        cmocka_unit_test(the_memory_estimate_is_an_upper_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
