/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forward passes against the dense oracle.
 *
 * Tolerances of the comparison with the oracle are the bounds that it computes beside
 * its own pass: roundings of both ways in each layer, times the norms of the layers
 * that follow. */
#include "common/check.h"
#include "common/naive.h"
#include "common/recorded.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/schemes.h>

#include <float.h>

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

static double largest(const double *a, cisup_index count) {
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++) most = fmax(most, fabs(a[k]));
    return most;
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
        cmocka_unit_test(modes_are_found_by_their_names),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
