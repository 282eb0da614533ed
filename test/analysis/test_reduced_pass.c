/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passes through the neurons of active circuits alone against passes through all open
 * neurons, circuit by circuit. */
#include "common/cycle_shape.h"
#include "common/reports.h"

#include <cisup/analysis/pass/reduced.h>
#include <cisup/core/circuits/carried.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <stdbool.h>

enum { most_L = 5, most_d = 4 };

/* --- single samples ----------------------------------------------------------------- */

/* A network that carries masks, stored. Must stay where it is. */
typedef struct {
    cisup_cycle cycle;
    cisup_allocation rows;
    cisup_circuits circuits;
    cisup_network net;
    cisup_wiring wiring;
    cisup_open_network open;
    cisup_carrying carrying;
} subject;

typedef enum { SIGNED, RELU, MIXED, BIASED, KINDS_OF_CIRCUITS } circuit_kind;

/* Weights of about sqrt(1/m), so that numbers neither vanish nor grow. */
static cisup_circuits drawn(circuit_kind kind, cisup_index T, cisup_index L,
                            cisup_rng *rng) {
    enum { m = 3 };
    static const unsigned char mixed[most_L] = {1, 0, 1, 1, 0},
                               all[most_L] = {1, 1, 1, 1, 1};
    cisup_plain_mlps mlps = {.T = T, .m = m, .L = L, .layers = L};
    double *v, *beta;
    cisup_circuits c;
    CHECK_OK(cisup_new(&v, L * T * m * m, sizeof *v, &error_));
    CHECK_OK(cisup_new(&beta, L * T * m, sizeof *beta, &error_));
    for (cisup_index k = 0; k < L * T * m * m; k++) v[k] = 0.6 * cisup_rng_normal(rng);
    for (cisup_index k = 0; k < L * T * m; k++) beta[k] = 0.3 * cisup_rng_normal(rng);
    mlps.v = v;
    mlps.beta = kind == BIASED ? beta : NULL;
    mlps.is_signed = kind == SIGNED ? all : kind == RELU ? NULL : mixed;
    CHECK_OK(cisup_circuits_carry(&c, &mlps, &error_));
    cisup_release(v);
    cisup_release(beta);
    return c;
}

static void subject_make(subject *s, shape n, circuit_kind kind, cisup_carrying carrying,
                         cisup_rng *rng) {
    *s = (subject){.carrying = carrying};
    s->carrying.cycle = n.c;
    CHECK_OK(cisup_cycle_make(&s->cycle, n.N, n.S, n.c, n.T, &error_));
    CHECK_OK(cisup_cycle_store(&s->cycle, &s->rows, &error_));
    s->circuits = drawn(kind, n.T, n.L, rng);
    cisup_network_options o = cisup_network_defaults();
    o.carrying = s->carrying;
    CHECK_OK(cisup_network_make(&s->net, &s->rows, &s->circuits, &o, &error_));
    CHECK_OK(cisup_wiring_cycle(&s->wiring, &s->cycle, &s->net, n.L, &error_));
    s->open = (cisup_open_network){.wiring = &s->wiring,
                                   .circuits = &s->circuits,
                                   .weights = s->net.weights,
                                   .sized = &s->net};
}

static void subject_free(subject *s) {
    cisup_wiring_free(&s->wiring);
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->rows);
    cisup_cycle_free(&s->cycle);
}

/* Read-outs of all circuits, NaN until they are known; of groups that name no circuits
 * how many have which. */
typedef struct {
    cisup_index T, d;
    double *est; /* [L][T][d] */
    struct {
        cisup_index l, count;
        double est[most_d];
    } group[400];
    int groups;
    cisup_index open[most_L][most_d], wrong[most_L][most_d], inside[most_L];
    int lost[most_L];
    cisup_index active[most_L]; /* how many were shown */
} record;

static double *est_of(const record *r, cisup_index l, cisup_index t) {
    return r->est + ((l - 1) * r->T + t) * r->d;
}

