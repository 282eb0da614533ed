/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of circuits and of inputs that are refused, with their line. */
#include "common/circuit_files.h"
#include "common/drawn.h"
#include "common/scratch.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>

/* The files fail with EFORMAT and this text behind the path. */
static void check_malformed(const char *text, const char *want) {
    cisup_circuits c = {.T = 99};
    cisup_error err = {0};
    const int64_t before = cisup_memory_live();
    assert_int_equal(read_text(&c, text, NULL, &err), CISUP_EFORMAT);
    if (!strstr(err.text, want)) fail_msg("'%s' lacks '%s'", err.text, want);
    assert_non_null(strstr(err.text, "c.csv:"));
    assert_true(!c.w && !c.T && cisup_memory_live() == before);
    assert_int_equal(read_text(&c, text, NULL, NULL), CISUP_EFORMAT);
}

static void malformed_fields_are_refused_with_their_line(void **state) {
    (void)state;
    check_malformed("", ":1: no header; it must be circuit,layer,i,j,value");
    check_malformed("circuit,layer,j,i,value\n", ":1: the header is not circuit,layer");
    check_malformed(HEADER "0,1,0,0\n", ":2: 4 fields");
    check_malformed(HEADER "0,1,0,0,1,\n", ":2: 6 fields");
    check_malformed(HEADER "0,1,0,0,\"1\n", ":2: a quote is not closed");
    check_malformed(HEADER "\n0,1,0,0,1\"\n", ":3: a quote out of place");
    check_malformed(HEADER "0.5,1,0,0,1\n", ":2: circuit: \"0.5\" is not an integer");
    check_malformed(HEADER "0,1.0,0,0,1\n", ":2: layer: \"1.0\" is not an integer");
    check_malformed(HEADER "0,1,1e3,0,1\n", ":2: i: \"1e3\" is not an integer");
    check_malformed(HEADER "0,1,0,x,1\n", ":2: j: \"x\" is not an integer");
    check_malformed(HEADER "0,1,,0,1\n", ":2: i: \"\" is not an integer");
    check_malformed(HEADER "0,1,0,0,1\r\n\r\n-1,1,0,0,1\r\n",
                    ":4: circuit: -1 is below 0");
    check_malformed(HEADER "0,0,0,0,1\n", ":2: layer: 0 is below 1");
    check_malformed(HEADER "0,1,-3,0,1\n", ":2: i: -3 is below 0");
    check_malformed(HEADER "0,1,0,-1,1\n", ":2: j: -1 is below 0");
    check_malformed(HEADER "0,1,2147483648,0,1\n", ":2: i: 2147483648 is above");
    check_malformed(HEADER "1000000000000000000000000000000,1,0,0,1\n",
                    ":2: circuit: 1000000000000000000000000000000 does not fit");
    check_malformed(HEADER "0,1,0,0,nan\n", ":2: value: \"nan\" is not a finite number");
    check_malformed(HEADER "0,1,0,0,-inf\n",
                    ":2: value: \"-inf\" is not a finite number");
    check_malformed(HEADER "0,1,0,0,\n", ":2: value: \"\" is not a finite number");
    check_malformed(HEADER "0,1,0,0,1e999\n", ":2: value: \"1e999\" is not a finite");
}

static void incomplete_files_are_refused_with_their_line(void **state) {
    (void)state;
    check_malformed(HEADER, ":1: no row below the header");
    check_malformed(HEADER "0,1,0,0,1\n0,1,1,,2\n0,1,1,1,3\n0,1,1,,2\n",
                    ":5: the same entry as in line 3");
    check_malformed(HEADER "1,1,0,0,1\n", ":2: circuit 1, but circuit 0 is missing");
    check_malformed(HEADER "3,1,0,0,1\n0,1,0,0,1\n1,1,0,0,1\n",
                    ":2: circuit 3, but circuit 2 is missing");
    check_malformed(HEADER "0,2,0,0,1\n", ":2: circuit 0 has layer 2, but its layer 1");
    check_malformed(HEADER "0,1,0,0,1\n0,4,0,0,1\n0,2,0,0,1\n",
                    ":3: circuit 0 has layer 4, but its layer 3 is missing");
    check_malformed(HEADER "0,1,0,0,1\n0,2,0,0,1\n1,1,0,0,1\n",
                    ":4: circuit 1 has no layer 2");
    check_malformed(HEADER "0,1,0,0,1\n1,1,0,0,1\n1,2,0,0,1\n",
                    ":2: circuit 0 has no layer 2");
    check_malformed(HEADER "0,1,0,0,1\n0,2,0,0,1\n1,2,0,0,1\n",
                    ":4: circuit 1 has layer 2, but its layer 1 is missing");
}

/* Numbers in a file take no memory before gaps are found. */
static void a_huge_circuit_or_layer_is_a_gap(void **state) {
    (void)state;
    check_malformed(HEADER "0,1,0,0,1\n1000000000000000,1,0,0,1\n",
                    ":3: circuit 1000000000000000, but circuit 1 is missing");
    check_malformed(HEADER "9223372036854775807,1,0,0,1\n", ":2: circuit 92233");
    check_malformed(HEADER "0,9223372036854775807,0,0,1\n", ":2: circuit 0 has layer 92");
    cisup_circuits c;
    cisup_error err = {0};
    assert_int_equal(read_text(&c, HEADER "0,1,2147483647,0,1\n", NULL, &err),
                     CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "of width 2147483648 would need 74 EB"));
    const cisup_circuits_csv_options o = {.T = INT64_C(1) << 50};
    assert_int_equal(read_text(&c, HEADER "0,1,0,0,1\n", &o, NULL), CISUP_ENOMEM);
    assert_null(c.w);
}

