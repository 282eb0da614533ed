/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forward passes against the dense oracle and against what is known exactly.
 *
 * Tolerances of the comparison with the oracle are the bounds that it computes beside
 * its own pass: roundings of both ways in each layer, times the norms of the layers
 * that follow. */
#include "common/check.h"
#include "common/naive.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/schemes.h>

#include <float.h>

/* All that an observer is shown; also checks the order in which it is shown. */
typedef struct {
    cisup_index N, d, T, L;
    cisup_index layer, next; /* the last layer shown; the next circuit */
    double *a;               /* [L+1][d N][LANES] */
    unsigned char *mask;     /* [L+1][N][LANES] */
    double *est;             /* [L][T][d][LANES] */
} record;

static void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

static record record_make(const cisup_network *net) {
    record r = {.N = net->base->N, .T = net->base->T, .d = net->circuits->d};
    r.L = net->circuits->L;
    r.layer = -1;
    r.a = taken((r.L + 1) * r.d * r.N * CISUP_LANES, sizeof *r.a);
    r.mask = taken((r.L + 1) * r.N * CISUP_LANES, 1);
    r.est = taken(r.L * r.T * r.d * CISUP_LANES, sizeof *r.est);
    return r;
}

static void record_free(record *r) {
    cisup_release(r->a);
    cisup_release(r->mask);
    cisup_release(r->est);
}

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    record *r = context;
    assert_int_equal(l, r->layer + 1);
    assert_int_equal(r->next, l > 1 ? r->T : 0);
    r->layer = l;
    r->next = 0;
    const cisup_index size = r->d * r->N * CISUP_LANES;
    memcpy(r->a + l * size, a, (size_t)size * sizeof *a);
    memcpy(r->mask + l * r->N * CISUP_LANES, in_active, (size_t)(r->N * CISUP_LANES));
}

static void see_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    record *r = context;
    assert_int_equal(l, r->layer);
    assert_int_equal(t, r->next++);
    const cisup_index size = r->d * CISUP_LANES;
    memcpy(r->est + ((l - 1) * r->T + t) * size, est, (size_t)size * sizeof *est);
}

static double activation(const record *r, cisup_index l, cisup_index k,
                         cisup_index lane) {
    return r->a[(l * r->d * r->N + k) * CISUP_LANES + lane];
}

static double readout(const record *r, cisup_index l, cisup_index t, cisup_index i,
                      cisup_index lane) {
    return r->est[(((l - 1) * r->T + t) * r->d + i) * CISUP_LANES + lane];
}

static int in_mask(const record *r, cisup_index l, cisup_index n, cisup_index lane) {
    return r->mask[(l * r->N + n) * CISUP_LANES + lane];
}

/* A network with a batch and what its pass showed. */
typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network_options options;
    cisup_network net;
    cisup_batch batch;
} subject;

static void subject_open(subject *s, cisup_index z) {
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, &s->options, &error_));
    CHECK_OK(cisup_batch_init(&s->batch, z, &s->circuits, &error_));
}

static void subject_close(subject *s) {
    cisup_batch_free(&s->batch);
    cisup_network_free(&s->net);
}

static void subject_free(subject *s) {
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static record pass(const subject *s, cisup_mode mode, const cisup_batch *batch) {
    cisup_forward f;
    record r = record_make(&s->net);
    const cisup_observer o = {&r, see_layer, see_readout};
    CHECK_OK(cisup_forward_init(&f, &s->net, &error_));
    cisup_forward_run(&f, &s->net, mode, batch, &o);
    cisup_forward_free(&f);
    assert_null(f.a);
    assert_int_equal(r.layer, r.L);
    assert_int_equal(r.next, r.T);
    return r;
}

/* Circuits without any structure: own weights, common part and biases of either sign
 * in every layer. */
static cisup_circuits any_circuits(cisup_rng *rng, cisup_index T, cisup_index d,
                                   cisup_index L) {
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, T, d, L, L, &error_));
    const double scale = sqrt(2.0 / (double)d);
    for (cisup_index k = 0; k < L * T * d * d; k++)
        c.w[k] = scale * cisup_rng_normal(rng);
    for (cisup_index k = 0; k < L * d * d; k++) c.wbar[k] = 0.4 * cisup_rng_normal(rng);
    for (cisup_index k = 0; k < L * d; k++) c.b[k] = 0.3 * cisup_rng_normal(rng);
    return c;
}

