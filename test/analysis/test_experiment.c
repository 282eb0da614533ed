/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole experiments: what does not show in them, what does, and circuits that are given
 * or left out. */
#include "common/check.h"
#include "common/experiments.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/sparse/layer/operator.h>

#include <float.h>

static void threads_do_not_show(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    for (int variant = 0; variant < 16; variant++) {
        cisup_experiment x = small(&a);
        x.engine = (cisup_engine)(variant % 4);
        x.mode = (cisup_mode)(variant / 4);
        cisup_report one = ran(&x);
        const int threads[] = {2, 5, 0};
        for (int k = 0; k < 3; k++) {
            x.threads = threads[k];
            cisup_report many = ran(&x);
            assert_same_report(&one, &many);
            cisup_report_free(&many);
        }
        cisup_report_free(&one);
    }
    cisup_allocation_free(&a);
}

static void seeds_do_show(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report one = ran(&x);
    x.seed = 2;
    cisup_report two = ran(&x);
    const cisup_index cell = cisup_cell(3, CISUP_ACTIVE, CISUP_X);
    assert_true(one.result[0].mse[cell].mean != two.result[0].mse[cell].mean);
    cisup_report_free(&one);
    cisup_report_free(&two);
    cisup_allocation_free(&a);
}

/* One z alone gives what it gives among others: samples of a z do not depend on the
 * list. */
static void values_of_z_do_not_mix(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    cisup_report both = ran(&x);
    x.z = some_z + 1;
    x.z_count = 1;
    cisup_report alone = ran(&x);
    assert_same_result(&both.result[1], &alone.result[0], cisup_cell(4, 0, 0), 12);
    cisup_report_free(&both);
    cisup_report_free(&alone);
    cisup_allocation_free(&a);
}

/* The largest row sum of |W^l| over the layers of network 0. */
static double norm_of(const cisup_experiment *x) {
    const cisup_index dN = x->d * x->base->N;
    cisup_network_options o = x->network;
    o.seed = x->seed;
    o.form = CISUP_OPERATOR_ASSEMBLED;
    cisup_circuits c;
    cisup_network net;
    double *W, most = 0.0;
    CHECK_OK(cisup_circuits_make(&c, x->base->T, x->d, x->L, &x->family, &error_));
    CHECK_OK(cisup_network_make(&net, x->base, &c, &o, &error_));
    CHECK_OK(cisup_new(&W, dN * dN, sizeof *W, &error_));
    for (cisup_index l = 0; l + 1 < x->L; l++) {
        cisup_weights_dense(&net.layers[l].assembled, W);
        for (cisup_index row = 0; row < dN; row++) {
            double sum = 0.0;
            for (cisup_index k = 0; k < dN; k++) sum += fabs(W[row * dN + k]);
            most = fmax(most, sum);
        }
    }
    cisup_release(W);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
    return most;
}

/* The largest norm of an error or state in a report. */
static double largest_norm(const cisup_report *r) {
    double most = 0.0;
    for (cisup_index k = 0; k < r->z_count; k++)
        for (cisup_index cell = 0; cell < cisup_cell(r->L + 1, 0, 0); cell++)
            most = fmax(most, r->result[k].worst[cell]);
    return most;
}

/* Sums of T + d N terms in each of two layers, each followed by norms of W; states and
 * errors are at most `most` each, activations their sum; of a squared norm. */
static void engines_agree(void **state) {
    (void)state;
    const cisup_index T = 40, N = 31;
    cisup_allocation a = placed(N, 3, T);
    for (int variant = 0; variant < 16; variant++) {
        cisup_experiment x = small(&a);
        x.mode = (cisup_mode)(variant % 4);
        x.network.weights.scheme = (cisup_weight_scheme)(variant / 4);
        cisup_report factored = ran(&x);
        x.engine = CISUP_ENGINE_ASSEMBLED;
        cisup_report assembled = ran(&x);
        const double most = largest_norm(&factored), norm = norm_of(&x);
        const double allowed =
            2.0 * (double)(T + 4 * N) * DBL_EPSILON * norm * norm * 2.0 * most * most;
        assert_true(allowed < 1e-6 * (1.0 + most * most)); /* else it says nothing */
        for (int k = 0; k < 2; k++)
            for (cisup_index cell = 0; cell < cisup_cell(4, 0, 0); cell++) {
                const cisup_result *f = &factored.result[k], *s = &assembled.result[k];
                CHECK_NEAR(s->mse[cell].mean, f->mse[cell].mean, allowed);
                CHECK_NEAR(s->worst[cell] * s->worst[cell],
                           f->worst[cell] * f->worst[cell], allowed);
            }
        for (int l = 0; l < 2; l++)
            CHECK_NEAR(assembled.kappa[l], factored.kappa[l], 4.0 * DBL_EPSILON);
        cisup_report_free(&factored);
        cisup_report_free(&assembled);
    }
    cisup_allocation_free(&a);
}

/* With every layer in the same order, leaving rows empty is having no such rows; the
 * statistics of the allocation alone, and so theory, know of them. */
