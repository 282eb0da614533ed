/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/drawn.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/families.h>
#include <cisup/core/circuits/gate.h>

/* Section 13, with R read back from rows 1, 2 of w. */
static void rotation3_has_the_weights_of_section_13(void **state) {
    (void)state;
    cisup_family_options o = drawn(CISUP_ROTATION3, 1);
    o.margin = 0.7;
    cisup_circuits c = made(5, 3, 2, &o);
    assert_int_equal(c.on_count, 1);
    assert_true(c.offset == 1.0 && !c.fold && !c.input_start && c.layers == 2);
    for (cisup_index l = 1; l <= 2; l++) {
        for (cisup_index t = 0; t < 5; t++) {
            const double *w = cisup_circuits_weights(&c, l, t);
            const double want[9] = {
                1.7, 0, 0, 1.7 - w[4] - w[5], w[4], w[5], 1.7 - w[7] - w[8], w[7], w[8]};
            check_row(w, want, 9, 8 * DBL_EPSILON); /* sums of 4 numbers below 3.2 */
            CHECK_NEAR(w[4] * w[4] + w[5] * w[5], 1.0, 4 * DBL_EPSILON);
            assert_true(w[4] == w[8] && w[5] == -w[7]);
        }
        const double common[9] = {1.7, 0, 0, 1.7, 0, 0, 1.7, 0, 0};
        const double bias[3] = {-0.7, -0.7, -0.7};
        check_row(cisup_circuits_common(&c, l), common, 9, 0.0);
        check_row(cisup_circuits_bias(&c, l), bias, 3, 0.0);
    }
    cisup_circuits_free(&c);
}

static void rotation4_has_the_weights_of_section_13(void **state) {
    (void)state;
    cisup_family_options o = drawn(CISUP_ROTATION4, 1);
    o.margin = 0.7;
    cisup_circuits c = made(5, 4, 2, &o);
    assert_int_equal(c.on_count, 2);
    assert_true(c.offset == 1.0 && !c.fold && c.layers == 2);
    for (cisup_index l = 1; l <= 2; l++) {
        for (cisup_index t = 0; t < 5; t++) {
            const double *w = cisup_circuits_weights(&c, l, t);
            const double *R = w + 10, *S = w + 14; /* rows of R */
            const double p = 1.7 - R[0] - R[1], q = 1.7 - S[0] - S[1];
            const double want[16] = {2, -2, 0,    0,    2, -2, 0,    0,
                                     p, -p, R[0], R[1], q, -q, S[0], S[1]};
            check_row(w, want, 16, 8 * DBL_EPSILON);
            CHECK_NEAR(R[0] * R[0] + R[1] * R[1], 1.0, 4 * DBL_EPSILON);
            assert_true(R[0] == S[1] && R[1] == -S[0]);
        }
        const double common[16] = {2,   -2,   0, 0, 2,   -2,   0, 0,
                                   1.7, -1.7, 0, 0, 1.7, -1.7, 0, 0};
        const double bias[4] = {-0.5, -1.5, -0.7, -0.7};
        check_row(cisup_circuits_common(&c, l), common, 16, 0.0);
        check_row(cisup_circuits_bias(&c, l), bias, 4, 0.0);
    }
    cisup_circuits_free(&c);
}

