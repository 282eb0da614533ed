/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Circuits and their inputs from files, and written to them. */
#include "common/circuit_files.h"
#include "common/drawn.h"
#include "common/scratch.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>

/* The last state of circuit t on its k-th input, all in numbers without rounding. */
static void check_example(const cisup_circuits *c, cisup_index t, cisup_index k,
                          double y0, double y1, double y2) {
    double a[most_d];
    cisup_circuits_input(c, 1, 0, k, t, a);
    run(c, c->L, t, a);
    assert_true(a[0] == 1.5 && a[1] == 0.5);
    assert_true(a[2] == y0 && a[3] == y1 && a[4] == y2);
}

/* data/example_circuits.csv: a half adder with the number of ones as third output;
 * ReLU(|x| - 1/2); a rotation by 90 degrees about (1,1), three times. */
static void the_example_computes_what_the_readme_says(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(
        cisup_circuits_read_csv(&c, CISUP_DATA "/example_circuits.csv", &gated, &error_));
    CHECK_OK(cisup_circuits_read_inputs(&c, CISUP_DATA "/example_inputs.csv", &error_));
    assert_true(c.T == 3 && c.d == 5 && c.L == 3 && c.layers == 3);
    assert_true(c.on_count == 2 && c.offset == 0.0);
    check_example(&c, 0, 0, 0, 0, 0); /* sum, carry, ones */
    check_example(&c, 0, 1, 1, 0, 1);
    check_example(&c, 0, 2, 1, 0, 1);
    check_example(&c, 0, 3, 0, 1, 2);
    check_example(&c, 0, 7, 0, 1, 2); /* comes round */
    check_example(&c, 1, 0, 1.0, 0, 0);
    check_example(&c, 1, 1, 0.0, 0, 0);
    check_example(&c, 1, 2, 0.25, 0, 0);
    check_example(&c, 2, 0, 1.0, 0.0, 0);
    check_example(&c, 2, 1, 0.25, 0.5, 0);
    cisup_circuits_free(&c);
}

static void entries_land_in_their_places(void **state) {
    (void)state;
    cisup_circuits c;
    CHECK_OK(read_text(&c,
                       HEADER "1,1,0,1,-2.5\n0,1,1,,-0.25\n0,1,2,0,7\n"
                              "1,1,1,,-0.25\n",
                       NULL, &error_));
    const double w[18] = {0, 0, 0, 0, 0, 0, 7, 0, 0, 0, -2.5};
    const double common[9] = {0, -1.25, 0, 0, 0, 0, 3.5}, bias[3] = {0, -0.25, 0};
    assert_true(c.T == 2 && c.d == 3 && c.L == 1 && c.layers == 1);
    assert_true(c.on_count == 0 && c.offset == 0.0 && !c.fold);
    check_row(c.w, w, 18, 0.0);
    check_row(c.wbar, common, 9, 0.0);
    check_row(c.b, bias, 3, 0.0);
    cisup_circuits_free(&c);
}

static void the_largest_neuron_gives_the_width(void **state) {
    (void)state;
    static const char *const text[] = {HEADER "0,1,3,0,1\n", HEADER "0,1,0,3,1\n",
                                       HEADER "0,1,3,,1\n"};
    for (int k = 0; k < 3; k++) {
        cisup_circuits c;
        CHECK_OK(read_text(&c, text[k], NULL, &error_));
        assert_int_equal(c.d, 4);
        cisup_circuits_free(&c);
    }
}