static cisup_circuits of_family(cisup_family family, cisup_index T, cisup_index d,
                                cisup_index L, int fresh) {
    cisup_family_options o = cisup_family_defaults();
    o.family = family;
    o.fresh = fresh;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, T, d, L, &o, &error_));
    return c;
}

static subject any_subject(cisup_rng *rng, int number) {
    /* Nearly full allocations would amplify rounding beyond what can be compared. */
    const cisup_allocation_options ref = {.scheme = CISUP_SCHEME_REF};
    subject s = {.options = cisup_network_defaults()};
    const cisup_index N = check_between(rng, 3, 17);
    const cisup_index S = check_between(rng, 1, N < 5 ? N : 5);
    cisup_index most;
    CHECK_OK(cisup_allocation_capacity(N, S, &ref, &most, &error_));
    const cisup_index T = check_between(rng, 1, most < 23 ? most : 23);
    const cisup_index L = check_between(rng, 1, 4), fresh = check_between(rng, 0, 1);
    CHECK_OK(cisup_allocation_make(&s.base, N, S, T, &ref, &error_));
    if (number % 3 == 0)
        s.circuits = of_family(CISUP_ROTATION4, T, 4, L, (int)fresh);
    else if (number % 3 == 1)
        s.circuits = of_family(CISUP_GATE, T, check_between(rng, 3, 5), L, (int)fresh);
    else
        s.circuits = any_circuits(rng, T, check_between(rng, 1, 4), L);
    s.options.seed = (uint64_t)number;
    return s;
}

static naive_network plain_of(const subject *s) {
    return (naive_network){.N = s->base.N,
                           .S = s->base.S,
                           .T = s->base.T,
                           .d = s->circuits.d,
                           .L = s->circuits.L,
                           .layers = s->circuits.layers,
                           .slot = s->base.slot,
                           .row_of = s->net.row_of,
                           .w = s->circuits.w,
                           .wbar = s->circuits.wbar,
                           .b = s->circuits.b,
                           .scheme = (naive_scheme)s->options.weights.scheme,
                           .c = s->options.weights.center,
                           .correction = s->options.weights.correction,
                           .rows = s->options.weights.kappa == CISUP_KAPPA_ROWS};
}

static double largest(const double *a, cisup_index count) {
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++) most = fmax(most, fabs(a[k]));
    return most;
}

/* The oracle's pass of one lane. a: [L+1][d N], slack: [L+1]. */
static void oracle_pass(const subject *s, cisup_mode mode, cisup_index lane, double *a,
                        double *slack) {
    const naive_network plain = plain_of(s);
    const cisup_index z = s->batch.z, d = s->circuits.d;
    double *input = taken(z * d, sizeof *input);
    for (cisup_index k = 0; k < z; k++)
        memcpy(input + k * d, cisup_batch_state(&s->batch, lane, k, 0),
               (size_t)d * sizeof *input);
    naive_forward(&plain, (naive_mode)mode, s->batch.active + lane * z, z, input, a,
                  slack);
    cisup_release(input);
}

