/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passes through open neurons against cisup_forward_run: every read-out and every count
 * of open neurons, for stored networks, and for computed ones against their stored
 * copies. Tolerance 1e-10 of the largest read-out of the layer: both sum the same terms
 * in another order, some thousand of them, over four layers that amplify by less than
 * 100 each (the cases are chosen so); 2e-5 where sums are kept in float32. */
#include "common/check.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/pass/open_pass.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/operator.h>

#include <stdbool.h>

enum { MOST_L = 4 };

/* All read-outs of one lane, and the open neurons of its layers. */
typedef struct {
    cisup_index T, d, N, L, lane;
    double *est; /* [L][T][d] */
    cisup_index open[MOST_L][16], wrong[MOST_L][16], inside[MOST_L];
    cisup_index seen[MOST_L], single[MOST_L]; /* circuits shown one by one, or not */
} record;

static record record_make(const cisup_circuits *c, cisup_index N) {
    record r = {.T = c->T, .d = c->d, .N = N, .L = c->L};
    CHECK_OK(cisup_new(&r.est, r.L * r.T * r.d, sizeof *r.est, &error_));
    return r;
}

static double *est_of(const record *r, cisup_index l, cisup_index t) {
    return r->est + ((l - 1) * r->T + t) * r->d;
}

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    record *r = context;
    if (l == 0) return;
    for (cisup_index n = 0; n < r->N; n++) {
        const int inside = in_active[n * CISUP_LANES + r->lane];
        r->inside[l - 1] += inside;
        for (cisup_index i = 0; i < r->d; i++) {
            const int open = a[(i * r->N + n) * CISUP_LANES + r->lane] > 0.0;
            r->open[l - 1][i] += open;
            r->wrong[l - 1][i] += open && !inside;
        }
    }
}

static void see_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    record *r = context;
    for (cisup_index i = 0; i < r->d; i++)
        est_of(r, l, t)[i] = est[i * CISUP_LANES + r->lane];
}

static void open_layer(void *context, cisup_index l, const cisup_index *open,
                       const cisup_index *wrong, cisup_index inside) {
    record *r = context;
    r->inside[l - 1] = inside;
    for (cisup_index i = 0; i < r->d; i++) {
        r->open[l - 1][i] = open[i];
        r->wrong[l - 1][i] = wrong[i];
    }
}

/* NaN until it is shown, in alike or readout, each once. */
static void start_readouts(record *r, cisup_index l) {
    if (r->seen[l - 1] + r->single[l - 1] > 0) return;
    for (cisup_index e = 0; e < r->T * r->d; e++) est_of(r, l, 0)[e] = (double)NAN;
}

static void open_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                         const double *est) {
    record *r = context;
    start_readouts(r, l);
    assert_true((k >= 0) == (r->seen[l - 1] < k + 1 && k == r->seen[l - 1]));
    assert_true(isnan(est_of(r, l, t)[0])); /* each once */
    r->seen[l - 1]++;
    memcpy(est_of(r, l, t), est, (size_t)r->d * sizeof *est);
}

/* Those of a list, or all that were not shown. */
static void open_alike(void *context, cisup_index l, cisup_index count,
                       const cisup_index *t, const double *est) {
    record *r = context;
    start_readouts(r, l);
    assert_true(count > 0);
    for (cisup_index k = 0; t && k < count; k++) {
        assert_true(isnan(est_of(r, l, t[k])[0]));
        memcpy(est_of(r, l, t[k]), est, (size_t)r->d * sizeof *est);
    }
    r->single[l - 1] += count;
    if (t) return;
    assert_int_equal(r->seen[l - 1] + r->single[l - 1], r->T);
    for (cisup_index u = 0; u < r->T; u++)
        if (isnan(est_of(r, l, u)[0]))
            memcpy(est_of(r, l, u), est, (size_t)r->d * sizeof *est);
}

static void compare(const record *got, const record *want, bool has_counts,
                    double tolerance) {
    for (cisup_index l = 1; l <= want->L; l++) {
        double most = 1.0;
        assert_int_equal(got->seen[l - 1] + got->single[l - 1], want->T);
        for (cisup_index e = 0; e < want->T * want->d; e++)
            most = fmax(most, fabs(est_of(want, l, 0)[e]));
        for (cisup_index e = 0; e < want->T * want->d; e++)
            CHECK_NEAR(est_of(got, l, 0)[e], est_of(want, l, 0)[e], tolerance * most);
        assert_int_equal(got->inside[l - 1], want->inside[l - 1]);
        if (!has_counts) continue;
        for (cisup_index i = 0; i < want->d; i++) {
            assert_int_equal(got->open[l - 1][i], want->open[l - 1][i]);
            assert_int_equal(got->wrong[l - 1][i], want->wrong[l - 1][i]);
        }
    }
}

