/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forward passes against what is known exactly: nothing overlaps, or a circuit is alone.
 */
#include "common/check.h"
#include "common/recorded.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/schemes.h>

#include <float.h>

/* Gives every circuit three inputs of its own, multiples of 1/64 below 4. */
static void give_short_inputs(cisup_circuits *c) {
    const cisup_index rows = 3 * c->T;
    c->input_start = taken(c->T + 1, sizeof *c->input_start);
    c->input = taken(rows * c->d, sizeof *c->input);
    for (cisup_index t = 0; t <= c->T; t++) c->input_start[t] = 3 * t;
    for (cisup_index k = 0; k < rows * c->d; k++)
        c->input[k] = (double)(k * 77 % 256) / 64.0;
}

/* Where nothing overlaps nothing goes wrong. A read-out is S equal numbers added and
 * divided by S: exact for short numbers and S a power of two; else 2 S roundings of
 * numbers below 4 in each of L layers. */
static void identities_side_by_side_have_no_error(void **state) {
    (void)state;
    const cisup_index L = 5, d = 3, T = 4;
    for (cisup_index S = 1; S <= 8; S++) {
        subject s = {.options = cisup_network_defaults(),
                     .circuits = of_family(CISUP_IDENTITY, T, d, L, 0)};
        CHECK_OK(cisup_allocation_make(&s.base, T * S + 2, S, T, NULL, &error_));
        give_short_inputs(&s.circuits);
        const int exact = (S & (S - 1)) == 0;
        for (int variant = 0; variant < 32; variant++) {
            s.options.form = (cisup_operator_form)(variant % 2);
            s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
            subject_open(&s, 2);
            cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
            record r = pass(&s, (cisup_mode)(variant / 8), &s.batch);
            for (cisup_index k = 0; k < L * T * d * CISUP_LANES; k++) {
                const cisup_index lane = k % CISUP_LANES, i = k / CISUP_LANES % d;
                const cisup_index t = k / CISUP_LANES / d % T;
                double want = 0.0;
                for (cisup_index m = 0; m < 2; m++)
                    if (s.batch.active[lane * 2 + m] == t)
                        want = cisup_batch_state(&s.batch, lane, m, 0)[i];
                CHECK_NEAR(r.est[k], want,
                           exact ? 0.0 : 4.0 * 2.0 * (double)(S * L) * DBL_EPSILON);
            }
            record_free(&r);
            subject_close(&s);
        }
        subject_free(&s);
    }
}

/* Gated rotations by 90 degrees, y -> R (y - 1) + 1, side by side: beta = 1 - R (1,1).
 * Half of them turn the other way. */
static cisup_circuits quarter_turns(cisup_index T, cisup_index L) {
    double v[10 * 4], beta[10 * 2];
    for (cisup_index t = 0; t < T; t++) {
        const double turn = t % 2 ? -1.0 : 1.0;
        const double R[4] = {0, -turn, turn, 0};
        memcpy(v + 4 * t, R, sizeof R);
        beta[2 * t] = 1.0 + turn;
        beta[2 * t + 1] = 1.0 - turn;
    }
    cisup_circuits c;
    CHECK_OK(cisup_circuits_gate(&c, T, 2, L, 1, v, beta, &(cisup_gate){.margin = 1.0},
                                 &error_));
    c.offset = 1.0;
    return c;
}

/* x = R^l x_0, by (u,v) -> (-v,u), l times. */
static void turned(double x[2], cisup_index t, cisup_index l) {
    for (cisup_index k = 0; k < l; k++) {
        const double u = x[0], turn = t % 2 ? -1.0 : 1.0;
        x[0] = -turn * x[1];
        x[1] = turn * u;
    }
}

/* Numbers stay below 8 and a layer has a norm below 16, the sum of a row's sizes, but
 * acts on what the gate has reset; S + d + 16 roundings in each of L layers. */