/* rotation4 = Gate(R_t, 1 - r_t; b), r_t = R_t (1,1)^T, but for offset and wbar. */
static void rotation4_is_a_gated_rotation(void **state) {
    (void)state;
    enum { T = 7, L = 3 };
    cisup_family_options o = drawn(CISUP_ROTATION4, 1);
    o.margin = 1.3;
    cisup_circuits c = made(T, 4, L, &o), gate;
    double v[L * T * 4], beta[L * T * 2];
    for (cisup_index k = 0; k < L * T; k++)
        for (cisup_index i = 0; i < 2; i++) {
            const double *row = c.w + 16 * k + 4 * (i + 2) + 2;
            v[4 * k + 2 * i] = row[0];
            v[4 * k + 2 * i + 1] = row[1];
            beta[2 * k + i] = 1.0 - (row[0] + row[1]);
        }
    CHECK_OK(cisup_circuits_gate(&gate, T, 2, L, L, v, beta, &(cisup_gate){.margin = 1.3},
                                 &error_));
    assert_int_equal(gate.on_count, 2);
    assert_true(gate.offset == 0.0);
    assert_memory_equal(gate.w, c.w, L * T * 16 * sizeof(double));
    assert_memory_equal(gate.b, c.b, L * 4 * sizeof(double));
    cisup_circuits_free(&c);
    cisup_circuits_free(&gate);
}

/* x^l = R^l ... R^1 x^0 with R read from the weights, |x| = 1 and on-value 1 kept. */
static void check_rotation(cisup_family family, cisup_index d, double margin, int fresh) {
    const cisup_index T = 6, L = 7, first = d - 2;
    cisup_family_options o = drawn(family, fresh);
    o.margin = margin;
    cisup_circuits c = made(T, d, L, &o);
    /* A layer makes some 10 roundings of numbers below 4. */
    const double tolerance = (double)L * 10.0 * 2.0 * DBL_EPSILON;
    for (cisup_index t = 0; t < T; t++) {
        double a[4], want[2];
        cisup_circuits_input(&c, 3, 1, 5, t, a);
        for (int i = 0; i < 2; i++) want[i] = a[first + i] - 1.0;
        for (cisup_index l = 1; l <= L; l++) {
            const double *w = cisup_circuits_weights(&c, l, t) + d * first + first;
            const double x = want[0], y = want[1];
            double next[4];
            cisup_circuits_step(&c, l, t, a, next);
            memcpy(a, next, sizeof a);
            const double on = cisup_circuits_on(&c, a);
            CHECK_NEAR(on, 1.0, tolerance);
            double square = 0.0;
            for (int i = 0; i < 2; i++) {
                want[i] = w[d * i] * x + w[d * i + 1] * y;
                const double got = a[first + i] - c.offset * on;
                CHECK_NEAR(got, want[i], tolerance);
                square += got * got;
            }
            CHECK_NEAR(square, 1.0, 2.0 * tolerance);
        }
    }
    cisup_circuits_free(&c);
}

static void active_rotations_rotate_in_every_layer(void **state) {
    (void)state;
    check_rotation(CISUP_ROTATION4, 4, 1.0, 0);
    check_rotation(CISUP_ROTATION4, 4, 0.7, 1);
    /* Its indicator multiplies rounding by 1+b a layer: b so that there is none. */
    check_rotation(CISUP_ROTATION3, 3, 1.0, 0);
    check_rotation(CISUP_ROTATION3, 3, 0.5, 1);
}

static void the_rotation3_indicator_multiplies_noise(void **state) {
    (void)state;
    cisup_family_options o = drawn(CISUP_ROTATION3, 0);
    o.margin = 0.5;
    cisup_circuits c = made(1, 3, 4, &o);
    double a[3] = {1.0625, 1.0, 1.0};
    run(&c, 3, 0, a);
    assert_true(a[0] - 1.0 == 0.0625 * 1.5 * 1.5 * 1.5); /* exact in binary */
    cisup_circuits_free(&c);
}

