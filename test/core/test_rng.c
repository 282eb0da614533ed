/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

/* Philox4x64-10 with counter 0 and key 0: the first line for it in kat_vectors of
 * the Random123 distribution. Purpose 0 makes the whole counter zero. */
static void the_generator_is_philox4x64_10(void **state) {
    (void)state;
    static const uint64_t want[4] = {0x16554d9eca36314c, 0xdb20fe9d672d0fdc,
                                     0xd7e772cee186176b, 0x7e68b68aec7ba23b};
    cisup_rng rng;
    cisup_rng_init(&rng, 0, 0, 0, 0, 0);
    for (int k = 0; k < 4; k++) assert_int_equal(cisup_rng_next(&rng), want[k]);
}

static void every_part_of_the_address_changes_the_stream(void **state) {
    (void)state;
    uint64_t first[6];
    cisup_rng rng;
    for (int k = 0; k < 6; k++) {
        cisup_rng_init(&rng, 1 + (k == 1),
                       k == 2 ? CISUP_STREAM_INPUT : CISUP_STREAM_TEST, k == 3, k == 4,
                       k == 5);
        first[k] = cisup_rng_next(&rng);
        for (int j = 0; j < k; j++) assert_int_not_equal(first[j], first[k]);
    }
}

static void below_stays_below_and_reaches_all(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    int seen[7] = {0};
    for (int k = 0; k < 7000; k++) seen[cisup_rng_below(&rng, 7)]++;
    /* Binomial(7000, 1/7): mean 1000, sd 29.3; 6 sd, so false alarms are below 1e-8. */
    for (int k = 0; k < 7; k++) assert_in_range(seen[k], 1000 - 176, 1000 + 176);
    assert_int_equal(cisup_rng_below(&rng, 1), 0);
}

/* Of 2^64 words each of 3 2^62 numbers takes one, and 2^62 words are left over: the
 * numbers 3 m would take them all, and be half of what is drawn. */
static void below_a_number_near_2_64_is_uniform(void **state) {
    (void)state;
    const uint64_t third = UINT64_C(1) << 62;
    cisup_rng rng = check_rng(5);
    int seen[3] = {0};
    for (int k = 0; k < 12000; k++) {
        const uint64_t drawn = cisup_rng_below(&rng, 3 * third);
        assert_true(drawn < 3 * third);
        seen[drawn % 3]++;
    }
    /* Binomial(12000, 1/3): mean 4000, sd 51.6; 6 sd. */
    for (int k = 0; k < 3; k++) assert_in_range(seen[k], 4000 - 310, 4000 + 310);
}

static void subsets_are_distinct_sorted_and_uniform(void **state) {
    (void)state;
    enum { draws = 20000 };
    int seen[5][5] = {{0}};
    for (int k = 0; k < draws; k++) {
        cisup_rng rng;
        cisup_rng_init(&rng, 5, CISUP_STREAM_ACTIVE, 0, k, 2);
        cisup_index pair[2];
        cisup_rng_subset(&rng, 5, 2, pair);
        assert_true(0 <= pair[0] && pair[0] < pair[1] && pair[1] < 5);
        seen[pair[0]][pair[1]]++;
    }
    /* 10 pairs, 2000 each, sd 42.4; 6 sd. */
    for (int i = 0; i < 5; i++)
        for (int j = i + 1; j < 5; j++)
            assert_in_range(seen[i][j], 2000 - 255, 2000 + 255);
}

static void a_full_subset_is_everything(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    cisup_index all[31];
    cisup_rng_subset(&rng, 31, 31, all);
    for (cisup_index k = 0; k < 31; k++) assert_int_equal(all[k], k);
}

static void permutations_are_uniform(void **state) {
    (void)state;
    int seen[27] = {0};
    for (int k = 0; k < 12000; k++) {
        cisup_rng rng;
        cisup_rng_init(&rng, 6, CISUP_STREAM_PERMUTATION, k, 0, 2);
        cisup_index p[3];
        cisup_rng_permutation(&rng, 3, p);
        assert_int_equal(p[0] + p[1] + p[2], 3);
        seen[p[0] * 9 + p[1] * 3 + p[2]]++;
    }
    int kinds = 0;
    for (int k = 0; k < 27; k++) {
        if (!seen[k]) continue;
        kinds++;
        assert_in_range(seen[k], 2000 - 245, 2000 + 245); /* sd 40.8; 6 sd */
    }
    assert_int_equal(kinds, 6);
}

static void normals_have_mean_zero_and_variance_one(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    const int n = 100000;
    double sum = 0, square = 0, fourth = 0;
    for (int k = 0; k < n; k++) {
        const double x = cisup_rng_normal(&rng);
        sum += x;
        square += x * x;
        fourth += x * x * x * x;
    }
    /* Standard errors: 1, sqrt 2 and sqrt 96 over sqrt n; 6 of them. */
    CHECK_NEAR(sum / n, 0.0, 6.0 / sqrt(n));
    CHECK_NEAR(square / n, 1.0, 6.0 * sqrt(2.0 / n));
    CHECK_NEAR(fourth / n, 3.0, 6.0 * sqrt(96.0 / n));
}

static void sphere_points_have_length_one(void **state) {
    (void)state;
    cisup_rng rng = check_rng(4);
    for (cisup_index n = 1; n < 9; n++) {
        double x[9], square = 0;
        cisup_rng_sphere(&rng, n, x);
        for (cisup_index i = 0; i < n; i++) square += x[i] * x[i];
        CHECK_NEAR(square, 1.0, 4e-16 * (double)(n + 2)); /* n+2 roundings */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_is_philox4x64_10),
        cmocka_unit_test(every_part_of_the_address_changes_the_stream),
        cmocka_unit_test(below_stays_below_and_reaches_all),
        cmocka_unit_test(below_a_number_near_2_64_is_uniform),
        cmocka_unit_test(subsets_are_distinct_sorted_and_uniform),
        cmocka_unit_test(a_full_subset_is_everything),
        cmocka_unit_test(permutations_are_uniform),
        cmocka_unit_test(normals_have_mean_zero_and_variance_one),
        cmocka_unit_test(sphere_points_have_length_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
