/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Experiments by the sparse engine against the batched one: the same networks and
 * samples, every scheme, mode and precision; and which of the two auto takes. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

enum { L = 3 };
static const cisup_index some_z[] = {1, 3};

typedef struct {
    cisup_index N, S, T, d;
    cisup_family family;
    cisup_scheme scheme;
} subject;

static cisup_allocation placed(const subject *s) {
    const cisup_allocation_options o = {.scheme = s->scheme, .seed = 3};
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, s->N, s->S, s->T, &o, &error_));
    return a;
}

static cisup_experiment experiment_of(const cisup_allocation *base, const subject *s) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.family.family = s->family;
    x.d = s->d;
    x.L = L;
    x.z = some_z;
    x.z_count = 2;
    x.networks = 2;
    x.inputs = 19;
    x.threads = 1;
    return x;
}

static cisup_report ran_by(cisup_experiment x, cisup_engine engine) {
    cisup_report r;
    x.engine = engine;
    CHECK_OK(cisup_experiment_run(&x, &r, &error_));
    return r;
}

/* Errors of this size are roundings, of which the two engines have others. */
static const double roundings[] = {
    [CISUP_PRECISION_DOUBLE] = 1e-20, [CISUP_PRECISION_SINGLE] = 1e-9};

/* Bins of quantiles are 1.6 % wide; a value at a bin's edge falls on either side. */
static void compare_errors(const cisup_result *g, const cisup_result *w,
                           const cisup_experiment *x, double part) {
    for (cisup_index cell = 0; cell < cisup_cell(L + 1, 0, 0); cell++) {
        if (isnan(w->mse[cell].mean)) continue;
        if (w->mse[cell].mean < roundings[x->precision]) {
            assert_true(g->mse[cell].mean < roundings[x->precision]);
            continue;
        }
        CHECK_NEAR(g->mse[cell].mean / w->mse[cell].mean, 1.0, part);
        CHECK_NEAR(g->worst[cell] / w->worst[cell], 1.0, part);
        CHECK_NEAR(g->q99[cell] / w->q99[cell], 1.0, 0.035 + part);
    }
}

static void compare(const cisup_report *got, const cisup_report *want,
                    const cisup_experiment *x, double part) {
    for (cisup_index k = 0; k < want->z_count; k++) {
        const cisup_result *g = &got->result[k], *w = &want->result[k];
        compare_errors(g, w, x, part);
        /* Sums that are 0 exactly come out as roundings of either sign. */
        const bool has_counts = x->family.family == CISUP_ROTATION4 &&
                                x->precision == CISUP_PRECISION_DOUBLE &&
                                x->mode != CISUP_MODE_LINEAR &&
                                x->mode != CISUP_MODE_MASKED_LINEAR;
        for (cisup_index n = 0; n < L * want->d && has_counts; n++) {
            assert_true(g->open[n] == w->open[n]);
            assert_true(g->wrong[n] == w->wrong[n]);
        }
        assert_true(g->engine == CISUP_ENGINE_SPARSE && isnan(g->share));
        assert_true(w->engine == CISUP_ENGINE_BATCHED && isnan(w->share));
    }
}

