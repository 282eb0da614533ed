/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both ways to assemble the weights give the same bytes, and either may run out of
 * memory. */
#include "common/check.h"
#include "common/matrices.h"
#include "common/naive.h"
#include "common/weight_layers.h"

#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network.h>

#include <float.h>
#include <omp.h>

/* Both ways to assemble G and A, with and without a common part. */
static void ways_agree(const layer *y, cisup_rng *rng) {
    const cisup_index N = y->base.N;
    double *factor = taken(N, sizeof *factor);
    for (cisup_index n = 0; n < N; n++) factor[n] = 1.0 + cisup_rng_unit(rng);
    cisup_csc g, h, a, b;
    CHECK_OK(cisup_meetings_product(&y->x, &g, &error_));
    CHECK_OK(cisup_meetings_direct(&y->x, &h, &error_));
    assert_true(same_csc(&g, &h));
    for (int with = 0; with < 2; with++) {
        const cisup_assembly in = {&y->x, y->w, with ? y->wbar : NULL, factor, &g};
        CHECK_OK(cisup_assemble_product(&in, &a, &error_));
        CHECK_OK(cisup_assemble_direct(&in, &b, &error_));
        CHECK_OK(cisup_csc_check(&b, &error_));
        if (!same_csc(&a, &b)) fail_msg("%s, common part: %d", y->text, with);
        cisup_csc_free(&a);
        cisup_csc_free(&b);
    }
    cisup_csc_free(&g);
    cisup_csc_free(&h);
    cisup_release(factor);
}

static void direct_assembly_gives_the_bytes_of_the_product(void **state) {
    (void)state;
    for (int number = 0; number < 4 * shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        choose(&y, &variants[0]);
        ways_agree(&y, &rng);
        /* Numbers whose share, a half or less, is rounded to 0 or -0. */
        for (cisup_index k = 0; k < y.base.T * y.x.d * y.x.d; k++)
            if (y.w[k] != 0.0) y.w[k] = copysign(DBL_TRUE_MIN, y.w[k]);
        ways_agree(&y, &rng);
        layer_free(&y);
    }
}

/* The options choose the way, and what is assembled has the same bytes. */
static void options_choose_how_to_assemble(void **state) {
    (void)state;
    for (int number = 0; number < shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        choose(&y, &variants[0]);
        cisup_weights w[3];
        for (int way = 0; way < 3; way++) {
            y.x.options.assemble = (cisup_assembling)way;
            CHECK_OK(cisup_weights_make(&w[way], &y.x, &error_));
            assert_true(same_csc(&w[0].sparse, &w[way].sparse));
        }
        for (int way = 0; way < 3; way++) cisup_weights_free(&w[way]);
        layer_free(&y);
    }
    assert_int_equal(cisup_assembling_find("auto"), CISUP_ASSEMBLE_AUTO);
    assert_int_equal(cisup_assembling_find("products"), CISUP_ASSEMBLE_PRODUCTS);
    assert_int_equal(cisup_assembling_find("direct"), CISUP_ASSEMBLE_DIRECT);
    assert_int_equal(cisup_assembling_find("product"), -1);
}

/* Layers that keep four threads busy: a million multiplications each, 16 neurons a turn.
 * The last is too wide for one word of words of bits. */
static void large_layer(layer *y, int number) {
    static const cisup_index size[][4] = {/* N, S, T, d */
                                          {400, 20, 11000, 1},
                                          {300, 8, 5000, 4},
                                          {257, 7, 9000, 3},
                                          {9001, 16, 19000, 1}};
    const cisup_index N = size[number][0], S = size[number][1], d = size[number][3];
    const cisup_index T = size[number][2];
    cisup_rng rng = check_rng(number);
    *y = (layer){.text = "large"};
    place(&y->base, &rng, N, S, T, 0);
    y->order = taken(2 * T, sizeof *y->order);
    cisup_rng_permutation(&rng, T, y->order);
    cisup_rng_permutation(&rng, T, y->order + T);
    y->w = taken(T * d * d, sizeof *y->w);
    y->wbar = taken(d * d, sizeof *y->wbar);
    fill(&rng, y->w, T * d * d);
    fill(&rng, y->wbar, d * d);
    y->x = (cisup_transition){
        .base = &y->base, .from = y->order, .to = y->order + T, .d = d, .w = y->w};
}

