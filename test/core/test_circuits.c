/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/drawn.h"

#include <cisup/core/circuits/circuits_parts.h>

/* w = [[1, 2], [-3, 0.5]], b = (-0.5, 1), a = (2, 0.25): pre = (2, -4.875). */
static void a_step_is_relu_of_wa_plus_b(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 1, 2, 3, 1, &error_));
    const double w[4] = {1, 2, -3, 0.5}, b[2] = {-0.5, 1}, a[2] = {2, 0.25};
    memcpy(c.w, w, sizeof w);
    memcpy(c.b, b, sizeof b);
    double next[2];
    cisup_circuits_step(&c, 3, 0, a, next);
    assert_true(next[0] == 2.0 && next[1] == 0.0);
    cisup_circuits_free(&c);
}

/* Two layers of two circuits, w_t^l filled with 10 l + t. */
static void layers_and_circuits_are_found(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 2, 2, 2, 2, &error_));
    for (cisup_index k = 0; k < 16; k++) c.w[k] = (double)(10 * (k / 8 + 1) + k / 4 % 2);
    c.b[2] = -3.0;
    cisup_circuits_set_mean(&c);
    for (cisup_index l = 1; l <= 2; l++) {
        for (cisup_index t = 0; t < 2; t++)
            assert_true(cisup_circuits_weights(&c, l, t)[3] == (double)(10 * l + t));
        assert_true(cisup_circuits_common(&c, l)[3] == 10.0 * (double)l + 0.5);
    }
    assert_true(cisup_circuits_bias(&c, 1)[0] == 0.0);
    assert_true(cisup_circuits_bias(&c, 2)[0] == -3.0);
    cisup_circuits_free(&c);
    cisup_circuits_free(&c);
}

static cisup_status keep_two(void *context) {
    const cisup_index kept[2] = {1, 3};
    cisup_circuits c;
    const cisup_status status = cisup_circuits_keep(&c, context, kept, 2, NULL);
    if (status != CISUP_OK) assert_true(!c.w && !c.input && c.T == 0);
    cisup_circuits_free(&c);
    return status;
}

/* Circuits 1 and 3 of 5 with 1, 2, 3, 1, 2 inputs; indicators take no part in those. */
static void some_circuits_are_kept_as_they_are(void **state) {
    (void)state;
    const cisup_index start[6] = {0, 1, 3, 6, 7, 9}, kept[2] = {1, 3};
    const cisup_family_options o = drawn(CISUP_ROTATION4, 1);
    cisup_circuits all = made(5, 4, 3, &o), c;
    CHECK_OK(cisup_new(&all.input_start, 6, sizeof *start, &error_));
    CHECK_OK(cisup_new(&all.input, 9 * 2, sizeof(double), &error_));
    memcpy(all.input_start, start, sizeof start);
    for (int k = 0; k < 18; k++) all.input[k] = 2.385 + k;
    CHECK_OK(cisup_circuits_keep(&c, &all, kept, 2, &error_));
    assert_int_equal(c.T, 2);
    assert_int_equal(c.layers, 3);
    for (cisup_index t = 0; t < 2; t++) {
        double x[4], y[4];
        for (cisup_index l = 1; l <= 3; l++)
            assert_memory_equal(cisup_circuits_weights(&c, l, t),
                                cisup_circuits_weights(&all, l, kept[t]),
                                16 * sizeof(double));
        for (cisup_index sample = 0; sample < 4; sample++) {
            cisup_circuits_input(&c, 1, 0, sample, t, x);
            cisup_circuits_input(&all, 1, 0, sample, kept[t], y);
            assert_memory_equal(x, y, sizeof x);
        }
    }
    assert_memory_equal(c.wbar, all.wbar, 48 * sizeof(double));
    assert_memory_equal(c.b, all.b, 12 * sizeof(double));
    assert_true(cisup_circuits_on(&c, (const double[]){2, 1, 0, 0}) == 1.0);
    cisup_circuits_free(&c);
    assert_int_equal(cisup_circuits_keep(&c, &all, kept, 0, NULL), CISUP_EINVAL);
    assert_int_equal(check_every_allocation(keep_two, &all), 5);
    cisup_circuits_free(&all);
}