/* Compares one lane of a pass with the oracle's. */
static void compare_lane(const subject *s, const record *r, cisup_mode mode,
                         cisup_index lane) {
    const naive_network plain = plain_of(s);
    const cisup_index dN = r->d * r->N, z = s->batch.z;
    const cisup_index *active = s->batch.active + lane * z;
    double *a = taken((r->L + 1) * dN, sizeof *a), *slack = taken(r->L + 1, sizeof *a);
    double est[8];
    oracle_pass(s, mode, lane, a, slack);
    for (cisup_index l = 0; l <= r->L; l++) {
        unsigned char mask[17];
        /* A bound above this would compare nothing. */
        assert_true(slack[l] <= 1e-7 * (1.0 + largest(a + l * dN, dN)));
        for (cisup_index k = 0; k < dN; k++)
            CHECK_NEAR(activation(r, l, k, lane), a[l * dN + k], slack[l]);
        naive_mask(&plain, l ? l : 1, active, z, mask);
        for (cisup_index n = 0; n < r->N; n++)
            assert_int_equal(in_mask(r, l, n, lane), mask[n]);
        const double allowed = naive_readout_slack(&plain, a + l * dN, slack[l]);
        for (cisup_index t = 0; l > 0 && t < r->T; t++) {
            naive_readout(&plain, l, t, a + l * dN, est);
            for (cisup_index i = 0; i < r->d; i++)
                CHECK_NEAR(readout(r, l, t, i, lane), est[i], allowed);
        }
    }
    cisup_release(a);
    cisup_release(slack);
}

/* Every mode, scheme and engine on 15 random subjects; the seed is in CISUP_SEED. */
static void passes_equal_the_definition(void **state) {
    (void)state;
    for (int number = 0; number < 15; number++) {
        cisup_rng rng = check_rng(number);
        subject s = any_subject(&rng, number);
        const cisup_index T = s.base.T;
        for (int variant = 0; variant < 32; variant++) {
            s.options.form = (cisup_operator_form)(variant % 2);
            s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
            s.options.weights.kappa = (cisup_kappa_kind)((number + variant / 8) % 2);
            if (s.base.S == s.base.N) s.options.weights.kappa = CISUP_KAPPA_SINGLE;
            const cisup_mode mode = (cisup_mode)(variant / 8);
            subject_open(&s, check_between(&rng, 1, T < 4 ? T : 4));
            cisup_batch_draw(&s.batch, &s.circuits, 11, 2, 5 * variant,
                             check_between(&rng, 1, CISUP_LANES));
            record r = pass(&s, mode, &s.batch);
            for (cisup_index lane = 0; lane < s.batch.used; lane++)
                compare_lane(&s, &r, mode, lane);
            record_free(&r);
            subject_close(&s);
        }
        subject_free(&s);
    }
}

/* Of 21 rows 13 are used, by circuits that keep their places: the definition knows no
 * other rows. */
static void rows_may_stay_empty(void **state) {
    (void)state;
    enum { rows = 21, left = 13 };
    for (int variant = 0; variant < 16; variant++) {
        cisup_rng rng = check_rng(40 + variant);
        subject s = {.options = cisup_network_defaults()};
        cisup_allocation_options o = cisup_allocation_defaults();
        cisup_index kept[left];
        o.scheme = CISUP_SCHEME_BEST;
        cisup_rng_subset(&rng, rows, left, kept);
        CHECK_OK(cisup_allocation_make(&s.base, 15, 3, rows, &o, &error_));
        s.base.T = left;
        s.circuits = any_circuits(&rng, left, 3, 3);
        s.options.kept = kept;
        s.options.rows = rows;
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
        s.options.weights.kappa = (cisup_kappa_kind)(variant / 8);
        subject_open(&s, 2);
        for (cisup_index t = 0; t < left; t++) assert_int_equal(s.net.row_of[t], kept[t]);
        cisup_batch_draw(&s.batch, &s.circuits, 11, 2, 0, CISUP_LANES);
        record r = pass(&s, CISUP_MODE_RELU, &s.batch);
        for (cisup_index lane = 0; lane < s.batch.used; lane++)
            compare_lane(&s, &r, CISUP_MODE_RELU, lane);
        record_free(&r);
        subject_close(&s);
        subject_free(&s);
    }
}

