/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Experiments on computed networks against the same experiments on stored ones with the
 * same allocation, permutations, circuits and samples. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/pass/computed.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

enum { L = 4 };

/* One network, 20 samples for each of two z. */
static cisup_experiment experiment_of(const cisup_allocation *base, cisup_family family,
                                      cisup_index d, cisup_weight_scheme weights,
                                      const cisup_index *z) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.family.family = family;
    x.d = d;
    x.L = L;
    x.network.weights.scheme = weights;
    x.z = z;
    x.z_count = 2;
    x.networks = 1;
    x.inputs = 20;
    return x;
}

/* pi_2 .. pi_L of the computed network that an experiment runs first. */
static cisup_index *permutations_of(const cisup_incidence *computed, uint64_t seed) {
    cisup_wiring w;
    cisup_index *pi;
    const cisup_index T = computed->T;
    CHECK_OK(cisup_wiring_make(&w, computed, L, 0, seed, 0, &error_));
    CHECK_OK(cisup_new(&pi, (L - 1) * T, sizeof *pi, &error_));
    for (cisup_index l = 2; l <= L; l++)
        for (cisup_index t = 0; t < T; t++)
            pi[(l - 2) * T + t] = cisup_wiring_row_of(&w, l, t);
    cisup_wiring_free(&w);
    return pi;
}

/* Equal up to `part` of the value; NaN equals NaN. */
static void check_alike(double got, double want, double part) {
    CHECK_NEAR(got, want, part * fabs(want) + 1e-25);
}

static void compare(const cisup_report *got, const cisup_report *want, bool exact) {
    /* Sums of some 10^5 squares in another order; kappa that differs by half a per
     * cent moves errors by a few; bins of quantiles are 1.6 % wide. */
    const double part = exact ? 1e-9 : 0.1;
    for (cisup_index k = 0; k < want->z_count; k++) {
        const cisup_result *g = &got->result[k], *w = &want->result[k];
        for (cisup_index cell = 0; cell < cisup_cell(L + 1, 0, 0); cell++) {
            /* The on-value of active circuits is exact: roundings only. */
            const bool is_rounding = w->mse[cell].mean < 1e-20;
            assert_true(!is_rounding || g->mse[cell].mean < 1e-20);
            if (is_rounding) continue;
            check_alike(g->mse[cell].mean, w->mse[cell].mean, part);
            if (!exact) continue;
            check_alike(g->worst[cell], w->worst[cell], 1e-9);
            check_alike(g->median[cell], w->median[cell], 0.035);
            check_alike(g->q99[cell], w->q99[cell], 0.035);
        }
        for (cisup_index n = 0; n < L * want->d && exact; n++) {
            check_alike(g->open[n], w->open[n], 1e-12);
            check_alike(g->wrong[n], w->wrong[n], 1e-12);
        }
    }
}

static void compare_runs(cisup_index N, cisup_index S, cisup_index T, cisup_family family,
                         cisup_index d, cisup_weight_scheme weights) {
    const cisup_index z[] = {1, 3};
    cisup_incidence computed;
    cisup_allocation stored;
    cisup_report got, want;
    CHECK_OK(cisup_incidence_make(&computed, N, S, T, CISUP_SCHEME_TD, &error_));
    CHECK_OK(cisup_incidence_store(&computed, &stored, &error_));
    cisup_experiment x = experiment_of(&stored, family, d, weights, z);
    cisup_index *pi = permutations_of(&computed, x.seed);
    x.network.permutations = pi;
    x.engine = CISUP_ENGINE_BATCHED;
    CHECK_OK(cisup_experiment_run(&x, &want, &error_));
    x.engine = CISUP_ENGINE_AUTO;
    const cisup_allocation sizes = {N, S, T, NULL};
    x.network.permutations = NULL;
    x.base = &sizes;
    x.computed = &computed;
    CHECK_OK(cisup_experiment_run(&x, &got, &error_));
    compare(&got, &want, weights != CISUP_WEIGHTS_CAPPED);
    cisup_report_free(&got);
    cisup_report_free(&want);
    cisup_release(pi);
    cisup_allocation_free(&stored);
    cisup_incidence_free(&computed);
}

/* On-values are multiples of 1/S, of which S = 4 and 10 have sums at the threshold that
 * come out as roundings of either sign. */
