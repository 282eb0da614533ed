/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All entries are 1, or 1/S by one division, and every product below has a single
 * rounding at most: unless said otherwise comparisons are equalities. */
#include "common/check.h"
#include "common/matrices.h"

#include <cisup/core/schemes.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

#include <float.h>

/* An allocation of T circuits, each in any S of N neurons, and an order of them. */
typedef struct {
    cisup_allocation base;
    cisup_index *order; /* [T] */
    cisup_index d, D;
    cisup_csc slots, e, u;
} embedded;

static embedded make(cisup_rng *rng, cisup_index N, cisup_index S, cisup_index T,
                     cisup_index d, cisup_index spare) {
    embedded x = {.d = d, .D = d * N + spare};
    CHECK_OK(cisup_allocation_init(&x.base, N, S, T, &error_));
    CHECK_OK(cisup_new(&x.order, T, sizeof *x.order, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_index row[40];
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) x.base.slot[t * S + k] = (int32_t)row[k];
    }
    cisup_rng_permutation(rng, T, x.order);
    CHECK_OK(cisup_embedding_slots(&x.base, x.order, &x.slots, &error_));
    CHECK_OK(cisup_embedding_blocks(&x.slots, d, x.D, &x.e, &error_));
    CHECK_OK(cisup_unembedding(&x.e, S, &x.u, &error_));
    return x;
}

static embedded make_any(cisup_rng *rng) {
    const cisup_index N = check_between(rng, 1, 37), S = check_between(rng, 1, N);
    return make(rng, N, S, check_between(rng, 1, 23), check_between(rng, 1, 5),
                check_between(rng, 0, 4));
}

static void drop(embedded *x) {
    cisup_allocation_free(&x->base);
    cisup_release(x->order);
    cisup_csc_free(&x->slots);
    cisup_csc_free(&x->e);
    cisup_csc_free(&x->u);
}

/* How many neurons two circuits share, by looking at all pairs. */
static cisup_index shared(const embedded *x, cisup_index t, cisup_index u) {
    const int32_t *a = cisup_allocation_row(&x->base, x->order[t]);
    const int32_t *b = cisup_allocation_row(&x->base, x->order[u]);
    cisup_index count = 0;
    for (cisup_index k = 0; k < x->base.S; k++)
        for (cisup_index j = 0; j < x->base.S; j++) count += a[k] == b[j];
    return count;
}

static void every_circuit_has_a_one_in_each_of_its_neurons(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int round = 0; round < 40; round++) {
        embedded x = make_any(&rng);
        const cisup_index S = x.base.S;
        CHECK_OK(cisup_csc_check(&x.slots, &error_));
        assert_int_equal(x.slots.nrow, x.base.N);
        assert_int_equal(x.slots.ncol, x.base.T);
        for (cisup_index t = 0; t < x.base.T; t++) {
            assert_int_equal(x.slots.p[t + 1] - x.slots.p[t], S);
            const int32_t *row = cisup_allocation_row(&x.base, x.order[t]);
            for (cisup_index k = 0; k < S; k++)
                assert_true(csc_at(&x.slots, row[k], t) == 1.0);
        }
        drop(&x);
    }
}

/* (3.1): entry [i*N+n, t*d+j] = 1[i=j] e_t[n], looked at one by one; rows from d N on
 * are empty. */
static void the_full_form_is_the_slot_form_in_each_block(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    for (int round = 0; round < 25; round++) {
        embedded x = make_any(&rng);
        const cisup_index N = x.base.N, d = x.d;
        CHECK_OK(cisup_csc_check(&x.e, &error_));
        assert_int_equal(x.e.nrow, x.D);
        assert_int_equal(x.e.ncol, x.base.T * d);
        assert_int_equal(x.e.p[x.e.ncol], x.base.T * d * x.base.S);
        for (cisup_index column = 0; column < x.e.ncol; column++)
            for (cisup_index row = 0; row < x.D; row++) {
                const int inside = row < d * N && row / N == column % d;
                const double want = inside ? csc_at(&x.slots, row % N, column / d) : 0.0;
                assert_true(csc_at(&x.e, row, column) == want);
            }
        drop(&x);
    }
}

static void no_order_means_row_t_for_circuit_t(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    embedded x = make(&rng, 17, 3, 11, 2, 1);
    for (cisup_index t = 0; t < 11; t++) x.order[t] = t;
    cisup_csc plain, ordered;
    CHECK_OK(cisup_embedding_slots(&x.base, NULL, &plain, &error_));
    CHECK_OK(cisup_embedding_slots(&x.base, x.order, &ordered, &error_));
    assert_true(same_csc(&plain, &ordered));
    cisup_csc_free(&plain);
    cisup_csc_free(&ordered);
    drop(&x);
}