/* Random circuits written in random order come back bit by bit. */
static void write_then_read_gives_the_same(void **state) {
    (void)state;
    enum { T = 5, d = 3, L = 4, rows = L * (T * d * d + T * d) };
    cisup_rng rng = check_rng(1);
    cisup_family_options o = drawn(CISUP_RANDOM_RELU, 1);
    o.seed = cisup_rng_next(&rng);
    cisup_circuits c = made(T, d, L, &o), again;
    for (cisup_index k = 0; k < L * d; k++) c.b[k] = -cisup_rng_unit(&rng) / 3.0;
    cisup_index order[rows];
    cisup_rng_permutation(&rng, rows, order);
    FILE *file = fopen(scratch_path("c.csv"), "w");
    assert_non_null(file);
    (void)fprintf(file, HEADER);
    for (cisup_index k = 0; k < rows; k++) {
        const int row = (int)order[k] / (d + 1), j = (int)order[k] % (d + 1);
        const int l = row / (T * d) + 1, t = row / d % T, i = row % d;
        if (j == d)
            (void)fprintf(file, "%d,%d,%d,,%.17g\n", t, l, i,
                          cisup_circuits_bias(&c, l)[i]);
        else
            (void)fprintf(file, "%d,%d,%d,%d,%.17g\n", t, l, i, j,
                          cisup_circuits_weights(&c, l, t)[i * d + j]);
    }
    assert_int_equal(fclose(file), 0);
    CHECK_OK(cisup_circuits_read_csv(&again, scratch_path("c.csv"), NULL, &error_));
    assert_true(again.T == T && again.d == d && again.L == L && again.layers == L);
    assert_memory_equal(again.w, c.w, L * T * d * d * sizeof(double));
    assert_memory_equal(again.wbar, c.wbar, L * d * d * sizeof(double));
    assert_memory_equal(again.b, c.b, L * d * sizeof(double));
    scratch_drop("c.csv");
    cisup_circuits_free(&c);
    cisup_circuits_free(&again);
}

static void circuits_repeat_cyclically_up_to_T(void **state) {
    (void)state;
    static const char text[] = HEADER "0,1,0,0,1\n0,2,0,0,2\n1,1,0,0,3\n1,2,0,0,4\n"
                                      "1,1,0,,-0.5\n";
    cisup_circuits_csv_options o = gated;
    o.T = 5;
    cisup_circuits c;
    CHECK_OK(read_text(&c, text, &o, &error_));
    assert_true(c.T == 5 && c.d == 3 && c.layers == 2);
    for (cisup_index t = 0; t < 5; t++)
        for (cisup_index l = 1; l <= 2; l++) {
            const double *row = cisup_circuits_weights(&c, l, t) + 6;
            assert_true(row[2] == (double)(2 * (t % 2) + l));
            assert_true(row[0] == (t % 2 && l == 1 ? 0.5 : 1.0));
        }
    assert_true(cisup_circuits_common(&c, 1)[8] == (3 * 1 + 2 * 3) / 5.0);
    cisup_circuits_free(&c);
    o.step = (cisup_gate_step){8.0, 0.25};
    CHECK_OK(read_text(&c, text, &o, &error_));
    assert_true(c.w[0] == 8.0 && c.b[0] == -6.75 && c.b[1] == -7.75 && c.b[2] == -1.0);
    cisup_circuits_free(&c);
    o = (cisup_circuits_csv_options){.T = 1, .L = 1}; /* the first circuit and layer */
    CHECK_OK(read_text(&c, text, &o, &error_));
    assert_true(c.T == 1 && c.L == 1 && c.layers == 1 && c.w[0] == 1.0 && c.b[0] == 0.0);
    cisup_circuits_free(&c);
}