/* Runs some lanes of a batch both ways. */
static void compare_network(const cisup_network *net, const cisup_open_network *open,
                            cisup_mode mode, cisup_index z, double tolerance) {
    /* Sums that are 0 exactly come out as roundings of either sign. On-values of
     * rotations are multiples of 1/S, of which S = 4 has the threshold 1/4. */
    const bool has_counts = tolerance < 1e-6 &&
                            (mode == CISUP_MODE_RELU || mode == CISUP_MODE_MASKED_RELU) &&
                            net->circuits->offset > 0.0 && net->base->S != 4;
    cisup_batch batch;
    cisup_forward f;
    cisup_open_pass *p;
    CHECK_OK(cisup_batch_init(&batch, z, net->circuits, &error_));
    CHECK_OK(cisup_forward_init(&f, net, &error_));
    CHECK_OK(cisup_open_pass_new(&p, open, z, &error_));
    cisup_batch_draw(&batch, net->circuits, 5, 0, 0, 3);
    for (cisup_index lane = 0; lane < 3; lane++) {
        record want = record_make(net->circuits, net->base->N);
        record got = record_make(net->circuits, net->base->N);
        want.lane = lane;
        const cisup_observer o = {&want, see_layer, see_readout};
        const cisup_open_observer q = {&got, open_layer, open_readout, open_alike};
        cisup_forward_run(&f, net, mode, &batch, &o);
        CHECK_OK(cisup_open_pass_run(p, open, mode, &batch, lane, &q, &error_));
        compare(&got, &want, has_counts, tolerance);
        cisup_release(want.est);
        cisup_release(got.est);
    }
    cisup_open_pass_free(p);
    cisup_forward_free(&f);
    cisup_batch_free(&batch);
}

/* The kappa of every layer of a stored network. */
static void kappas_of(const cisup_network *net, double *kappa) {
    for (cisup_index l = 2; l <= net->circuits->L; l++)
        kappa[l - 2] = cisup_operator_kappa(&net->layers[l - 2]);
}

static cisup_allocation placed(cisup_scheme scheme, cisup_index N, cisup_index S,
                               cisup_index T) {
    const cisup_allocation_options o = {.scheme = scheme, .seed = 3};
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, &o, &error_));
    return a;
}

static cisup_circuits drawn(cisup_family family, cisup_index T, cisup_index d,
                            cisup_index L, int fresh) {
    cisup_family_options o = cisup_family_defaults();
    cisup_circuits c;
    o.family = family;
    o.fresh = fresh;
    CHECK_OK(cisup_circuits_make(&c, T, d, L, &o, &error_));
    return c;
}