/* (1.1) for the active circuits: d products and a bias in each of L layers; a layer
 * takes errors times the largest row sum of its weights, below 9 here. */
static void active_circuits_have_their_own_states(void **state) {
    (void)state;
    for (int number = 0; number < 12; number++) {
        cisup_rng rng = check_rng(number);
        subject s = any_subject(&rng, number);
        const cisup_index d = s.circuits.d, L = s.circuits.L;
        subject_open(&s, (s.base.T + 1) / 2);
        cisup_batch_draw(&s.batch, &s.circuits, 3, 0, 0, 7);
        const naive_network plain = plain_of(&s);
        double *want = taken((L + 1) * d, sizeof *want);
        for (cisup_index lane = 0; lane < 7; lane++)
            for (cisup_index k = 0; k < s.batch.z; k++) {
                const cisup_index t = s.batch.active[lane * s.batch.z + k];
                memcpy(want, cisup_batch_state(&s.batch, lane, k, 0),
                       (size_t)d * sizeof *want);
                naive_states(&plain, t, want);
                const double size = 1.0 + largest(want, (L + 1) * d);
                for (cisup_index l = 1; l <= L; l++)
                    for (cisup_index i = 0; i < d; i++)
                        CHECK_NEAR(
                            cisup_batch_state(&s.batch, lane, k, l)[i], want[l * d + i],
                            pow(9.0, (double)l) * (double)(d + 1) * DBL_EPSILON * size);
            }
        cisup_release(want);
        subject_close(&s);
        subject_free(&s);
    }
}

static void active_sets_are_drawn_by_sample(void **state) {
    (void)state;
    cisup_rng rng = check_rng(50);
    subject s = any_subject(&rng, 3);
    const cisup_index z = (s.base.T + 1) / 2;
    subject_open(&s, z);
    cisup_batch one;
    CHECK_OK(cisup_batch_init(&one, z, &s.circuits, &error_));
    cisup_batch_draw(&s.batch, &s.circuits, 3, 1, 16, CISUP_LANES);
    const size_t states = (size_t)(z * (s.circuits.L + 1) * s.circuits.d);
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
        const cisup_index *active = s.batch.active + lane * z;
        for (cisup_index k = 0; k < z; k++) {
            assert_in_range(active[k], 0, s.base.T - 1);
            assert_true(k == 0 || active[k] > active[k - 1]);
        }
        cisup_batch_draw(&one, &s.circuits, 3, 1, 16 + lane, 1);
        assert_int_equal(one.used, 1);
        assert_memory_equal(one.active, active, (size_t)z * sizeof *active);
        assert_memory_equal(one.state, cisup_batch_state(&s.batch, lane, 0, 0),
                            states * sizeof(double));
    }
    cisup_batch_free(&one);
    assert_null(one.state);
    cisup_batch_free(&one);
    subject_close(&s);
    subject_free(&s);
}

static void check_same_lane(const record *x, cisup_index lane, const record *y,
                            cisup_index other) {
    const cisup_index numbers = (x->L + 1) * x->d * x->N, reads = x->L * x->T * x->d;
    for (cisup_index k = 0; k < numbers; k++)
        assert_memory_equal(&x->a[k * CISUP_LANES + lane], &y->a[k * CISUP_LANES + other],
                            sizeof *x->a);
    for (cisup_index k = 0; k < reads; k++)
        assert_memory_equal(&x->est[k * CISUP_LANES + lane],
                            &y->est[k * CISUP_LANES + other], sizeof *x->est);
}