static void computed_runs_are_the_stored_ones(void **state) {
    (void)state;
    for (int weights = 0; weights < 4; weights++) {
        compare_runs(250, 5, 300, CISUP_ROTATION4, 4, (cisup_weight_scheme)weights);
        compare_runs(400, 7, 120, CISUP_ROTATION3, 3, (cisup_weight_scheme)weights);
        compare_runs(97, 3, 120, CISUP_STEP2, 2, (cisup_weight_scheme)weights);
    }
}

static void threads_do_not_matter(void **state) {
    (void)state;
    const cisup_index z[] = {1, 2};
    cisup_incidence computed;
    cisup_report one, more;
    CHECK_OK(cisup_incidence_make(&computed, 5000, 8, 9000, CISUP_SCHEME_TD, &error_));
    const cisup_allocation sizes = {5000, 8, 9000, NULL};
    cisup_experiment x =
        experiment_of(&sizes, CISUP_ROTATION4, 4, CISUP_WEIGHTS_CAPPED, z);
    x.computed = &computed;
    x.networks = 2;
    x.threads = 1;
    CHECK_OK(cisup_experiment_run(&x, &one, &error_));
    x.threads = 5;
    CHECK_OK(cisup_experiment_run(&x, &more, &error_));
    assert_true(one.kappa[0] == more.kappa[0] && one.kappa_error == more.kappa_error);
    assert_true(one.kappa_error > 0.0); /* N > 4096: estimated from some neurons */
    for (cisup_index k = 0; k < 2; k++) {
        const size_t cells = (size_t)cisup_cell(L + 1, 0, 0);
        assert_memory_equal(one.result[k].mse, more.result[k].mse,
                            cells * sizeof *one.result[k].mse);
        assert_memory_equal(one.result[k].q99, more.result[k].q99,
                            cells * sizeof(double));
        assert_memory_equal(one.result[k].worst, more.result[k].worst,
                            cells * sizeof(double));
        assert_memory_equal(one.result[k].open, more.result[k].open,
                            L * 4 * sizeof(double));
    }
    cisup_report_free(&one);
    cisup_report_free(&more);
    cisup_incidence_free(&computed);
}

/* Inactive circuits at S = 20, T S^2/N^2 = 0.01: hardly any noise opens a neuron, so the
 * mean square of x is z p to first order; 3 standard errors of 40 samples are 5 %. */
static void sparse_networks_follow_the_theory(void **state) {
    (void)state;
    const cisup_index z[] = {1, 2};
    cisup_incidence computed;
    cisup_report report;
    CHECK_OK(
        cisup_incidence_make(&computed, 100000, 20, 250000, CISUP_SCHEME_TD, &error_));
    const cisup_allocation sizes = {100000, 20, 250000, NULL};
    cisup_experiment x =
        experiment_of(&sizes, CISUP_ROTATION4, 4, CISUP_WEIGHTS_CAPPED, z);
    x.computed = &computed;
    x.networks = 2;
    CHECK_OK(cisup_experiment_run(&x, &report, &error_));
    for (cisup_index k = 0; k < 2; k++)
        for (cisup_index l = 1; l <= L; l++) {
            const cisup_index cell = cisup_cell(l, CISUP_INACTIVE, CISUP_X);
            check_alike(report.result[k].mse[cell].mean,
                        report.result[k].theory[cell].refined, 0.05);
        }
    CHECK_NEAR(report.kappa[0], expm1(250000.0 * 400.0 / 1e10), 3e-4);
    cisup_report_free(&report);
    cisup_incidence_free(&computed);
}

static void what_needs_storage_is_refused(void **state) {
    (void)state;
    const cisup_index z[] = {1, 2};
    cisup_incidence computed;
    cisup_report report;
    CHECK_OK(cisup_incidence_make(&computed, 60, 3, 50, CISUP_SCHEME_TD, &error_));
    const cisup_allocation sizes = {60, 3, 50, NULL};
    cisup_experiment x =
        experiment_of(&sizes, CISUP_ROTATION4, 4, CISUP_WEIGHTS_CAPPED, z);
    x.computed = &computed;
    x.terms = 1;
    assert_int_equal(cisup_experiment_run(&x, &report, NULL), CISUP_EINVAL);
    x.terms = 0;
    x.worst = 3;
    assert_int_equal(cisup_experiment_run(&x, &report, NULL), CISUP_EINVAL);
    x.worst = 0;
    x.network.weights.kappa = CISUP_KAPPA_ROWS;
    assert_int_equal(cisup_experiment_run(&x, &report, NULL), CISUP_EINVAL);
    cisup_incidence_free(&computed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computed_runs_are_the_stored_ones),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(sparse_networks_follow_the_theory),
        cmocka_unit_test(what_needs_storage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
