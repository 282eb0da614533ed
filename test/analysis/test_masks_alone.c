/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Theorem 4 of docs/math.md, for circuits of every kind, drawn anew in every layer, at as
 * many as the cycle holds, through every engine: with one circuit active no read-out of
 * it has an error in any layer.
 *
 * Tolerance: relative to the states. A layer adds up S (d+1) products and divides; true
 * layers add an offset of 64 to numbers near 1, which costs a rounding of it in each of
 * ten layers: 1e-12. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/carried.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>

enum { L = 10, m = 3, q = 13, KINDS = 5 };

/* Networks of L layers with biases of their own, or rotations. Those that are not ReLU
 * keep norms, others the mean square, so that numbers stay near 1. */
static cisup_circuits drawn(int kind, cisup_index T) {
    static const unsigned char none[L] = {0}, output[L] = {[L - 1] = 1},
                               all[L] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const unsigned char *const is_signed[] = {none, output, all, none};
    cisup_rng rng = check_rng(kind);
    cisup_plain_mlps mlps = {.T = T, .m = m, .L = L, .layers = L};
    cisup_circuits c;
    double *v, *beta;
    if (kind == KINDS - 1) {
        cisup_family_options family = cisup_family_defaults();
        family.family = CISUP_ROTATION2;
        family.carried = 1;
        CHECK_OK(cisup_circuits_make(&c, T, 2, L, &family, &error_));
        return c;
    }
    const double size = is_signed[kind] == all ? sqrt(1.0 / m) : sqrt(2.0 / m);
    CHECK_OK(cisup_new(&v, L * T * m * m, sizeof *v, &error_));
    CHECK_OK(cisup_new(&beta, L * T * m, sizeof *beta, &error_));
    for (cisup_index k = 0; k < L * T * m * m; k++) v[k] = size * cisup_rng_normal(&rng);
    for (cisup_index k = 0; k < L * T * m; k++) beta[k] = 0.3 * cisup_rng_normal(&rng);
    mlps.v = v;
    mlps.beta = kind == 3 ? NULL : beta;
    mlps.is_signed = is_signed[kind] == none ? NULL : is_signed[kind];
    CHECK_OK(cisup_circuits_carry(&c, &mlps, &error_));
    cisup_release(v);
    cisup_release(beta);
    return c;
}

static void check_errors(const cisup_report *r) {
    for (cisup_index l = 1; l <= L; l++) {
        const double state =
            sqrt(r->result->mse[cisup_cell(l, CISUP_SIGNAL, CISUP_READOUT)].mean);
        assert_true(state > 0.0);
        CHECK_NEAR(r->result->worst[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)], 0.0,
                   1e-12 * state);
        for (cisup_index i = 0; i < r->d; i++)
            CHECK_NEAR(r->result->breaches[(l - 1) * r->d + i], 0.0, 0.0);
    }
}

static void one_active_circuit_is_exact(void **state) {
    (void)state;
    static const cisup_engine engine[] = {CISUP_ENGINE_BATCHED, CISUP_ENGINE_SPARSE,
                                          CISUP_ENGINE_REDUCED, CISUP_ENGINE_ASSEMBLED};
    const cisup_index one = 1;
    for (int k = 0; k < 4 * KINDS * 4; k++) {
        const cisup_index S = 1 + k % 4, T = q * q;
        cisup_cycle cycle;
        cisup_allocation rows;
        cisup_report r;
        cisup_experiment x = cisup_experiment_defaults();
        cisup_circuits c = drawn(k / 4 % KINDS, T);
        CHECK_OK(cisup_cycle_make(&cycle, S * q, S, 2, T, &error_));
        CHECK_OK(cisup_cycle_store(&cycle, &rows, &error_));
        x.base = &rows;
        x.cycle = &cycle;
        x.circuits = &c;
        x.engine = engine[k / 4 / KINDS];
        x.network.weights.scheme = CISUP_WEIGHTS_PLAIN;
        x.network.carrying.cycle = 2;
        x.network.carrying.offset = 64.0;
        x.z = &one;
        x.z_count = x.networks = 1;
        x.inputs = 40;
        CHECK_OK(cisup_experiment_run(&x, &r, &error_));
        check_errors(&r);
        cisup_report_free(&r);
        cisup_circuits_free(&c);
        cisup_allocation_free(&rows);
        cisup_cycle_free(&cycle);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_active_circuit_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