static void every_part_of_the_address_changes_the_input(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 0);
    cisup_circuits c = made(2, 3, 1, &o);
    double a[6][3];
    cisup_circuits_input(&c, 1, 0, 0, 0, a[0]);
    cisup_circuits_input(&c, 2, 0, 0, 0, a[1]);
    cisup_circuits_input(&c, 1, 1, 0, 0, a[2]);
    cisup_circuits_input(&c, 1, 0, 1, 0, a[3]);
    cisup_circuits_input(&c, 1, 0, 0, 1, a[4]);
    cisup_circuits_input(&c, 1, 0, 0, 0, a[5]);
    for (int k = 0; k < 5; k++) {
        CHECK_NEAR(a[k][0] * a[k][0] + a[k][1] * a[k][1] + a[k][2] * a[k][2], 1.0,
                   6 * DBL_EPSILON);
        for (int j = 0; j < k; j++) assert_memory_not_equal(a[j], a[k], sizeof a[k]);
    }
    assert_memory_equal(a[0], a[5], sizeof a[0]);
    cisup_circuits_free(&c);
}

static void active_inputs_switch_the_indicator_on(void **state) {
    (void)state;
    double a[4];
    cisup_family_options o = drawn(CISUP_ROTATION3, 0);
    cisup_circuits c = made(1, 3, 1, &o);
    cisup_circuits_input(&c, 1, 0, 0, 0, a);
    assert_true(a[0] == 1.0 && cisup_circuits_on(&c, a) == 1.0);
    CHECK_NEAR(hypot(a[1] - 1.0, a[2] - 1.0), 1.0, 6 * DBL_EPSILON);
    cisup_circuits_free(&c);
    o.family = CISUP_ROTATION4;
    c = made(1, 4, 1, &o);
    cisup_circuits_input(&c, 1, 0, 0, 0, a);
    assert_true(a[0] == 1.5 && a[1] == 0.5 && cisup_circuits_on(&c, a) == 1.0);
    CHECK_NEAR(hypot(a[2] - 1.0, a[3] - 1.0), 1.0, 6 * DBL_EPSILON);
    cisup_circuits_free(&c);
    o.family = CISUP_STEP2;
    c = made(1, 2, 1, &o);
    cisup_circuits_input(&c, 1, 0, 0, 0, a);
    assert_true(a[0] == 1.5 && a[1] == 0.5);
    cisup_circuits_free(&c);
    o.family = CISUP_IDENTITY;
    c = made(1, 1, 1, &o);
    cisup_circuits_input(&c, 1, 0, 0, 0, a);
    assert_true(cisup_circuits_on(&c, a) == 0.0 && a[0] == 1.0);
    cisup_circuits_free(&c);
}

static void given_inputs_come_round_and_are_shifted(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    cisup_circuits c = made(2, 4, 1, &o);
    const cisup_index start[3] = {0, 1, 3};
    const double rows[6] = {0.25, -0.5, 10, 20, 30, 40};
    CHECK_OK(cisup_circuits_set_inputs(&c, 2, start, rows, &error_));
    for (cisup_index sample = 0; sample < 5; sample++) {
        double a[4];
        cisup_circuits_input(&c, 1, 0, sample, 0, a);
        assert_true(a[0] == 1.5 && a[1] == 0.5 && a[2] == 1.25 && a[3] == 0.5);
        cisup_circuits_input(&c, 1, 0, sample, 1, a);
        assert_true(a[2] == (sample % 2 ? 31 : 11) && a[3] == (sample % 2 ? 41 : 21));
    }
    cisup_circuits_free(&c);
    assert_null(c.input);
}

/* Five circuits with the inputs of two, then with three of those of seven. */
static void inputs_of_fewer_or_more_circuits_go_round(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, 5, 1, 1, 1, &error_));
    const cisup_index start[8] = {0, 1, 3, 4, 5, 7, 8, 9};
    const double rows[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const cisup_index of_two[6] = {0, 1, 3, 4, 6, 7};
    const double two[7] = {0, 1, 2, 0, 1, 2, 0};
    CHECK_OK(cisup_circuits_set_inputs(&c, 2, start, rows, &error_));
    assert_memory_equal(c.input_start, of_two, sizeof of_two);
    assert_memory_equal(c.input, two, sizeof two);
    CHECK_OK(cisup_circuits_set_inputs(&c, 7, start, rows, &error_));
    assert_memory_equal(c.input_start, start, 6 * sizeof *start);
    assert_memory_equal(c.input, rows, 7 * sizeof *rows);
    cisup_circuits_free(&c);
}