static void a_rotation_alone_turns_L_times(void **state) {
    (void)state;
    const cisup_index L = 6, T = 10, S = 3;
    subject s = {.options = cisup_network_defaults(), .circuits = quarter_turns(T, L)};
    CHECK_OK(cisup_allocation_make(&s.base, T * S, S, T, NULL, &error_));
    for (int variant = 0; variant < 24; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
        subject_open(&s, 1);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, (cisup_mode)(variant / 8), &s.batch);
        for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
            for (cisup_index l = 1; l <= L; l++) {
                const cisup_index t = s.batch.active[lane];
                const double *in = cisup_batch_state(&s.batch, lane, 0, 0);
                double x[2] = {in[2] - 1.0, in[3] - 1.0};
                CHECK_NEAR(hypot(x[0], x[1]), 1.0, 8 * DBL_EPSILON);
                turned(x, t, l);
                const double on = readout(&r, l, t, 0, lane) - readout(&r, l, t, 1, lane);
                const double allowed = 8.0 * 16.0 * (double)(l * (S + 20)) * DBL_EPSILON;
                CHECK_NEAR(on, 1.0, allowed);
                for (cisup_index i = 0; i < 2; i++)
                    CHECK_NEAR(readout(&r, l, t, 2 + i, lane) - on, x[i], allowed);
            }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

/* docs/math.md 9.3: without ReLU the two on-neurons have the same weights and biases
 * 1 apart, so A_0 - A_1 = K whatever the rest does. Rounded are only the two sums of
 * pre-activation and bias, half an ulp each. */
static void masked_on_signals_are_exact(void **state) {
    (void)state;
    subject s = {.options = cisup_network_defaults(),
                 .circuits = of_family(CISUP_ROTATION4, 40, 4, 5, 0)};
    CHECK_OK(cisup_allocation_make(&s.base, 30, 3, 40, NULL, &error_));
    for (int variant = 0; variant < 8; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.scheme = (cisup_weight_scheme)(variant / 2);
        subject_open(&s, 3);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, CISUP_MODE_MASKED_LINEAR, &s.batch);
        for (cisup_index l = 1; l <= 5; l++)
            for (cisup_index n = 0; n < 30; n++)
                for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
                    const double A0 = activation(&r, l, n, lane);
                    const double A1 = activation(&r, l, 30 + n, lane);
                    CHECK_NEAR(A0 - A1, in_mask(&r, l, n, lane),
                               DBL_EPSILON * (fabs(A0) + fabs(A1)));
                }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

/* docs/math.md, section 4: with one active circuit capping hands its on-signal on
 * exactly, so that its on-neurons are 3/2 and 1/2 in layer 2. The oracle's bound is one
 * on the distance of two rounded ways, so also of one from the exact value. */
static void one_circuit_hands_on_its_on_signal(void **state) {
    (void)state;
    enum { N = 15, T = 20, d = 4 };
    double a[3 * d * N], slack[3];
    subject s = {.options = cisup_network_defaults(),
                 .circuits = of_family(CISUP_ROTATION4, T, d, 2, 0)};
    CHECK_OK(cisup_allocation_make(&s.base, N, 2, T, NULL, &error_));
    for (int variant = 0; variant < 4; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.kappa = (cisup_kappa_kind)(variant / 2);
        subject_open(&s, 1);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, CISUP_MODE_RELU, &s.batch);
        for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
            oracle_pass(&s, CISUP_MODE_RELU, lane, a, slack);
            for (cisup_index n = 0; n < N; n++) {
                if (!in_mask(&r, 2, n, lane)) continue;
                CHECK_NEAR(activation(&r, 2, n, lane), 1.5, slack[2]);
                CHECK_NEAR(activation(&r, 2, N + n, lane), 0.5, slack[2]);
            }
        }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_side_by_side_have_no_error),
        cmocka_unit_test(a_rotation_alone_turns_L_times),
        cmocka_unit_test(masked_on_signals_are_exact),
        cmocka_unit_test(one_circuit_hands_on_its_on_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
