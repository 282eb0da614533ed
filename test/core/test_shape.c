/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/shape.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static cisup_shape some_shape(void) {
    return (cisup_shape){.D = 103, .d = 4, .T = 31, .S = 5, .z = 3, .L = 7};
}

static cisup_status checked(cisup_shape s, cisup_error *err) {
    *err = (cisup_error){0};
    return cisup_shape_check(&s, err);
}

static void a_block_has_the_floor_of_D_over_d_neurons(void **state) {
    (void)state;
    cisup_shape s = some_shape();
    s.N = -1;
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, 25); /* 103 = 25 * 4 + 3: three neurons stay unused */
    s.D = 100;
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, 25);
    s.D = 99;
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, 24);
}

static void every_size_may_be_one(void **state) {
    (void)state;
    cisup_shape s = {.D = 1, .d = 1, .T = 1, .S = 1, .z = 1, .L = 1};
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, 1);
}

static void sizes_may_reach_their_limits(void **state) {
    (void)state;
    cisup_shape s = {.D = 9, .d = 3, .T = 2, .S = 3, .z = 2, .L = 1};
    CHECK_OK(cisup_shape_check(&s, &error_)); /* D = d N, S = N, z = T */
    assert_int_equal(s.N, 3);
    s = (cisup_shape){.D = INT32_MAX, .d = 1, .T = 1, .S = 1, .z = 1, .L = 1};
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, INT32_MAX);
}

static void blocks_fill_the_network_up_to_a_rest_below_d(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    for (int k = 0; k < 1000; k++) {
        const cisup_index d = check_between(&rng, 1, 40);
        cisup_shape s = {.D = check_between(&rng, d, 4000), .d = d, .L = 1};
        s.T = check_between(&rng, 1, 1000);
        s.z = check_between(&rng, 1, s.T);
        s.S = check_between(&rng, 1, s.D / d);
        CHECK_OK(cisup_shape_check(&s, &error_));
        assert_true(s.N * d <= s.D && s.D < (s.N + 1) * d);
    }
}

static void a_size_below_one_is_named(void **state) {
    (void)state;
    static const char *const name[] = {"D", "d", "T", "S", "z", "L"};
    static const cisup_index wrong[] = {0, -1, -2385, INT64_MIN};
    for (size_t k = 0; k < COUNT(name); k++)
        for (size_t j = 0; j < COUNT(wrong); j++) {
            cisup_shape s = some_shape();
            cisup_index *const size[] = {&s.D, &s.d, &s.T, &s.S, &s.z, &s.L};
            *size[k] = wrong[j];
            char want[60];
            (void)snprintf(want, sizeof want, "%s = %" PRId64 " ", name[k], wrong[j]);
            cisup_error err;
            assert_int_equal(checked(s, &err), CISUP_EINVAL);
            assert_int_equal(err.code, CISUP_EINVAL);
            if (strncmp(err.text, want, strlen(want)) != 0)
                fail_msg("%s does not begin with %s", err.text, want);
            assert_int_equal(cisup_shape_check(&s, NULL), CISUP_EINVAL);
        }
}

/* The text holds both sizes that do not go together. */
static void check_refused(cisup_shape s, const char *first, const char *second) {
    cisup_error err;
    assert_int_equal(checked(s, &err), CISUP_EINVAL);
    if (!strstr(err.text, first) || !strstr(err.text, second))
        fail_msg("neither %s nor %s may be missing in: %s", first, second, err.text);
}

static void a_network_narrower_than_a_circuit_is_refused(void **state) {
    (void)state;
    cisup_shape s = some_shape();
    s.D = 3;
    check_refused(s, "D = 3", "d = 4");
    s.D = 4;
    s.S = 1;
    CHECK_OK(cisup_shape_check(&s, &error_));
}

static void a_redundancy_above_N_is_refused(void **state) {
    (void)state;
    cisup_shape s = some_shape();
    s.S = 26;
    check_refused(s, "S = 26", "= 25");
    s.S = 25;
    CHECK_OK(cisup_shape_check(&s, &error_));
}

static void more_active_circuits_than_circuits_are_refused(void **state) {
    (void)state;
    cisup_shape s = some_shape();
    s.z = 32;
    check_refused(s, "z = 32", "T = 31");
    s.z = 31;
    CHECK_OK(cisup_shape_check(&s, &error_));
}

static void more_neurons_than_a_slot_can_number_are_refused(void **state) {
    (void)state;
    cisup_shape s = some_shape();
    s.D = ((cisup_index)INT32_MAX + 1) * s.d;
    check_refused(s, "2147483648", "2147483647");
    s.D--; /* N = 2^31 - 1, three neurons over */
    CHECK_OK(cisup_shape_check(&s, &error_));
    assert_int_equal(s.N, INT32_MAX);
    s.D = INT64_MAX;
    check_refused(s, "2305843009213693951", "2147483647");
}

/* Each pair of shapes differs in one size: the first fits, the second has a product
 * at or above 2^63. */
static void a_product_beyond_64_bits_is_out_of_memory(void **state) {
    (void)state;
    const cisup_index one = 1;
    const struct {
        cisup_shape fits, over;
        const char *text;
    } cases[] = {
        /* T S */
        {{.D = 3, .d = 1, .T = one << 60, .S = 2, .z = 1, .L = 1},
         {.D = 3, .d = 1, .T = one << 62, .S = 2, .z = 1, .L = 1},
         "T = 4611686018427387904"},
        /* d^2 */
        {{.D = 3037000499, .d = 3037000499, .T = 1, .S = 1, .z = 1, .L = 1},
         {.D = 3037000500, .d = 3037000500, .T = 1, .S = 1, .z = 1, .L = 1},
         "d = 3037000500"},
        /* d^2 T */
        {{.D = 1 << 20, .d = 1 << 20, .T = (one << 23) - 1, .S = 1, .z = 1, .L = 1},
         {.D = 1 << 20, .d = 1 << 20, .T = one << 23, .S = 1, .z = 1, .L = 1},
         "T = 8388608"},
        /* d^2 T L */
        {{.D = 4, .d = 4, .T = 1 << 19, .S = 1, .z = 1, .L = (one << 40) - 1},
         {.D = 4, .d = 4, .T = 1 << 19, .S = 1, .z = 1, .L = one << 40},
         "L = 1099511627776"},
        /* d^2 T S^2 = 2^2 2^53 S^2: S^2 < 2^8 */
        {{.D = 64, .d = 2, .T = one << 53, .S = 15, .z = 1, .L = 1},
         {.D = 64, .d = 2, .T = one << 53, .S = 16, .z = 1, .L = 1},
         "S = 16"},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        cisup_error err;
        assert_int_equal(checked(cases[k].fits, &err), CISUP_OK);
        assert_int_equal(checked(cases[k].over, &err), CISUP_ENOMEM);
        if (!strstr(err.text, cases[k].text))
            fail_msg("%s is missing in: %s", cases[k].text, err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_the_floor_of_D_over_d_neurons),
        cmocka_unit_test(every_size_may_be_one),
        cmocka_unit_test(sizes_may_reach_their_limits),
        cmocka_unit_test(blocks_fill_the_network_up_to_a_rest_below_d),
        cmocka_unit_test(a_size_below_one_is_named),
        cmocka_unit_test(a_network_narrower_than_a_circuit_is_refused),
        cmocka_unit_test(a_redundancy_above_N_is_refused),
        cmocka_unit_test(more_active_circuits_than_circuits_are_refused),
        cmocka_unit_test(more_neurons_than_a_slot_can_number_are_refused),
        cmocka_unit_test(a_product_beyond_64_bits_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