/* Some thousand terms over three layers that amplify by less than 100 each. */
static void engines_agree(void **state) {
    (void)state;
    static const subject row[] = {
        {60, 5, 60, 4, CISUP_ROTATION4, CISUP_SCHEME_BEST},
        {90, 3, 200, 3, CISUP_ROTATION3, CISUP_SCHEME_BEST},
        {300, 7, 90, 4, CISUP_ROTATION4, CISUP_SCHEME_TD},
        {50, 5, 40, 5, CISUP_GATE, CISUP_SCHEME_RANDOM},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        for (int variant = 0; variant < 32; variant++) {
            cisup_allocation a = placed(&row[k]);
            cisup_experiment x = experiment_of(&a, &row[k]);
            x.network.weights.scheme = (cisup_weight_scheme)(variant % 4);
            x.mode = (cisup_mode)(variant / 4 % 4);
            x.precision = (cisup_precision)(variant / 16);
            cisup_report want = ran_by(x, CISUP_ENGINE_BATCHED);
            cisup_report got = ran_by(x, CISUP_ENGINE_SPARSE);
            compare(&got, &want, &x,
                    x.precision == CISUP_PRECISION_DOUBLE ? 1e-10 : 1e-3);
            cisup_report_free(&got);
            cisup_report_free(&want);
            cisup_allocation_free(&a);
        }
}

/* Circuits left out of both networks alike or of each its own. */
static void engines_agree_without_some_circuits(void **state) {
    (void)state;
    static const cisup_index out[] = {0, 3, 57, 2, 11, 12};
    const subject s = {90, 5, 58, 4, CISUP_ROTATION4, CISUP_SCHEME_BEST};
    for (int weights = 0; weights < 4; weights++)
        for (int by_network = 0; by_network < 2; by_network++) {
            cisup_allocation a = placed(&s);
            cisup_experiment x = experiment_of(&a, &s);
            x.network.weights.scheme = (cisup_weight_scheme)weights;
            x.exclude = (cisup_exclusion){out, 3, by_network};
            cisup_report want = ran_by(x, CISUP_ENGINE_BATCHED);
            cisup_report got = ran_by(x, CISUP_ENGINE_SPARSE);
            compare(&got, &want, &x, 1e-10);
            cisup_report_free(&got);
            cisup_report_free(&want);
            cisup_allocation_free(&a);
        }
}

/* A layer may have no open neuron: no circuit does anything here. */
static void closed_networks_are_zero(void **state) {
    (void)state;
    const subject s = {40, 3, 20, 4, CISUP_IDENTITY, CISUP_SCHEME_BEST};
    for (int weights = 0; weights < 4; weights++) {
        cisup_allocation a = placed(&s);
        cisup_experiment x = experiment_of(&a, &s);
        cisup_circuits silent;
        CHECK_OK(cisup_circuits_init(&silent, s.T, s.d, L, 1, &error_));
        x.circuits = &silent;
        x.network.weights.scheme = (cisup_weight_scheme)weights;
        cisup_report r = ran_by(x, CISUP_ENGINE_SPARSE);
        for (int l = 1; l <= L; l++)
            assert_true(r.result[0].worst[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)] ==
                        0.0);
        cisup_report_free(&r);
        cisup_circuits_free(&silent);
        cisup_allocation_free(&a);
    }
}

/* The width up to which computed circuits may go is no limit of stored ones: the same
 * numbers on both sides of it and far beyond, also from W itself. */
static void engines_agree_on_wide_circuits(void **state) {
    (void)state;
    static const cisup_index width[] = {CISUP_COMPUTED_WIDTH, CISUP_COMPUTED_WIDTH + 1,
                                        40, 64};
    for (size_t k = 0; k < sizeof width / sizeof *width; k++)
        for (int weights = 0; weights < 4; weights++) {
            const subject s = {40, 3, 20, width[k], CISUP_RANDOM_RELU, CISUP_SCHEME_BEST};
            cisup_allocation a = placed(&s);
            cisup_experiment x = experiment_of(&a, &s);
            x.inputs = 5;
            x.network.weights.scheme = (cisup_weight_scheme)weights;
            cisup_report want = ran_by(x, CISUP_ENGINE_BATCHED);
            cisup_report got = ran_by(x, CISUP_ENGINE_SPARSE);
            cisup_report assembled = ran_by(x, CISUP_ENGINE_ASSEMBLED);
            compare(&got, &want, &x, 1e-10);
            for (cisup_index z = 0; z < want.z_count; z++) {
                assert_int_equal(assembled.result[z].engine, CISUP_ENGINE_ASSEMBLED);
                compare_errors(&assembled.result[z], &want.result[z], &x, 1e-10);
            }
            cisup_report_free(&assembled);
            cisup_report_free(&got);
            cisup_report_free(&want);
            cisup_allocation_free(&a);
        }
}

/* By hand from the definition: open neurons of one sample after the other. */
typedef struct {
    cisup_index N, d, lane, open;
} census;

static void count_layer(void *context, cisup_index l, const double *a,
                        const unsigned char *in_active) {
    census *c = context;
    (void)in_active;
    for (cisup_index n = 0; n < c->N && l > 0; n++) {
        double most = 0.0;
        for (cisup_index i = 0; i < c->d; i++)
            most = fmax(most, fabs(a[(i * c->N + n) * CISUP_LANES + c->lane]));
        c->open += most > 0.0;
    }
}

static void the_share_is_that_of_the_first_samples(void **state) {
    (void)state;
    const subject s = {60, 3, 60, 4, CISUP_ROTATION4, CISUP_SCHEME_REF};
    cisup_allocation a = placed(&s);
    cisup_experiment x = experiment_of(&a, &s);
    cisup_specimen made;
    CHECK_OK(cisup_specimen_make(&made, &x, 0, &error_));
    for (cisup_index inputs = 3; inputs < 20; inputs += 8) {
        const cisup_index used = inputs < CISUP_LANES ? inputs : CISUP_LANES;
        census c = {.N = s.N, .d = s.d};
        cisup_batch batch;
        cisup_forward f;
        double share;
        CHECK_OK(cisup_batch_init(&batch, 2, made.net.circuits, &error_));
        CHECK_OK(cisup_forward_init(&f, &made.net, &error_));
        for (cisup_index k = 0; k < used; k++) {
            const cisup_observer o = {&c, count_layer, NULL};
            cisup_batch_draw(&batch, made.net.circuits, x.seed, 0, k, 1);
            cisup_forward_run(&f, &made.net, x.mode, &batch, &o);
        }
        CHECK_OK(
            cisup_open_share(&made.net, x.mode, x.seed, 0, 2, inputs, &share, &error_));
        CHECK_NEAR(share, (double)c.open / (double)(s.N * L * used), 1e-15);
        cisup_forward_free(&f);
        cisup_batch_free(&batch);
    }
    cisup_specimen_free(&made);
    cisup_allocation_free(&a);
}

