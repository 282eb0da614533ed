/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrices against the parts they are made of: entries are copied, so comparisons are
 * equalities; only sparse + left right adds up its d products, all but one of which are
 * 0. */
#include "common/check.h"
#include "common/matrices.h"

#include <cisup/core/schemes.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/network_parts.h>
#include <cisup/sparse/network_matrices.h>
#include <cisup/sparse/weights.h>

enum { N = 11, S = 3, T = 7, d = 3, L = 3, dN = d * N, D = dN + 4 };

typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
} subject;

static void subject_open(subject *s, cisup_weight_scheme scheme,
                         cisup_operator_form engine) {
    const cisup_allocation_options how = cisup_allocation_defaults();
    cisup_family_options family = cisup_family_defaults();
    cisup_network_options o = cisup_network_defaults();
    family.family = CISUP_ROTATION3;
    family.fresh = 1;
    o.weights.scheme = scheme;
    o.form = engine;
    CHECK_OK(cisup_allocation_make(&s->base, N, S, T, &how, &error_));
    CHECK_OK(cisup_circuits_make(&s->circuits, T, d, L, &family, &error_));
    for (int k = 0; k < L * d; k++) s->circuits.b[k] = 1.0 + k;
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, &o, &error_));
}

static void subject_close(subject *s) {
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static void biases_are_those_of_the_blocks(void **state) {
    (void)state;
    subject s;
    subject_open(&s, CISUP_WEIGHTS_CAPPED, CISUP_OPERATOR_FACTORED);
    for (int l = 1; l <= L; l++) {
        double b[D], narrow[dN];
        CHECK_OK(cisup_network_bias(&s.net, l, D, b, &error_));
        for (int k = 0; k < D; k++)
            assert_true(b[k] == (k < dN ? 1.0 + (l - 1) * d + k / N : 0.0));
        CHECK_OK(cisup_network_bias(&s.net, l, 0, narrow, &error_));
        assert_memory_equal(b, narrow, sizeof narrow);
    }
    subject_close(&s);
}

static void embeddings_follow_the_order_of_the_layer(void **state) {
    (void)state;
    subject s;
    subject_open(&s, CISUP_WEIGHTS_CAPPED, CISUP_OPERATOR_FACTORED);
    for (int l = 1; l <= L; l++) {
        cisup_csc slots, e, want;
        CHECK_OK(cisup_network_slots(&s.net, l, &slots, &error_));
        for (int t = 0; t < T; t++) {
            const int32_t *row = cisup_network_row(&s.net, l, t);
            for (int k = 0; k < S; k++) assert_int_equal(slots.i[t * S + k], row[k]);
        }
        CHECK_OK(cisup_network_embedding(&s.net, l, D, &e, &error_));
        CHECK_OK(cisup_embedding_blocks(&slots, d, D, &want, &error_));
        assert_true(same_csc(&e, &want) && e.nrow == D);
        cisup_csc_free(&e);
        CHECK_OK(cisup_network_embedding(&s.net, l, 0, &e, &error_));
        assert_int_equal(e.nrow, dN);
        cisup_csc_free(&slots);
        cisup_csc_free(&want);
        cisup_csc_free(&e);
    }
    subject_close(&s);
}

static double entry(const cisup_network_weight *w, cisup_index i, cisup_index j) {
    double sum = 0.0;
    for (cisup_index k = 0; k < w->left.ncol; k++)
        sum += csc_at(&w->left, i, k) * csc_at(&w->right, k, j);
    return sum + csc_at(&w->sparse, i, j);
}

static void check_weights(const subject *s, cisup_index l) {
    static double dense[dN * dN];
    const cisup_transition x = cisup_network_transition(&s->net, l);
    cisup_weights parts;
    cisup_network_weight w;
    CHECK_OK(cisup_weights_make(&parts, &x, &error_));
    cisup_weights_dense(&parts, dense);
    CHECK_OK(cisup_network_weights(&s->net, l, D, &w, &error_));
    CHECK_OK(cisup_csc_check(&w.sparse, &error_));
    CHECK_OK(cisup_csc_check(&w.left, &error_));
    CHECK_OK(cisup_csc_check(&w.right, &error_));
    assert_true(w.sparse.nrow == D && w.sparse.ncol == D && w.kappa == parts.kappa);
    assert_true(w.left.nrow == D && w.right.ncol == D && w.left.ncol == w.right.nrow);
    assert_true(w.left.ncol == (parts.left ? d : 0));
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            assert_true(entry(&w, i, j) == (i < dN && j < dN ? dense[i * dN + j] : 0.0));
    cisup_network_weights_free(&w);
    assert_null(w.sparse.p);
    cisup_weights_free(&parts);
}

static void weights_are_the_same_in_either_form(void **state) {
    (void)state;
    for (int scheme = CISUP_WEIGHTS_PLAIN; scheme <= CISUP_WEIGHTS_CAPPED; scheme++)
        for (int e = CISUP_OPERATOR_FACTORED; e <= CISUP_OPERATOR_ASSEMBLED; e++) {
            subject s;
            subject_open(&s, (cisup_weight_scheme)scheme, (cisup_operator_form)e);
            for (cisup_index l = 2; l <= L; l++) check_weights(&s, l);
            subject_close(&s);
        }
}

static void check_refused(const subject *s, cisup_index l, cisup_index size) {
    double b[D];
    cisup_csc e;
    assert_int_equal(cisup_network_bias(&s->net, l, size, b, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_network_embedding(&s->net, l, size, &e, NULL), CISUP_EINVAL);
    assert_null(e.p);
    cisup_network_weight w;
    assert_int_equal(cisup_network_weights(&s->net, l, size, &w, NULL), CISUP_EINVAL);
    assert_null(w.sparse.p);
}

static void bad_layers_and_widths_are_refused(void **state) {
    (void)state;
    subject s;
    subject_open(&s, CISUP_WEIGHTS_CAPPED, CISUP_OPERATOR_FACTORED);
    check_refused(&s, 0, D);
    check_refused(&s, L + 1, D);
    check_refused(&s, 2, dN - 1);
    check_refused(&s, 2, -1);
    cisup_csc e;
    assert_int_equal(cisup_network_slots(&s.net, 0, &e, NULL), CISUP_EINVAL);
    assert_null(e.p);
    cisup_network_weight w;
    cisup_error err = {0};
    assert_int_equal(cisup_network_weights(&s.net, 1, D, &w, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "layer 1 is not in 2..3"));
    subject_close(&s);
}

static cisup_status all_matrices(void *context) {
    const subject *s = context;
    cisup_csc e = {0};
    cisup_network_weight w = {0};
    cisup_status status;
    CISUP_TRY(cisup_network_embedding(&s->net, 2, D, &e, NULL));
    CISUP_TRY(cisup_network_weights(&s->net, 2, D, &w, NULL));
done:
    if (status != CISUP_OK) assert_null(w.sparse.p);
    cisup_csc_free(&e);
    cisup_network_weights_free(&w);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    subject s;
    subject_open(&s, CISUP_WEIGHTS_CAPPED, CISUP_OPERATOR_FACTORED);
    assert_true(check_every_allocation(all_matrices, &s) > 10);
    subject_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(biases_are_those_of_the_blocks),
        cmocka_unit_test(embeddings_follow_the_order_of_the_layer),
        cmocka_unit_test(weights_are_the_same_in_either_form),
        cmocka_unit_test(bad_layers_and_widths_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
