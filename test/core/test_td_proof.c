/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypotheses hold for what is planned and fail for what is spoiled. */
#include "common/check.h"

#include <cisup/core/proof/td_proof.h>

static cisup_implicit planned(cisup_index N, cisup_index S) {
    cisup_implicit m;
    CHECK_OK(cisup_implicit_init(&m, N, S, CISUP_GROUPS_SHARE_POINT, &error_));
    return m;
}

static void planned_allocations_are_proved(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 20; S++)
        for (cisup_index N = S; N < 3000; N += 1 + N / 4) {
            cisup_implicit m = planned(N, S);
            if (m.T_max > 0) assert_true(cisup_td_verify(&m, m.T_max).holds);
            assert_false(cisup_td_verify(&m, m.T_max + 1).holds);
            assert_false(cisup_td_verify(&m, 0).holds);
            cisup_implicit_free(&m);
        }
}

/* One word of the plan changed, and what is then said of it. */
static void every_hypothesis_can_fail(void **state) {
    (void)state;
    cisup_implicit m = planned(1000, 6); /* q = 163, 22 left over, one of them shared */
    cisup_implicit_level *const v = m.level;
    assert_true(v[0].shared == 1 && v[0].joining > 0 && m.depth >= 2);
    cisup_td_proof p;
#define SPOILED(field, value, verdict)                                                   \
    do {                                                                                 \
        const cisup_index kept = (field);                                                \
        (field) = (value);                                                               \
        p = cisup_td_verify(&m, 100);                                                    \
        (field) = kept;                                                                  \
        assert_false(p.holds);                                                           \
        assert_false(verdict);                                                           \
    } while (0)
    SPOILED(v[0].lines.m, 3 * v[0].lines.m, p.level[0].units);
    SPOILED(v[0].lines.m, v[0].lines.m + 2, p.level[0].lines);
    SPOILED(v[0].step, v[0].lines.q, p.level[0].lines);
    SPOILED(v[0].joining, v[0].d, p.level[0].injects);
    SPOILED(v[0].shared, 2, p.level[0].injects);
    SPOILED(v[1].n, v[1].n + 1, p.level[0].is_inner);
    SPOILED(v[1].first, v[1].first - 1, p.level[0].is_inner);
    SPOILED(v[1].copies, v[1].copies + 1, p.level[0].is_inner);
    SPOILED(m.last_blocks, m.S + 2, p.last_fits);
#undef SPOILED
    assert_true(cisup_td_verify(&m, 100).holds);
    cisup_implicit_free(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned_allocations_are_proved),
        cmocka_unit_test(every_hypothesis_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