/* A sample alone, in a full batch and in another lane of a half-full one: same bits. */
static void lanes_do_not_mix(void **state) {
    (void)state;
    for (int number = 0; number < 4; number++) {
        cisup_rng rng = check_rng(60 + number);
        subject s = any_subject(&rng, number);
        for (int variant = 0; variant < 32; variant++) {
            s.options.form = (cisup_operator_form)(variant % 2);
            s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
            const cisup_mode mode = (cisup_mode)(variant / 8);
            subject_open(&s, s.base.T < 3 ? s.base.T : 3);
            cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 8, CISUP_LANES);
            record full = pass(&s, mode, &s.batch);
            for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
                cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 8 + lane, 1);
                record alone = pass(&s, mode, &s.batch);
                check_same_lane(&full, lane, &alone, 0);
                record_free(&alone);
            }
            cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 5, 6);
            record half = pass(&s, mode, &s.batch);
            for (cisup_index lane = 3; lane < 6; lane++)
                check_same_lane(&full, lane - 3, &half, lane);
            record_free(&half);
            record_free(&full);
            subject_close(&s);
        }
        subject_free(&s);
    }
}

/* A room used for one batch must not show in the next. */
static void a_room_may_be_used_again(void **state) {
    (void)state;
    cisup_rng rng = check_rng(70);
    subject s = any_subject(&rng, 0);
    subject_open(&s, 1);
    cisup_forward f;
    CHECK_OK(cisup_forward_init(&f, &s.net, &error_));
    cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
    record before = pass(&s, CISUP_MODE_LINEAR, &s.batch);
    const cisup_observer nobody = {0};
    cisup_forward_run(&f, &s.net, CISUP_MODE_LINEAR, &s.batch, &nobody);
    cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 8, 3);
    cisup_forward_run(&f, &s.net, CISUP_MODE_RELU, &s.batch, &nobody);
    cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
    record after = record_make(&s.net);
    const cisup_observer o = {&after, see_layer, see_readout};
    cisup_forward_run(&f, &s.net, CISUP_MODE_LINEAR, &s.batch, &o);
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
        check_same_lane(&before, lane, &after, lane);
    record_free(&before);
    record_free(&after);
    cisup_forward_free(&f);
    cisup_forward_free(&f);
    subject_close(&s);
    subject_free(&s);
}

/* Gives every circuit three inputs of its own, multiples of 1/64 below 4. */
static void give_short_inputs(cisup_circuits *c) {
    const cisup_index rows = 3 * c->T;
    c->input_start = taken(c->T + 1, sizeof *c->input_start);
    c->input = taken(rows * c->d, sizeof *c->input);
    for (cisup_index t = 0; t <= c->T; t++) c->input_start[t] = 3 * t;
    for (cisup_index k = 0; k < rows * c->d; k++)
        c->input[k] = (double)(k * 77 % 256) / 64.0;
}

/* Where nothing overlaps nothing goes wrong. A read-out is S equal numbers added and
 * divided by S: exact for short numbers and S a power of two; else 2 S roundings of
 * numbers below 4 in each of L layers. */
static void identities_side_by_side_have_no_error(void **state) {
    (void)state;
    const cisup_index L = 5, d = 3, T = 4;
    for (cisup_index S = 1; S <= 8; S++) {
        subject s = {.options = cisup_network_defaults(),
                     .circuits = of_family(CISUP_IDENTITY, T, d, L, 0)};
        CHECK_OK(cisup_allocation_make(&s.base, T * S + 2, S, T, NULL, &error_));
        give_short_inputs(&s.circuits);
        const int exact = (S & (S - 1)) == 0;
        for (int variant = 0; variant < 32; variant++) {
            s.options.form = (cisup_operator_form)(variant % 2);
            s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
            subject_open(&s, 2);
            cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
            record r = pass(&s, (cisup_mode)(variant / 8), &s.batch);
            for (cisup_index k = 0; k < L * T * d * CISUP_LANES; k++) {
                const cisup_index lane = k % CISUP_LANES, i = k / CISUP_LANES % d;
                const cisup_index t = k / CISUP_LANES / d % T;
                double want = 0.0;
                for (cisup_index m = 0; m < 2; m++)
                    if (s.batch.active[lane * 2 + m] == t)
                        want = cisup_batch_state(&s.batch, lane, m, 0)[i];
                CHECK_NEAR(r.est[k], want,
                           exact ? 0.0 : 4.0 * 2.0 * (double)(S * L) * DBL_EPSILON);
            }
            record_free(&r);
            subject_close(&s);
        }
        subject_free(&s);
    }
}

