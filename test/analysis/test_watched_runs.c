/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks, experiments and searches for T under a watcher. */
#include "common/check.h"
#include "common/reports.h"
#include "common/watched.h"

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/network_error.h>
#include <cisup/sparse/layer/operator.h>

#include <omp.h>

/* --- networks ------------------------------------------------------------------ */

static cisup_status make_network(void *context, const cisup_watcher *watcher,
                                 uint64_t *sum) {
    const small_experiment *s = context;
    cisup_network_options o = s->x.network;
    cisup_circuits circuits;
    cisup_network net;
    cisup_family_options family = s->x.family;
    CHECK_OK(cisup_circuits_make(&circuits, s->base.T, 4, 5, &family, &error_));
    o.watcher = watcher;
    const cisup_status status = cisup_network_make(&net, &s->base, &circuits, &o, NULL);
    for (cisup_index l = 0; status == CISUP_OK && l < 4; l++) {
        const double kappa = cisup_operator_kappa(&net.layers[l]);
        *sum = watched_hash(l ? *sum : 0, &kappa, sizeof kappa);
    }
    if (status != CISUP_OK) assert_true(!net.layers && !net.row_of);
    cisup_network_free(&net);
    cisup_circuits_free(&circuits);
    return status;
}

static void networks_are_watched(void **state) {
    (void)state;
    for (int engine = 0; engine < 2; engine++)
        for (int threads = 1; threads <= 2; threads++) {
            small_experiment s;
            small_make(&s, KIND_LIST);
            s.x.network.threads = threads;
            s.x.network.form =
                engine ? CISUP_OPERATOR_ASSEMBLED : CISUP_OPERATOR_FACTORED;
            const int64_t questions = check_watched(make_network, &s);
            if (threads == 1) assert_int_equal(questions, 2 + 4);
            small_free(&s);
        }
}

/* --- experiments --------------------------------------------------------------- */

/* Ends at question k: either no network was whole, or the report is that of as many
 * networks as were. */
static void end_at(const small_experiment *s, int64_t k) {
    watched one = {.stop_at = k};
    const cisup_watcher watcher = watched_by(&one);
    cisup_experiment x = s->x;
    cisup_report stopped, whole;
    x.watcher = &watcher;
    const cisup_status status = cisup_experiment_run(&x, &stopped, NULL);
    if (status != CISUP_OK) {
        assert_int_equal(status, CISUP_ESTOPPED);
        assert_true(one.done < 1.0 && !stopped.result && stopped.networks == 0);
        return;
    }
    assert_true(!one.has_stopped || (double)stopped.networks <= one.done);
    assert_true(!one.has_stopped || (double)stopped.networks > one.done - 1.0);
    x.watcher = NULL;
    x.networks = stopped.networks;
    CHECK_OK(cisup_experiment_run(&x, &whole, &error_));
    const int has_culprits = !one.has_stopped || one.done < (double)s->x.networks;
    if (x.worst && !has_culprits) /* they are what was ended */
        for (cisup_index z = 0; z < x.z_count; z++)
            for (cisup_index c = 0; c < x.worst; c++)
                SAME_BITS(&stopped.result[z].culprit[c].who,
                          &whole.result[z].culprit[c].who, 1);
    else
        assert_equal_reports(&stopped, &whole, x.worst, x.terms);
    cisup_report_free(&stopped);
    cisup_report_free(&whole);
}

static void experiments_keep_whole_networks(void **state) {
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int threads = 1; threads <= 2; threads++) {
            small_experiment s;
            small_make(&s, kind);
            s.x.threads = threads;
            s.x.networks = 3;
            const int64_t live = cisup_memory_live();
            cisup_report plain, seen;
            CHECK_OK(cisup_experiment_run(&s.x, &plain, &error_));
            watched all = {0};
            const cisup_watcher watcher = watched_by(&all);
            cisup_experiment x = s.x;
            x.watcher = &watcher;
            CHECK_OK(cisup_experiment_run(&x, &seen, &error_));
            assert_equal_reports(&seen, &plain, x.worst, x.terms);
            if (!(all.done == 3.0 && all.of == 3.0 &&
                  all.questions > (threads == 1 ? 8 : 4)))
                fail_msg("kind %d: %g of %g, %d questions", kind, all.done, all.of,
                         (int)all.questions);
            cisup_report_free(&seen);
            cisup_report_free(&plain);
            for (int64_t k = 1; k <= all.questions; k += 1 + k / 4) end_at(&s, k);
            end_at(&s, all.questions);
            assert_int_equal(cisup_memory_live(), live);
            small_free(&s);
        }
}

