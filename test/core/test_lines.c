/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/computed/flint_fields.h>
#include <cisup/core/computed/lines.h>

/* --- fields -------------------------------------------------------------------- */

static uint64_t packed(const cisup_small_field *f, uint32_t v) {
    uint32_t part[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, v, part);
    return cisup_small_field_pack(f, part);
}

static uint32_t product(const cisup_small_field *f, int64_t x, uint32_t v) {
    uint32_t part[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, v, part);
    return cisup_small_field_unpack(f, cisup_small_field_times(f, x, part));
}

/* Digit by digit in base p. */
static uint32_t naive_sum(const cisup_small_field *f, uint32_t a, uint32_t b) {
    const uint32_t p = (uint32_t)f->p;
    uint32_t sum = 0, unit = 1;
    for (int j = 0; j < f->e; j++, unit *= p, a /= p, b /= p)
        sum += (a % p + b % p) % p * unit;
    return sum;
}

static void check_elements(const cisup_small_field *f, uint32_t a, uint32_t b) {
    const uint64_t sum = cisup_small_field_add(f, packed(f, a), packed(f, b));
    assert_int_equal(cisup_small_field_unpack(f, packed(f, a)), a);
    assert_int_equal(cisup_small_field_unpack(f, sum), naive_sum(f, a, b));
    assert_int_equal(cisup_small_field_subtract(f, sum, packed(f, b)), packed(f, a));
    for (int64_t x = 0; x <= f->most; x += 1 + f->most / 7)
        assert_int_equal(product(f, x, naive_sum(f, a, b)),
                         naive_sum(f, product(f, x, a), product(f, x, b)));
}

/* Sums are digit sums, products distribute over them, 1 is neutral, x v = v x, no
 * product of nonzero elements is 0, and (x y) v = x (y v). */
static void check_field(int32_t p, int32_t e, int32_t most) {
    cisup_small_field f;
    CHECK_OK(cisup_small_field_init(&f, p, e, most, &error_));
    cisup_rng rng = check_rng(p * 100 + e);
    for (int k = 0; k < 200; k++)
        check_elements(&f, (uint32_t)check_between(&rng, 0, f.q - 1),
                       (uint32_t)check_between(&rng, 0, f.q - 1));
    for (int32_t x = 0; x <= most; x++) {
        assert_int_equal(product(&f, x, 1), x);
        for (int32_t y = 0; y <= most; y++)
            assert_int_equal(product(&f, x, (uint32_t)y), product(&f, y, (uint32_t)x));
    }
    for (int32_t x = 1; x <= most; x++)
        for (int32_t v = 1; v < f.q && v < 3000; v++)
            assert_int_not_equal(product(&f, x, (uint32_t)v), 0);
    for (int32_t x = 1; x <= most; x++)
        for (uint32_t y = 1; y <= (uint32_t)most; y++) {
            const uint32_t xy = product(&f, x, y);
            if (xy <= (uint32_t)most)
                assert_int_equal(product(&f, xy, 7 % (uint32_t)f.q),
                                 product(&f, x, product(&f, y, 7 % (uint32_t)f.q)));
        }
    cisup_small_field_free(&f);
    cisup_small_field_free(&f);
}

