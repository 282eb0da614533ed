/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/ranking.h>

static int ascending(const void *left, const void *right) {
    return cisup_ranked_is_worse(right, left) - cisup_ranked_is_worse(left, right);
}

/* The list holds the first of all sorted, however they come. */
static void rankings_are_the_head_of_all_sorted(void **state) {
    (void)state;
    for (int number = 0; number < 20; number++) {
        cisup_rng rng = check_rng(number);
        cisup_ranked all[30], list[30];
        const cisup_index most = check_between(&rng, 0, 30);
        cisup_index count = 0;
        for (int k = 0; k < 30; k++) {
            const double mse = (double)cisup_rng_below(&rng, 12) / 8.0; /* many alike */
            all[k] = (cisup_ranked){.network = k % 3,
                                    .circuit = k / 3,
                                    .mse = mse == 1.0 ? (double)NAN : mse};
            cisup_ranking_insert(list, &count, most, &all[k]);
        }
        assert_int_equal(count, most);
        qsort(all, 30, sizeof *all, ascending);
        for (cisup_index k = 0; k < most; k++) {
            assert_int_equal(list[k].network, all[k].network);
            assert_int_equal(list[k].circuit, all[k].circuit);
        }
    }
}

static void worse_is_larger_then_earlier(void **state) {
    (void)state;
    const cisup_ranked x = {.network = 1, .circuit = 2, .mse = 2.385};
    cisup_ranked y = x;
    assert_false(cisup_ranked_is_worse(&x, &y));
    y.mse = 2.5;
    assert_true(cisup_ranked_is_worse(&y, &x) && !cisup_ranked_is_worse(&x, &y));
    y = (cisup_ranked){.network = 0, .circuit = 7, .mse = 2.385};
    assert_true(cisup_ranked_is_worse(&y, &x) && !cisup_ranked_is_worse(&x, &y));
    y = (cisup_ranked){.network = 1, .circuit = 1, .mse = 2.385};
    assert_true(cisup_ranked_is_worse(&y, &x) && !cisup_ranked_is_worse(&x, &y));
    y = (cisup_ranked){.network = 9, .circuit = 9, .mse = (double)NAN};
    assert_true(cisup_ranked_is_worse(&y, &x) && !cisup_ranked_is_worse(&x, &y));
}

/* Three circuits over 10 samples: never, always and 4 times active. */
static void means_are_over_the_samples_of_a_state(void **state) {
    (void)state;
    const double sum[9] = {0, 30, 6, 5, 0, 9, 0, 10, 4};
    const cisup_index number[3] = {4, 5, 8};
    cisup_ranked list[2];
    cisup_ranking_take(list, 2, 6, 3, number, sum, 10);
    assert_int_equal(list[0].circuit, 5);
    assert_int_equal(list[0].network, 6);
    assert_int_equal(list[0].active, 10);
    CHECK_NEAR(list[0].mse, 3.0, 0.0);
    CHECK_NEAR(list[0].mse_active, 3.0, 0.0);
    CHECK_NEAR(list[0].mse_inactive, (double)NAN, 0.0);
    assert_int_equal(list[1].circuit, 8);
    CHECK_NEAR(list[1].mse, 1.5, 0.0);
    CHECK_NEAR(list[1].mse_active, 1.5, 0.0);
    CHECK_NEAR(list[1].mse_inactive, 1.5, 0.0);
    cisup_ranking_take(list, 1, 0, 3, NULL, sum, 10);
    assert_int_equal(list[0].circuit, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rankings_are_the_head_of_all_sorted),
        cmocka_unit_test(worse_is_larger_then_earlier),
        cmocka_unit_test(means_are_over_the_samples_of_a_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
