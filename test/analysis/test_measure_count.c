/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics against a direct count: all read-outs and activations are recorded, and
 * every number of the report is computed from them again by its definition. */
#include "common/check.h"
#include "common/few_circuits.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/pass/forward.h>

#include <float.h>

/* A family, and its on-value and data by docs/math.md, section 13. */
typedef struct {
    cisup_family family;
    cisup_index d;
    int on_neurons; /* on = a_0, or a_0 - a_1; 0: none */
    int has_x;
    double offset; /* x = data - offset * on */
} kind;

static const kind kinds[] = {
    {CISUP_ROTATION3, 3, 1, 1, 1.0},   {CISUP_ROTATION4, 4, 2, 1, 1.0},
    {CISUP_STEP2, 2, 2, 0, 0.0},       {CISUP_RANDOM_RELU, 3, 0, 0, 0.0},
    {CISUP_IDENTITY, 2, 0, 0, 0.0},    {CISUP_GATE, 5, 2, 1, 0.0},
    {CISUP_RANDOM_RELU, 1, 0, 0, 0.0},
};

/* The squared norms that fall into one cell, network by network. */
typedef struct {
    cisup_index count;
    double square[networks * most_inputs * T];
    double mean[networks];
    cisup_index in_network;
} pile;

/* What is counted while a network runs. */
typedef struct {
    const kind *kind;
    const cisup_batch *batch;
    cisup_index network;
    pile *pile;           /* [L][3][3] */
    double open[L][5];    /* open neurons */
    double wrong[L][5];   /* of those outside K^l */
    double outside[L][5]; /* neurons outside K^l */
} tallying;

static pile *pile_of(tallying *y, cisup_index l, int state, int quantity) {
    return y->pile + ((l - 1) * 3 + state) * 3 + quantity;
}

static void put(pile *p, cisup_index network, double square) {
    p->square[p->count++] = square;
    p->mean[network] += square;
    p->in_network++;
}

static double on_of(const kind *k, const double *a) {
    return k->on_neurons == 2 ? a[0] - a[1] : a[0];
}

/* Which of the lane's active circuits t is, or -1. */
static cisup_index rank(const cisup_batch *b, cisup_index lane, cisup_index t) {
    for (cisup_index k = 0; k < b->z; k++)
        if (b->active[lane * b->z + k] == t) return k;
    return -1;
}

/* The squared norms of a vector, of its on-value and of its x. */
static void put_norms(tallying *y, cisup_index l, int state, const double *a) {
    const kind *k = y->kind;
    double whole = 0.0, x = 0.0;
    for (cisup_index i = 0; i < k->d; i++) whole += a[i] * a[i];
    put(pile_of(y, l, state, 0), y->network, whole);
    if (!k->on_neurons) return;
    const double on = on_of(k, a);
    put(pile_of(y, l, state, 1), y->network, on * on);
    if (!k->has_x) return;
    for (cisup_index i = k->on_neurons; i < k->d; i++)
        x += (a[i] - k->offset * on) * (a[i] - k->offset * on);
    put(pile_of(y, l, state, 2), y->network, x);
}

static void count_readout(void *context, cisup_index l, cisup_index t,
                          const double *est) {
    tallying *y = context;
    const cisup_index d = y->kind->d;
    for (cisup_index lane = 0; lane < y->batch->used; lane++) {
        const cisup_index place = rank(y->batch, lane, t);
        double error[5];
        for (cisup_index i = 0; i < d; i++) error[i] = est[i * CISUP_LANES + lane];
        if (place < 0) {
            put_norms(y, l, CISUP_INACTIVE, error);
            continue;
        }
        const double *exact = cisup_batch_state(y->batch, lane, place, l);
        for (cisup_index i = 0; i < d; i++) error[i] -= exact[i];
        put_norms(y, l, CISUP_ACTIVE, error);
        put_norms(y, l, CISUP_SIGNAL, exact);
    }
}

