/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Active sets that are given instead of drawn. */
#include "common/check.h"
#include "common/reports.h"

#include <cisup/analysis/experiment_part.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <math.h>
#include <string.h>

enum { MOST = 3, SAMPLES = 21 };

/* The sets that one network draws for SAMPLES samples of MOST circuits. */
static void draw(const cisup_experiment *x, cisup_index *start, cisup_index *circuit) {
    for (cisup_index m = 0; m <= SAMPLES; m++) start[m] = MOST * m;
    for (cisup_index m = 0; m < SAMPLES; m++) {
        cisup_rng rng;
        cisup_rng_init(&rng, x->seed, CISUP_STREAM_ACTIVE, 0, m, MOST);
        cisup_rng_subset(&rng, x->base->T, MOST, circuit + MOST * m);
    }
}

/* Bit by bit, of experiments of every kind. */
static void drawn_sets_give_the_same(void **state) {
    (void)state;
    const cisup_index z[1] = {MOST};
    for (int kind = 0; kind < KINDS; kind++) {
        if (kind == KIND_EXCLUDE) continue;
        small_experiment s;
        small_make(&s, kind);
        s.x.z = z;
        s.x.z_count = s.x.networks = 1;
        s.x.inputs = SAMPLES;
        cisup_index start[SAMPLES + 1], circuit[SAMPLES * MOST];
        draw(&s.x, start, circuit);
        const cisup_active_sets sets = {start, circuit, SAMPLES};
        cisup_report drawn, given;
        CHECK_OK(cisup_experiment_run(&s.x, &drawn, &error_));
        s.x.active = &sets;
        CHECK_OK(cisup_experiment_run(&s.x, &given, &error_));
        assert_equal_reports(&given, &drawn, s.x.worst, s.x.terms);
        cisup_report_free(&drawn);
        cisup_report_free(&given);
        small_free(&s);
    }
}

/* The sums of squares of five samples, of which the first has the set A = {4, 11, 17}
 * (with `which` 1 or 3), the second B = {8} (2 or 3), and the others none. */
static cisup_report run_some(small_experiment *s, int which) {
    static const cisup_index circuit[] = {4, 11, 17, 8};
    const cisup_index a = which & 1 ? 3 : 0, b = which & 2 ? 1 : 0;
    const cisup_index start[] = {0, a, a + b, a + b, a + b, a + b};
    const cisup_active_sets sets = {start, which == 2 ? circuit + 3 : circuit, 5};
    const cisup_index z[1] = {a ? a : b};
    cisup_report report;
    s->x.z = z;
    s->x.z_count = s->x.networks = 1;
    s->x.inputs = 5;
    s->x.active = &sets;
    CHECK_OK(cisup_experiment_run(&s->x, &report, &error_));
    s->x.active = NULL;
    return report;
}

/* Samples do not know of each other: the sums of squares of A alone and of B alone are
 * those of both. Means are over as many circuits as are active, or are not. */
static void means_are_over_the_active_circuits(void **state) {
    (void)state;
    const cisup_engine engine[] = {CISUP_ENGINE_BATCHED, CISUP_ENGINE_SPARSE,
                                   CISUP_ENGINE_ASSEMBLED};
    for (int e = 0; e < 3; e++) {
        small_experiment s;
        small_make(&s, KIND_LIST);
        s.x.engine = engine[e];
        const double T = (double)s.base.T;
        cisup_report both = run_some(&s, 3), a = run_some(&s, 1), b = run_some(&s, 2);
        for (cisup_index l = 1; l <= both.L; l++)
            for (int q = 0; q < CISUP_QUANTITIES; q++)
                for (int state_ = 0; state_ < CISUP_STATES; state_++) {
                    const int off = state_ == CISUP_INACTIVE;
                    const cisup_index cell = cisup_cell(l, state_, q);
                    const double sum = (off ? 5 * T - 3 : 3) * a.result->mse[cell].mean +
                                       (off ? 5 * T - 1 : 1) * b.result->mse[cell].mean;
                    /* rounding of sums of some 10^2 terms */
                    CHECK_NEAR((off ? 5 * T - 4 : 4) * both.result->mse[cell].mean, sum,
                               1e-12 * (1.0 + sum));
                    if (l == 2 && off) assert_true(sum > 0.0);
                }
        cisup_report_free(&both);
        cisup_report_free(&a);
        cisup_report_free(&b);
        small_free(&s);
    }
}

/* The parts of errors and the worst circuits count active circuits as the errors do. */
static void terms_and_circuits_count_the_active(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_TERMS);
    s.x.worst = s.base.T;
    cisup_report r = run_some(&s, 3);
    for (cisup_index l = 1; l <= r.L; l++)
        for (int off = 0; off < 2; off++)
            CHECK_NEAR(r.result->term[cisup_term_cell(l, off, CISUP_TERM_TOTAL)].mean,
                       r.result->mse[cisup_cell(l, off, CISUP_READOUT)].mean, 1e-12);
    for (cisup_index k = 0; k < s.base.T; k++) {
        const cisup_ranked *one = &r.result->ranked[k];
        const cisup_index t = one->circuit;
        assert_int_equal(one->active, t == 4 || t == 11 || t == 17 || t == 8);
    }
    cisup_report_free(&r);
    small_free(&s);
}

