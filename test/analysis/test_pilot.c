/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pilot runs: an experiment on the very samples of the pilot, with its offset and
 * strength, breaches nothing, with a thousandth less of either it does. And predictions
 * are left out where something breaches. */
#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/pilot.h>
#include <cisup/core/circuits/carried.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <string.h>

enum { T = 60, S = 2, C = 3, L = 4 };

typedef struct {
    cisup_cycle cycle;
    cisup_allocation base;
    cisup_circuits own;
    cisup_experiment x;
} networks;

static const cisup_index both_z[] = {1, 3};

/* The samples that a pilot run draws. */
static void make(networks *n, cisup_family family) {
    *n = (networks){.x = cisup_experiment_defaults()};
    CHECK_OK(cisup_cycle_make(&n->cycle, 22, S, C, T, &error_));
    CHECK_OK(cisup_cycle_store(&n->cycle, &n->base, &error_));
    n->x.base = &n->base;
    n->x.cycle = &n->cycle;
    n->x.family.family = family;
    n->x.family.carried = 1;
    n->x.d = 2;
    n->x.L = L;
    n->x.z = both_z + 1;
    n->x.z_count = 1;
    n->x.networks = CISUP_PILOT_NETWORKS;
    n->x.inputs = CISUP_PILOT_SAMPLES;
    n->x.seed = CISUP_PILOT_SEED;
    n->x.threads = 1;
    n->x.network.carrying.cycle = C;
}

/* Circuits with biases, of ReLU but in layer 3. */
static void make_biased(networks *n) {
    static double v[T * 4], beta[T * 2];
    static unsigned char is_signed[L] = {0, 0, 1, 0};
    cisup_rng rng = check_rng(1);
    make(n, CISUP_ROTATION2);
    for (int k = 0; k < T * 4; k++) v[k] = 2.0 * cisup_rng_unit(&rng) - 1.0;
    for (int k = 0; k < T * 2; k++) beta[k] = 2.0 * cisup_rng_unit(&rng) - 1.0;
    const cisup_plain_mlps mlps = {T, 2, L, 1, v, beta, is_signed};
    CHECK_OK(cisup_circuits_carry(&n->own, &mlps, &error_));
    n->x.circuits = &n->own;
}

static void drop(networks *n) {
    cisup_circuits_free(&n->own);
    cisup_allocation_free(&n->base);
    cisup_cycle_free(&n->cycle);
}

/* All breaches, and those of closed neurons in *wrong. */
static double breaches(const networks *n, double offset, double strength, double *wrong) {
    cisup_experiment x = n->x;
    cisup_report r;
    double sum = 0.0;
    x.network.carrying.offset = offset;
    x.network.carrying.strength = strength;
    CHECK_OK(cisup_experiment_run(&x, &r, &error_));
    *wrong = 0.0;
    for (cisup_index k = 0; k < L * r.d; k++) {
        sum += r.result->breaches[k];
        *wrong += r.result->wrong[k];
    }
    cisup_report_free(&r);
    return sum;
}

static void nothing_breaches_in_the_pilots_own_samples(void **state) {
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        networks n;
        cisup_pilot p;
        double wrong;
        if (kind == 2)
            make_biased(&n);
        else
            make(&n, kind ? CISUP_RANDOM_RELU : CISUP_ROTATION2);
        CHECK_OK(cisup_pilot_run(&n.x, &p, &error_));
        assert_true(p.strength > 0.1);
        assert_true(kind == 1 ? p.offset == 0.0 : p.offset > 0.1);
        assert_true(breaches(&n, p.offset, p.strength, &wrong) == 0.0);
        assert_true(breaches(&n, p.offset, 0.999 * p.strength, &wrong) > 0.0);
        assert_true(wrong > 0.0);
        const double clipped = breaches(&n, 0.999 * p.offset, p.strength, &wrong);
        assert_true(kind == 1 ? clipped == 0.0 : clipped > 0.0 && wrong == 0.0);
        drop(&n);
    }
}

/* With one of the two given, too. */
static void what_is_given_is_in_force(void **state) {
    (void)state;
    networks n;
    cisup_pilot p, free;
    double wrong;
    make(&n, CISUP_ROTATION2);
    CHECK_OK(cisup_pilot_run(&n.x, &free, &error_));
    n.x.network.carrying.offset = 0.5;
    CHECK_OK(cisup_pilot_run(&n.x, &p, &error_));
    assert_true(p.strength != free.strength);
    assert_true(breaches(&n, 0.5, p.strength, &wrong) > 0.0);
    assert_true(wrong == 0.0);
    breaches(&n, 0.5, 0.999 * p.strength, &wrong);
    assert_true(wrong > 0.0);
    drop(&n);
}

