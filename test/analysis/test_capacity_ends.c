/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What ends a search early: the bound on its networks, and a caller who wants no more. */
#include "common/check.h"

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/capacity/outcome.h>

enum { MOST_T = 5000, ROOT = 713 };

/* Lognormal errors with the mean T/ROOT, limit 1. */
typedef struct {
    double noise;
    uint64_t seed;
    cisup_index calls, stop_after; /* 0: never */
    cisup_index last_T, last;      /* T and network measured last */
    cisup_index step, longest;     /* networks one after the other at a T; the most */
} made_up;

static void count_step(made_up *m, cisup_index T, cisup_index network) {
    const int goes_on = T == m->last_T && network == m->last + 1;
    m->step = goes_on ? m->step + 1 : 1;
    if (m->longest < m->step) m->longest = m->step;
    m->last_T = T;
    m->last = network;
}

static cisup_status measure(void *context, cisup_index T, cisup_index first,
                            cisup_index count, double *y, cisup_error *err) {
    made_up *m = context;
    for (cisup_index k = 0; k < count; k++) {
        cisup_rng rng;
        if (m->stop_after && m->calls == m->stop_after)
            return CISUP_FAIL(err, CISUP_ESTOPPED, "enough");
        m->calls++;
        cisup_rng_init(&rng, m->seed, CISUP_STREAM_TEST, first + k, T, 0);
        y[k] = (double)T / ROOT *
               exp(m->noise * cisup_rng_normal(&rng) - 0.5 * m->noise * m->noise);
        count_step(m, T, first + k);
    }
    return CISUP_OK;
}

static cisup_capacity_options from(cisup_index start) {
    cisup_capacity_options o = cisup_capacity_defaults();
    o.least = 1;
    o.most = MOST_T;
    o.start = start;
    o.limit = 1.0;
    return o;
}

/* Of a decision, a window and the check at last, with noise enough to want them all. */
static void no_step_runs_more_networks_than_are_allowed(void **state) {
    (void)state;
    const cisup_index most[] = {12, 13, 19, 24, 40, 63, 64};
    for (int k = 0; k < 7; k++) {
        cisup_index longest = 0;
        for (uint64_t seed = 0; seed < 20; seed++) {
            made_up m = {.noise = 0.35, .seed = seed};
            cisup_capacity_options o = from(400);
            cisup_capacity_result r;
            o.networks = most[k];
            o.tolerance = 0.001;
            CHECK_OK(cisup_capacity_search(&o, measure, &m, &r, &error_));
            assert_int_equal(r.checks, most[k] < 20 ? most[k] : 20);
            assert_int_equal(r.check_first + r.checks, r.networks);
            if (longest < m.longest) longest = m.longest;
        }
        /* A window begins with 24 networks at a T, if it may. */
        assert_true(longest <= most[k] && (longest == most[k] || longest >= 24));
    }
}

/* Stopped before each of its measurements in turn, a search says what it has decided so
 * far and what the window measured; the whole one ends with the same. */
static void a_stopped_search_tells_what_it_knows(void **state) {
    (void)state;
    const cisup_capacity_options o = from(400);
    made_up whole = {.noise = 0.1};
    cisup_capacity_result end, before = {0};
    int intervals = 0;
    CHECK_OK(cisup_capacity_search(&o, measure, &whole, &end, &error_));
    assert_true(0 < end.within && end.within <= ROOT);
    assert_true(end.above == 0 || end.above > ROOT);
    for (cisup_index stop = 1; stop < whole.calls; stop++) {
        made_up m = {.noise = 0.1, .stop_after = stop};
        cisup_capacity_result r;
        cisup_error err;
        assert_int_equal(cisup_capacity_search(&o, measure, &m, &r, &err),
                         CISUP_ESTOPPED);
        assert_string_equal(err.text, "enough");
        assert_int_equal(r.outcome, CISUP_CAPACITY_UNFINISHED);
        assert_string_equal(cisup_capacity_outcome_name(r.outcome), "unfinished");
        assert_true(r.runs <= stop && r.runs > stop - CISUP_CAPACITY_TURN);
        assert_true(r.at > 0 && r.at <= MOST_T);
        assert_true(r.networks >= before.networks && r.networks <= end.networks);
        assert_true(r.within >= before.within && r.within <= end.within);
        assert_true(!before.above || (r.above <= before.above && r.above >= end.above));
        assert_true(r.high == 0 || (r.low <= r.T && r.T <= r.high));
        intervals += r.low <= ROOT && ROOT <= r.high;
        before = r;
    }
    assert_true(before.T == end.T && before.low == end.low && before.high == end.high);
    assert_true(intervals > CISUP_CAPACITY_CHECKS);
}

static void stopped_at_once_it_knows_nothing(void **state) {
    (void)state;
    const cisup_capacity_options o = from(400);
    made_up m = {.noise = 0.1, .stop_after = 7}; /* of the 8 that decide something */
    cisup_capacity_result r;
    assert_int_equal(cisup_capacity_search(&o, measure, &m, &r, NULL), CISUP_ESTOPPED);
    assert_true(r.at == 400 && r.runs == 0 && r.networks == 0);
    assert_true(!r.T && !r.low && !r.high && !r.within && !r.above);
}

/* Against a rival: given up where less is sure, with an upper end above the truth, in a
 * part of the networks; not at all where the rival has less; without a network where the
 * range ends below. */
static void a_beaten_search_is_given_up(void **state) {
    (void)state;
    int runs = 0, whole_runs = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        made_up m = {.noise = 0.35, .seed = seed};
        cisup_capacity_options o = from(400);
        cisup_capacity_result r;
        o.rival = 2 * ROOT;
        CHECK_OK(cisup_capacity_search(&o, measure, &m, &r, &error_));
        assert_int_equal(r.outcome, CISUP_CAPACITY_LESS);
        assert_true(r.T == 0 && r.low == 0 && r.high < o.rival &&
                    (double)r.high >= 0.85 * ROOT);
        runs += (int)r.runs;
        o.rival = ROOT / 2;
        CHECK_OK(cisup_capacity_search(&o, measure, &m, &r, &error_));
        assert_int_equal(r.outcome, CISUP_CAPACITY_FOUND);
        whole_runs += (int)r.runs;
    }
    assert_true(4 * runs < whole_runs);
    made_up m = {.noise = 0.35};
    cisup_capacity_options o = from(400);
    cisup_capacity_result r;
    o.rival = MOST_T + 1;
    CHECK_OK(cisup_capacity_search(&o, measure, &m, &r, &error_));
    assert_true(r.outcome == CISUP_CAPACITY_LESS && r.high == MOST_T && r.runs == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beaten_search_is_given_up),
        cmocka_unit_test(no_step_runs_more_networks_than_are_allowed),
        cmocka_unit_test(a_stopped_search_tells_what_it_knows),
        cmocka_unit_test(stopped_at_once_it_knows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