/* Gated rotations by 90 degrees, y -> R (y - 1) + 1, side by side: beta = 1 - R (1,1).
 * Half of them turn the other way. */
static cisup_circuits quarter_turns(cisup_index T, cisup_index L) {
    double v[10 * 4], beta[10 * 2];
    for (cisup_index t = 0; t < T; t++) {
        const double turn = t % 2 ? -1.0 : 1.0;
        const double R[4] = {0, -turn, turn, 0};
        memcpy(v + 4 * t, R, sizeof R);
        beta[2 * t] = 1.0 + turn;
        beta[2 * t + 1] = 1.0 - turn;
    }
    cisup_circuits c;
    CHECK_OK(cisup_circuits_gate(&c, T, 2, L, 1, v, beta, &(cisup_gate){.margin = 1.0},
                                 &error_));
    c.offset = 1.0;
    return c;
}

/* x = R^l x_0, by (u,v) -> (-v,u), l times. */
static void turned(double x[2], cisup_index t, cisup_index l) {
    for (cisup_index k = 0; k < l; k++) {
        const double u = x[0], turn = t % 2 ? -1.0 : 1.0;
        x[0] = -turn * x[1];
        x[1] = turn * u;
    }
}

/* Numbers stay below 8 and a layer has a norm below 16, the sum of a row's sizes, but
 * acts on what the gate has reset; S + d + 16 roundings in each of L layers. */
static void a_rotation_alone_turns_L_times(void **state) {
    (void)state;
    const cisup_index L = 6, T = 10, S = 3;
    subject s = {.options = cisup_network_defaults(), .circuits = quarter_turns(T, L)};
    CHECK_OK(cisup_allocation_make(&s.base, T * S, S, T, NULL, &error_));
    for (int variant = 0; variant < 24; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.scheme = (cisup_weight_scheme)(variant / 2 % 4);
        subject_open(&s, 1);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, (cisup_mode)(variant / 8), &s.batch);
        for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
            for (cisup_index l = 1; l <= L; l++) {
                const cisup_index t = s.batch.active[lane];
                const double *in = cisup_batch_state(&s.batch, lane, 0, 0);
                double x[2] = {in[2] - 1.0, in[3] - 1.0};
                CHECK_NEAR(hypot(x[0], x[1]), 1.0, 8 * DBL_EPSILON);
                turned(x, t, l);
                const double on = readout(&r, l, t, 0, lane) - readout(&r, l, t, 1, lane);
                const double allowed = 8.0 * 16.0 * (double)(l * (S + 20)) * DBL_EPSILON;
                CHECK_NEAR(on, 1.0, allowed);
                for (cisup_index i = 0; i < 2; i++)
                    CHECK_NEAR(readout(&r, l, t, 2 + i, lane) - on, x[i], allowed);
            }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

/* docs/math.md 9.3: without ReLU the two on-neurons have the same weights and biases
 * 1 apart, so A_0 - A_1 = K whatever the rest does. Rounded are only the two sums of
 * pre-activation and bias, half an ulp each. */
static void masked_on_signals_are_exact(void **state) {
    (void)state;
    subject s = {.options = cisup_network_defaults(),
                 .circuits = of_family(CISUP_ROTATION4, 40, 4, 5, 0)};
    CHECK_OK(cisup_allocation_make(&s.base, 30, 3, 40, NULL, &error_));
    for (int variant = 0; variant < 8; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.scheme = (cisup_weight_scheme)(variant / 2);
        subject_open(&s, 3);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, CISUP_MODE_MASKED_LINEAR, &s.batch);
        for (cisup_index l = 1; l <= 5; l++)
            for (cisup_index n = 0; n < 30; n++)
                for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
                    const double A0 = activation(&r, l, n, lane);
                    const double A1 = activation(&r, l, 30 + n, lane);
                    CHECK_NEAR(A0 - A1, in_mask(&r, l, n, lane),
                               DBL_EPSILON * (fabs(A0) + fabs(A1)));
                }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

/* docs/math.md, section 4: with one active circuit capping hands its on-signal on
 * exactly, so that its on-neurons are 3/2 and 1/2 in layer 2. The oracle's bound is one
 * on the distance of two rounded ways, so also of one from the exact value. */
static void one_circuit_hands_on_its_on_signal(void **state) {
    (void)state;
    enum { N = 15, T = 20, d = 4 };
    double a[3 * d * N], slack[3];
    subject s = {.options = cisup_network_defaults(),
                 .circuits = of_family(CISUP_ROTATION4, T, d, 2, 0)};
    CHECK_OK(cisup_allocation_make(&s.base, N, 2, T, NULL, &error_));
    for (int variant = 0; variant < 4; variant++) {
        s.options.form = (cisup_operator_form)(variant % 2);
        s.options.weights.kappa = (cisup_kappa_kind)(variant / 2);
        subject_open(&s, 1);
        cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, CISUP_LANES);
        record r = pass(&s, CISUP_MODE_RELU, &s.batch);
        for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
            oracle_pass(&s, CISUP_MODE_RELU, lane, a, slack);
            for (cisup_index n = 0; n < N; n++) {
                if (!in_mask(&r, 2, n, lane)) continue;
                CHECK_NEAR(activation(&r, 2, n, lane), 1.5, slack[2]);
                CHECK_NEAR(activation(&r, 2, N + n, lane), 0.5, slack[2]);
            }
        }
        record_free(&r);
        subject_close(&s);
    }
    subject_free(&s);
}