/* Noise opens a third of the first network's neurons and none of the second's, of
 * which z S/N = 0.002 are in use. */
static void auto_takes_the_engine_by_the_share(void **state) {
    (void)state;
    static const struct {
        subject s;
        cisup_engine engine;
    } row[] = {
        {{100, 6, 250, 4, CISUP_ROTATION4, CISUP_SCHEME_BEST}, CISUP_ENGINE_BATCHED},
        {{10000, 10, 10000, 4, CISUP_ROTATION4, CISUP_SCHEME_TD}, CISUP_ENGINE_SPARSE},
    };
    for (int k = 0; k < 2; k++) {
        cisup_allocation a = placed(&row[k].s);
        cisup_experiment x = experiment_of(&a, &row[k].s);
        cisup_report got = ran_by(x, CISUP_ENGINE_AUTO), want = ran_by(x, row[k].engine);
        for (int z = 0; z < 2; z++) {
            const cisup_result *g = &got.result[z], *w = &want.result[z];
            assert_int_equal(g->engine, row[k].engine);
            assert_true((g->share < cisup_engine_crossover(row[k].s.S, x.precision)) ==
                        (g->engine == CISUP_ENGINE_SPARSE));
            assert_memory_equal(g->mse, w->mse,
                                (size_t)cisup_cell(L + 1, 0, 0) * sizeof *g->mse);
        }
        cisup_report_free(&got);
        cisup_report_free(&want);
        cisup_allocation_free(&a);
    }
}

/* Auto stays with the batched engine for what the sparse one refuses. */
static void what_the_sparse_engine_lacks_is_refused(void **state) {
    (void)state;
    const subject s = {2000, 10, 400, 4, CISUP_ROTATION4, CISUP_SCHEME_TD};
    cisup_allocation a = placed(&s);
    for (int what = 0; what < 3; what++) {
        cisup_experiment x = experiment_of(&a, &s);
        cisup_report r;
        cisup_error err = {0};
        x.terms = what == 0;
        x.worst = what == 1;
        if (what == 2) x.network.weights.kappa = CISUP_KAPPA_ROWS;
        x.engine = CISUP_ENGINE_SPARSE;
        assert_int_equal(cisup_experiment_run(&x, &r, &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "the engine sparse has no"));
        r = ran_by(x, CISUP_ENGINE_AUTO);
        assert_int_equal(r.result[0].engine, CISUP_ENGINE_BATCHED);
        assert_true(isnan(r.result[0].share));
        cisup_report_free(&r);
        x.network.weights.scheme = CISUP_WEIGHTS_PLAIN; /* has no kappa */
        if (what != 2) continue;
        r = ran_by(x, CISUP_ENGINE_SPARSE);
        cisup_report_free(&r);
    }
    cisup_allocation_free(&a);
}

static void names_are_found(void **state) {
    (void)state;
    for (int k = 0; k <= CISUP_ENGINE_ASSEMBLED; k++)
        assert_int_equal(cisup_engine_find(cisup_engine_name((cisup_engine)k)), k);
    assert_int_equal(cisup_engine_find("factored"), -1);
}

/* What was measured, within a factor of 2: bench/README.md. */
static void the_crossover_is_the_measured_one(void **state) {
    (void)state;
    static const struct {
        cisup_index S;
        double share;
    } row[] = {{3, 0.025},   {4, 0.021},  {6, 0.0145},
               {10, 0.0105}, {20, 0.005}, {40, 0.006}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const double share = cisup_engine_crossover(row[k].S, CISUP_PRECISION_DOUBLE);
        assert_true(share < 2.0 * row[k].share && row[k].share < 2.0 * share);
        assert_true(cisup_engine_crossover(row[k].S, CISUP_PRECISION_SINGLE) < share);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(engines_agree_without_some_circuits),
        cmocka_unit_test(closed_networks_are_zero),
        cmocka_unit_test(engines_agree_on_wide_circuits),
        cmocka_unit_test(the_share_is_that_of_the_first_samples),
        cmocka_unit_test(auto_takes_the_engine_by_the_share),
        cmocka_unit_test(what_the_sparse_engine_lacks_is_refused),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(the_crossover_is_the_measured_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