static void count_layer(void *context, cisup_index l, const double *a,
                        const unsigned char *in_active) {
    tallying *y = context;
    if (l == 0) return;
    for (cisup_index k = 0; k < y->kind->d * N; k++)
        for (cisup_index lane = 0; lane < y->batch->used; lane++) {
            const int is_open = a[k * CISUP_LANES + lane] > 0.0;
            const int is_outside = !in_active[k % N * CISUP_LANES + lane];
            y->open[l - 1][k / N] += is_open;
            y->wrong[l - 1][k / N] += is_open && is_outside;
            y->outside[l - 1][k / N] += is_outside;
        }
}

static cisup_experiment setting(const cisup_allocation *base, const kind *k,
                                cisup_mode mode, const cisup_index *z,
                                cisup_index inputs) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.family.family = k->family;
    x.d = k->d;
    x.L = L;
    x.mode = mode;
    x.z = z;
    x.z_count = 1;
    x.networks = networks;
    x.inputs = inputs;
    x.seed = 23;
    x.threads = 1;
    return x;
}

/* Runs what the experiment runs, sample by sample. */
static void run_directly(const cisup_experiment *x, tallying *y) {
    for (y->network = 0; y->network < networks; y->network++) {
        cisup_family_options family = x->family;
        cisup_network_options options = x->network;
        family.seed = options.seed = x->seed;
        family.network = options.network = y->network;
        cisup_circuits c;
        cisup_network net;
        cisup_batch b;
        cisup_forward f;
        CHECK_OK(cisup_circuits_make(&c, T, x->d, L, &family, &error_));
        CHECK_OK(cisup_network_make(&net, x->base, &c, &options, &error_));
        CHECK_OK(cisup_batch_init(&b, x->z[0], &c, &error_));
        CHECK_OK(cisup_forward_init(&f, &net, &error_));
        const cisup_observer o = {y, count_layer, count_readout};
        y->batch = &b;
        for (cisup_index cell = 0; cell < cells; cell++) y->pile[cell].in_network = 0;
        for (cisup_index sample = 0; sample < x->inputs; sample++) {
            cisup_batch_draw(&b, &c, x->seed, y->network, sample, 1);
            cisup_forward_run(&f, &net, x->mode, &b, &o);
        }
        for (cisup_index cell = 0; cell < cells; cell++) {
            pile *p = &y->pile[cell];
            p->mean[y->network] /= (double)p->in_network; /* NaN when nothing fell in */
        }
        cisup_forward_free(&f);
        cisup_batch_free(&b);
        cisup_network_free(&net);
        cisup_circuits_free(&c);
    }
}

static int ascending(const void *left, const void *right) {
    const double x = *(const double *)left, y = *(const double *)right;
    return (x > y) - (x < y);
}

/* The r-th smallest norm, r = max(1, ceil(level n)); NaN of none. */
static double quantile(pile *p, double level) {
    if (p->count == 0) return (double)NAN;
    qsort(p->square, (size_t)p->count, sizeof *p->square, ascending);
    const double r = fmax(1.0, ceil(level * (double)p->count));
    return sqrt(p->square[(cisup_index)r - 1]);
}

/* A quantile by histogram: 1.6 % off at most, and 0 below 2^-40. */
static void check_quantile(double got, double want) {
    if (want * want < ldexp(1.0, -80))
        assert_true(got == 0.0);
    else
        CHECK_NEAR(got, want, (sqrt(33.0 / 32.0) - 1.0) * want);
}

/* Positive numbers added in another order: n eps of the sum. */
static void check_cell(const cisup_result *r, cisup_index cell, pile *p) {
    const double n = (double)(p->count + 8), mean = (p->mean[0] + p->mean[1]) / 2.0;
    const double sd = fabs(p->mean[0] - p->mean[1]) / sqrt(2.0);
    const double allowed = p->count ? n * DBL_EPSILON * mean : 0.0;
    CHECK_NEAR(r->mse[cell].mean, mean, allowed);
    CHECK_NEAR(r->mse[cell].sd, sd, 2.0 * allowed);
    check_quantile(r->median[cell], quantile(p, 0.5));
    check_quantile(r->q99[cell], quantile(p, 0.99));
    const double worst = p->count ? sqrt(p->square[p->count - 1]) : (double)NAN;
    CHECK_NEAR(r->worst[cell], worst, p->count ? 8 * DBL_EPSILON * worst : 0.0);
}