/* With nobody active nothing is written: networks that carry masks stay 0. */
static void nobody_active_reads_nothing(void **state) {
    (void)state;
    const cisup_engine engine[] = {CISUP_ENGINE_BATCHED, CISUP_ENGINE_SPARSE,
                                   CISUP_ENGINE_ASSEMBLED};
    const cisup_index start[] = {0, 0}, z[1] = {0};
    const cisup_active_sets none = {start, start, 1};
    cisup_cycle cycle;
    cisup_allocation base;
    CHECK_OK(cisup_cycle_make(&cycle, 21, 3, 2, 30, &error_));
    CHECK_OK(cisup_cycle_store(&cycle, &base, &error_));
    for (int e = 0; e < 3; e++) {
        cisup_experiment x = cisup_experiment_defaults();
        x.base = &base;
        x.cycle = &cycle;
        x.network.carrying.cycle = 2;
        x.network.weights.scheme = CISUP_WEIGHTS_PLAIN;
        x.family.family = CISUP_ROTATION2;
        x.family.carried = 1;
        x.d = 2;
        x.L = 3;
        x.z = z;
        x.z_count = 1;
        x.networks = 2;
        x.inputs = 9;
        x.engine = engine[e];
        x.active = &none;
        cisup_report r;
        CHECK_OK(cisup_experiment_run(&x, &r, &error_));
        for (cisup_index l = 1; l <= 3; l++) {
            assert_true(isnan(r.result->mse[cisup_cell(l, CISUP_ACTIVE, 2)].mean));
            assert_true(isnan(r.result->mse[cisup_cell(l, CISUP_SIGNAL, 2)].mean));
            assert_true(isnan(r.result->worst[cisup_cell(l, CISUP_ACTIVE, 2)]));
            CHECK_NEAR(r.result->mse[cisup_cell(l, CISUP_INACTIVE, 2)].mean, 0.0, 0.0);
            CHECK_NEAR(r.result->worst[cisup_cell(l, CISUP_INACTIVE, 2)], 0.0, 0.0);
            CHECK_NEAR(r.result->open[(l - 1) * 2], 0.0, 0.0);
        }
        assert_true(isnan(r.result->feedback));
        cisup_report_free(&r);
    }
    cisup_allocation_free(&base);
    cisup_cycle_free(&cycle);
}

static void sets_that_do_not_fit_are_refused(void **state) {
    (void)state;
    const cisup_index start[] = {0, 2, 3}, z[2] = {2, 1};
    const cisup_index good[] = {3, 39, 0}, beyond[] = {3, 40, 0}, falling[] = {9, 3, 0},
                      twice[] = {3, 3, 0}, below[] = {3, 39, -1};
    const struct {
        const cisup_index *circuit;
        cisup_index count, z_count, z, out;
        const char *text;
    } cases[] = {
        {beyond, 2, 1, 2, 0, "circuit 40 of active set 0"},
        {falling, 2, 1, 2, 0, "circuit 3 of active set 0"},
        {twice, 2, 1, 2, 0, "circuit 3 of active set 0"},
        {below, 2, 1, 2, 0, "circuit -1 of active set 1"},
        {good, 0, 1, 2, 0, "0 active sets"},
        {good, 2, 2, 2, 0, "2 values of z"},
        {good, 2, 1, 2, 1, "1 circuits left out"},
        {good, 2, 1, 1, 0, "the largest active set has 2 circuits"},
        {good, 2, 1, 2, 0, NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        small_experiment s;
        small_make(&s, KIND_LIST);
        const cisup_active_sets sets = {start, cases[k].circuit, cases[k].count};
        cisup_report r = {0};
        s.x.z = cases[k].z == 2 ? z : z + 1;
        s.x.z_count = cases[k].z_count;
        s.x.active = &sets;
        if (cases[k].out) s.x.exclude = (cisup_exclusion){s.out, 1, 0};
        cisup_error err = {0};
        const cisup_status status = cisup_experiment_run(&s.x, &r, &err);
        assert_int_equal(status, cases[k].text ? CISUP_EINVAL : CISUP_OK);
        if (cases[k].text) assert_non_null(strstr(err.text, cases[k].text));
        cisup_report_free(&r);
        small_free(&s);
    }
}

/* A part with other sets belongs to another experiment. */
static void parts_know_the_sets(void **state) {
    (void)state;
    const cisup_index start[] = {0, 1}, circuit[2] = {5, 6}, z[1] = {1};
    const cisup_active_sets sets[2] = {{start, circuit, 1}, {start, circuit + 1, 1}};
    small_experiment s;
    cisup_part part[2];
    small_make(&s, KIND_LIST);
    s.x.z = z;
    s.x.z_count = 1;
    for (int k = 0; k < 2; k++) {
        s.x.active = &sets[k];
        CHECK_OK(cisup_experiment_part(&s.x, k, 2, &part[k], &error_));
    }
    cisup_error err = {0};
    assert_int_equal(cisup_part_merge(&part[0], &part[1], &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "the active sets differ"));
    for (int k = 0; k < 2; k++) cisup_part_free(&part[k]);
    small_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_sets_give_the_same),
        cmocka_unit_test(means_are_over_the_active_circuits),
        cmocka_unit_test(terms_and_circuits_count_the_active),
        cmocka_unit_test(nobody_active_reads_nothing),
        cmocka_unit_test(sets_that_do_not_fit_are_refused),
        cmocka_unit_test(parts_know_the_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
