/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that carry masks as layers of matrix, biases and ReLU, and all engines,
 * against the definition in the plain loops of common/masked.h: random circuits of mixed
 * kinds on cycles of transversal designs.
 *
 * Tolerance: as in test_masks_exact.c; offsets and strengths are chosen a quarter above
 * the largest sum, so that numbers and their roundings stay below 1e3. */
#include "common/check.h"
#include "common/masked.h"
#include "common/relu_networks.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/network_run.h>
#include <cisup/analysis/pass/samples.h>

#include <string.h>

/* --- against the definition -------------------------------------------------------- */

static void compare_sample(const made_network *n, const masked_case *x, int m,
                           const answers *got) {
    static masked_result want;
    masked_run(x, m, &want);
    const double tolerance = through_layers * fmax(1.0, want.largest);
    const int first = n->circuits.biased, d = x->d + first, M = x->samples;
    for (int l = 0; l < x->L; l++) {
        const double *est = got->readout + (l * M + m) * x->T * d;
        for (int k = 0; k < x->T * x->d; k++)
            CHECK_NEAR(est[k / x->d * d + first + k % x->d],
                       want.readout[l][k / x->d][k % x->d], tolerance);
        const double *K = want.K[l % x->c];
        for (int t = 0; first && t < x->T; t++)
            CHECK_NEAR(est[t * d], masked_mean(x, l % x->c, t, K), tolerance);
        const double *y = got->activations + ((l + 1) * M + m) * d * x->N;
        for (int k = 0; first && k < x->N; k++) assert_true(y[k] == K[k]);
        for (int k = 0; k < x->d * x->N; k++)
            CHECK_NEAR(y[first * x->N + k], want.y[l][k / x->N][k % x->N], tolerance);
    }
}

static void engines_equal_the_definition(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    for (int round = 0; round < 192; round++) {
        cisup_rng rng = check_rng(round % 96);
        const variant how = {round & 1, round >> 1 & 1, round >> 2 & 1};
        draw(&x, &rng, how);
        const double reach = 1.25 * largest_sum(&x);
        for (int form = 0; form < 2; form++) {
            make_some(&n, &x, how.fresh, (cisup_operator_form)form, reach, round >= 96);
            assert_int_equal(n.net.relu != NULL, form == CISUP_OPERATOR_ASSEMBLED);
            answers got = run(&n);
            for (int m = 0; m < x.samples; m++) compare_sample(&n, &x, m, &got);
            drop(&got);
            unmake(&n);
        }
    }
}

/* With too little of offset and strength, too, when sums are clipped and neurons open
 * that should not: then only the engines can be compared. */
static void breaches_are_the_same_in_both_forms(void **state) {
    (void)state;
    static masked_case x;
    static made_network n[2];
    for (int round = 100; round < 148; round++) {
        cisup_rng rng = check_rng(round);
        const variant how = {round & 1, round >> 1 & 1, 0};
        draw(&x, &rng, how);
        const double most = largest_sum(&x);
        answers got[2];
        for (int form = 0; form < 2; form++) {
            make(&n[form], &x, how.fresh, (cisup_operator_form)form, 0.3 * most);
            got[form] = run(&n[form]);
        }
        const cisup_index d = n[0].circuits.d, M = x.samples;
        const double tolerance = through_layers * fmax(1.0, most);
        for (cisup_index k = 0; k < x.L * M * x.T * d; k++)
            CHECK_NEAR(got[0].readout[k], got[1].readout[k], tolerance);
        for (cisup_index k = 0; k < (x.L + 1) * M * d * x.N; k++)
            CHECK_NEAR(got[0].activations[k], got[1].activations[k], tolerance);
        for (int form = 0; form < 2; form++) {
            drop(&got[form]);
            unmake(&n[form]);
        }
    }
}

/* --- measured, refused ------------------------------------------------------------- */

