/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypotheses hold for what is planned and fail for what is spoiled; a sample sees
 * what breaks the property. */
#include "check.h"

#include <cisup/core/td_proof.h>

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

static void samples_of_sound_allocations_hold(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 9; S++) {
        cisup_implicit m = planned(40 * S + 3, S);
        cisup_overlap_sample_report r;
        CHECK_OK(cisup_overlap_sample(&m, m.T_max, 30, 7, &r, &error_));
        assert_true(r.holds && r.sampled == 30 && r.met > 0.0);
        CHECK_NEAR(pow(1.0 - r.violating_below, 30.0), 0.05, 1e-12);
        CHECK_OK(cisup_overlap_sample(&m, 1, 2, 7, &r, &error_));
        assert_true(r.holds && r.met == 0.0); /* a single circuit meets nobody */
        cisup_implicit_free(&m);
    }
}

/* With a step that is no unit slopes repeat: circuits come twice. */
static void a_sample_finds_circuits_that_come_twice(void **state) {
    (void)state;
    cisup_implicit m = planned(410, 10);
    const cisup_index q = m.level[0].lines.q;
    m.level[0].step = q;
    cisup_overlap_sample_report r;
    CHECK_OK(cisup_overlap_sample(&m, q * q, 5, 1, &r, &error_));
    assert_true(!r.holds && r.sampled == 1 && isnan(r.violating_below));
    int32_t row[2][10];
    for (int k = 0; k < 2; k++) {
        cisup_implicit_row(&m, r.witness_circuits[k], row[k]);
        for (int j = 0; j < 2; j++) {
            int holds = 0;
            for (int i = 0; i < 10; i++) holds |= row[k][i] == r.witness_neurons[j];
            assert_true(holds);
        }
    }
    assert_true(r.witness_circuits[0] != r.witness_circuits[1]);
    cisup_implicit_free(&m);
}

static cisup_status sample_only(void *context) {
    cisup_overlap_sample_report r;
    return cisup_overlap_sample(context, 100, 2, 1, &r, NULL);
}

static void bad_samples_are_refused(void **state) {
    (void)state;
    cisup_implicit m = planned(100, 4);
    cisup_overlap_sample_report r;
    assert_int_equal(cisup_overlap_sample(&m, 10, 0, 1, &r, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_overlap_sample(&m, 0, 1, 1, &r, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_overlap_sample(&m, m.T_max + 1, 1, 1, &r, NULL), CISUP_EINVAL);
    assert_true(check_every_allocation(sample_only, &m) >= 2);
    cisup_implicit_free(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned_allocations_are_proved),
        cmocka_unit_test(every_hypothesis_can_fail),
        cmocka_unit_test(samples_of_sound_allocations_hold),
        cmocka_unit_test(a_sample_finds_circuits_that_come_twice),
        cmocka_unit_test(bad_samples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