static void see_layer(void *context, cisup_index l, const cisup_index *open,
                      const cisup_index *wrong, cisup_index inside) {
    record *r = context;
    r->inside[l - 1] = inside;
    r->lost[l - 1] = !open;
    if (!open) return;
    memcpy(r->open[l - 1], open, (size_t)r->d * sizeof *open);
    memcpy(r->wrong[l - 1], wrong, (size_t)r->d * sizeof *wrong);
}

static void see_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                        const double *est) {
    record *r = context;
    assert_true(isnan(est_of(r, l, t)[0])); /* each once */
    if (k >= 0) assert_int_equal(k, r->active[l - 1]++);
    memcpy(est_of(r, l, t), est, (size_t)r->d * sizeof *est);
}

static void see_alike(void *context, cisup_index l, cisup_index count,
                      const cisup_index *t, const double *est) {
    record *r = context;
    assert_true(count > 0);
    for (cisup_index k = 0; t && k < count; k++)
        memcpy(est_of(r, l, t[k]), est, (size_t)r->d * sizeof *est);
    if (t) return;
    assert_true(r->groups < 400);
    r->group[r->groups].l = l;
    r->group[r->groups].count = count;
    memcpy(r->group[r->groups++].est, est, (size_t)r->d * sizeof *est);
}

static record *record_make(const cisup_circuits *c) {
    record *r;
    CHECK_OK(cisup_new(&r, 1, sizeof *r, &error_));
    *r = (record){.T = c->T, .d = c->d};
    CHECK_OK(cisup_new(&r->est, c->L * c->T * c->d, sizeof *r->est, &error_));
    for (cisup_index k = 0; k < c->L * c->T * c->d; k++) r->est[k] = (double)NAN;
    return r;
}

static void record_free(record *r) {
    cisup_release(r->est);
    cisup_release(r);
}

static bool is_near(const double *x, const double *y, cisup_index d, double tolerance) {
    for (cisup_index i = 0; i < d; i++)
        if (!(fabs(x[i] - y[i]) <= tolerance)) return false;
    return true;
}

/* Gives the read-out of every group to as many circuits as it counts, of those that have
 * none: the ones that should have it. */
static void settle_groups(record *r, const record *want, double tolerance) {
    for (int g = 0; g < r->groups; g++) {
        cisup_index left = r->group[g].count;
        const cisup_index l = r->group[g].l;
        for (cisup_index t = 0; t < r->T && left > 0; t++) {
            if (!isnan(est_of(r, l, t)[0]) ||
                !is_near(est_of(want, l, t), r->group[g].est, r->d, tolerance))
                continue;
            memcpy(est_of(r, l, t), r->group[g].est, (size_t)r->d * sizeof(double));
            left--;
        }
        assert_int_equal(left, 0);
    }
}

/* The other pass has one group, of all that are not shown. */
static void settle_rest(record *r, cisup_index L) {
    for (int g = 0; g < r->groups; g++)
        for (cisup_index t = 0; t < r->T; t++)
            if (isnan(est_of(r, r->group[g].l, t)[0]))
                memcpy(est_of(r, r->group[g].l, t), r->group[g].est,
                       (size_t)r->d * sizeof(double));
    for (cisup_index l = 1; l <= L; l++)
        for (cisup_index t = 0; t < r->T; t++) assert_true(!isnan(est_of(r, l, t)[0]));
}