static void only_gated_circuits_may_differ_in_a_bias(void **state) {
    (void)state;
    static const char text[] = HEADER "0,1,0,0,1\n1,1,0,0,1\n0,1,1,,-1\n1,1,1,,-2\n";
    check_malformed(text, ":5: layer 1, neuron 1: circuit 1 has the bias -2, circuit 0 "
                          "has -1; only gated circuits may differ (--gate)");
    check_malformed(HEADER "0,1,0,,-3\n1,1,0,0,1\n", ":2: layer 1, neuron 0: circuit 1");
    check_malformed(HEADER "0,1,0,0,1\n0,2,0,0,1\n1,1,0,0,1\n1,2,0,,-1\n",
                    ":5: layer 2, neuron 0: circuit 1");
    cisup_circuits c;
    CHECK_OK(read_text(&c, text, &gated, &error_));
    assert_true(cisup_circuits_weights(&c, 1, 1)[12] == -2.0 + 1.0);
    cisup_circuits_free(&c);
}

static void bad_options_and_files_are_refused(void **state) {
    (void)state;
    static const char text[] = HEADER "0,1,0,0,1\n";
    cisup_circuits c = {.T = 99};
    static const cisup_circuits_csv_options bad[] = {
        {.T = -1}, {.L = -1}, {.gate = 1}, {.gate = 1, .margin = -1.0}};
    for (int k = 0; k < 4; k++) {
        assert_int_equal(read_text(&c, text, &bad[k], NULL), CISUP_EINVAL);
        assert_int_equal(c.T, 0);
    }
    const cisup_circuits_csv_options nan = {.gate = 1, .margin = (double)NAN};
    assert_int_equal(read_text(&c, text, &nan, NULL), CISUP_EINVAL);
    const cisup_circuits_csv_options flat = {.gate = 1, .margin = 1.0, .step = {1.25, 0}};
    cisup_error err = {0};
    assert_int_equal(read_text(&c, text, &flat, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "steepness 1.25"));
    assert_int_equal(cisup_circuits_read_csv(&c, scratch_path("none"), NULL, NULL),
                     CISUP_EIO);
    assert_null(c.w);
}

/* The file is refused and c keeps the inputs it had. */
static void check_malformed_inputs(cisup_circuits *c, const char *text,
                                   const char *want) {
    cisup_error err = {0};
    const int64_t before = cisup_memory_live();
    assert_int_equal(read_inputs(c, text, &err), CISUP_EFORMAT);
    if (!strstr(err.text, want)) fail_msg("'%s' lacks '%s'", err.text, want);
    assert_true(cisup_memory_live() == before);
    assert_true(c->input_start[1] == 1 && c->input[0] == 2.385);
}

static void malformed_inputs_are_refused_with_their_line(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_ROTATION4, 0);
    cisup_circuits c = made(2, 4, 1, &o);
    CHECK_OK(read_inputs(&c, INPUTS "0,0,0,2.385\n", &error_));
    check_malformed_inputs(&c, "",
                           "x.csv:1: no header; it must be circuit,input,i,value");
    check_malformed_inputs(&c, INPUTS, ":1: no row");
    check_malformed_inputs(&c, INPUTS "0,0,2,1\n", ":2: i: 2 is above 1");
    check_malformed_inputs(&c, INPUTS "0,0,-1,1\n", ":2: i: -1 is below 0");
    check_malformed_inputs(&c, INPUTS "0,-1,0,1\n", ":2: input: -1 is below 0");
    check_malformed_inputs(&c, INPUTS "-1,0,0,1\n", ":2: circuit: -1 is below 0");
    check_malformed_inputs(&c, INPUTS "0,0,0,inf\n", ":2: value: \"inf\"");
    check_malformed_inputs(&c, INPUTS "0,0,0.5,1\n", ":2: i: \"0.5\"");
    check_malformed_inputs(&c, INPUTS "0,0,0,1\n0,0,0,1\n", ":3: the same entry");
    check_malformed_inputs(&c, INPUTS "0,0,0,1\n0,2,0,1\n",
                           ":3: circuit 0 has input 2, but its input 1 is missing");
    check_malformed_inputs(&c, INPUTS "0,0,0,1\n2,0,0,1\n",
                           ":3: circuit 2, but circuit 1 is missing");
    check_malformed_inputs(&c, INPUTS "0,1000000000000000,0,1\n", "input 0 is missing");
    assert_int_equal(cisup_circuits_read_inputs(&c, scratch_path("none"), NULL),
                     CISUP_EIO);
    cisup_circuits_free(&c);
    const cisup_family_options step = drawn(CISUP_STEP2, 0);
    c = made(2, 2, 1, &step);
    assert_int_equal(read_inputs(&c, INPUTS "0,0,0,1\n", NULL), CISUP_ESHAPE);
    cisup_circuits_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_fields_are_refused_with_their_line),
        cmocka_unit_test(incomplete_files_are_refused_with_their_line),
        cmocka_unit_test(a_huge_circuit_or_layer_is_a_gap),
        cmocka_unit_test(only_gated_circuits_may_differ_in_a_bias),
        cmocka_unit_test(bad_options_and_files_are_refused),
        cmocka_unit_test(malformed_inputs_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