static void small_fields_obey_the_laws(void **state) {
    (void)state;
    static const int32_t cases[][3] = {
        {2, 1, 1},  {2, 2, 3},   {2, 6, 63},  {2, 11, 40}, {2, 13, 64}, {3, 1, 2},
        {3, 2, 8},  {3, 4, 80},  {3, 7, 30},  {3, 12, 10}, {5, 2, 24},  {5, 5, 16},
        {7, 3, 60}, {11, 2, 16}, {13, 2, 16}, {13, 3, 16}, {61, 3, 64}, {127, 1, 126},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        check_field(cases[k][0], cases[k][1], cases[k][2]);
}

static void wrong_fields_are_refused(void **state) {
    (void)state;
    cisup_small_field f;
    assert_int_equal(cisup_small_field_init(&f, 1, 2, 1, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_small_field_init(&f, 3, 0, 1, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_small_field_init(&f, 3, 2, 9, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_small_field_init(&f, 3, 2, 0, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_small_field_init(&f, 2, 31, 1, NULL), CISUP_EINVAL);
    assert_null(f.times);
}

/* --- lines --------------------------------------------------------------------- */

/* Any two points of different groups are on exactly one line. */
static void check_design(cisup_index q, cisup_index S) {
    cisup_lines lines;
    CHECK_OK(cisup_lines_init(&lines, q, S, &error_));
    char *met;
    CHECK_OK(cisup_new(&met, q * q, 1, &error_));
    for (cisup_index i = 0; i <= S; i++)
        for (cisup_index j = 0; j < i; j++) {
            memset(met, 0, (size_t)(q * q));
            for (cisup_index a = 0; a < q; a++)
                for (cisup_index b = 0; b < q; b++) {
                    const cisup_index x = cisup_lines_point(&lines, i, a, b);
                    const cisup_index y = cisup_lines_point(&lines, j, a, b);
                    assert_false(met[x * q + y]++);
                    assert_int_equal(cisup_lines_through(&lines, i, x, b), a);
                }
        }
    int32_t row[64];
    for (cisup_index a = 0; a < q; a++) {
        cisup_lines_points(&lines, a, q - 1 - a, row);
        for (cisup_index i = 0; i < S; i++)
            assert_int_equal(row[i], cisup_lines_point(&lines, i, a, q - 1 - a));
    }
    cisup_release(met);
    cisup_lines_free(&lines);
}

static void every_pair_of_points_is_on_one_line(void **state) {
    (void)state;
    check_design(3, 2);
    check_design(4, 3);
    check_design(7, 6);
    check_design(36, 3);
    check_design(45, 4);
    check_design(64, 2);
    check_design(72, 7);
    check_design(77, 6);
    check_design(125, 4);
    check_design(128, 5);
}

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
        assert_int_equal(cisup_lines_capacity(row[k][0]), row[k][1]);
    assert_int_equal(cisup_lines_capacity(1), INT64_MAX);
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

/* Translations are sums, and those by one y after another the sum of both. */
static void check_translations(cisup_index q, cisup_index S) {
    cisup_lines lines;
    int32_t sum[200], again[200];
    CHECK_OK(cisup_lines_init(&lines, q, S, &error_));
    for (cisup_index y = 0; y < q; y++) {
        cisup_lines_translate(&lines, y, sum);
        cisup_lines_translate(&lines, q - 1 - y, again);
        for (cisup_index a = 0; a < q; a++) {
            assert_int_equal(sum[a], cisup_lines_point(&lines, 1, a, y));
            assert_int_equal(again[sum[a]], sum[again[a]]);
        }
    }
    for (cisup_index i = 0; i <= S; i++) /* x_1 = 1 */
        assert_int_equal(cisup_lines_point(&lines, 1, 0, i < q ? i : 0), i < q ? i : 0);
    cisup_lines_free(&lines);
}

static void translations_are_sums(void **state) {
    (void)state;
    for (cisup_index q = 2; q < 130; q += q < 50 ? 1 : 7) {
        const cisup_index most = cisup_lines_capacity(q) - 1;
        check_translations(q, most < 6 ? most : 6);
        check_translations(q, 1);
    }
    check_translations(144, 8);
    check_translations(128, 127);
}

/* With an x_i for each element: products commute and associate, 1 is neutral, and there
 * are no divisors of zero. */
static void a_whole_field_multiplies(void **state) {
    (void)state;
    const cisup_index order[] = {2, 4, 5, 8, 9, 25, 32, 49, 64, 81, 128};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        const cisup_index q = order[k];
        cisup_lines f;
        CHECK_OK(cisup_lines_init(&f, q, q - 1, &error_));
        assert_int_equal(cisup_lines_one(&f), 1);
        for (cisup_index a = 0; a < q; a++)
            for (cisup_index b = 0; b < q; b++) {
                const cisup_index ab = cisup_lines_point(&f, a, 0, b), c = 3 % q;
                assert_int_equal(ab, cisup_lines_point(&f, b, 0, a));
                assert_int_equal(
                    cisup_lines_point(&f, ab, 0, c),
                    cisup_lines_point(&f, a, 0, cisup_lines_point(&f, b, 0, c)));
                assert_true(ab != 0 || a == 0 || b == 0);
            }
        cisup_lines_free(&f);
    }
}

/* The 1 of a product of rings: x_i 1 = x_i, for which x_i b = x_j b has one solution. */
static void one_is_neutral(void **state) {
    (void)state;
    /* the digit 1 in each factor: 8 x 9, 4 x 9, Z_77, none, 8 x 25, Z_11 x 8 x 9 */
    const cisup_index row[][3] = {{72, 7, 9}, {36, 3, 5},  {77, 6, 1},
                                  {1, 4, 0},  {200, 6, 9}, {792, 7, 1 + 11 + 88}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_lines f;
        CHECK_OK(cisup_lines_init(&f, row[k][0], row[k][1], &error_));
        const cisup_index one = cisup_lines_one(&f);
        assert_int_equal(one, row[k][2]);
        for (cisup_index b = 0; b < f.q; b++)
            assert_int_equal(cisup_lines_point(&f, 1, 0, b), b);
        assert_int_equal(cisup_lines_point(&f, 1, 0, one), one);
        for (cisup_index i = 0; i <= f.S; i++) { /* (x_i 1) 1 = x_i 1 */
            const cisup_index x = cisup_lines_point(&f, i, 0, one);
            assert_int_equal(cisup_lines_through(&f, i, x, one), 0);
            for (cisup_index j = 0; j < i && f.q > 1; j++)
                assert_true(x != cisup_lines_point(&f, j, 0, one));
        }
        cisup_lines_free(&f);
    }
}

static void usable_numbers_have_prime_powers_above_S(void **state) {
    (void)state;
    assert_true(cisup_lines_usable(41, 6) && !cisup_lines_usable(40, 6));
    assert_true(cisup_lines_usable(72, 7) && !cisup_lines_usable(72, 8));
    assert_true(cisup_lines_usable(77, 6) && !cisup_lines_usable(77, 7));
    assert_false(cisup_lines_usable(6, 6) || cisup_lines_usable(0, 1));
    assert_int_equal(cisup_lines_largest(39, 16), 37);
    assert_int_equal(cisup_lines_largest(16, 16), 0);
    cisup_lines lines;
    cisup_error err;
    assert_int_equal(cisup_lines_init(&lines, 40, 6, &err), CISUP_EINVAL);
    assert_int_equal(cisup_lines_init(&lines, 41, 0, &err), CISUP_EINVAL);
    assert_int_equal(cisup_lines_init(&lines, INT64_C(1) << 31, 3, &err), CISUP_EINVAL);
    assert_int_equal(lines.q, 0);
}

static cisup_status make_and_free(void *context) {
    (void)context;
    cisup_lines lines;
    const cisup_status status = cisup_lines_init(&lines, 72, 7, NULL);
    if (status != CISUP_OK) assert_int_equal(lines.fields, 0);
    cisup_lines_free(&lines);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    assert_int_equal(check_every_allocation(make_and_free, NULL), 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_fields_obey_the_laws),
        cmocka_unit_test(wrong_fields_are_refused),
        cmocka_unit_test(every_pair_of_points_is_on_one_line),
        cmocka_unit_test(the_capacity_is_the_smallest_prime_power_factor),
        cmocka_unit_test(a_number_is_the_product_of_its_prime_powers),
        cmocka_unit_test(translations_are_sums),
        cmocka_unit_test(a_whole_field_multiplies),
        cmocka_unit_test(one_is_neutral),
        cmocka_unit_test(usable_numbers_have_prime_powers_above_S),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