static void large_weights_have_the_bytes_of_the_product(void **state) {
    (void)state;
    const int threads = omp_get_max_threads();
    for (int number = 0; number < 4; number++) {
        layer y;
        large_layer(&y, number);
        choose(&y, &variants[0]);
        for (int team = 1; team <= 7; team += 3) {
            cisup_rng rng = check_rng(number);
            omp_set_num_threads(team);
            ways_agree(&y, &rng);
        }
        layer_free(&y);
    }
    omp_set_num_threads(threads);
}

static int all_zero_bytes(const void *object, size_t size) {
    const unsigned char *byte = object;
    for (size_t k = 0; k < size; k++)
        if (byte[k]) return 0;
    return 1;
}

static cisup_status make_weights(void *context) {
    cisup_weights w;
    const cisup_status status = cisup_weights_make(&w, context, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&w, sizeof w));
    cisup_weights_free(&w);
    return status;
}

static cisup_status make_directly(void *context) {
    const cisup_transition *x = context;
    cisup_csc g, a = {0};
    double factor[30];
    for (int n = 0; n < 30; n++) factor[n] = 1.5;
    cisup_status status = cisup_meetings_direct(x, &g, NULL);
    if (status != CISUP_OK) {
        assert_true(all_zero_bytes(&g, sizeof g));
        return status;
    }
    status =
        cisup_assemble_direct(&(cisup_assembly){x, x->w, x->wbar, factor, &g}, &a, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&a, sizeof a));
    cisup_csc_free(&g);
    cisup_csc_free(&a);
    return status;
}

static cisup_status make_factored(void *context) {
    cisup_factored f;
    const cisup_status status = cisup_factored_make(&f, context, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&f, sizeof f));
    cisup_factored_free(&f);
    return status;
}

static cisup_status make_operator(void *context) {
    for (int form = 0; form < 2; form++) {
        cisup_operator op;
        const cisup_status status =
            cisup_operator_make(&op, (cisup_operator_form)form, context, NULL);
        if (status != CISUP_OK) assert_true(all_zero_bytes(&op, sizeof op));
        cisup_operator_free(&op);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

/* Only our own allocations can be made to fail, not those inside CXSparse. */
static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_rng rng = check_rng(7);
    layer y = layer_make(&rng, 2);
    for (size_t k = 0; k < variant_count; k++) {
        choose(&y, &variants[k]);
        const int weights = check_every_allocation(make_weights, &y.x);
        const int factored = check_every_allocation(make_factored, &y.x);
        assert_true(check_every_allocation(make_directly, &y.x) > 15);
        assert_true(weights > 20); /* v, five matrices of three arrays, the results */
        assert_true(factored >= (y.plain.scheme == NAIVE_PLAIN ? 0 : 1));
        assert_int_equal(check_every_allocation(make_operator, &y.x), weights + factored);
    }
    layer_free(&y);
}

typedef struct {
    const cisup_allocation *base;
    const cisup_circuits *circuits;
    cisup_network_options o;
} network_case;

static cisup_status make_network(void *context) {
    const network_case *c = context;
    cisup_network net;
    const cisup_status status =
        cisup_network_make(&net, c->base, c->circuits, &c->o, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&net, sizeof net));
    cisup_network_free(&net);
    return status;
}

static void every_allocation_of_a_network_may_fail(void **state) {
    (void)state;
    cisup_allocation base;
    cisup_circuits circuits;
    CHECK_OK(cisup_allocation_make(&base, 17, 3, 16, NULL, &error_));
    CHECK_OK(cisup_circuits_make(&circuits, 16, 4, 4, NULL, &error_));
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* so that the n-th allocation is always the same one */
    for (int form = 0; form < 2; form++)
        for (size_t k = 0; k < variant_count; k++) {
            network_case c = {&base, &circuits, cisup_network_defaults()};
            c.o.form = (cisup_operator_form)form;
            c.o.weights = variants[k];
            assert_true(check_every_allocation(make_network, &c) >= 3);
        }
    omp_set_num_threads(threads);
    cisup_allocation_free(&base);
    cisup_circuits_free(&circuits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_assembly_gives_the_bytes_of_the_product),
        cmocka_unit_test(options_choose_how_to_assemble),
        cmocka_unit_test(large_weights_have_the_bytes_of_the_product),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_a_network_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
