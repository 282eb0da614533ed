/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sample of circuits against all others sees what breaks the property. */
#include "common/check.h"

#include <cisup/core/overlap_sample.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>

static cisup_incidence computed(cisup_index N, cisup_index S, cisup_index T,
                                cisup_scheme scheme) {
    cisup_incidence x;
    CHECK_OK(cisup_incidence_make(&x, N, S, T, scheme, &error_));
    return x;
}

static void samples_of_sound_allocations_hold(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 9; S++) {
        cisup_incidence x = computed(40 * S + 3, S, 100, CISUP_SCHEME_TD);
        cisup_overlap_sample_report r;
        CHECK_OK(cisup_overlap_sample(&x, 30, 7, &r, &error_));
        assert_true(r.holds && r.sampled == 30 && r.met > 0.0);
        CHECK_NEAR(pow(1.0 - r.violating_below, 30.0), 0.05, 1e-12);
        x.T = 1;
        CHECK_OK(cisup_overlap_sample(&x, 2, 7, &r, &error_));
        assert_true(r.holds && r.met == 0.0); /* a single circuit meets nobody */
        cisup_incidence_free(&x);
    }
}

/* With a step that is no unit slopes repeat: circuits come twice. */
static void a_sample_finds_circuits_that_come_twice(void **state) {
    (void)state;
    cisup_incidence x = computed(410, 10, 1000, CISUP_SCHEME_TD);
    cisup_implicit_level *level = &x.form->of.td.level[0];
    level->step = level->lines.q;
    x.T = level->lines.q * level->lines.q;
    cisup_overlap_sample_report r;
    CHECK_OK(cisup_overlap_sample(&x, 5, 1, &r, &error_));
    assert_true(!r.holds && r.sampled == 1 && isnan(r.violating_below));
    int32_t row[2][10];
    for (int k = 0; k < 2; k++) {
        cisup_incidence_row(&x, r.witness_circuits[k], row[k]);
        for (int j = 0; j < 2; j++) {
            int holds = 0;
            for (int i = 0; i < 10; i++) holds |= row[k][i] == r.witness_neurons[j];
            assert_true(holds);
        }
    }
    assert_true(r.witness_circuits[0] != r.witness_circuits[1]);
    cisup_incidence_free(&x);
}

static void every_scheme_is_sampled(void **state) {
    (void)state;
    const struct {
        cisup_scheme scheme;
        cisup_index N, S, T;
    } list[] = {{CISUP_SCHEME_PAIRS, 40, 2, 780},
                {CISUP_SCHEME_STS, 99, 3, 1617},
                {CISUP_SCHEME_AFFINE, 130, 5, 775},
                {CISUP_SCHEME_PROJECTIVE, 160, 6, 806},
                {CISUP_SCHEME_REF, 7, 1, 20}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        cisup_incidence x = computed(list[k].N, list[k].S, list[k].T, list[k].scheme);
        cisup_overlap_sample_report r;
        CHECK_OK(cisup_overlap_sample(&x, 50, 3, &r, &error_));
        assert_true(r.holds && r.sampled == 50);
        cisup_incidence_free(&x);
    }
}

/* A stored row that was copied: a sample of enough circuits meets it. */
static void a_sample_finds_a_copied_row(void **state) {
    (void)state;
    cisup_incidence td = computed(100, 5, 200, CISUP_SCHEME_TD), x;
    cisup_allocation a;
    CHECK_OK(cisup_incidence_store(&td, &a, &error_));
    memcpy(a.slot + 5 * 70, a.slot + 5 * 31, 5 * sizeof *a.slot);
    CHECK_OK(cisup_incidence_of(&x, &a, &error_));
    cisup_overlap_sample_report r;
    CHECK_OK(cisup_overlap_sample(&x, 2000, 1, &r, &error_));
    assert_false(r.holds);
    assert_int_equal(r.witness_circuits[0] + r.witness_circuits[1], 101);
    cisup_incidence_free(&x);
    cisup_incidence_free(&td);
    cisup_allocation_free(&a);
}

static cisup_status sample_only(void *context) {
    cisup_overlap_sample_report r;
    return cisup_overlap_sample(context, 2, 1, &r, NULL);
}

static void bad_samples_are_refused(void **state) {
    (void)state;
    cisup_incidence x = computed(100, 4, 100, CISUP_SCHEME_TD);
    cisup_overlap_sample_report r;
    assert_int_equal(cisup_overlap_sample(&x, 0, 1, &r, NULL), CISUP_EINVAL);
    assert_false(r.holds);
    assert_int_equal(check_every_allocation(sample_only, &x), 1); /* rows alone */
    cisup_incidence_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_sound_allocations_hold),
        cmocka_unit_test(a_sample_finds_circuits_that_come_twice),
        cmocka_unit_test(every_scheme_is_sampled),
        cmocka_unit_test(a_sample_finds_a_copied_row),
        cmocka_unit_test(bad_samples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