/* Inner weights Normal(0, 2/m), biases Normal(0, 0.01), read back from the gate. */
static void the_gate_family_draws_what_it_says(void **state) {
    (void)state;
    const cisup_index T = 3000, m = 3, d = m + 2;
    const cisup_family_options o = drawn(CISUP_GATE, 0);
    cisup_circuits c = made(T, d, 2, &o);
    double weight = 0.0, bias = 0.0;
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index i = 2; i < d; i++) {
            const double *row = cisup_circuits_weights(&c, 1, t) + i * d;
            assert_true(row[1] == -row[0]);
            bias += (row[0] - 1.0) * (row[0] - 1.0);
            for (cisup_index j = 2; j < d; j++) weight += row[j] * row[j];
        }
    /* The square of a Normal(0, s) has mean s and standard deviation s sqrt 2. */
    const double weights = (double)(T * m * m), biases = (double)(T * m);
    CHECK_NEAR(weight / weights, 2.0 / 3.0, 6.0 * 2.0 / 3.0 * sqrt(2.0 / weights));
    CHECK_NEAR(bias / biases, 0.01, 6.0 * 0.01 * sqrt(2.0 / biases));
    cisup_circuits_free(&c);
}

/* E |ReLU(w a)|^2 = |a|^2: y_i^2 has mean 1/d and variance 5/d^2, so the mean over T
 * circuits has standard deviation sqrt(5/(dT)); 6 of them. */
static void random_relu_keeps_the_second_moment(void **state) {
    (void)state;
    const cisup_index T = 20000, d = 5;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 0);
    cisup_circuits c = made(T, d, 1, &o);
    assert_true(c.on_count == 0 && c.offset == 0.0 && !c.fold);
    for (cisup_index i = 0; i < d; i++) assert_true(c.b[i] == 0.0);
    double sum = 0.0;
    for (cisup_index t = 0; t < T; t++) {
        double a[5], next[5];
        cisup_circuits_input(&c, 1, 0, 0, t, a);
        cisup_circuits_step(&c, 1, t, a, next);
        for (cisup_index i = 0; i < d; i++) sum += next[i] * next[i];
    }
    CHECK_NEAR(sum / (double)T, 1.0, 6.0 * sqrt(5.0 / (double)(d * T)));
    cisup_circuits_free(&c);
}

static void random_relu_declares_its_mean(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_RANDOM_RELU, 1);
    cisup_circuits c = made(3, 2, 2, &o);
    for (cisup_index l = 1; l <= 2; l++)
        for (cisup_index e = 0; e < 4; e++) {
            double sum = 0.0;
            for (cisup_index t = 0; t < 3; t++)
                sum += cisup_circuits_weights(&c, l, t)[e];
            CHECK_NEAR(cisup_circuits_common(&c, l)[e], sum / 3.0, 4 * DBL_EPSILON);
        }
    cisup_circuits_free(&c);
}

static void the_identity_keeps_its_positive_input(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_IDENTITY, 0);
    cisup_circuits c = made(3, 7, 4, &o);
    for (cisup_index t = 0; t < 3; t++) {
        double a[7], kept[7], square = 0.0;
        cisup_circuits_input(&c, 9, 0, 2, t, a);
        memcpy(kept, a, sizeof a);
        run(&c, 4, t, a);
        assert_memory_equal(a, kept, sizeof a);
        for (int i = 0; i < 7; i++) {
            assert_true(a[i] >= 0.0);
            square += a[i] * a[i];
        }
        CHECK_NEAR(square, 1.0, 10 * DBL_EPSILON);
    }
    assert_memory_equal(cisup_circuits_common(&c, 1), c.w, 49 * sizeof(double));
    cisup_circuits_free(&c);
}

/* All eight inputs: layer 1 counts, layers 2 and more hold the parity, exactly. The same
 * in a file of own circuits: docs/contributing.md. */
static void parity3_is_the_parity_of_three_bits(void **state) {
    (void)state;
    const cisup_family_options o = drawn(CISUP_PARITY3, 0);
    cisup_circuits c = made(2, 5, 4, &o);
    assert_true(c.layers == 4 && c.on_count == 2 && c.offset == 0.0);
    for (int bits = 0; bits < 8; bits++) {
        const double input[5] = {1.5, 0.5, bits & 1, bits >> 1 & 1, bits >> 2};
        const double ones = input[2] + input[3] + input[4];
        for (cisup_index l = 1; l <= 4; l++) {
            const double counts[5] = {1.5, 0.5, ones, fmax(ones - 1.0, 0.0),
                                      fmax(ones - 2.0, 0.0)};
            const double parity[5] = {1.5, 0.5, fmod(ones, 2.0), 0.0, 0.0};
            double a[5];
            memcpy(a, input, sizeof a);
            run(&c, l, 1, a);
            check_row(a, l == 1 ? counts : parity, 5, 0.0);
        }
    }
    cisup_circuits_free(&c);
}