/* Asked about every pause at most, short networks are asked for between them. */
static void short_networks_are_whole(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_LIST);
    s.x.networks = 200;
    watched w = {0};
    cisup_watcher watcher = watched_by(&w);
    watcher.pause = 0.0;
    s.x.watcher = &watcher;
    const double start = omp_get_wtime();
    cisup_report r;
    CHECK_OK(cisup_experiment_run(&s.x, &r, &error_));
    assert_true((double)w.questions <= 3.0 + 100.0 * (omp_get_wtime() - start));
    cisup_report_free(&r);
    small_free(&s);
}

/* --- searches ------------------------------------------------------------------ */

static cisup_network_error error_of(const cisup_watcher *watcher) {
    cisup_network_error e = {.x = cisup_experiment_defaults(),
                             .allocation = cisup_allocation_defaults(),
                             .N = 40,
                             .S = 3,
                             .z = 1,
                             .state = CISUP_ACTIVE,
                             .quantity = CISUP_READOUT,
                             .seed = 5};
    e.x.d = 4;
    e.x.L = 2;
    e.x.inputs = 16;
    e.x.threads = 1;
    e.x.watcher = watcher;
    return e;
}

static cisup_status measure_errors(void *context, const cisup_watcher *watcher,
                                   uint64_t *sum) {
    cisup_network_error e = error_of(watcher);
    double y[3] = {0};
    const cisup_status status = cisup_network_error_measure(&e, 60, 2, 3, y, NULL);
    (void)context;
    *sum = watched_hash(0, y, sizeof y);
    cisup_network_error_free(&e);
    return status;
}

static void network_errors_are_watched(void **state) {
    (void)state;
    assert_true(check_watched(measure_errors, NULL) > 12);
}

static cisup_status search(void *context, const cisup_watcher *watcher, uint64_t *sum) {
    cisup_network_error e = error_of(NULL);
    cisup_capacity_options o = cisup_capacity_defaults();
    cisup_capacity_result r;
    (void)context;
    o.least = 1;
    o.most = 200;
    o.start = 30;
    o.limit = 0.05;
    o.tolerance = 0.2;
    o.networks = 24;
    o.watcher = watcher;
    const cisup_status status =
        cisup_capacity_search(&o, cisup_network_error_measure, &e, &r, NULL);
    if (status != CISUP_OK) assert_int_equal(r.outcome, CISUP_CAPACITY_UNFINISHED);
    *sum = watched_hash(0, &r.T, sizeof r.T);
    *sum = watched_hash(*sum, &r.error, sizeof r.error);
    cisup_network_error_free(&e);
    return status;
}

/* Nobody knows how long it takes: the last question tells the networks that were. */
static void searches_are_watched(void **state) {
    (void)state;
    watched all = {0};
    const cisup_watcher watcher = watched_by(&all);
    uint64_t alone, sum;
    assert_int_equal(search(NULL, NULL, &alone), CISUP_OK);
    assert_int_equal(search(NULL, &watcher, &sum), CISUP_OK);
    assert_true(sum == alone && all.of == 0.0);
    assert_true(all.questions > 8 && (int64_t)all.done >= all.questions - 3);
    for (int64_t k = 1; k < all.questions; k += 1 + k / 2) {
        watched one = {.stop_at = k};
        const cisup_watcher stops = watched_by(&one);
        assert_int_equal(search(NULL, &stops, &sum), CISUP_ESTOPPED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_watched),
        cmocka_unit_test(experiments_keep_whole_networks),
        cmocka_unit_test(short_networks_are_whole),
        cmocka_unit_test(network_errors_are_watched),
        cmocka_unit_test(searches_are_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