static void it_depends_on_the_shape_alone(void **state) {
    (void)state;
    networks n;
    cisup_pilot one, two;
    const cisup_index gone[] = {3};
    make(&n, CISUP_ROTATION2);
    CHECK_OK(cisup_pilot_run(&n.x, &one, &error_));
    n.x.seed = 7;
    n.x.networks = 1;
    n.x.inputs = 3;
    n.x.terms = 1;
    n.x.z = both_z;
    n.x.z_count = 2;
    n.x.exclude = (cisup_exclusion){gone, 1, 0};
    CHECK_OK(cisup_pilot_run(&n.x, &two, &error_));
    assert_true(one.offset == two.offset && one.strength == two.strength);
    drop(&n);
}

static cisup_status run_pilot(void *context) {
    cisup_pilot p;
    return cisup_pilot_run(context, &p, NULL);
}

static int stop(void *context, double done, double of) {
    (void)context;
    return done >= 0.5 * of;
}

static void it_fails_and_stops_cleanly(void **state) {
    (void)state;
    networks n;
    cisup_pilot p;
    cisup_error err = {0};
    const cisup_watcher watcher = {stop, NULL, -1.0};
    make(&n, CISUP_ROTATION2);
    assert_true(check_every_allocation(run_pilot, &n.x) > 10);
    n.x.watcher = &watcher;
    assert_int_equal(cisup_pilot_run(&n.x, &p, &err), CISUP_ESTOPPED);
    n.x.watcher = NULL;
    n.x.network.carrying.strength = -1.0;
    assert_int_equal(cisup_pilot_run(&n.x, &p, &err), CISUP_EINVAL);
    n.x.base = &(cisup_allocation){22, S, T, NULL};
    assert_int_equal(cisup_pilot_run(&n.x, &p, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "stored"));
    n.x.base = &n.base;
    n.x.cycle = NULL;
    assert_int_equal(cisup_pilot_run(&n.x, &p, &err), CISUP_EINVAL);
    drop(&n);
}

/* Predictions of layer l, of active read-outs. */
static int has_theory(const cisup_result *r, cisup_index l) {
    const cisup_prediction *p = &r->theory[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)];
    assert_int_equal(isnan(p->post), isnan(p->refined));
    return !isnan(p->post);
}

/* Rotations, one active circuit: within an offset of 1. Three: sums beyond it from layer
 * 1 on, beyond 2.2 in later layers only. */
static void theory_is_left_out_from_the_first_breach_on(void **state) {
    (void)state;
    const double offset[] = {(double)NAN, 1.0, 2.2};
    networks n;
    make(&n, CISUP_ROTATION2);
    n.x.z = both_z;
    n.x.z_count = 2;
    for (int k = 0; k < 3; k++) {
        cisup_report r;
        n.x.network.carrying.offset = offset[k];
        CHECK_OK(cisup_experiment_run(&n.x, &r, &error_));
        double before = 0.0;
        for (cisup_index l = 1; l <= L; l++) {
            for (int i = 0; i < 2; i++) before += r.result[1].breaches[(l - 1) * 2 + i];
            assert_true(has_theory(&r.result[0], l));
            assert_int_equal(has_theory(&r.result[1], l), before == 0.0);
        }
        assert_int_equal(has_theory(&r.result[1], 1), k != 1);
        assert_int_equal(has_theory(&r.result[1], L), k == 0);
        cisup_report_free(&r);
    }
    n.x.network.carrying.offset = (double)NAN;
    n.x.noise = 1e-9;
    cisup_report r;
    CHECK_OK(cisup_experiment_run(&n.x, &r, &error_));
    for (cisup_index l = 1; l <= L; l++) assert_false(has_theory(&r.result[0], l));
    cisup_report_free(&r);
    drop(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_breaches_in_the_pilots_own_samples),
        cmocka_unit_test(what_is_given_is_in_force),
        cmocka_unit_test(it_depends_on_the_shape_alone),
        cmocka_unit_test(it_fails_and_stops_cleanly),
        cmocka_unit_test(theory_is_left_out_from_the_first_breach_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