/* Each of 8 inputs in 1/8 of 4000 samples: standard deviation 21; 6 of them. */
static void parity3_draws_bits(void **state) {
    (void)state;
    enum { samples = 4000 };
    const cisup_family_options o = drawn(CISUP_PARITY3, 0);
    cisup_circuits c = made(3, 5, 2, &o);
    int count[8] = {0};
    for (cisup_index m = 0; m < samples; m++) {
        double a[5];
        cisup_circuits_input(&c, 7, 0, m, m % 3, a);
        assert_true(a[0] == 1.5 && a[1] == 0.5);
        for (int i = 2; i < 5; i++) assert_true(a[i] == 0.0 || a[i] == 1.0);
        count[(int)(a[2] + 2.0 * a[3] + 4.0 * a[4])]++;
    }
    for (int k = 0; k < 8; k++)
        assert_in_range(count[k], samples / 8 - 126, samples / 8 + 126);
    cisup_circuits_free(&c);
}

static const struct {
    cisup_family family;
    cisup_index d;
} random_family[] = {
    {CISUP_ROTATION3, 3}, {CISUP_ROTATION4, 4}, {CISUP_RANDOM_RELU, 5}, {CISUP_GATE, 6}};

enum { random_families = sizeof random_family / sizeof random_family[0] };

static void a_circuit_depends_on_neither_T_nor_L(void **state) {
    (void)state;
    for (int k = 0; k < random_families; k++)
        for (int fresh = 0; fresh < 2; fresh++) {
            const cisup_family_options o = drawn(random_family[k].family, fresh);
            const cisup_index d = random_family[k].d;
            cisup_circuits few = made(3, d, 2, &o), many = made(11, d, 5, &o);
            cisup_circuits one = made(1, d, 1, &o);
            const size_t size = (size_t)(d * d) * sizeof(double);
            for (cisup_index l = 1; l <= 2; l++)
                for (cisup_index t = 0; t < 3; t++)
                    assert_memory_equal(cisup_circuits_weights(&few, l, t),
                                        cisup_circuits_weights(&many, l, t), size);
            assert_memory_equal(one.w, many.w, size);
            cisup_circuits_free(&few);
            cisup_circuits_free(&many);
            cisup_circuits_free(&one);
        }
}

static void fresh_weights_differ_between_layers(void **state) {
    (void)state;
    for (int k = 0; k < random_families; k++) {
        const cisup_family_options same = drawn(random_family[k].family, 0);
        const cisup_family_options fresh = drawn(random_family[k].family, 1);
        const cisup_index d = random_family[k].d;
        const size_t size = (size_t)(d * d) * sizeof(double);
        cisup_circuits a = made(2, d, 3, &same), b = made(2, d, 3, &fresh);
        assert_int_equal(a.layers, 1);
        assert_int_equal(b.layers, 3);
        assert_ptr_equal(cisup_circuits_weights(&a, 1, 1),
                         cisup_circuits_weights(&a, 3, 1));
        assert_memory_not_equal(cisup_circuits_weights(&b, 1, 1),
                                cisup_circuits_weights(&b, 3, 1), size);
        assert_memory_not_equal(cisup_circuits_weights(&a, 1, 1),
                                cisup_circuits_weights(&b, 1, 1), size);
        assert_memory_not_equal(cisup_circuits_weights(&a, 1, 0),
                                cisup_circuits_weights(&a, 1, 1), size);
        cisup_circuits_free(&a);
        cisup_circuits_free(&b);
    }
}