static void modes_are_found_by_their_names(void **state) {
    (void)state;
    for (int k = 0; k < 4; k++)
        assert_int_equal(cisup_mode_find(cisup_mode_name((cisup_mode)k)), k);
    assert_int_equal(cisup_mode_find("masked"), -1);
}

static cisup_status make_rooms(void *context) {
    const subject *s = context;
    cisup_forward f = {0};
    cisup_batch b = {0};
    cisup_status status;
    CISUP_TRY(cisup_forward_init(&f, &s->net, NULL));
    CISUP_TRY(cisup_batch_init(&b, 3, &s->circuits, NULL));
done:
    if (status != CISUP_OK) {
        assert_null(b.active);
        assert_null(b.state);
        assert_int_equal(b.z, 0);
    }
    if (status != CISUP_OK && !f.a) assert_null(f.in_active);
    if (status != CISUP_OK && f.a) assert_null(f.lines);
    cisup_forward_free(&f);
    cisup_batch_free(&b);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_rng rng = check_rng(80);
    subject s = any_subject(&rng, 0);
    subject_open(&s, 1);
    assert_true(check_every_allocation(make_rooms, &s) > 6);
    subject_close(&s);
    s.options.form = CISUP_OPERATOR_ASSEMBLED;
    subject_open(&s, 1);
    assert_int_equal(check_every_allocation(make_rooms, &s), 6);
    subject_close(&s);
    subject_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_equal_the_definition),
        cmocka_unit_test(rows_may_stay_empty),
        cmocka_unit_test(active_circuits_have_their_own_states),
        cmocka_unit_test(active_sets_are_drawn_by_sample),
        cmocka_unit_test(lanes_do_not_mix),
        cmocka_unit_test(a_room_may_be_used_again),
        cmocka_unit_test(identities_side_by_side_have_no_error),
        cmocka_unit_test(a_rotation_alone_turns_L_times),
        cmocka_unit_test(masked_on_signals_are_exact),
        cmocka_unit_test(one_circuit_hands_on_its_on_signal),
        cmocka_unit_test(modes_are_found_by_their_names),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