/* (3.2) entry by entry, for both forms of E. */
static void the_unembedding_is_the_transpose_over_S(void **state) {
    (void)state;
    cisup_rng rng = check_rng(4);
    for (int round = 0; round < 25; round++) {
        embedded x = make_any(&rng);
        cisup_csc u;
        CHECK_OK(cisup_unembedding(&x.slots, x.base.S, &u, &error_));
        const cisup_csc *const forms[][2] = {{&x.slots, &u}, {&x.e, &x.u}};
        for (int k = 0; k < 2; k++) {
            const cisup_csc *e = forms[k][0], *flat = forms[k][1];
            CHECK_OK(cisup_csc_check(flat, &error_));
            assert_int_equal(flat->nrow, e->ncol);
            assert_int_equal(flat->ncol, e->nrow);
            assert_int_equal(flat->p[flat->ncol], e->p[e->ncol]);
            for (cisup_index j = 0; j < e->ncol; j++)
                for (cisup_index p = e->p[j]; p < e->p[j + 1]; p++)
                    assert_true(csc_at(flat, j, e->i[p]) == 1.0 / (double)x.base.S);
        }
        cisup_csc_free(&u);
        drop(&x);
    }
}

/* (3.3), (3.4): the blocks of U E are I and (o_tu/S) I. An entry is the sum of o_tu
 * (or S) equal numbers 1/S: exact for S a power of two, else each of the o_tu
 * additions rounds a number below 1 and 1/S itself is rounded, o_tu eps together. */
static void reading_out_gives_the_shared_part(void **state) {
    (void)state;
    cisup_rng rng = check_rng(5);
    for (int round = 0; round < 40; round++) {
        embedded x = make_any(&rng);
        const cisup_index S = x.base.S, d = x.d;
        const int exact = (S & (S - 1)) == 0;
        cisup_csc ue;
        CHECK_OK(cisup_csc_multiply(&x.u, &x.e, &ue, &error_));
        assert_int_equal(ue.nrow, x.base.T * d);
        assert_int_equal(ue.ncol, x.base.T * d);
        for (cisup_index row = 0; row < ue.nrow; row++)
            for (cisup_index column = 0; column < ue.ncol; column++) {
                const double o = (double)shared(&x, row / d, column / d);
                const double want = row % d == column % d ? o / (double)S : 0.0;
                if (row == column) assert_true(o == (double)S);
                CHECK_NEAR(csc_at(&ue, row, column), want, exact ? 0.0 : o * DBL_EPSILON);
            }
        cisup_csc_free(&ue);
        drop(&x);
    }
}

/* In a valid allocation the overlaps are 0 or 1, and (3.4) is the single number 1/S. */
static void different_circuits_of_a_valid_allocation_meet_in_one_neuron(void **state) {
    (void)state;
    const cisup_index N = 30, S = 4, T = 25, d = 3;
    cisup_allocation a;
    cisup_csc slots, e, u, ue;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    CHECK_OK(cisup_embedding_slots(&a, NULL, &slots, &error_));
    CHECK_OK(cisup_embedding_blocks(&slots, d, d * N, &e, &error_));
    CHECK_OK(cisup_unembedding(&e, S, &u, &error_));
    CHECK_OK(cisup_csc_multiply(&u, &e, &ue, &error_));
    cisup_index meetings = 0;
    for (cisup_index j = 0; j < T * d; j++)
        for (cisup_index i = 0; i < T * d; i++) {
            const double value = csc_at(&ue, i, j);
            assert_true(value == (i == j ? 1.0 : 0.0) || value == 0.25);
            assert_true(value != 0.25 || i % d == j % d);
            meetings += value == 0.25;
        }
    assert_true(meetings > 0);
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    cisup_csc_free(&u);
    cisup_csc_free(&ue);
    cisup_allocation_free(&a);
}

static void a_width_without_room_is_refused(void **state) {
    (void)state;
    cisup_rng rng = check_rng(6);
    embedded x = make(&rng, 7, 2, 3, 3, 0);
    const cisup_index bad[][2] = {{3, 20}, {0, 21}, {-2, 21}, {4, 21}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        cisup_csc e = {.nrow = 99};
        cisup_error err = {0};
        assert_int_equal(cisup_embedding_blocks(&x.slots, bad[k][0], bad[k][1], &e, &err),
                         CISUP_EINVAL);
        assert_null(e.p);
        assert_int_equal(e.nrow, 0);
        assert_true(strlen(err.text) > 0);
    }
    drop(&x);
}

/* The three constructions in a row, for failing allocations. */
static cisup_status make_all(void *context) {
    const cisup_allocation *a = context;
    cisup_csc slots = {0}, e = {0}, u = {0};
    cisup_status status;
    CISUP_TRY(cisup_embedding_slots(a, NULL, &slots, NULL));
    CISUP_TRY(cisup_embedding_blocks(&slots, 3, 3 * a->N + 1, &e, NULL));
    CISUP_TRY(cisup_unembedding(&e, a->S, &u, NULL));
done:
    if (!slots.p) assert_null(slots.i);
    if (!e.p) assert_null(e.i);
    if (!u.p) assert_null(u.i);
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    cisup_csc_free(&u);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, 11, 3, 5, NULL, &error_));
    assert_true(check_every_allocation(make_all, &a) >= 9);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_circuit_has_a_one_in_each_of_its_neurons),
        cmocka_unit_test(the_full_form_is_the_slot_form_in_each_block),
        cmocka_unit_test(no_order_means_row_t_for_circuit_t),
        cmocka_unit_test(the_unembedding_is_the_transpose_over_S),
        cmocka_unit_test(reading_out_gives_the_shared_part),
        cmocka_unit_test(different_circuits_of_a_valid_allocation_meet_in_one_neuron),
        cmocka_unit_test(a_width_without_room_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