/* Whole numbers divided once. */
static void check_open(const cisup_result *r, const tallying *y, cisup_index inputs) {
    const double neurons = (double)(N * inputs * networks);
    for (cisup_index k = 0; k < L * y->kind->d; k++) {
        const cisup_index l = k / y->kind->d, i = k % y->kind->d;
        assert_true(r->open[k] == y->open[l][i] / neurons);
        CHECK_NEAR(r->wrong[k], y->wrong[l][i] / y->outside[l][i], 0.0);
    }
}

static void compare(const cisup_allocation *base, const kind *k, cisup_mode mode,
                    cisup_index z, cisup_index inputs) {
    const cisup_experiment x = setting(base, k, mode, &z, inputs);
    tallying *y;
    cisup_report report;
    CHECK_OK(cisup_new(&y, 1, sizeof *y, &error_));
    CHECK_OK(cisup_new(&y->pile, cells, sizeof *y->pile, &error_));
    y->kind = k;
    run_directly(&x, y);
    CHECK_OK(cisup_experiment_run(&x, &report, &error_));
    assert_int_equal(report.networks, networks);
    const cisup_result *r = &report.result[0];
    assert_int_equal(r->z, z);
    for (cisup_index l = 1; l <= L; l++)
        for (int state = 0; state < 3; state++)
            for (int quantity = 0; quantity < 3; quantity++)
                check_cell(r, cisup_cell(l, state, quantity),
                           pile_of(y, l, state, quantity));
    check_open(r, y, inputs);
    cisup_report_free(&report);
    cisup_release(y->pile);
    cisup_release(y);
}

/* 1, 8 and 17 samples: less than a batch, a full one, and one more than two. */
static void reports_equal_a_direct_count(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        compare(&a, &kinds[k], CISUP_MODE_RELU, 2, 17);
        compare(&a, &kinds[k], CISUP_MODE_MASKED_LINEAR, 3, 8);
        compare(&a, &kinds[k], CISUP_MODE_LINEAR, 1, 1);
        compare(&a, &kinds[k], CISUP_MODE_MASKED_RELU, 4, 13);
    }
    cisup_allocation_free(&a);
}

/* z = T leaves no inactive circuit: NaN, as the direct count says. */
static void nobody_inactive_gives_no_numbers(void **state) {
    (void)state;
    cisup_allocation a = placed();
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        compare(&a, &kinds[k], CISUP_MODE_RELU, T, 11);
    cisup_index z = T;
    const cisup_experiment x = setting(&a, &kinds[1], CISUP_MODE_RELU, &z, 5);
    cisup_report report;
    CHECK_OK(cisup_experiment_run(&x, &report, &error_));
    const cisup_index cell = cisup_cell(2, CISUP_INACTIVE, CISUP_X);
    assert_true(isnan(report.result[0].mse[cell].mean));
    assert_true(isnan(report.result[0].mse[cell].high));
    assert_true(isnan(report.result[0].median[cell]));
    assert_true(isnan(report.result[0].worst[cell]));
    assert_true(isnan(report.result[0].wrong[0])); /* all neurons are in K */
    cisup_report_free(&report);
    cisup_allocation_free(&a);
}

static void families_have_the_quantities_of_their_neurons(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        cisup_family_options o = cisup_family_defaults();
        o.family = kinds[k].family;
        cisup_circuits c;
        CHECK_OK(cisup_circuits_make(&c, 2, kinds[k].d, 1, &o, &error_));
        assert_true(cisup_quantity_exists(&c, CISUP_READOUT));
        assert_int_equal(cisup_quantity_exists(&c, CISUP_ON) != 0,
                         kinds[k].on_neurons > 0);
        assert_int_equal(cisup_quantity_exists(&c, CISUP_X) != 0, kinds[k].has_x);
        cisup_circuits_free(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_equal_a_direct_count),
        cmocka_unit_test(nobody_inactive_gives_no_numbers),
        cmocka_unit_test(families_have_the_quantities_of_their_neurons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