static void excluded_circuits_are_not_there(void **state) {
    (void)state;
    const cisup_index out[2][4] = {{0, 7, 8, 39}, {1, 2, 3, 20}};
    cisup_allocation a = placed(30, 3, 40), less = placed(30, 3, 36);
    for (int by_network = 0; by_network < 2; by_network++) {
        cisup_circuits c, some;
        cisup_index kept[36], at = 0;
        CHECK_OK(cisup_circuits_make(&c, 40, 4, 3, NULL, &error_));
        for (cisup_index t = 0, next = 0; t < 40; t++) {
            if (next < 4 && out[by_network][next] == t) {
                next++;
                continue;
            }
            memcpy(less.slot + at * 3, cisup_allocation_row(&a, t), 3 * sizeof(int32_t));
            kept[at++] = t;
        }
        CHECK_OK(cisup_circuits_keep(&some, &c, kept, 36, &error_));
        cisup_experiment x = small(&a), y = small(&less);
        x.network.keep_order = y.network.keep_order = 1;
        x.networks = y.networks = 1 + by_network;
        x.circuits = &c;
        y.circuits = &some;
        x.exclude = (cisup_exclusion){out[0], 4, by_network};
        cisup_report left = ran(&x), want = ran(&y);
        const cisup_index k = by_network; /* the network with that list */
        for (int j = 0; j < 2 && k == 0; j++)
            for (cisup_index cell = 0; cell < 27; cell++) {
                const cisup_interval *got = &left.result[j].mse[cell];
                CHECK_NEAR(got->mean, want.result[j].mse[cell].mean, 0.0);
            }
        x.worst = y.worst = 36;
        cisup_report_free(&left);
        cisup_report_free(&want);
        left = ran(&x);
        want = ran(&y);
        for (cisup_index i = k * 36; i < (k + 1) * 36; i++) {
            const cisup_ranked *got = &left.result[0].ranked[i];
            const cisup_ranked *same = &want.result[0].ranked[i];
            assert_int_equal(got->circuit, kept[same->circuit]);
            assert_true(got->mse == same->mse && got->active == same->active);
        }
        cisup_report_free(&left);
        cisup_report_free(&want);
        cisup_circuits_free(&some);
        cisup_circuits_free(&c);
    }
    cisup_allocation_free(&less);
    cisup_allocation_free(&a);
}

/* Given circuits are used in all networks, which then differ by their permutations. */
static void given_circuits_are_used(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    x.networks = 1;
    cisup_report family = ran(&x);
    cisup_family_options o = x.family;
    o.seed = x.seed;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, 40, 4, 3, &o, &error_));
    x.circuits = &c;
    x.d = x.L = 0;
    cisup_report given = ran(&x);
    assert_int_equal(given.L, 3);
    assert_int_equal(given.d, 4);
    for (int k = 0; k < 2; k++)
        assert_memory_equal(given.result[k].mse, family.result[k].mse,
                            27 * sizeof *given.result[k].mse);
    assert_memory_equal(given.kappa, family.kappa, 2 * sizeof *given.kappa);
    x.networks = 2;
    cisup_report two = ran(&x);
    assert_true(two.result[0].mse[cisup_cell(3, 0, 2)].sd > 0.0);
    cisup_report_free(&family);
    cisup_report_free(&given);
    cisup_report_free(&two);
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

/* Counts its calls and stops at one of them. */
typedef struct {
    cisup_index calls, stop_at, of;
} watch;

static int stop_at(void *context, double done, double of) {
    watch *w = context;
    if (done >= (double)w->calls + 1.0) w->calls++;
    w->of = (cisup_index)of;
    return w->stop_at > 0 && done >= (double)w->stop_at;
}

static void stopping_keeps_what_was_done(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    for (cisup_index stop = 1; stop <= 3; stop++) {
        watch w = {.stop_at = stop};
        cisup_experiment x = small(&a);
        x.networks = 5;
        const cisup_watcher watcher = {stop_at, &w, -1.0};
        x.watcher = &watcher;
        cisup_report stopped = ran(&x);
        assert_int_equal(w.calls, stop);
        assert_int_equal(w.of, 5);
        assert_int_equal(stopped.networks, stop);
        x.networks = stop;
        x.watcher = NULL;
        cisup_report whole = ran(&x);
        assert_same_report(&stopped, &whole);
        cisup_report_free(&stopped);
        cisup_report_free(&whole);
    }
    watch w = {.stop_at = -1};
    cisup_experiment x = small(&a);
    const cisup_watcher watcher = {stop_at, &w, -1.0};
    x.watcher = &watcher;
    cisup_report r = ran(&x);
    assert_int_equal(w.calls, 3);
    assert_true(r.build_s >= 0.0 && r.run_s > 0.0);
    cisup_report_free(&r);
    cisup_allocation_free(&a);
}

static void one_circuit_one_layer_one_sample_is_enough(void **state) {
    (void)state;
    const cisup_index z = 1;
    cisup_allocation a = placed(1, 1, 1);
    cisup_experiment x = small(&a);
    x.L = 1;
    x.z = &z;
    x.z_count = 1;
    x.networks = x.inputs = 1;
    cisup_report r = ran(&x);
    assert_true(r.result[0].mse[cisup_cell(1, CISUP_ACTIVE, CISUP_X)].mean < 1e-28);
    assert_true(isnan(r.result[0].mse[cisup_cell(1, CISUP_ACTIVE, CISUP_X)].sd));
    assert_true(isnan(r.result[0].mse[cisup_cell(1, CISUP_INACTIVE, CISUP_X)].mean));
    cisup_report_free(&r);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(seeds_do_show),
        cmocka_unit_test(values_of_z_do_not_mix),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(excluded_circuits_are_not_there),
        cmocka_unit_test(given_circuits_are_used),
        cmocka_unit_test(stopping_keeps_what_was_done),
        cmocka_unit_test(one_circuit_one_layer_one_sample_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