static void check_inputs_refused(cisup_circuits *c, cisup_index n,
                                 const cisup_index *start, double last,
                                 const char *text) {
    const double rows[6] = {1, 2, 3, 4, 5, last};
    cisup_error err = {0};
    assert_int_equal(cisup_circuits_set_inputs(c, n, start, rows, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, text));
    assert_true(c->input_start[1] == 1 && c->input[0] == 1.0);
}

static void bad_inputs_are_refused(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    const cisup_index good[3] = {0, 1, 3}, later[3] = {1, 2, 3}, none[3] = {0, 3, 3};
    const double rows[6] = {1, 2, 3, 4, 5, 6};
    cisup_circuits c = made(2, 4, 1, &o);
    CHECK_OK(cisup_circuits_set_inputs(&c, 2, good, rows, &error_));
    check_inputs_refused(&c, 0, good, 6.0, "inputs of 0 circuits");
    check_inputs_refused(&c, 2, later, 6.0, "from row 1");
    check_inputs_refused(&c, 2, none, 6.0, "circuit 1 has no input: rows 3 to 3");
    check_inputs_refused(&c, 2, good, (double)NAN, "circuit 1, input 1: ");
    check_inputs_refused(&c, 2, good, -(double)INFINITY, "circuit 1, input 1: -inf");
    cisup_circuits_free(&c);
    const cisup_family_options step = drawn(CISUP_STEP2, 0);
    c = made(2, 2, 1, &step);
    assert_int_equal(cisup_circuits_set_inputs(&c, 2, good, rows, NULL), CISUP_ESHAPE);
    assert_null(c.input);
    cisup_circuits_free(&c);
}

static cisup_status set_inputs(void *context) {
    const cisup_index start[3] = {0, 1, 3};
    const double rows[6] = {1, 2, 3, 4, 5, 6};
    cisup_circuits copy, *c = context;
    const cisup_index all[2] = {0, 1};
    cisup_status status = cisup_circuits_keep(&copy, c, all, 2, NULL);
    if (status == CISUP_OK)
        status = cisup_circuits_set_inputs(&copy, 2, start, rows, NULL);
    cisup_circuits_free(&copy);
    return status;
}

static void setting_inputs_may_run_out_of_memory(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    cisup_circuits c = made(2, 4, 1, &o);
    assert_int_equal(check_every_allocation(set_inputs, &c), 5);
    cisup_circuits_free(&c);
}

static void check_refused(cisup_index T, cisup_index d, cisup_index L, cisup_index layers,
                          cisup_status code) {
    cisup_circuits c = {.T = 99};
    assert_int_equal(cisup_circuits_init(&c, T, d, L, layers, NULL), code);
    assert_null(c.w);
    assert_int_equal(c.T, 0);
}

static void unsuitable_sizes_are_refused(void **state) {
    (void)state;
    check_refused(0, 2, 5, 1, CISUP_EINVAL);
    check_refused(2, -2, 5, 5, CISUP_EINVAL);
    check_refused(2, 2, 0, 0, CISUP_EINVAL);
    check_refused(2, 2, 5, 3, CISUP_EINVAL);
    check_refused(INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, CISUP_ENOMEM);
    check_refused(1, INT64_C(1) << 32, 1, 1, CISUP_ENOMEM);
}

static cisup_status init_and_free(void *context) {
    (void)context;
    cisup_circuits c;
    const cisup_status status = cisup_circuits_init(&c, 7, 5, 3, 3, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    cisup_circuits_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_int_equal(check_every_allocation(init_and_free, NULL), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_relu_of_wa_plus_b),
        cmocka_unit_test(layers_and_circuits_are_found),
        cmocka_unit_test(some_circuits_are_kept_as_they_are),
        cmocka_unit_test(every_part_of_the_address_changes_the_input),
        cmocka_unit_test(active_inputs_switch_the_indicator_on),
        cmocka_unit_test(given_inputs_come_round_and_are_shifted),
        cmocka_unit_test(inputs_of_fewer_or_more_circuits_go_round),
        cmocka_unit_test(bad_inputs_are_refused),
        cmocka_unit_test(setting_inputs_may_run_out_of_memory),
        cmocka_unit_test(unsuitable_sizes_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
