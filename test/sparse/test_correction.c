/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corrections against dense differences of weights by their definitions. */
#include "common/check.h"
#include "common/naive.h"

#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/correction.h>
#include <cisup/sparse/network.h>
#include <cisup/sparse/network/network_parts.h>

#include <float.h>

typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
} subject;

static void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

static void subject_make(subject *s, int number, const cisup_weight_options *weights) {
    cisup_rng rng = check_rng(number);
    const cisup_index N = check_between(&rng, 4, 15), S = check_between(&rng, 1, 4);
    cisup_network_options o = cisup_network_defaults();
    cisup_index most;
    o.weights = *weights;
    CHECK_OK(cisup_allocation_capacity(N, S, NULL, &most, &error_));
    const cisup_index T = check_between(&rng, 1, most < 25 ? most : 25);
    const cisup_index d = check_between(&rng, 1, 4);
    CHECK_OK(cisup_allocation_make(&s->base, N, S, T, NULL, &error_));
    CHECK_OK(cisup_circuits_init(&s->circuits, T, d, 2, 2, &error_));
    for (cisup_index k = 0; k < 2 * T * d * d; k++)
        s->circuits.w[k] = cisup_rng_normal(&rng);
    for (cisup_index k = 0; k < 2 * d * d; k++)
        s->circuits.wbar[k] = cisup_rng_normal(&rng);
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, &o, &error_));
}

static void subject_free(subject *s) {
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static naive_network plain_of(const subject *s) {
    const cisup_weight_options *o = &s->net.weights;
    return (naive_network){.N = s->base.N,
                           .S = s->base.S,
                           .T = s->base.T,
                           .d = s->circuits.d,
                           .L = 2,
                           .layers = 2,
                           .slot = s->base.slot,
                           .row_of = s->net.row_of,
                           .w = s->circuits.w,
                           .wbar = s->circuits.wbar,
                           .b = s->circuits.b,
                           .scheme = (naive_scheme)o->scheme,
                           .c = o->center,
                           .correction = o->correction,
                           .rows = o->kappa == CISUP_KAPPA_ROWS};
}

/* Sums of at most T + d N + S + 16 roundings in a row on either way, on the plain side
 * twice, of products whose sizes add up to what naive_sizes bounds. */
static void compare(const subject *s, const double *a, const double *y) {
    const cisup_index dN = s->base.N * s->circuits.d;
    naive_network of = plain_of(s), plain = of;
    plain.scheme = NAIVE_PLAIN;
    double *W = taken(dN * dN, sizeof *W), *P = taken(dN * dN, sizeof *P);
    double *size = taken(dN * dN, sizeof *size);
    naive_weights(&of, 2, W);
    naive_weights(&plain, 2, P);
    naive_sizes(&of, 2, size);
    const double roundings = 4.0 * (double)(s->base.T + dN + s->base.S + 16);
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
        for (cisup_index k = 0; k < dN; k++) {
            double want = 2.385, sum = 2.385; /* y started from that */
            for (cisup_index j = 0; j < dN; j++) {
                const double x = a[j * CISUP_LANES + lane];
                want += (W[k * dN + j] - P[k * dN + j]) * x;
                sum += size[k * dN + j] * fabs(x);
            }
            CHECK_NEAR(y[k * CISUP_LANES + lane], want, roundings * DBL_EPSILON * sum);
        }
    cisup_release(W);
    cisup_release(P);
    cisup_release(size);
}

static void corrections_equal_the_definition(void **state) {
    (void)state;
    for (int variant = 0; variant < 96; variant++) {
        cisup_weight_options o = cisup_weight_defaults();
        o.scheme = (cisup_weight_scheme)(variant % 4);
        o.kappa = (cisup_kappa_kind)(variant / 4 % 2);
        o.correction = variant / 8 % 2 ? 1.1 : 1.0;
        if (variant / 16 % 3 == 2) o.center = 0.07;
        subject s;
        subject_make(&s, 100 + variant / 8, &o);
        const cisup_index numbers = s.base.N * s.circuits.d * CISUP_LANES;
        double *a = taken(numbers, sizeof *a), *y = taken(numbers, sizeof *y);
        double *work = taken(cisup_correction_work(s.circuits.d, s.base.N), sizeof *work);
        cisup_rng rng = check_rng(variant);
        for (cisup_index k = 0; k < numbers; k++) {
            a[k] = cisup_rng_normal(&rng);
            y[k] = 2.385;
        }
        const cisup_transition x = cisup_network_transition(&s.net, 2);
        cisup_correction c;
        CHECK_OK(cisup_correction_make(&c, &x, &error_));
        cisup_correction_apply(&c, a, y, work);
        compare(&s, a, y);
        cisup_correction_free(&c);
        assert_null(c.kappa);
        cisup_correction_free(&c);
        cisup_release(a);
        cisup_release(y);
        cisup_release(work);
        subject_free(&s);
    }
}

static cisup_status make_one(void *context) {
    const cisup_transition *x = context;
    cisup_correction c;
    const cisup_status status = cisup_correction_make(&c, x, NULL);
    if (status != CISUP_OK) assert_true(!c.kappa && !c.excess.p);
    cisup_correction_free(&c);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    for (int kappa = 0; kappa < 2; kappa++) {
        cisup_weight_options o = cisup_weight_defaults();
        o.kappa = (cisup_kappa_kind)kappa;
        subject s;
        subject_make(&s, 1, &o);
        cisup_transition x = cisup_network_transition(&s.net, 2);
        assert_true(check_every_allocation(make_one, &x) > 5);
        subject_free(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corrections_equal_the_definition),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