/* Repeating circuits gives what reading the file with more of them does; fewer, too. */
static void repeating_is_reading_with_another_T(void **state) {
    (void)state;
    cisup_circuits three;
    CHECK_OK(cisup_circuits_read_csv(&three, CISUP_DATA "/example_circuits.csv", &gated,
                                     &error_));
    CHECK_OK(
        cisup_circuits_read_inputs(&three, CISUP_DATA "/example_inputs.csv", &error_));
    const cisup_index wanted[] = {2, 3, 7};
    for (int k = 0; k < 3; k++) {
        const cisup_index T = wanted[k];
        const cisup_circuits_csv_options o = {.T = T, .gate = 1, .margin = 1.0};
        cisup_circuits a, b;
        CHECK_OK(cisup_circuits_repeat(&a, &three, T, &error_));
        CHECK_OK(
            cisup_circuits_read_csv(&b, CISUP_DATA "/example_circuits.csv", &o, &error_));
        CHECK_OK(
            cisup_circuits_read_inputs(&b, CISUP_DATA "/example_inputs.csv", &error_));
        assert_true(a.T == T && a.layers == b.layers && a.on_count == b.on_count);
        const size_t size = (size_t)(a.layers * a.d * a.d) * sizeof *a.w;
        assert_memory_equal(a.w, b.w, (size_t)T * size);
        assert_memory_equal(a.wbar, b.wbar, size);
        assert_memory_equal(a.b, b.b, (size_t)(a.layers * a.d) * sizeof *a.b);
        assert_memory_equal(a.input_start, b.input_start,
                            (size_t)(T + 1) * sizeof *a.input_start);
        assert_memory_equal(a.input, b.input,
                            (size_t)(a.input_start[T] * (a.d - a.on_count)) *
                                sizeof *a.input);
        cisup_circuits_free(&a);
        cisup_circuits_free(&b);
    }
    cisup_circuits none;
    assert_int_equal(cisup_circuits_repeat(&none, &three, 0, NULL), CISUP_EINVAL);
    assert_null(none.w);
    cisup_circuits_free(&three);
}

static cisup_status repeat_seven(void *context) {
    cisup_circuits c;
    const cisup_status status = cisup_circuits_repeat(&c, context, 7, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    cisup_circuits_free(&c);
    return status;
}

static void repeating_may_run_out_of_memory(void **state) {
    (void)state;
    cisup_circuits three;
    CHECK_OK(cisup_circuits_read_csv(&three, CISUP_DATA "/example_circuits.csv", &gated,
                                     &error_));
    CHECK_OK(
        cisup_circuits_read_inputs(&three, CISUP_DATA "/example_inputs.csv", &error_));
    assert_int_equal(check_every_allocation(repeat_seven, &three), 6);
    cisup_circuits_free(&three);
}

/* Inputs of another number of circuits than the file has are nobody's; those of one are
 * everybody's. */
static void inputs_belong_to_the_circuits_of_the_file(void **state) {
    (void)state;
    for (cisup_index T = 2; T < 8; T += 2) {
        const cisup_circuits_csv_options o = {.T = T};
        cisup_circuits c;
        cisup_error err;
        CHECK_OK(read_text(&c, HEADER "0,1,0,0,1\n1,1,0,0,2\n2,1,0,0,3\n", &o, &error_));
        assert_int_equal(c.file_circuits, 3);
        assert_int_equal(read_inputs(&c, INPUTS "0,0,0,1\n1,0,0,2\n", &err),
                         CISUP_EFORMAT);
        assert_non_null(
            strstr(err.text, "inputs of 2 circuits; the file of circuits has 3"));
        assert_int_equal(
            read_inputs(&c, INPUTS "0,0,0,1\n1,0,0,2\n2,0,0,3\n3,0,0,4\n", &err),
            CISUP_EFORMAT);
        assert_null(c.input);
        CHECK_OK(read_inputs(&c, INPUTS "2,0,0,7\n1,0,0,6\n0,0,0,5\n", &error_));
        for (cisup_index t = 0; t < T; t++)
            assert_true(c.input[t] == 5.0 + (double)(t % 3));
        CHECK_OK(read_inputs(&c, INPUTS "0,0,0,7\n", &error_));
        for (cisup_index t = 0; t < T; t++) assert_true(c.input[t] == 7.0);
        cisup_circuits_free(&c);
    }
}

/* One matrix of this width fits, all that are needed do not: nothing is taken. */
static void the_width_in_a_line_costs_nothing(void **state) {
    (void)state;
    const double most = sqrt(0.4 * cisup_memory_available() / sizeof(double));
    if (!(most < INT32_MAX)) skip();
    char text[120];
    (void)snprintf(text, sizeof text, HEADER "0,1,%.0f,0,1\n", most);
    const int64_t peak = cisup_memory_peak();
    cisup_circuits c;
    cisup_error err;
    assert_int_equal(read_text(&c, text, &gated, &err), CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "circuits (1) of width "));
    assert_true(cisup_memory_peak() - peak < 10000000);
    assert_null(c.w);
}