static void seed_and_network_change_the_circuits(void **state) {
    (void)state;
    for (int k = 0; k < random_families; k++) {
        cisup_family_options o = drawn(random_family[k].family, 0);
        const cisup_index d = random_family[k].d;
        const size_t size = (size_t)(d * d) * sizeof(double);
        cisup_circuits a = made(1, d, 1, &o), again = made(1, d, 1, &o);
        o.seed = 2;
        cisup_circuits b = made(1, d, 1, &o);
        o.seed = 1;
        o.network = 1;
        cisup_circuits c = made(1, d, 1, &o);
        assert_memory_equal(a.w, again.w, size);
        assert_memory_not_equal(a.w, b.w, size);
        assert_memory_not_equal(a.w, c.w, size);
        cisup_circuits_free(&a);
        cisup_circuits_free(&again);
        cisup_circuits_free(&b);
        cisup_circuits_free(&c);
    }
}

/* Every family has the name that CISUP_FAMILY_NAMES has in its place, and no more. */
static void circuits_have_the_indicator_of_their_family(void **state) {
    (void)state;
    for (int k = 0; cisup_family_of((cisup_family)k); k++) {
        const cisup_index width = cisup_family_width((cisup_family)k);
        const cisup_family_options o = {
            .family = (cisup_family)k, .margin = 1, .carried = k == CISUP_ROTATION2};
        cisup_circuits c;
        CHECK_OK(cisup_circuits_make(&c, 1, width ? width : 4, 2, &o, &error_));
        assert_int_equal(c.on_count, cisup_family_on_count((cisup_family)k));
        cisup_circuits_free(&c);
    }
}

static void family_names_go_both_ways(void **state) {
    (void)state;
    static const cisup_index width[] = {3, 4, 2, 0, 0, 0, 2, 5};
    char names[] = CISUP_FAMILY_NAMES, *rest = names;
    int k = 0;
    for (const char *name; (name = strsep(&rest, "|")) != NULL; k++) {
        assert_string_equal(cisup_family_name((cisup_family)k), name);
        assert_int_equal(cisup_family_find(name), k);
        assert_int_equal(cisup_family_width((cisup_family)k), width[k]);
    }
    assert_int_equal(k, sizeof width / sizeof width[0]);
    assert_null(cisup_family_of((cisup_family)k));
    assert_null(cisup_family_of((cisup_family)-1));
    assert_int_equal(cisup_family_find("rotation"), -1);
    assert_int_equal(cisup_family_find(""), -1);
    cisup_circuits c = made(2, 4, 3, NULL); /* the defaults */
    assert_true(c.on_count == 2 && c.layers == 1 && c.b[2] == -1.0);
    cisup_circuits_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotation3_has_the_weights_of_section_13),
        cmocka_unit_test(rotation4_has_the_weights_of_section_13),
        cmocka_unit_test(rotation4_is_a_gated_rotation),
        cmocka_unit_test(active_rotations_rotate_in_every_layer),
        cmocka_unit_test(the_rotation3_indicator_multiplies_noise),
        cmocka_unit_test(the_gate_family_draws_what_it_says),
        cmocka_unit_test(random_relu_keeps_the_second_moment),
        cmocka_unit_test(random_relu_declares_its_mean),
        cmocka_unit_test(the_identity_keeps_its_positive_input),
        cmocka_unit_test(parity3_is_the_parity_of_three_bits),
        cmocka_unit_test(parity3_draws_bits),
        cmocka_unit_test(a_circuit_depends_on_neither_T_nor_L),
        cmocka_unit_test(fresh_weights_differ_between_layers),
        cmocka_unit_test(seed_and_network_change_the_circuits),
        cmocka_unit_test(circuits_have_the_indicator_of_their_family),
        cmocka_unit_test(family_names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