/* Both forms through the sampler: squares to rounding, counts of open neurons exactly. */
static void open_neurons_are_counted_alike(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_measure measure[2] = {{0}};
    cisup_rng rng = check_rng(300);
    do {
        draw(&x, &rng, (variant){1, 1, 0});
    } while (x.L < 4 || x.z < 2 || !x.is_signed[2]);
    const double reach = 0.3 * largest_sum(&x);
    double *column[2];
    cisup_index wrong = 0;
    for (int form = 0; form < 2; form++) {
        make(&n, &x, 1, (cisup_operator_form)form, reach);
        const cisup_samples s = {.net = &n.net, .seed = 1, .z = x.z, .inputs = 40};
        const cisup_columns columns = cisup_samples_columns(&s);
        cisup_watch watch;
        CHECK_OK(cisup_watch_init(&watch, &s, &error_));
        CHECK_OK(cisup_new(&column[form], cisup_columns_total(&columns), sizeof(double),
                           &error_));
        CHECK_OK(cisup_samples_run(&s, &watch, 1, column[form], &error_));
        measure[form] = watch.measure;
        watch.measure = (cisup_measure){0};
        cisup_watch_free(&watch);
        unmake(&n);
    }
    for (cisup_index k = 0; k < cisup_cell(x.L + 1, 0, 0); k++)
        CHECK_NEAR(column[0][k], column[1][k], 1e-11 * fmax(1.0, fabs(column[0][k])));
    for (cisup_index k = 0; k < x.L * measure[0].d; k++) {
        assert_int_equal(measure[0].open[k].open, measure[1].open[k].open);
        assert_int_equal(measure[0].open[k].wrong, measure[1].open[k].wrong);
        assert_int_equal(measure[0].open[k].outside, measure[1].open[k].outside);
        wrong += measure[0].open[k].wrong;
    }
    assert_true(wrong > 0);
    for (int form = 0; form < 2; form++) {
        cisup_release(column[form]);
        cisup_measure_free(&measure[form]);
    }
}

/* An experiment on a cycle of three allocations of 60 circuits, 2 on each of 11 points.
 */
static cisup_experiment experiment_of(masked_case *x, cisup_allocation *base,
                                      cisup_cycle *cycle, cisup_family family) {
    static cisup_allocation part[3]; /* which the cycle borrows */
    static const cisup_index z[] = {1, 3};
    cisup_experiment e = cisup_experiment_defaults();
    *x = (masked_case){.S = 2, .c = 3, .T = 60};
    draw_parts(x, NULL, 11, 0);
    CHECK_OK(cisup_allocation_init(base, 22, 2, 3 * 60, &error_));
    for (int k = 0; k < 3 * 60 * 2; k++)
        base->slot[k] = x->part[k / 120][k / 2 % 60][k % 2];
    base->T = 60;
    for (int h = 0; h < 3; h++)
        part[h] = (cisup_allocation){22, 2, 60, base->slot + h * 120};
    CHECK_OK(cisup_cycle_of(cycle, part, 3, &error_));
    e.base = base;
    e.cycle = cycle;
    e.family.family = family;
    e.family.carried = 1;
    e.d = 2;
    e.L = 4;
    e.z = z;
    e.z_count = 2;
    e.networks = 2;
    e.inputs = 30;
    e.threads = 1;
    e.network.carrying.cycle = 3;
    e.network.carrying.active = 3;
    return e;
}

static void compare_reports(const cisup_report *got, const cisup_report *want,
                            cisup_engine engine, int counts) {
    for (int k = 0; k < 2; k++) {
        const cisup_result *g = &got->result[k], *w = &want->result[k];
        assert_int_equal(g->engine, engine);
        for (cisup_index cell = 0; cell < cisup_cell(5, 0, 0); cell++) {
            const double most = fmax(1.0, w->mse[cell].mean);
            CHECK_NEAR(g->mse[cell].mean, w->mse[cell].mean, 1e-10 * most);
        }
        for (int n = 0; counts && n < 4 * 2; n++) {
            assert_true(g->open[n] == w->open[n]);
            assert_true(g->wrong[n] == w->wrong[n]);
        }
    }
}

/* Offsets beyond all sums are some 500 here: roundings of 1e-13, squares of errors of up
 * to 10 with one of 1e-11. Sums that are 0 exactly come out as roundings of either sign,
 * in circuits of kind relu, whose counts are not compared. */
