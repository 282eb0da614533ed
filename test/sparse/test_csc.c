/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random matrices have small whole entries: every sum and product is exact, and all
 * comparisons are equalities. */
#include "common/check.h"
#include "common/matrices.h"

#include <cisup/sparse/csc.h>
#include <cisup/sparse/matrix/products.h>

enum { most = 31, rounds = 60 };

static cisup_index any_size(cisup_rng *rng) {
    return check_between(rng, 0, most);
}

/* y = A x from zero. */
static void apply(const cisup_csc *a, const double *x, double *y) {
    for (cisup_index i = 0; i < a->nrow; i++) y[i] = 0.0;
    cisup_csc_apply(a, 1, x, y);
}

static void fill_whole(cisup_rng *rng, double *x, cisup_index n) {
    for (cisup_index k = 0; k < n; k++) x[k] = (double)check_between(rng, -99, 99);
}

static void assert_is_empty(const cisup_csc *a) {
    assert_int_equal(a->nrow, 0);
    assert_int_equal(a->ncol, 0);
    assert_null(a->p);
    assert_null(a->i);
    assert_null(a->x);
}

static void init_gives_zeros_and_refuses_bad_sizes(void **state) {
    (void)state;
    cisup_csc a;
    CHECK_OK(cisup_csc_init(&a, 7, 5, 11, &error_));
    CHECK_OK(cisup_csc_check(&a, &error_));
    assert_int_equal(a.p[5], 0);
    cisup_csc_free(&a);
    assert_is_empty(&a);
    cisup_csc_free(&a);
    const cisup_index bad[][3] = {{-1, 5, 0}, {7, -5, 0}, {7, 5, -1}, {7, INT64_MAX, 0}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        a.nrow = 99;
        cisup_error err = {0};
        assert_int_equal(cisup_csc_init(&a, bad[k][0], bad[k][1], bad[k][2], &err),
                         CISUP_EINVAL);
        assert_is_empty(&a);
    }
    assert_int_equal(cisup_csc_init(&a, 7, INT64_C(1) << 50, 0, NULL), CISUP_ENOMEM);
    assert_is_empty(&a);
}

