/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search on made-up networks whose mean is known, so that it can be repeated
 * thousands of times. */
#include "common/check.h"

#include <cisup/analysis/capacity.h>
#include <cisup/analysis/capacity/outcome.h>

/* Networks whose mean is (T/root)^slope times 1 + bump sin(T/10), limit 1. Values are
 * lognormal; a part `shared` of the variance of the logarithm belongs to the network and
 * is the same at every T. Up to `free` errors are 0; above `wall`, if it is set, they
 * are infinite. A factor exp(curve (T/root - 1)) makes it no power law. With `spike` the
 * mean is (T - free)/(root - free), made of errors of that size, Poisson many. With `top`
 * it grows from `free` on and through `root`, but never above that. */
typedef struct {
    double root, slope, noise, shared, bump, wall, free, curve, spike, top;
    uint64_t seed;
    cisup_index runs, networks; /* counted */
    int fails;
} made_up;

/* How often a Poisson process with this mean happens. */
static double poisson(cisup_rng *rng, double mean) {
    double count = -1.0;
    for (double left = mean; left > 0.0; count++) left += log(1.0 - cisup_rng_unit(rng));
    return count;
}

static double value(const made_up *m, cisup_index T, cisup_index network) {
    cisup_rng own, here;
    cisup_rng_init(&own, m->seed, CISUP_STREAM_TEST, network, 0, 0);
    cisup_rng_init(&here, m->seed, CISUP_STREAM_TEST, network, T, 1);
    if ((double)T <= m->free) return 0.0;
    if (m->spike > 0.0)
        return m->spike *
               poisson(&here, ((double)T - m->free) / (m->root - m->free) / m->spike);
    if (m->wall > 0.0 && (double)T > m->wall) return (double)INFINITY;
    const double x = ((double)T - m->free) / (m->root - m->free);
    const double growth = m->top > 0.0 ? m->top * (1.0 - pow(1.0 - 1.0 / m->top, x))
                                       : pow((double)T / m->root, m->slope);
    const double g = sqrt(m->shared) * cisup_rng_normal(&own) +
                     sqrt(1.0 - m->shared) * cisup_rng_normal(&here);
    return growth * (1.0 + m->bump * sin((double)T / 10.0)) *
           exp(m->curve * ((double)T / m->root - 1.0) + m->noise * g -
               0.5 * m->noise * m->noise);
}

static cisup_status measure(void *context, cisup_index T, cisup_index first,
                            cisup_index count, double *y, cisup_error *err) {
    made_up *m = context;
    if (m->fails) return CISUP_FAIL(err, CISUP_ESHAPE, "made up");
    m->runs += count;
    if (m->networks < first + count) m->networks = first + count;
    for (cisup_index k = 0; k < count; k++) y[k] = value(m, T, first + k);
    return CISUP_OK;
}

static cisup_capacity_options between(cisup_index least, cisup_index most,
                                      cisup_index start) {
    cisup_capacity_options o = cisup_capacity_defaults();
    o.least = least;
    o.most = most;
    o.start = start;
    o.limit = 1.0;
    return o;
}

static cisup_capacity_result searched(made_up *m, const cisup_capacity_options *o) {
    cisup_capacity_result r;
    CHECK_OK(cisup_capacity_search(o, measure, m, &r, &error_));
    return r;
}

/* In how many of 1000 searches the interval holds the true T. */
enum { REPEATS = 1000 };

static int count_covered(made_up m, cisup_capacity_options o) {
    const cisup_index truth = m.root < (double)o.least  ? 0
                              : m.root > (double)o.most ? o.most
                                                        : (cisup_index)m.root;
    int covered = 0;
    for (int k = 0; k < REPEATS; k++) {
        cisup_rng rng = check_rng(k);
        m.seed = cisup_rng_next(&rng);
        const cisup_capacity_result r = searched(&m, &o);
        covered += r.low <= truth && truth <= r.high;
    }
    return covered;
}

/* 950 are wanted, 930 is 2.9 standard errors less and what the interval is sold for. */
static void assert_covers(made_up m, cisup_capacity_options o) {
    const int covered = count_covered(m, o);
    if (covered < 930)
        fprintf(stderr, "root %g, slope %g, noise %g, shared %g: %d of %d\n", m.root,
                m.slope, m.noise, m.shared, covered, REPEATS);
    assert_true(covered >= 930);
}