/* Tolerance: sums of at most (z S) d < 100 terms in at most five layers in a row. */
static void compare_sample(const subject *s, cisup_mode mode, const cisup_batch *batch,
                           cisup_index lane) {
    const cisup_index L = s->circuits.L, T = s->circuits.T, d = s->circuits.d;
    record *got = record_make(&s->circuits), *want = record_make(&s->circuits);
    const cisup_open_observer o = {got, see_layer, see_readout, see_alike},
                              q = {want, see_layer, see_readout, see_alike};
    cisup_reduced_pass *reduced;
    cisup_open_pass *all;
    CHECK_OK(cisup_reduced_pass_new(&reduced, &s->open, batch->z, &error_));
    CHECK_OK(cisup_open_pass_new(&all, &s->open, batch->z, &error_));
    CHECK_OK(cisup_reduced_pass_run(reduced, &s->open, mode, batch, lane, &o, &error_));
    CHECK_OK(cisup_open_pass_run(all, &s->open, mode, batch, lane, &q, &error_));
    settle_rest(want, L);
    double most = 1.0;
    for (cisup_index e = 0; e < L * T * d; e++) most = fmax(most, fabs(want->est[e]));
    settle_groups(got, want, 1e-12 * most);
    for (cisup_index e = 0; e < L * T * d; e++)
        CHECK_NEAR(got->est[e], want->est[e], 1e-12 * most);
    for (cisup_index l = 0; l < L; l++) {
        assert_int_equal(got->inside[l], want->inside[l]);
        assert_int_equal(got->active[l], batch->z);
        SAME_BITS(got->open[l], want->open[l], d);
        SAME_BITS(got->wrong[l], want->wrong[l], d);
    }
    cisup_reduced_pass_free(reduced);
    cisup_open_pass_free(all);
    record_free(got);
    record_free(want);
}

static void compare_samples(const subject *s, cisup_index z) {
    cisup_batch batch;
    CHECK_OK(cisup_batch_init(&batch, z, &s->circuits, &error_));
    cisup_batch_draw(&batch, &s->circuits, 7, 0, 0, 3);
    for (cisup_index lane = 0; lane < 3; lane++) {
        compare_sample(s, CISUP_MODE_RELU, &batch, lane);
        compare_sample(s, CISUP_MODE_MASKED_RELU, &batch, lane);
    }
    cisup_batch_free(&batch);
}

/* Computed cycles and stored ones, whole designs and parts of them, circuits of all
 * kinds, with offsets that clip and such that do not. */
static void every_read_out_is_that_of_open_neurons(void **state) {
    (void)state;
    static const shape row[] = {
        {21, 3, 2, 49, 4},
        {55, 5, 2, 80, 3},
        {22, 2, 3, 121, 5},
        {13, 1, 4, 100, 4},
        {100, 2, 2, 2470, 3} /* stored, TD(4, 50) */,
    };
    cisup_rng rng = check_rng(0);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        for (int kind = 0; kind < 2 * KINDS_OF_CIRCUITS; kind++) {
            cisup_carrying carrying = cisup_network_defaults().carrying;
            subject s;
            carrying.active = 4;
            if (kind % 2) carrying.offset = 0.5;
            subject_make(&s, row[k], (circuit_kind)(kind / 2), carrying, &rng);
            for (cisup_index z = 1; z <= 4; z++) compare_samples(&s, z);
            subject_free(&s);
        }
}

/* From the layer on whose sums overflow nothing is a number. */
static void samples_that_overflow_are_lost(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    subject s;
    subject_make(&s, (shape){21, 3, 2, 49, 4}, SIGNED, cisup_network_defaults().carrying,
                 &rng);
    for (cisup_index k = 0; k < 4 * 49 * 9; k++) s.circuits.w[k] *= 1e120;
    cisup_batch batch;
    cisup_reduced_pass *p;
    CHECK_OK(cisup_batch_init(&batch, 2, &s.circuits, &error_));
    cisup_batch_draw(&batch, &s.circuits, 7, 0, 0, 1);
    CHECK_OK(cisup_reduced_pass_new(&p, &s.open, 2, &error_));
    record *r = record_make(&s.circuits);
    const cisup_open_observer o = {r, see_layer, see_readout, see_alike};
    CHECK_OK(cisup_reduced_pass_run(p, &s.open, CISUP_MODE_MASKED_RELU, &batch, 0, &o,
                                    &error_));
    static const int lost[4] = {0, 0, 1, 1}; /* 1e120, 1e240, 1e360 */
    for (int l = 0; l < 4; l++) assert_int_equal(r->lost[l], lost[l]);
    assert_true(isnan(est_of(r, 3, batch.active[0])[0]));
    assert_int_equal(r->group[r->groups - 1].count, 47);
    assert_true(isnan(r->group[r->groups - 1].est[0]));
    record_free(r);
    cisup_reduced_pass_free(p);
    cisup_batch_free(&batch);
    subject_free(&s);
}

