/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What circuits of the built-in families are refused, and how they fail. */
#include "common/drawn.h"

static void check_refused(cisup_index T, cisup_index d, cisup_index L,
                          const cisup_family_options *o, cisup_status code,
                          const char *text) {
    cisup_circuits c = {.T = 99};
    cisup_error err = {0};
    assert_int_equal(cisup_circuits_make(&c, T, d, L, o, &err), code);
    if (!strstr(err.text, text)) fail_msg("'%s' lacks '%s'", err.text, text);
    assert_null(c.w);
    assert_int_equal(c.T, 0);
}

static void unsuitable_families_are_refused(void **state) {
    (void)state;
    cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    check_refused(0, 4, 1, &o, CISUP_EINVAL, "T = 0");
    check_refused(2, 4, 0, &o, CISUP_EINVAL, "L = 0");
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "rotation4: the width d = 3 must be 4");
    o.family = CISUP_ROTATION3;
    check_refused(2, 4, 1, &o, CISUP_EINVAL, "must be 3");
    o.family = CISUP_STEP2;
    check_refused(2, 1, 1, &o, CISUP_EINVAL, "must be 2");
    o.family = CISUP_GATE;
    check_refused(2, 2, 1, &o, CISUP_EINVAL, "must be at least 3");
    o.family = CISUP_RANDOM_RELU;
    check_refused(2, 0, 1, &o, CISUP_EINVAL, "must be at least 1");
    check_refused(-2, 3, 1, &o, CISUP_EINVAL, "T = -2");
    o.network = -1;
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "network -1");
    o = (cisup_family_options){0};
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "margin 0 is not positive");
    o = drawn(CISUP_GATE, 0);
    o.margin = -1.5;
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "margin -1.5");
    o.margin = (double)NAN;
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "margin nan");
    o = drawn(CISUP_ROTATION3, 0);
    o.margin = (double)INFINITY;
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "margin inf");
    o.family = (cisup_family)8;
    check_refused(2, 3, 1, &o, CISUP_EINVAL, "number 8");
}

static void sizes_beyond_memory_are_refused(void **state) {
    (void)state;
    const cisup_index huge = INT64_C(1) << 62;
    const cisup_family_options relu = drawn(CISUP_RANDOM_RELU, 1);
    const cisup_family_options gate = drawn(CISUP_GATE, 1);
    check_refused(huge, 4, 2, NULL, CISUP_ENOMEM, "the circuits' weights");
    check_refused(2, huge, 2, &relu, CISUP_ENOMEM, "the circuits' weights");
    check_refused(2, 5, huge, &relu, CISUP_ENOMEM, "the circuits' weights");
    check_refused(huge, huge, huge, &gate, CISUP_ENOMEM, "the circuits' weights");
}

static cisup_status make_and_free(void *context) {
    const cisup_family_options o = drawn(*(cisup_family *)context, 1);
    const cisup_index width = cisup_family_width(o.family);
    cisup_circuits c;
    const cisup_status status =
        cisup_circuits_make(&c, 3, width ? width : 5, 2, &o, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    cisup_circuits_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const int allocations[] = {3, 3, 3, 3, 3, 3, 4, 3};
    for (int k = 0; k < 8; k++) {
        cisup_family family = (cisup_family)k;
        assert_int_equal(check_every_allocation(make_and_free, &family), allocations[k]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsuitable_families_are_refused),
        cmocka_unit_test(sizes_beyond_memory_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