static void intervals_cover(void **state) {
    (void)state;
    const double slopes[] = {0.7, 1, 2.4, 6}, noises[] = {0.02, 0.12, 0.35};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 2; k++)
                assert_covers((made_up){.root = 713.4,
                                        .slope = slopes[i],
                                        .noise = noises[j],
                                        .shared = k ? 0.5 : 0.1},
                              between(1, 100000, k ? 700 : 150));
}

static void intervals_cover_at_the_edges(void **state) {
    (void)state;
    const made_up m = {.root = 713.4, .slope = 2, .noise = 0.12, .shared = 0.1};
    assert_covers(m, between(1, 720, 700));
    assert_covers(m, between(1, 713, 700));
    assert_covers(m, between(1, 705, 700));
    assert_covers(m, between(705, 7000, 5000));
    assert_covers(m, between(720, 7000, 5000));
    assert_covers((made_up){.root = 7.6, .slope = 2, .noise = 0.12},
                  between(1, 100000, 50));
}

/* The root of the power law is a root of the jagged mean: sin(20 pi) = 0. */
static void intervals_cover_where_the_mean_is_jagged(void **state) {
    (void)state;
    assert_covers(
        (made_up){
            .root = 628.32, .slope = 1.5, .noise = 0.12, .shared = 0.1, .bump = 0.01},
        between(1, 100000, 500));
}

/* A search that starts at the root knows nothing of the slope there, here 22, and its
 * first window is too wide for a power law. */
static void intervals_cover_where_the_slope_changes(void **state) {
    (void)state;
    assert_covers(
        (made_up){.root = 713.4, .slope = 2, .noise = 0.05, .shared = 0.1, .curve = 20},
        between(1, 100000, 713));
}

/* As in networks of so few circuits that they need not meet: no error at all up to
 * T = 16, more than the limit at once or soon after. */
static void jumps_are_found(void **state) {
    (void)state;
    const made_up steep = {.root = 14,
                           .slope = 3,
                           .noise = 0.12,
                           .shared = 0.1,
                           .free = 16},
                  later = {.root = 18.7, .slope = 3, .noise = 0.12, .free = 16};
    const cisup_index start[] = {1, 16, 17, 400};
    for (int k = 0; k < 4; k++) {
        const cisup_capacity_options o = between(1, 5000, start[k]);
        for (uint64_t seed = 0; seed < 20; seed++) {
            made_up m = steep;
            m.seed = seed;
            const cisup_capacity_result r = searched(&m, &o);
            assert_true(r.T == 16 && r.low == 16 && r.high == 16 && r.is_precise);
        }
        assert_covers(later, o);
    }
}

/* So steep that a power law has its crossing anywhere: no error up to T = 50, 0.8 more at
 * every T from there, in lumps of a half. */
static void steep_growth_from_nothing_is_covered(void **state) {
    (void)state;
    const made_up lumps = {.root = 51.25, .free = 50, .spike = 0.5};
    const cisup_index start[] = {30, 51, 72, 400};
    for (int k = 0; k < 4; k++) assert_covers(lumps, between(2, 5000, start[k]));
}

/* So bent that a line through three T's has its crossing where no crossing is: 0 at 50,
 * the limit at 51.7, hardly more from 55 on. */
static void bent_growth_is_covered(void **state) {
    (void)state;
    const made_up bent = {.root = 51.7, .free = 50, .top = 1.35, .noise = 0.2};
    const cisup_index start[] = {30, 51, 72, 400};
    for (int k = 0; k < 4; k++) assert_covers(bent, between(3, 5000, start[k]));
}

/* A confidence of 0.6 covers less often than one of 0.95: 600 and 3 standard errors. */
static void confidence_is_used(void **state) {
    (void)state;
    cisup_capacity_options o = between(1, 100000, 700);
    o.confidence = 0.6;
    const int covered = count_covered(
        (made_up){.root = 713.4, .slope = 2, .noise = 0.12, .shared = 0.1}, o);
    assert_true(covered >= 554 && covered <= 750);
}

static void without_noise_T_is_exact(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 50; k++) {
        cisup_rng rng = check_rng(k);
        const double root = exp(1.0 + 8.0 * cisup_rng_unit(&rng));
        made_up m = {.root = root, .slope = 0.5 + 3.0 * cisup_rng_unit(&rng)};
        const cisup_capacity_options o =
            between(1, 1000000, check_between(&rng, 1, 20000));
        const cisup_capacity_result r = searched(&m, &o);
        assert_int_equal(r.outcome, CISUP_CAPACITY_FOUND);
        assert_int_equal(r.T, (cisup_index)root);
        assert_true(r.low == r.T && r.high == r.T && r.is_precise);
    }
}