static void one_layer_serves_any_number(void **state) {
    (void)state;
    const cisup_circuits_csv_options seven = {.L = 7};
    cisup_circuits c;
    CHECK_OK(read_text(&c, HEADER "0,1,0,0,2.385\n", &seven, &error_));
    assert_true(c.L == 7 && c.layers == 1 &&
                cisup_circuits_weights(&c, 7, 0)[0] == 2.385);
    cisup_circuits_free(&c);
    cisup_error err = {0};
    assert_int_equal(read_text(&c, HEADER "0,1,0,0,1\n0,2,0,0,1\n", &seven, &err),
                     CISUP_EINVAL);
    assert_non_null(strstr(err.text, "L = 7 layers wanted"));
    assert_null(c.w);
}

static void inputs_go_round_among_circuits_and_samples(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 0);
    const int64_t before = cisup_memory_live();
    cisup_circuits c = made(5, 2, 1, &o);
    for (int twice = 0; twice < 2; twice++) /* the second replaces the first */
        CHECK_OK(
            read_inputs(&c, INPUTS "1,1,1,4\n1,0,0,-3\n0,0,0,1\n0,0,1,2\n", &error_));
    for (cisup_index t = 0; t < 5; t++)
        for (cisup_index sample = 0; sample < 4; sample++) {
            double a[2];
            cisup_circuits_input(&c, 1, 0, sample, t, a);
            const double first = t % 2 ? (sample % 2 ? 0 : -3) : 1;
            const double second = t % 2 ? (sample % 2 ? 4 : 0) : 2;
            assert_true(a[0] == first && a[1] == second);
        }
    assert_int_equal(c.input_start[5], 3 * 1 + 2 * 2);
    CHECK_OK(read_inputs(&c,
                         INPUTS "6,0,0,1\n0,0,0,1\n1,0,0,2\n2,0,0,3\n3,0,0,4\n"
                                "4,0,0,5\n5,0,0,6\n",
                         &error_)); /* more circuits than c has */
    assert_true(c.input_start[5] == 5 && c.input[8] == 5.0);
    cisup_circuits_free(&c);
    assert_int_equal(cisup_memory_live(), before);
}

static cisup_status read_example(void *context) {
    cisup_circuits c;
    const cisup_circuits_csv_options *o = context;
    cisup_status status =
        cisup_circuits_read_csv(&c, CISUP_DATA "/example_circuits.csv", o, NULL);
    if (status != CISUP_OK) assert_null(c.w);
    if (status == CISUP_OK)
        status = cisup_circuits_read_inputs(&c, CISUP_DATA "/example_inputs.csv", NULL);
    cisup_circuits_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_circuits_csv_options o = gated;
    o.T = 5;
    /* At least: view, start, chunk, text, list and what is built, for both files. */
    assert_true(check_every_allocation(read_example, &o) >= 5 + 7 + 5 + 2);
    o = (cisup_circuits_csv_options){.T = 1};
    assert_true(check_every_allocation(read_example, &o) >= 5 + 4 + 5 + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_computes_what_the_readme_says),
        cmocka_unit_test(entries_land_in_their_places),
        cmocka_unit_test(the_largest_neuron_gives_the_width),
        cmocka_unit_test(write_then_read_gives_the_same),
        cmocka_unit_test(circuits_repeat_cyclically_up_to_T),
        cmocka_unit_test(repeating_is_reading_with_another_T),
        cmocka_unit_test(repeating_may_run_out_of_memory),
        cmocka_unit_test(inputs_belong_to_the_circuits_of_the_file),
        cmocka_unit_test(the_width_in_a_line_costs_nothing),
        cmocka_unit_test(one_layer_serves_any_number),
        cmocka_unit_test(inputs_go_round_among_circuits_and_samples),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
