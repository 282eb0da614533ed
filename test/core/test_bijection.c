/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/base/bijection.h>

static void images_are_a_permutation_and_inverses_undo_it(void **state) {
    (void)state;
    for (cisup_index T = 1; T <= 700; T += T < 40 ? 1 : 33) {
        cisup_bijection b;
        cisup_bijection_init(&b, T, 3, 1, T);
        char *seen;
        CHECK_OK(cisup_new(&seen, T, 1, &error_));
        for (cisup_index t = 0; t < T; t++) {
            const cisup_index image = cisup_bijection_apply(&b, t);
            assert_true(0 <= image && image < T && !seen[image]);
            seen[image] = 1;
            assert_int_equal(cisup_bijection_invert(&b, image), t);
        }
        cisup_release(seen);
    }
}

static void lists_are_permuted_alike(void **state) {
    (void)state;
    enum { COUNT = 37 };
    for (cisup_index T = 1; T < 2000; T = 3 * T + 1) {
        cisup_bijection b;
        cisup_index t[COUNT], image[COUNT];
        cisup_bijection_init(&b, T, 5, 0, 2);
        for (cisup_index k = 0; k < COUNT; k++) t[k] = 7 * k % T;
        cisup_bijection_apply_all(&b, COUNT, t, image);
        for (cisup_index k = 0; k < COUNT; k++)
            assert_int_equal(image[k], cisup_bijection_apply(&b, t[k]));
        cisup_bijection_invert_all(&b, COUNT, image, image);
        assert_memory_equal(image, t, sizeof t);
    }
}

static void huge_sets_are_permuted(void **state) {
    (void)state;
    const cisup_index size[] = {INT64_C(1) << 20, 250000000000, 111110931910000,
                                (INT64_C(1) << 62) - 1};
    cisup_rng rng = check_rng(1);
    for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
        cisup_bijection b;
        cisup_bijection_init(&b, size[k], 3, 1, 2);
        for (int turn = 0; turn < 20000; turn++) {
            const cisup_index t = (cisup_index)cisup_rng_below(&rng, (uint64_t)size[k]);
            const cisup_index image = cisup_bijection_apply(&b, t);
            assert_true(0 <= image && image < size[k]);
            assert_int_equal(cisup_bijection_invert(&b, image), t);
        }
    }
}

/* chi^2 of counts that should be alike, as a number of standard deviations. */
static double excess_of(const int *count, cisup_index cells, double mean) {
    double chi = 0.0;
    for (cisup_index k = 0; k < cells; k++)
        chi += ((double)count[k] - mean) * ((double)count[k] - mean) / mean;
    const double freedom = (double)(cells - 1);
    return (chi - freedom) / sqrt(2.0 * freedom);
}

/* Over many layers' keys, the images of one number, and the distances of the images of
 * two, fall everywhere alike. 4 standard deviations. */
static void images_are_uniform_over_keys(void **state) {
    (void)state;
    enum { T = 241, KEYS = 90000 };
    const cisup_index pairs[][2] = {{0, 1}, {0, 16}, {60, 240}};
    for (int k = 0; k < 3; k++) {
        int one[T] = {0}, distance[T - 1] = {0};
        for (cisup_index l = 0; l < KEYS; l++) {
            cisup_bijection b;
            cisup_bijection_init(&b, T, 11, 0, l);
            const cisup_index x = cisup_bijection_apply(&b, pairs[k][0]);
            const cisup_index y = cisup_bijection_apply(&b, pairs[k][1]);
            one[x]++;
            distance[(y - x + T) % T - 1]++;
        }
        assert_true(fabs(excess_of(one, T, (double)KEYS / T)) < 4.0);
        assert_true(fabs(excess_of(distance, T - 1, (double)KEYS / (T - 1))) < 4.0);
    }
}

/* One key, all numbers: 64 x 64 boxes of (t, image) of equal area. */
static void images_do_not_follow_their_numbers(void **state) {
    (void)state;
    enum { BOXES = 64 };
    const cisup_index T = INT64_C(1) << 21;
    static int count[BOXES * BOXES];
    cisup_bijection b;
    cisup_bijection_init(&b, T, 1, 0, 2);
    for (cisup_index t = 0; t < T; t++)
        count[t * BOXES / T * BOXES + cisup_bijection_apply(&b, t) * BOXES / T]++;
    assert_true(fabs(excess_of(count, BOXES * BOXES, (double)T / (BOXES * BOXES))) < 4.0);
}

static void seeds_networks_and_layers_have_their_own(void **state) {
    (void)state;
    cisup_bijection b[4];
    cisup_bijection_init(&b[0], 5000, 1, 0, 2);
    cisup_bijection_init(&b[1], 5000, 2, 0, 2);
    cisup_bijection_init(&b[2], 5000, 1, 1, 2);
    cisup_bijection_init(&b[3], 5000, 1, 0, 3);
    for (int k = 1; k < 4; k++) {
        int same = 0; /* expected: 1 */
        for (cisup_index t = 0; t < 5000; t++)
            same += cisup_bijection_apply(&b[0], t) == cisup_bijection_apply(&b[k], t);
        assert_true(same < 12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_a_permutation_and_inverses_undo_it),
        cmocka_unit_test(lists_are_permuted_alike),
        cmocka_unit_test(huge_sets_are_permuted),
        cmocka_unit_test(images_are_uniform_over_keys),
        cmocka_unit_test(images_do_not_follow_their_numbers),
        cmocka_unit_test(seeds_networks_and_layers_have_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
