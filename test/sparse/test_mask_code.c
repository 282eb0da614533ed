/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes of masks: that no word lies in the union of z others follows from what two share,
 * which is counted; for few words all unions are tried, too. */
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/sparse/network/mask_code.h>

#include <string.h>

static cisup_mask_code planned(cisup_index points, cisup_index active) {
    cisup_mask_code code;
    CHECK_OK(cisup_mask_code_plan(&code, points, active, &error_));
    return code;
}

static int32_t *words_of(const cisup_mask_code *code) {
    int32_t *word;
    CHECK_OK(cisup_mask_code_words(code, &word, &error_));
    return word;
}

static cisup_index common_bits(const int32_t *a, const int32_t *b, cisup_index w) {
    cisup_index both = 0;
    for (cisup_index k = 0; k < w * w; k++) both += a[k / w] == b[k % w];
    return both;
}

static void two_words_share_as_few_bits_as_promised(void **state) {
    (void)state;
    static const cisup_index points[] = {1, 2, 3, 7, 10, 47, 61, 100, 333, 600};
    int kinds[4] = {0};
    for (cisup_index z = 1; z <= 5; z++)
        for (int k = 0; k < 10; k++) {
            const cisup_mask_code code = planned(points[k], z);
            const cisup_index w = code.weight, n = code.points;
            int32_t *word = words_of(&code);
            assert_true(code.bits <= n && w >= 1);
            assert_true(z * code.shared < w);
            assert_true((double)w <= cisup_mask_code_weight_bound(n, z));
            for (cisup_index y = 0; y < n; y++) {
                for (cisup_index e = 0; e < w; e++)
                    assert_true(word[y * w + e] < code.bits &&
                                word[y * w + e] > (e ? word[y * w + e - 1] : -1));
                for (cisup_index x = 0; x < y; x++)
                    assert_true(common_bits(word + x * w, word + y * w, w) <=
                                code.shared);
            }
            kinds[code.kind]++;
            cisup_release(word);
        }
    for (int kind = 0; kind < 4; kind++) assert_true(kinds[kind] > 0);
}

/* Whether word y lies in the union of words a and b. */
static int is_covered(const int32_t *word, cisup_index w, cisup_index y, cisup_index a,
                      cisup_index b) {
    cisup_index missing = w;
    for (cisup_index e = 0; e < w; e++) {
        const int32_t bit = word[y * w + e];
        int has = 0;
        for (cisup_index f = 0; f < w; f++)
            has |= word[a * w + f] == bit || word[b * w + f] == bit;
        missing -= has;
    }
    return missing == 0;
}

static void no_word_lies_in_the_union_of_two(void **state) {
    (void)state;
    static const cisup_index points[] = {5, 10, 47, 100};
    for (int k = 0; k < 4; k++) {
        const cisup_mask_code code = planned(points[k], 2);
        int32_t *word = words_of(&code);
        for (cisup_index y = 0; y < code.points; y++)
            for (cisup_index a = 0; a < code.points; a++)
                for (cisup_index b = a; b < code.points; b++)
                    assert_true(is_covered(word, code.weight, y, a, b) ==
                                (y == a || y == b));
        cisup_release(word);
    }
}

/* C(v, v/2) by hand; packings: STS(19) has 57 blocks, the best known on 18 points 48; 4
 * of 25 points: 50 blocks, and 3 * 5^2 lines are fewer bits than 61 whole ones; 7 values
 * of polynomials of degree 3 modulo 7. */
static void sizes_are_those_of_the_constructions(void **state) {
    (void)state;
    static const struct {
        cisup_index points, active, bits, weight;
        cisup_mask_code_kind kind;
    } known[] = {
        {3, 1, 3, 1, CISUP_CODE_WHOLE},
        {10, 1, 5, 3, CISUP_CODE_SUBSETS},
        {11, 1, 6, 3, CISUP_CODE_SUBSETS},
        {70, 1, 8, 4, CISUP_CODE_SUBSETS},
        {71, 1, 9, 5, CISUP_CODE_SUBSETS},
        {48, 2, 18, 3, CISUP_CODE_PACKING},
        {57, 2, 19, 3, CISUP_CODE_PACKING},
        {125, 2, 25, 5, CISUP_CODE_POLYNOMIALS},
        {1231, 2, 49, 7, CISUP_CODE_POLYNOMIALS},
        {2401, 2, 49, 7, CISUP_CODE_POLYNOMIALS},
        {1331, 3, 77, 7, CISUP_CODE_POLYNOMIALS},
        {10, 3, 10, 1, CISUP_CODE_WHOLE},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const cisup_mask_code code = planned(known[k].points, known[k].active);
        assert_int_equal(code.bits, known[k].bits);
        assert_int_equal(code.weight, known[k].weight);
        assert_int_equal(code.kind, known[k].kind);
    }
}

/* Widths that grow with N rest on it (carried_width.h). */
static void bits_do_not_fall_with_the_points(void **state) {
    (void)state;
    for (cisup_index z = 1; z <= 4; z++) {
        cisup_index before = 0;
        for (cisup_index n = 1; n <= 130; n++) {
            const cisup_index bits = planned(n, z).bits;
            assert_true(bits >= before);
            before = bits;
        }
    }
}

static void large_ones_are_planned_and_bad_ones_refused(void **state) {
    (void)state;
    cisup_mask_code code = planned(INT32_MAX, 1);
    assert_int_equal(code.bits, 34); /* C(34, 17) = 2333606220 */
    code = planned(INT32_MAX, 3);
    assert_true(code.bits < 1000);
    code = planned(INT32_MAX, INT32_MAX - 1);
    assert_int_equal(code.bits, INT32_MAX);
    static const cisup_index bad[][2] = {{0, 1}, {1, 0}, {INT64_C(1) << 31, 1}};
    for (int k = 0; k < 3; k++) {
        cisup_error err = {0};
        assert_int_equal(cisup_mask_code_plan(&code, bad[k][0], bad[k][1], &err),
                         CISUP_EINVAL);
        assert_int_equal(code.bits, 0);
        assert_non_null(strstr(err.text, "active circuits"));
    }
}

static cisup_status plan_and_make(void *context) {
    const cisup_index *points = context;
    cisup_mask_code code;
    int32_t *word = NULL;
    cisup_status status = cisup_mask_code_plan(&code, *points, 2, NULL);
    if (status == CISUP_OK) status = cisup_mask_code_words(&code, &word, NULL);
    cisup_release(word);
    return status;
}

static void they_fail_cleanly(void **state) {
    (void)state;
    cisup_index packing = 47, polynomials = 200;
    assert_true(check_every_allocation(plan_and_make, &packing) > 1);
    assert_true(check_every_allocation(plan_and_make, &polynomials) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_words_share_as_few_bits_as_promised),
        cmocka_unit_test(no_word_lies_in_the_union_of_two),
        cmocka_unit_test(sizes_are_those_of_the_constructions),
        cmocka_unit_test(bits_do_not_fall_with_the_points),
        cmocka_unit_test(large_ones_are_planned_and_bad_ones_refused),
        cmocka_unit_test(they_fail_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