static void limit_above_everything_is_full(void **state) {
    (void)state;
    made_up m = {.root = 1e6, .slope = 2, .noise = 0.12};
    const cisup_capacity_options o = between(3, 500, 20);
    const cisup_capacity_result r = searched(&m, &o);
    assert_int_equal(r.outcome, CISUP_CAPACITY_FULL);
    assert_string_equal(cisup_capacity_outcome_name(r.outcome), "full");
    assert_true(r.T == 500 && r.low == 500 && r.high == 500 && r.at == 500);
    assert_true(r.is_precise && r.beyond == 0 && isnan(r.error_beyond.mean));
    assert_true(r.error.mean < 1e-6);
}

static void limit_below_everything_is_infeasible(void **state) {
    (void)state;
    made_up m = {.root = 2, .slope = 2, .noise = 0.12};
    const cisup_capacity_options o = between(10, 5000, 400);
    const cisup_capacity_result r = searched(&m, &o);
    assert_int_equal(r.outcome, CISUP_CAPACITY_INFEASIBLE);
    assert_string_equal(cisup_capacity_outcome_name(r.outcome), "infeasible");
    assert_true(r.T == 0 && r.low == 0 && r.high == 0);
    assert_int_equal(r.at, 10); /* the best that was met */
    assert_int_equal(r.beyond, 11);
    CHECK_NEAR(r.error.mean, 25.0, 5 * 0.12 * 25.0 / sqrt(20)); /* 5 standard errors */
}

static void one_T_alone_is_decided(void **state) {
    (void)state;
    const cisup_capacity_options o = between(7, 7, 1);
    made_up below = {.root = 9, .slope = 2, .noise = 0.02},
            above = {.root = 5, .slope = 2, .noise = 0.02},
            close = {.root = 7.01, .slope = 1, .noise = 0.3};
    assert_int_equal(searched(&below, &o).outcome, CISUP_CAPACITY_FULL);
    assert_int_equal(searched(&above, &o).outcome, CISUP_CAPACITY_INFEASIBLE);
    const cisup_capacity_result r = searched(&close, &o);
    assert_true(r.low == 0 && r.high == 7 && !r.is_precise);
}

/* The mean at ceil(1.1 T) is 1.1^slope times the limit, 5 standard errors of 20. */
static void errors_at_T_and_beyond_are_told(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 2, .noise = 0.1};
    cisup_capacity_options o = between(1, 5000, 400);
    o.tolerance = 0.005;
    const cisup_capacity_result r = searched(&m, &o);
    assert_int_equal(r.at, r.T);
    assert_int_equal(r.beyond, (cisup_index)ceil(1.1 * (double)r.T));
    CHECK_NEAR(r.error.mean, 1.0, 5 * 0.1 / sqrt(20) + 0.02);
    CHECK_NEAR(r.error_beyond.mean, 1.21, 1.21 * (5 * 0.1 / sqrt(20) + 0.02));
    assert_true(r.error.low < r.error.mean && r.error.mean < r.error.high);
    assert_int_equal(r.check_first + CISUP_CAPACITY_CHECKS, r.networks);
    CHECK_NEAR(r.slope, 2.0, 0.2);
}

static void networks_and_runs_are_counted(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 2, .noise = 0.1};
    const cisup_capacity_options o = between(1, 5000, 400);
    const cisup_capacity_result r = searched(&m, &o);
    assert_int_equal(r.runs, m.runs);
    assert_int_equal(r.networks, m.networks);
}

/* Fewer looks decide less often, not more wrongly. */
static void intervals_of_few_networks_cover(void **state) {
    (void)state;
    const cisup_index most[] = {12, 20, 40};
    for (int k = 0; k < 3; k++) {
        cisup_capacity_options o = between(1, 100000, 700);
        o.networks = most[k];
        assert_covers((made_up){.root = 713.4, .slope = 1, .noise = 0.35, .shared = 0.1},
                      o);
        assert_covers(
            (made_up){.root = 713.4, .slope = 2.4, .noise = 0.12, .shared = 0.5}, o);
        o.start = 150;
        assert_covers((made_up){.root = 18.7, .slope = 3, .noise = 0.12, .free = 16}, o);
        o.most = 5000;
        assert_covers((made_up){.root = 51.25, .free = 50, .spike = 0.5}, o);
        assert_covers((made_up){.root = 51.7, .free = 50, .top = 1.35, .noise = 0.2}, o);
    }
}

