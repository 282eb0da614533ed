/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <cisup/core/lines.h>

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
        cmocka_unit_test(usable_numbers_have_prime_powers_above_S),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
