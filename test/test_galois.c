/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <cisup/core/flint_fields.h>
#include <cisup/core/galois.h>

static void the_capacity_is_the_smallest_prime_power_factor(void **state) {
    (void)state;
    const cisup_index row[][2] = {{2, 2},
                                  {12, 3},
                                  {8, 8},
                                  {35, 5},
                                  {36, 4},
                                  {360, 5},
                                  {97, 97},
                                  {1001, 7},
                                  {1024, 1024},
                                  {6561 * 2, 2},
                                  {2147483647, 2147483647}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        assert_int_equal(cisup_ring_capacity(row[k][0]), row[k][1]);
    assert_int_equal(cisup_ring_capacity(1), INT64_MAX);
}

static void a_number_is_the_product_of_its_prime_powers(void **state) {
    (void)state;
    for (cisup_index n = 1; n < 3000; n++) {
        const cisup_factors f = cisup_factor(n);
        cisup_index product = 1;
        for (int k = 0; k < f.count; k++)
            for (int e = 0; e < f.e[k]; e++) product *= f.p[k];
        assert_int_equal(product, n);
    }
}

/* All a with a + y = z: exactly one. */
static int32_t difference(const cisup_ring *ring, int32_t z, int32_t y) {
    int32_t found = -1;
    for (int32_t a = 0; a < ring->order; a++)
        if (cisup_ring_add(ring, a, y) == z) {
            assert_int_equal(found, -1);
            found = a;
        }
    assert_true(found >= 0);
    return found;
}

/* b -> x_i b - x_j b takes every value once: x_i - x_j is a unit. */
static void check_units(const cisup_ring *ring, cisup_index i, cisup_index j) {
    char met[200] = {0};
    const int32_t *first = ring->times + i * ring->order;
    const int32_t *second = ring->times + j * ring->order;
    for (int32_t b = 0; b < ring->order; b++) {
        const int32_t d = difference(ring, first[b], second[b]);
        assert_false(met[d]);
        met[d] = 1;
    }
}

static void check_ring(cisup_index q, cisup_index count) {
    cisup_ring ring;
    int32_t sum[200];
    CHECK_OK(cisup_ring_init(&ring, q, count, &error_));
    for (int32_t y = 0; y < q; y++) {
        cisup_ring_translate(&ring, y, sum);
        for (int32_t a = 0; a < q; a++) {
            assert_int_equal(sum[a], cisup_ring_add(&ring, a, y));
            assert_int_equal(sum[a], cisup_ring_add(&ring, y, a));
        }
    }
    for (cisup_index i = 0; i < count; i++) {
        const int32_t *times = ring.times + i * q;
        for (int32_t b = 0; b < q; b++) /* x_i (b + 7) = x_i b + x_i 7 */
            assert_int_equal(times[cisup_ring_add(&ring, b, (int32_t)(7 % q))],
                             cisup_ring_add(&ring, times[b], times[7 % q]));
        for (cisup_index j = 0; j < i; j++) check_units(&ring, i, j);
    }
    cisup_ring_free(&ring);
    cisup_ring_free(&ring);
}

static void the_elements_of_every_ring_differ_by_units(void **state) {
    (void)state;
    for (cisup_index q = 1; q < 130; q += q < 50 ? 1 : 7) {
        const cisup_index most = cisup_ring_capacity(q);
        check_ring(q, most < 6 ? most : 6);
        check_ring(q, 1);
    }
    check_ring(16, 16);
    check_ring(27, 27);
    check_ring(144, 9);
}

/* In a field with all products, b -> a b is a permutation for a != 0, and products
 * commute and associate. */
static void a_whole_field_multiplies(void **state) {
    (void)state;
    const cisup_index order[] = {4, 8, 9, 25, 32, 49};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        const cisup_index q = order[k];
        cisup_ring ring;
        CHECK_OK(cisup_ring_init(&ring, q, q, &error_));
        for (cisup_index a = 0; a < q; a++)
            for (cisup_index b = 0; b < q; b++) {
                const cisup_index ab = ring.times[a * q + b];
                assert_int_equal(ab, ring.times[b * q + a]);
                assert_int_equal(ring.times[ab * q + 3],
                                 ring.times[a * q + ring.times[b * q + 3]]);
                assert_true(ab != 0 || a == 0 || b == 0);
            }
        cisup_ring_free(&ring);
    }
}

static void a_ring_that_is_not_there_is_refused(void **state) {
    (void)state;
    const cisup_index row[][2] = {{0, 1},
                                  {-3, 1},
                                  {12, 4},
                                  {7, 0},
                                  {6, 3},
                                  {INT64_MAX, 1},
                                  {INT64_C(2147483648), 2}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_ring ring;
        assert_int_equal(cisup_ring_init(&ring, row[k][0], row[k][1], NULL),
                         CISUP_EINVAL);
        assert_null(ring.times);
    }
}

static cisup_status init_and_free(void *context) {
    (void)context;
    cisup_ring ring;
    const cisup_status status = cisup_ring_init(&ring, 144, 9, NULL);
    cisup_ring_free(&ring);
    return status;
}

static void init_survives_every_allocation_failure(void **state) {
    (void)state;
    assert_int_equal(check_every_allocation(init_and_free, NULL), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_capacity_is_the_smallest_prime_power_factor),
        cmocka_unit_test(a_number_is_the_product_of_its_prime_powers),
        cmocka_unit_test(the_elements_of_every_ring_differ_by_units),
        cmocka_unit_test(a_whole_field_multiplies),
        cmocka_unit_test(a_ring_that_is_not_there_is_refused),
        cmocka_unit_test(init_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