static void more_networks_are_used_for_a_smaller_tolerance(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 1, .noise = 0.12};
    cisup_capacity_options o = between(1, 5000, 400);
    o.tolerance = 0.1;
    const cisup_capacity_result coarse = searched(&m, &o);
    o.tolerance = 0.005;
    const cisup_capacity_result few = searched(&m, &o);
    o.networks = 5000;
    const cisup_capacity_result fine = searched(&m, &o);
    assert_true(coarse.is_precise && !few.is_precise && fine.is_precise);
    assert_true(coarse.runs < few.runs && few.runs < fine.runs);
    assert_true((double)(fine.high - fine.low) <= 0.01 * (double)fine.T + 1.0);
}

/* What few networks decide does not replace what many have measured: T to
 * 0.12/sqrt(3000), twice that either way is 6.3 in all. */
static void decisions_do_not_widen_an_interval(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 1, .noise = 0.12};
    cisup_capacity_options o = between(1, 5000, 400);
    o.tolerance = 1e-6;
    o.networks = 1000;
    const cisup_capacity_result r = searched(&m, &o);
    assert_true(r.high - r.low <= 8 && r.low <= 713 && 713 <= r.high);
}

static void diverging_networks_are_above(void **state) {
    (void)state;
    made_up m = {.root = 2000, .slope = 1, .noise = 0.1, .wall = 800};
    const cisup_capacity_options o = between(1, 50000, 3000);
    const cisup_capacity_result r = searched(&m, &o);
    assert_int_equal(r.outcome, CISUP_CAPACITY_FOUND);
    assert_true(r.low <= 800 && 800 <= r.high);
    assert_true(r.T <= 800 && isfinite(r.error.mean));
}

static void the_same_search_gives_the_same_bytes(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 2, .noise = 0.1};
    const cisup_capacity_options o = between(1, 5000, 400);
    const cisup_capacity_result a = searched(&m, &o), b = searched(&m, &o);
    assert_true(a.T == b.T && a.low == b.low && a.high == b.high && a.runs == b.runs);
    assert_memory_equal(&a.error, &b.error, sizeof a.error);
    assert_memory_equal(&a.slope, &b.slope, sizeof a.slope);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    made_up m = {.root = 10, .slope = 1};
    cisup_capacity_options bad[9];
    for (int k = 0; k < 9; k++) bad[k] = between(1, 100, 10);
    bad[0].least = 0;
    bad[1].most = 0;
    bad[2].limit = 0.0;
    bad[3].limit = (double)NAN;
    bad[4].limit = (double)INFINITY;
    bad[5].confidence = 0.0;
    bad[6].confidence = 1.0;
    bad[7].tolerance = 0.0;
    bad[8].networks = 11;
    for (int k = 0; k < 9; k++) {
        cisup_capacity_result r;
        assert_int_equal(cisup_capacity_search(&bad[k], measure, &m, &r, NULL),
                         CISUP_EINVAL);
    }
    assert_int_equal(m.runs, 0);
}

static cisup_status search_once(void *context) {
    const cisup_capacity_options o = between(1, 5000, 400);
    cisup_capacity_result r;
    return cisup_capacity_search(&o, measure, context, &r, NULL);
}

static void failures_are_passed_on(void **state) {
    (void)state;
    made_up m = {.root = 713.4, .slope = 2, .noise = 0.1};
    assert_int_equal(check_every_allocation(search_once, &m), 2);
    m.fails = 1;
    assert_int_equal(search_once(&m), CISUP_ESHAPE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(intervals_cover_at_the_edges),
        cmocka_unit_test(intervals_cover_where_the_mean_is_jagged),
        cmocka_unit_test(intervals_cover_where_the_slope_changes),
        cmocka_unit_test(jumps_are_found),
        cmocka_unit_test(steep_growth_from_nothing_is_covered),
        cmocka_unit_test(bent_growth_is_covered),
        cmocka_unit_test(confidence_is_used),
        cmocka_unit_test(without_noise_T_is_exact),
        cmocka_unit_test(limit_above_everything_is_full),
        cmocka_unit_test(limit_below_everything_is_infeasible),
        cmocka_unit_test(one_T_alone_is_decided),
        cmocka_unit_test(errors_at_T_and_beyond_are_told),
        cmocka_unit_test(networks_and_runs_are_counted),
        cmocka_unit_test(intervals_of_few_networks_cover),
        cmocka_unit_test(more_networks_are_used_for_a_smaller_tolerance),
        cmocka_unit_test(decisions_do_not_widen_an_interval),
        cmocka_unit_test(diverging_networks_are_above),
        cmocka_unit_test(the_same_search_gives_the_same_bytes),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(failures_are_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