static void ignore_layer(void *context, cisup_index l, const cisup_index *open,
                         const cisup_index *wrong, cisup_index inside) {
    (void)context, (void)l, (void)open, (void)wrong, (void)inside;
}

static void ignore_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                           const double *est) {
    (void)context, (void)l, (void)t, (void)k, (void)est;
}

static void ignore_alike(void *context, cisup_index l, cisup_index count,
                         const cisup_index *t, const double *est) {
    (void)context, (void)l, (void)count, (void)t, (void)est;
}

typedef struct {
    const subject *s;
    const cisup_batch *batch;
} one_sample;

static cisup_status pass_once(void *context) {
    const one_sample *x = context;
    const cisup_open_observer o = {NULL, ignore_layer, ignore_readout, ignore_alike};
    cisup_reduced_pass *p;
    cisup_status status = cisup_reduced_pass_new(&p, &x->s->open, 4, NULL);
    if (status == CISUP_OK)
        status = cisup_reduced_pass_run(p, &x->s->open, CISUP_MODE_RELU, x->batch, 0, &o,
                                        NULL);
    else
        assert_null(p);
    cisup_reduced_pass_free(p);
    return status;
}

static void a_pass_survives_every_allocation_failure(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    subject s;
    cisup_batch batch;
    subject_make(&s, (shape){55, 5, 2, 80, 3}, RELU, cisup_network_defaults().carrying,
                 &rng);
    CHECK_OK(cisup_batch_init(&batch, 4, &s.circuits, &error_));
    cisup_batch_draw(&batch, &s.circuits, 7, 0, 0, 1);
    one_sample x = {&s, &batch};
    assert_true(check_every_allocation(pass_once, &x) > 12);
    cisup_batch_free(&batch);
    subject_free(&s);
}

/* Strengths from X_l on are safe, below the layer is named; masked networks have none. */
static void strengths_below_the_largest_sum_are_refused(void **state) {
    (void)state;
    cisup_rng rng = check_rng(3);
    subject s;
    subject_make(&s, (shape){21, 3, 2, 49, 3}, MIXED,
                 (cisup_carrying){
                     .active = 2, .input = 1.0, .offset = 0.0, .strength = (double)NAN},
                 &rng);
    cisup_carrying how = s.carrying;
    cisup_error err = {0};
    double X[3]; /* with an offset of 0 the strengths beyond all sums */
    memcpy(X, s.net.strength, sizeof X);
    CHECK_OK(cisup_reduced_check(&s.net, &how, CISUP_MODE_RELU, 2, &error_));
    how.strength = X[2];
    for (int l = 0; l < 3; l++) s.net.strength[l] = X[2];
    CHECK_OK(cisup_reduced_check(&s.net, &how, CISUP_MODE_RELU, 2, &error_));
    assert_int_equal(cisup_reduced_check(&s.net, &how, CISUP_MODE_RELU, 3, &err),
                     CISUP_EINVAL);
    how.strength = s.net.strength[2] = 0.999 * X[2];
    assert_int_equal(cisup_reduced_check(&s.net, &how, CISUP_MODE_RELU, 2, &err),
                     CISUP_EINVAL);
    assert_non_null(strstr(err.text, "in layer 3 the strength"));
    CHECK_OK(cisup_reduced_check(&s.net, &how, CISUP_MODE_MASKED_RELU, 2, &error_));
    subject_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_read_out_is_that_of_open_neurons),
        cmocka_unit_test(samples_that_overflow_are_lost),
        cmocka_unit_test(a_pass_survives_every_allocation_failure),
        cmocka_unit_test(strengths_below_the_largest_sum_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