static void an_array_becomes_a_matrix_that_may_grow(void **state) {
    (void)state;
    const double dense[6] = {1, 0, 3, 4, 5, 6};
    cisup_csc a;
    CHECK_OK(cisup_csc_of_dense(&a, 2, 3, dense, &error_));
    CHECK_OK(cisup_csc_widen(&a, 4, 5, &error_));
    CHECK_OK(cisup_csc_check(&a, &error_));
    assert_true(a.nrow == 4 && a.ncol == 5 && a.p[5] == 6);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++)
            assert_true(csc_at(&a, i, j) == (i < 2 && j < 3 ? dense[i * 3 + j] : 0.0));
    assert_int_equal(cisup_csc_widen(&a, 3, 5, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_csc_widen(&a, 4, 4, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_csc_widen(&a, 4, INT64_MAX, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_csc_widen(&a, 4, INT64_C(1) << 50, NULL), CISUP_ENOMEM);
    assert_true(a.nrow == 4 && a.ncol == 5 && a.p[5] == 6);
    cisup_csc_free(&a);
    assert_int_equal(cisup_csc_of_dense(&a, -1, 3, dense, NULL), CISUP_EINVAL);
    assert_is_empty(&a);
    CHECK_OK(cisup_csc_of_dense(&a, 0, 3, NULL, &error_));
    assert_true(a.ncol == 3 && a.p[3] == 0);
    cisup_csc_free(&a);
}

static void every_broken_invariant_is_found(void **state) {
    (void)state;
    cisup_index p[3], i[4];
    double x[4] = {0};
    const struct {
        cisup_index p[3], i[4];
        const char *says;
    } broken[] = {
        {{1, 2, 4}, {0, 1, 0, 1}, "first column starts at 1"},
        {{0, -1, 4}, {0, 1, 0, 1}, "column 0 ends before it starts"},
        {{0, 3, 2}, {0, 1, 2, 0}, "column 1 ends before it starts"},
        {{0, 2, 4}, {1, 0, 0, 1}, "column 0: row 0"},
        {{0, 2, 4}, {0, 1, 2, 2}, "column 1: row 2"},
        {{0, 2, 4}, {0, 1, 0, 3}, "column 1: row 3"},
        {{0, 2, 4}, {-1, 1, 0, 2}, "column 0: row -1"},
    };
    cisup_csc a = {.nrow = 3, .ncol = 2, .p = p, .i = i, .x = x};
    for (size_t k = 0; k < sizeof broken / sizeof broken[0]; k++) {
        memcpy(p, broken[k].p, sizeof p);
        memcpy(i, broken[k].i, sizeof i);
        cisup_error err = {0};
        assert_int_equal(cisup_csc_check(&a, &err), CISUP_EFORMAT);
        if (!strstr(err.text, broken[k].says)) fail_msg("case %zu: %s", k, err.text);
    }
    memcpy(p, (const cisup_index[]){0, 2, 4}, sizeof p);
    memcpy(i, (const cisup_index[]){0, 2, 1, 2}, sizeof i);
    CHECK_OK(cisup_csc_check(&a, &error_));
}

/* Seven points, seven lines of three: any two lines share one point, so that
 * E^T E = 2 I + J. */
static void the_fano_plane_has_one_point_on_any_two_lines(void **state) {
    (void)state;
    cisup_csc e, et, product;
    CHECK_OK(cisup_csc_init(&e, 7, 7, 21, &error_));
    for (cisup_index j = 0; j < 7; j++) {
        cisup_index line[3] = {j, (j + 1) % 7, (j + 3) % 7};
        e.p[j + 1] = 3 * (j + 1);
        for (int k = 0; k < 3; k++) {
            int below = 0;
            for (int m = 0; m < 3; m++) below += line[m] < line[k];
            e.i[3 * j + below] = line[k];
            e.x[3 * j + k] = 1.0;
        }
    }
    CHECK_OK(cisup_csc_check(&e, &error_));
    CHECK_OK(cisup_csc_transpose(&e, &et, &error_));
    CHECK_OK(cisup_csc_multiply(&et, &e, &product, &error_));
    assert_int_equal(product.p[7], 49);
    for (cisup_index i = 0; i < 7; i++)
        for (cisup_index j = 0; j < 7; j++)
            CHECK_NEAR(csc_at(&product, i, j), i == j ? 3.0 : 1.0, 0.0);
    cisup_csc_free(&e);
    cisup_csc_free(&et);
    cisup_csc_free(&product);
}

static void product_acts_like_composition(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int round = 0; round < rounds; round++) {
        const cisup_index m = any_size(&rng), k = any_size(&rng), n = any_size(&rng);
        cisup_csc a = random_csc(&rng, m, k, 0.2), b = random_csc(&rng, k, n, 0.3), c;
        CHECK_OK(cisup_csc_multiply(&a, &b, &c, &error_));
        CHECK_OK(cisup_csc_check(&c, &error_));
        assert_int_equal(c.nrow, m);
        assert_int_equal(c.ncol, n);
        double v[most], bv[most], abv[most], cv[most];
        fill_whole(&rng, v, n);
        apply(&b, v, bv);
        apply(&a, bv, abv);
        apply(&c, v, cv);
        for (cisup_index i = 0; i < m; i++) CHECK_NEAR(cv[i], abv[i], 0.0);
        cisup_csc_free(&a);
        cisup_csc_free(&b);
        cisup_csc_free(&c);
    }
}

/* By the definition, entry by entry. */
static void product_and_sum_follow_their_definitions(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    for (int round = 0; round < rounds; round++) {
        const cisup_index n = any_size(&rng);
        cisup_csc a = random_csc(&rng, n, n, 0.3), b = random_csc(&rng, n, n, 0.3);
        cisup_csc product, sum;
        CHECK_OK(cisup_csc_multiply(&a, &b, &product, &error_));
        CHECK_OK(cisup_csc_add(-3.0, &a, 0.5, &b, &sum, &error_));
        CHECK_OK(cisup_csc_check(&sum, &error_));
        for (cisup_index i = 0; i < n; i++) {
            for (cisup_index j = 0; j < n; j++) {
                double want = 0.0;
                for (cisup_index k = 0; k < n; k++)
                    want += csc_at(&a, i, k) * csc_at(&b, k, j);
                CHECK_NEAR(csc_at(&product, i, j), want, 0.0);
                CHECK_NEAR(csc_at(&sum, i, j),
                           -3.0 * csc_at(&a, i, j) + 0.5 * csc_at(&b, i, j), 0.0);
            }
        }
        cisup_csc_free(&a);
        cisup_csc_free(&b);
        cisup_csc_free(&product);
        cisup_csc_free(&sum);
    }
}

static void cancelled_entries_stay_stored(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    cisup_csc a = random_csc(&rng, 13, 11, 0.4), none;
    CHECK_OK(cisup_csc_add(1.0, &a, -1.0, &a, &none, &error_));
    assert_int_equal(none.p[11], a.p[11]);
    for (cisup_index k = 0; k < a.p[11]; k++) CHECK_NEAR(none.x[k], 0.0, 0.0);
    cisup_csc_free(&a);
    cisup_csc_free(&none);
}

static void transposing_twice_changes_nothing(void **state) {
    (void)state;
    cisup_rng rng = check_rng(4);
    for (int round = 0; round < rounds; round++) {
        const cisup_index m = any_size(&rng), n = any_size(&rng);
        cisup_csc a = random_csc(&rng, m, n, 0.3), once, twice;
        CHECK_OK(cisup_csc_transpose(&a, &once, &error_));
        CHECK_OK(cisup_csc_check(&once, &error_));
        CHECK_OK(cisup_csc_transpose(&once, &twice, &error_));
        assert_true(same_csc(&a, &twice));
        cisup_csc_free(&a);
        cisup_csc_free(&once);
        cisup_csc_free(&twice);
    }
}

/* <A x, y> = <x, A^T y>. */
static void transpose_is_the_adjoint(void **state) {
    (void)state;
    cisup_rng rng = check_rng(5);
    for (int round = 0; round < rounds; round++) {
        const cisup_index m = any_size(&rng), n = any_size(&rng);
        cisup_csc a = random_csc(&rng, m, n, 0.3), at;
        CHECK_OK(cisup_csc_transpose(&a, &at, &error_));
        double x[most], y[most], ax[most], aty[most], left = 0.0, right = 0.0;
        fill_whole(&rng, x, n);
        fill_whole(&rng, y, m);
        apply(&a, x, ax);
        apply(&at, y, aty);
        for (cisup_index i = 0; i < m; i++) left += ax[i] * y[i];
        for (cisup_index j = 0; j < n; j++) right += x[j] * aty[j];
        CHECK_NEAR(left, right, 0.0);
        cisup_csc_free(&a);
        cisup_csc_free(&at);
    }
}

/* Also that apply adds to y, with lanes that are zero in some columns. */
static void lanes_equal_one_lane_at_a_time(void **state) {
    (void)state;
    cisup_rng rng = check_rng(6);
    enum { lanes = 5 };
    for (int round = 0; round < rounds; round++) {
        const cisup_index m = any_size(&rng), n = any_size(&rng);
        cisup_csc a = random_csc(&rng, m, n, 0.3);
        double x[most * lanes], y[most * lanes], one_x[most], one_y[most][lanes];
        for (cisup_index k = 0; k < n * lanes; k++)
            x[k] = cisup_rng_below(&rng, 4) ? 0.0 : cisup_rng_normal(&rng);
        fill_whole(&rng, y, m * lanes);
        for (cisup_index lane = 0; lane < lanes; lane++) {
            double out[most];
            for (cisup_index j = 0; j < n; j++) one_x[j] = x[j * lanes + lane];
            for (cisup_index i = 0; i < m; i++) out[i] = y[i * lanes + lane];
            cisup_csc_apply(&a, 1, one_x, out);
            for (cisup_index i = 0; i < m; i++) one_y[i][lane] = out[i];
        }
        cisup_csc_apply(&a, lanes, x, y);
        for (cisup_index i = 0; i < m; i++)
            for (cisup_index lane = 0; lane < lanes; lane++)
                CHECK_NEAR(y[i * lanes + lane], one_y[i][lane], 0.0);
        cisup_csc_free(&a);
    }
}

static void shapes_that_do_not_fit_are_named(void **state) {
    (void)state;
    cisup_rng rng = check_rng(7);
    cisup_csc a = random_csc(&rng, 3, 4, 0.5), b = random_csc(&rng, 5, 4, 0.5), c;
    cisup_csc tall = random_csc(&rng, 3, 5, 0.5);
    cisup_error err = {0};
    assert_int_equal(cisup_csc_multiply(&a, &b, &c, &err), CISUP_ESHAPE);
    assert_string_equal(err.text, "3 x 4 times 5 x 4");
    assert_is_empty(&c);
    assert_int_equal(cisup_csc_add(1.0, &a, 1.0, &b, &c, &err), CISUP_ESHAPE);
    assert_string_equal(err.text, "3 x 4 plus 5 x 4");
    assert_is_empty(&c);
    assert_int_equal(cisup_csc_add(1.0, &a, 1.0, &tall, &c, &err), CISUP_ESHAPE);
    cisup_csc_free(&a);
    cisup_csc_free(&b);
    cisup_csc_free(&tall);
}

/* Ours alone: CXSparse takes its memory by malloc. */
typedef struct {
    cisup_csc square;
    int operation;
} job;

static cisup_status run(void *context) {
    const job *task = context;
    const cisup_csc *a = &task->square;
    cisup_csc c;
    cisup_status status = CISUP_OK;
    switch (task->operation) {
    case 0:
        status = cisup_csc_init(&c, 7, 5, 11, NULL);
        break;
    case 1:
        status = cisup_csc_multiply(a, a, &c, NULL);
        break;
    case 2:
        status = cisup_csc_add(1.0, a, 2.0, a, &c, NULL);
        break;
    default:
        status = cisup_csc_transpose(a, &c, NULL);
    }
    if (status != CISUP_OK) assert_is_empty(&c);
    cisup_csc_free(&c);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    cisup_rng rng = check_rng(8);
    job task = {.square = random_csc(&rng, 6, 6, 0.4)};
    for (task.operation = 0; task.operation < 4; task.operation++)
        assert_int_equal(check_every_allocation(run, &task), 3);
    cisup_csc_free(&task.square);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_gives_zeros_and_refuses_bad_sizes),
        cmocka_unit_test(an_array_becomes_a_matrix_that_may_grow),
        cmocka_unit_test(every_broken_invariant_is_found),
        cmocka_unit_test(the_fano_plane_has_one_point_on_any_two_lines),
        cmocka_unit_test(product_acts_like_composition),
        cmocka_unit_test(product_and_sum_follow_their_definitions),
        cmocka_unit_test(cancelled_entries_stay_stored),
        cmocka_unit_test(transposing_twice_changes_nothing),
        cmocka_unit_test(transpose_is_the_adjoint),
        cmocka_unit_test(lanes_equal_one_lane_at_a_time),
        cmocka_unit_test(shapes_that_do_not_fit_are_named),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