static void stored_networks_agree_with_the_forward_pass(void **state) {
    (void)state;
    static const struct {
        cisup_scheme scheme;
        cisup_index N, S, T, z, d;
        cisup_family family;
        int fresh;
    } row[] = {
        {CISUP_SCHEME_REF, 60, 4, 60, 2, 4, CISUP_ROTATION4, 1},
        {CISUP_SCHEME_BEST, 80, 5, 150, 3, 4, CISUP_ROTATION4, 0},
        {CISUP_SCHEME_TD, 64, 4, 200, 1, 3, CISUP_ROTATION3, 1},
        {CISUP_SCHEME_RANDOM, 50, 5, 40, 4, 5, CISUP_GATE, 0},
        {CISUP_SCHEME_BEST, 40, 3, 60, 2, 2, CISUP_STEP2, 0},
        {CISUP_SCHEME_TD, 40, 3, 30, 2, 3, CISUP_RANDOM_RELU, 1},
        {CISUP_SCHEME_REF, 30, 1, 20, 2, 2, CISUP_IDENTITY, 0},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        for (int weights = 0; weights < 4; weights++)
            for (int mode = 0; mode < 4; mode++) {
                cisup_network_options o = cisup_network_defaults();
                double kappa[MOST_L];
                o.weights.scheme = (cisup_weight_scheme)weights;
                cisup_allocation a = placed(row[k].scheme, row[k].N, row[k].S, row[k].T);
                cisup_circuits c =
                    drawn(row[k].family, row[k].T, row[k].d, MOST_L, row[k].fresh);
                cisup_network net;
                cisup_incidence x;
                cisup_wiring w;
                CHECK_OK(cisup_network_make(&net, &a, &c, &o, &error_));
                CHECK_OK(cisup_incidence_of(&x, &a, &error_));
                CHECK_OK(cisup_wiring_of(&w, &x, &net, &error_));
                kappas_of(&net, kappa);
                cisup_open_network open = {&w, &c, o.weights, kappa, 0, NULL};
                compare_network(&net, &open, (cisup_mode)mode, row[k].z, 1e-10);
                open.is_single = 1;
                compare_network(&net, &open, (cisup_mode)mode, row[k].z, 2e-5);
                cisup_wiring_free(&w);
                cisup_incidence_free(&x);
                cisup_network_free(&net);
                cisup_circuits_free(&c);
                cisup_allocation_free(&a);
            }
}

/* A computed network against the stored one with the same allocation, permutations and
 * circuits. */
static void compare_computed(cisup_index N, cisup_index S, cisup_index T, cisup_index z,
                             cisup_family family, cisup_index d) {
    cisup_incidence x;
    cisup_wiring w;
    cisup_allocation a;
    cisup_circuits made, computed;
    cisup_network net;
    cisup_index *pi;
    double kappa[MOST_L];
    cisup_family_options f = cisup_family_defaults();
    cisup_network_options o = cisup_network_defaults();
    f.family = family;
    CHECK_OK(cisup_incidence_make(&x, N, S, T, CISUP_SCHEME_TD, &error_));
    CHECK_OK(cisup_wiring_make(&w, &x, MOST_L, 0, 7, 2, &error_));
    CHECK_OK(cisup_incidence_store(&x, &a, &error_));
    CHECK_OK(cisup_circuits_make(&made, T, d, MOST_L, &f, &error_));
    CHECK_OK(cisup_circuits_compute(&computed, T, d, MOST_L, &f, &error_));
    CHECK_OK(cisup_new(&pi, (MOST_L - 1) * T, sizeof *pi, &error_));
    for (cisup_index l = 2; l <= MOST_L; l++)
        for (cisup_index t = 0; t < T; t++)
            pi[(l - 2) * T + t] = cisup_wiring_row_of(&w, l, t);
    o.permutations = pi;
    CHECK_OK(cisup_network_make(&net, &a, &made, &o, &error_));
    kappas_of(&net, kappa);
    const cisup_open_network open = {&w, &computed, o.weights, kappa, 0, NULL};
    compare_network(&net, &open, CISUP_MODE_RELU, z, 1e-10);
    cisup_release(pi);
    cisup_network_free(&net);
    cisup_circuits_free(&made);
    cisup_circuits_free(&computed);
    cisup_allocation_free(&a);
    cisup_wiring_free(&w);
    cisup_incidence_free(&x);
}

static void computed_networks_agree_with_stored_ones(void **state) {
    (void)state;
    compare_computed(2000, 20, 100, 2, CISUP_ROTATION4, 4);
    compare_computed(1000, 10, 1000, 2, CISUP_ROTATION4, 4);
    compare_computed(500, 6, 2000, 3, CISUP_ROTATION4, 4);
    compare_computed(300, 5, 4, 3, CISUP_ROTATION3, 3);
    compare_computed(97, 3, 500, 1, CISUP_STEP2, 2);
}

/* Over all columns the estimate is (4.5) in its symmetric form; the two differ by
 * which of t < u and t > u is counted, which permutations make alike: within 4
 * standard errors of some 30 layers' ratios, 1 % here. */
static void kappa_follows_the_definition(void **state) {
    (void)state;
    enum { L = 30 };
    cisup_allocation a = placed(CISUP_SCHEME_BEST, 250, 6, 557);
    cisup_circuits c = drawn(CISUP_STEP2, 557, 2, L, 0);
    cisup_network net;
    cisup_incidence x;
    cisup_wiring w;
    CHECK_OK(cisup_network_make(&net, &a, &c, NULL, &error_));
    CHECK_OK(cisup_incidence_of(&x, &a, &error_));
    CHECK_OK(cisup_wiring_of(&w, &x, &net, &error_));
    double ratio = 0.0, part = 0.0;
    for (cisup_index l = 2; l <= L; l++) {
        cisup_kappa_estimate all, some;
        CHECK_OK(cisup_wiring_kappa(&w, l, 1.0, 250, 1, &all, &error_));
        CHECK_OK(cisup_wiring_kappa(&w, l, 1.0, 60, 1, &some, &error_));
        assert_true(all.columns == 250 && all.error == 0.0);
        assert_true(some.columns == 60 && some.error > 0.0);
        const double want = cisup_operator_kappa(&net.layers[l - 2]);
        CHECK_NEAR(all.kappa / want, 1.0, 0.04); /* 4 of 1 % */
        ratio += all.kappa / want / (L - 1);
        part += (some.kappa - all.kappa) / some.error / (L - 1);
    }
    CHECK_NEAR(ratio, 1.0, 0.01);
    CHECK_NEAR(part, 0.0, 0.75); /* 4 standard errors of a mean of 29 */
    cisup_wiring_free(&w);
    cisup_incidence_free(&x);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

static cisup_status run_once(void *context) {
    (void)context;
    const cisup_family_options f = cisup_family_defaults();
    const cisup_weight_options weights = cisup_weight_defaults();
    const double kappa[] = {0.1, 0.1};
    cisup_incidence x = {0};
    cisup_wiring w = {0};
    cisup_circuits c = {0};
    cisup_batch b = {0};
    cisup_open_pass *p = NULL;
    cisup_status status = cisup_incidence_make(&x, 500, 6, 1000, CISUP_SCHEME_TD, NULL);
    if (status == CISUP_OK) status = cisup_wiring_make(&w, &x, 3, 0, 1, 0, NULL);
    if (status == CISUP_OK) status = cisup_circuits_compute(&c, 1000, 4, 3, &f, NULL);
    if (status == CISUP_OK) status = cisup_batch_init(&b, 2, &c, NULL);
    const cisup_open_network open = {&w, &c, weights, kappa, 0, NULL};
    if (status == CISUP_OK) status = cisup_open_pass_new(&p, &open, 2, NULL);
    if (status == CISUP_OK) {
        record seen = {.T = 1000, .d = 4, .N = 500, .L = 3};
        status = cisup_new(&seen.est, 3 * 1000 * 4, sizeof *seen.est, NULL);
        const cisup_open_observer o = {&seen, open_layer, open_readout, open_alike};
        cisup_batch_draw(&b, &c, 1, 0, 0, 1);
        if (status == CISUP_OK)
            status = cisup_open_pass_run(p, &open, CISUP_MODE_RELU, &b, 0, &o, NULL);
        cisup_release(seen.est);
    }
    cisup_open_pass_free(p);
    cisup_batch_free(&b);
    cisup_circuits_free(&c);
    cisup_wiring_free(&w);
    cisup_incidence_free(&x);
    return status;
}

static void a_pass_survives_every_allocation_failure(void **state) {
    (void)state;
    assert_true(check_every_allocation(run_once, NULL) > 15);
}

static void kappa_by_rows_is_refused(void **state) {
    (void)state;
    cisup_incidence x;
    cisup_wiring w;
    cisup_circuits c = drawn(CISUP_STEP2, 20, 2, 2, 0);
    cisup_open_pass *p;
    cisup_open_network open = {&w, &c, cisup_weight_defaults(), NULL, 0, NULL};
    open.weights.kappa = CISUP_KAPPA_ROWS;
    CHECK_OK(cisup_incidence_make(&x, 40, 3, 20, CISUP_SCHEME_TD, &error_));
    CHECK_OK(cisup_wiring_make(&w, &x, 2, 1, 1, 0, &error_));
    assert_int_equal(cisup_open_pass_new(&p, &open, 1, NULL), CISUP_EINVAL);
    assert_null(p);
    cisup_wiring_free(&w);
    cisup_incidence_free(&x);
    cisup_circuits_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_networks_agree_with_the_forward_pass),
        cmocka_unit_test(computed_networks_agree_with_stored_ones),
        cmocka_unit_test(kappa_follows_the_definition),
        cmocka_unit_test(a_pass_survives_every_allocation_failure),
        cmocka_unit_test(kappa_by_rows_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
