/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"
#include "common/matrices.h"

#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/matrix/triplets.h>

enum { rounds = 60 };

static cisup_triplets list_of(const cisup_csc *a) {
    cisup_triplets t = {0};
    for (cisup_index j = 0; j < a->ncol; j++)
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++)
            CHECK_OK(
                cisup_triplets_append(&t, (cisup_entry){a->i[k], j, a->x[k]}, &error_));
    return t;
}

static void shuffle(cisup_rng *rng, cisup_triplets *t) {
    for (cisup_index k = t->count - 1; k > 0; k--) {
        const cisup_index m = check_between(rng, 0, k);
        const cisup_entry e = t->entry[k];
        t->entry[k] = t->entry[m];
        t->entry[m] = e;
    }
}

static void any_order_gives_the_same_matrix(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int round = 0; round < rounds; round++) {
        const cisup_index m = check_between(&rng, 0, 31), n = check_between(&rng, 0, 31);
        cisup_csc a = random_csc(&rng, m, n, 0.3), b;
        cisup_triplets t = list_of(&a);
        for (int order = 0; order < 2; order++) {
            CHECK_OK(cisup_triplets_compress(&t, m, n, CISUP_REPEATS_REFUSED, NULL, &b,
                                             &error_));
            CHECK_OK(cisup_csc_check(&b, &error_));
            assert_true(same_csc(&a, &b));
            cisup_csc_free(&b);
            shuffle(&rng, &t);
        }
        cisup_triplets_free(&t);
        cisup_csc_free(&a);
    }
}

/* By the definition; rounded numbers, so that the order of summation would show. */
static void repeats_add_up_whatever_their_order(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    enum { m = 5, n = 7, count = 200 };
    for (int round = 0; round < rounds; round++) {
        cisup_triplets t = {0};
        double want[m][n] = {{0}};
        for (int k = 0; k < count; k++) {
            const cisup_entry e = {check_between(&rng, 0, m - 1),
                                   check_between(&rng, 0, n - 1), cisup_rng_normal(&rng)};
            want[e.i][e.j] += e.x;
            CHECK_OK(cisup_triplets_append(&t, e, &error_));
        }
        cisup_csc a, b;
        CHECK_OK(
            cisup_triplets_compress(&t, m, n, CISUP_REPEATS_SUMMED, NULL, &a, &error_));
        CHECK_OK(cisup_csc_check(&a, &error_));
        for (cisup_index i = 0; i < m; i++)
            for (cisup_index j = 0; j < n; j++) /* count roundings of sums below count */
                CHECK_NEAR(csc_at(&a, i, j), want[i][j], count * count * 0x1p-53);
        shuffle(&rng, &t);
        CHECK_OK(
            cisup_triplets_compress(&t, m, n, CISUP_REPEATS_SUMMED, NULL, &b, &error_));
        assert_true(same_csc(&a, &b));
        cisup_csc_free(&a);
        cisup_csc_free(&b);
        cisup_triplets_free(&t);
    }
}

static void a_refused_repeat_is_named_and_found(void **state) {
    (void)state;
    cisup_entry entry[] = {{2, 1, 1.0}, {0, 1, 2.385}, {1, 0, 3.0}, {0, 1, 2.385}};
    const cisup_triplets t = {.count = 4, .room = 4, .entry = entry};
    cisup_error err = {0};
    cisup_index place = -7;
    cisup_csc a;
    assert_int_equal(
        cisup_triplets_compress(&t, 3, 2, CISUP_REPEATS_REFUSED, &place, &a, &err),
        CISUP_EFORMAT);
    assert_string_equal(err.text, "row 1, column 2 is given twice");
    assert_int_equal(place, 3);
    assert_null(a.p);
    entry[1].x = entry[3].x = 1e308;
    assert_int_equal(
        cisup_triplets_compress(&t, 3, 2, CISUP_REPEATS_SUMMED, &place, &a, &err),
        CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "row 1, column 2 add up"));
    assert_null(a.p);
    assert_int_equal(
        cisup_triplets_compress(&t, -3, 2, CISUP_REPEATS_SUMMED, &place, &a, &err),
        CISUP_EINVAL);
}

static cisup_status append_and_compress(void *context) {
    const cisup_csc *a = context;
    cisup_triplets t = {0};
    cisup_csc b = {0};
    cisup_status status;
    for (cisup_index j = 0; j < a->ncol; j++)
        for (cisup_index k = a->p[j + 1]; k-- > a->p[j];)
            CISUP_TRY(cisup_triplets_append(&t, (cisup_entry){a->i[k], j, 1.0}, NULL));
    CISUP_TRY(cisup_triplets_compress(&t, a->nrow, a->ncol, CISUP_REPEATS_SUMMED, NULL,
                                      &b, NULL));
done:
    if (status != CISUP_OK) assert_null(b.p);
    cisup_triplets_free(&t);
    cisup_csc_free(&b);
    return status;
}

/* Three for the matrix, one at least for the list and one for the sort. */
static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    cisup_csc a = random_csc(&rng, 11, 13, 0.4);
    assert_true(check_every_allocation(append_and_compress, &a) >= 5);
    cisup_csc_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same_matrix),
        cmocka_unit_test(repeats_add_up_whatever_their_order),
        cmocka_unit_test(a_refused_repeat_is_named_and_found),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