static void experiments_give_the_same_with_every_engine(void **state) {
    (void)state;
    static masked_case x;
    const cisup_family family[] = {CISUP_ROTATION2, CISUP_RANDOM_RELU};
    for (int k = 0; k < 2; k++) {
        cisup_allocation base;
        cisup_cycle cycle;
        cisup_experiment e = experiment_of(&x, &base, &cycle, family[k]);
        cisup_report report[3];
        for (int engine = 0; engine < 3; engine++) {
            e.engine = (cisup_engine)(CISUP_ENGINE_BATCHED + engine);
            CHECK_OK(cisup_experiment_run(&e, &report[engine], &error_));
        }
        assert_true(report[0].result[1].mse[cisup_cell(3, CISUP_ACTIVE, 0)].mean > 0.01);
        for (int engine = 1; engine < 3; engine++)
            compare_reports(&report[engine], &report[0],
                            (cisup_engine)(CISUP_ENGINE_BATCHED + engine), k == 0);
        for (int engine = 0; engine < 3; engine++) cisup_report_free(&report[engine]);
        e.engine = CISUP_ENGINE_ASSEMBLED;
        e.mode = CISUP_MODE_MASKED_RELU;
        cisup_error err = {0};
        assert_int_equal(cisup_experiment_run(&e, &report[0], &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "masked-relu"));
        e.cycle = NULL;
        assert_int_equal(cisup_experiment_run(&e, &report[0], &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "cycle"));
        cisup_cycle_free(&cycle);
        cisup_allocation_free(&base);
    }
}

static void other_modes_are_refused(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(301);
    double state_of[masked_samples * masked_z * (masked_L + 1) * (masked_d + 1)];
    draw(&x, &rng, (variant){0, 0, 0});
    make(&n, &x, 0, CISUP_OPERATOR_ASSEMBLED, 10.0);
    const cisup_run_results out = {.states = state_of};
    for (int mode = 0; mode <= CISUP_MODE_LINEAR; mode++) {
        const cisup_run_options o = {.mode = (cisup_mode)mode, .threads = 1};
        cisup_error err = {0};
        const cisup_status status = cisup_network_run(&n.net, &n.samples, &o, &out, &err);
        assert_int_equal(status, mode == CISUP_MODE_RELU ? CISUP_OK : CISUP_EINVAL);
        assert_true(mode == CISUP_MODE_RELU ||
                    strstr(err.text, cisup_mode_name((cisup_mode)mode)));
    }
    unmake(&n);
}

/* A sum that runs over takes the sample with it, in both forms. */
static void samples_that_overflow_are_lost(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    cisup_rng rng = check_rng(302);
    do {
        draw(&x, &rng, (variant){0, 1, 0});
    } while (x.L < 3 || x.samples < 2);
    for (int form = 0; form < 2; form++) {
        make(&n, &x, 0, (cisup_operator_form)form, 10.0);
        const cisup_index first = n.circuits.biased, d = n.circuits.d;
        for (int k = 0; k < x.z * d; k++)
            if (k % d >= first) n.input[k] = 1e308;
        for (cisup_index k = 0; k < n.circuits.T * d * d; k++) n.circuits.w[k] *= 1e10;
        cisup_network_free(&n.net);
        cisup_network_options o = cisup_network_defaults();
        o.form = (cisup_operator_form)form;
        o.carrying =
            (cisup_carrying){.cycle = x.c, .active = 1, .offset = 1.0, .strength = 1.0};
        CHECK_OK(cisup_network_make(&n.net, &n.base, &n.circuits, &o, &error_));
        answers got = run(&n);
        for (cisup_index l = 0; l < x.L; l++)
            for (cisup_index k = 0; k < x.T * d; k++) {
                assert_true(isnan(got.readout[l * x.samples * x.T * d + k]));
                assert_true(isfinite(got.readout[(l * x.samples + 1) * x.T * d + k]));
            }
        drop(&got);
        unmake(&n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_equal_the_definition),
        cmocka_unit_test(breaches_are_the_same_in_both_forms),
        cmocka_unit_test(open_neurons_are_counted_alike),
        cmocka_unit_test(experiments_give_the_same_with_every_engine),
        cmocka_unit_test(other_modes_are_refused),
        cmocka_unit_test(samples_that_overflow_are_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
