/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of an error against their definitions over dense arrays, which are given the
 * activations of the pass: those have their own test. */
#include "common/check.h"
#include "common/naive.h"

#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/schemes.h>

#include <float.h>

enum { T = 17, N = 14, S = 3, L = 3, z = 3, most_d = 5, most_dN = most_d * N, parts = 5 };

/* A network with a batch, and all that its pass showed. */
typedef struct {
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
    cisup_correction *correction;
    cisup_batch batch;
    cisup_mode mode;
    cisup_terms terms;
    cisup_observer split;
    double *a; /* [L+1][d N][LANES] */
    unsigned char mask[L + 1][N * CISUP_LANES];
    double *term;        /* [L][T][CISUP_TERMS][d][LANES] */
    cisup_index next[2]; /* layer, circuit to be shown next */
} subject;

static void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

/* Own weights, common part and biases of either sign in every layer. */
static cisup_circuits any_circuits(cisup_rng *rng, cisup_index d) {
    cisup_circuits c;
    CHECK_OK(cisup_circuits_init(&c, T, d, L, L, &error_));
    for (cisup_index k = 0; k < L * T * d * d; k++) c.w[k] = 0.7 * cisup_rng_normal(rng);
    for (cisup_index k = 0; k < L * d * d; k++) c.wbar[k] = 0.4 * cisup_rng_normal(rng);
    for (cisup_index k = 0; k < L * d; k++) c.b[k] = 0.3 * cisup_rng_normal(rng);
    return c;
}

/* The built-in families, and number 6: without structure. */
static cisup_circuits circuits_of(cisup_rng *rng, int family) {
    static const cisup_index width[] = {3, 4, 2, 3, 2, 5};
    cisup_circuits c;
    cisup_family_options o = cisup_family_defaults();
    if (family == 6) return any_circuits(rng, 3);
    o.family = (cisup_family)family;
    o.fresh = (int)check_between(rng, 0, 1);
    CHECK_OK(cisup_circuits_make(&c, T, width[family], L, &o, &error_));
    return c;
}

static void subject_make(subject *s, cisup_rng *rng, int family,
                         const cisup_network_options *o) {
    cisup_allocation_options place = cisup_allocation_defaults();
    place.scheme = CISUP_SCHEME_BEST;
    *s = (subject){0};
    CHECK_OK(cisup_allocation_make(&s->base, N, S, T, &place, &error_));
    s->circuits = circuits_of(rng, family);
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, o, &error_));
    CHECK_OK(cisup_terms_corrections(&s->net, &s->correction, &error_));
    CHECK_OK(cisup_batch_init(&s->batch, z, &s->circuits, &error_));
    CHECK_OK(cisup_terms_init(&s->terms, &s->net, &error_));
    const cisup_index d = s->circuits.d;
    s->a = taken((L + 1) * d * N * CISUP_LANES, sizeof *s->a);
    s->term = taken(L * T * CISUP_TERMS * d * CISUP_LANES, sizeof *s->term);
}

static void subject_free(subject *s) {
    cisup_release(s->a);
    cisup_release(s->term);
    cisup_terms_free(&s->terms);
    assert_null(s->terms.open);
    cisup_terms_free(&s->terms);
    cisup_batch_free(&s->batch);
    cisup_terms_corrections_free(s->correction, L);
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    subject *s = context;
    const cisup_index size = s->circuits.d * N * CISUP_LANES;
    memcpy(s->a + l * size, a, (size_t)size * sizeof *a);
    memcpy(s->mask[l], in_active, N * CISUP_LANES);
    s->split.layer(s->split.context, l, a, in_active);
}

static int is_active(const cisup_batch *b, cisup_index lane, cisup_index t) {
    for (cisup_index k = 0; k < b->z; k++)
        if (lane < b->used && b->active[lane * b->z + k] == t) return 1;
    return 0;
}

static void see_terms(void *context, cisup_index l, cisup_index t, const double *term,
                      const unsigned char *active) {
    subject *s = context;
    const cisup_index size = CISUP_TERMS * s->circuits.d * CISUP_LANES;
    if (t == 0) s->next[0]++;
    assert_int_equal(l, s->next[0]);
    assert_int_equal(t, s->next[1]);
    s->next[1] = (t + 1) % T;
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
        assert_int_equal(active[lane], is_active(&s->batch, lane, t));
    memcpy(s->term + ((l - 1) * T + t) * size, term, (size_t)size * sizeof *term);
}

static void pass(subject *s, cisup_mode mode) {
    cisup_forward f;
    CHECK_OK(cisup_forward_init(&f, &s->net, &error_));
    s->mode = mode;
    s->next[0] = s->next[1] = 0;
    s->split = cisup_terms_start(&s->terms, &s->net, s->correction, mode, &s->batch,
                                 see_terms, s);
    const cisup_observer o = {s, see_layer, s->split.readout};
    cisup_forward_run(&f, &s->net, mode, &s->batch, &o);
    cisup_forward_free(&f);
    assert_int_equal(s->next[0], L);
    assert_int_equal(s->next[1], 0);
}

static double part_of(const subject *s, cisup_index l, cisup_index t, cisup_term p,
                      cisup_index i, cisup_index lane) {
    const cisup_index d = s->circuits.d;
    return s->term[((((l - 1) * T + t) * CISUP_TERMS + p) * d + i) * CISUP_LANES + lane];
}

static naive_network plain_of(const subject *s) {
    const cisup_weight_options *o = &s->net.weights;
    return (naive_network){.N = N,
                           .S = S,
                           .T = T,
                           .d = s->circuits.d,
                           .L = L,
                           .layers = s->circuits.layers,
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

static int lets_through(const subject *s, double a, int is_inside) {
    if (s->mode == CISUP_MODE_LINEAR) return 1;
    if (s->mode == CISUP_MODE_MASKED_LINEAR) return is_inside;
    return a > 0.0 && (is_inside || s->mode == CISUP_MODE_RELU);
}

/* What the sums of a layer are made of, at most: |W| |A^{l-1}|, |A^l| read out with |R|,
 * states and biases. */
static double size_of(const naive_network *net, cisup_index l, const double *before,
                      const double *after, const double *own) {
    const cisup_index dN = net->d * N;
    double *size = taken(dN * dN, sizeof *size), most = 0.0, largest = 0.0;
    if (l > 1) naive_sizes(net, l, size);
    for (cisup_index k = 0; k < dN; k++) {
        double sum = fabs(before[k]);
        for (cisup_index j = 0; j < dN; j++) sum += size[k * dN + j] * fabs(before[j]);
        most = fmax(most, sum);
        largest = fmax(largest, fabs(after[k]));
    }
    for (cisup_index k = 0; k < z * (L + 1) * net->d; k++)
        most = fmax(most, fabs(own[k]));
    cisup_release(size);
    return 8.0 * (1.0 + most) + largest * (1.0 + fabs(naive_center(net)) * (S + N));
}

/* Both ways add up at most T + d N + S numbers in a row, some three times over. */
static void compare_layer(const subject *s, cisup_index l, cisup_index lane) {
    const naive_network net = plain_of(s);
    const cisup_index d = net.d, dN = d * N;
    double before[most_dN], after[most_dN], out[T * parts * most_d];
    unsigned char open[most_dN];
    for (cisup_index k = 0; k < dN; k++) {
        before[k] = s->a[((l - 1) * dN + k) * CISUP_LANES + lane];
        after[k] = s->a[(l * dN + k) * CISUP_LANES + lane];
        open[k] = lets_through(s, after[k], s->mask[l][k % N * CISUP_LANES + lane]) != 0;
    }
    const double *own = cisup_batch_state(&s->batch, lane, 0, 0);
    naive_terms(&net, l, open, s->batch.active + lane * z, z, own, before, after, out);
    const double allowed =
        3.0 * (double)(T + dN + S) * DBL_EPSILON * size_of(&net, l, before, after, own);
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index i = 0; i < d; i++)
            for (int p = 0; p < parts; p++)
                CHECK_NEAR(part_of(s, l, t, (cisup_term)p, i, lane),
                           out[(t * parts + p) * d + i], allowed);
}

/* Parts that are 0 by their definition, exactly; and the sum of two. */
static void check_absent(const subject *s, cisup_index l, cisup_index t, cisup_index i,
                         cisup_index lane) {
    const cisup_weight_scheme scheme = s->net.weights.scheme;
    const double propagation = part_of(s, l, t, CISUP_TERM_PROPAGATION, i, lane);
    const double weight = part_of(s, l, t, CISUP_TERM_WEIGHT_CORRECTION, i, lane);
    const double read = part_of(s, l, t, CISUP_TERM_READOUT_CORRECTION, i, lane);
    if (l == 1) assert_true(propagation == 0.0 && weight == 0.0);
    if (scheme == CISUP_WEIGHTS_PLAIN) assert_true(weight == 0.0 && read == 0.0);
    if (scheme == CISUP_WEIGHTS_CAPPED) assert_true(read == 0.0);
    assert_true(part_of(s, l, t, CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION, i, lane) ==
                propagation + weight);
}

/* The error itself: read-out less state. */
static void check_total(const subject *s, cisup_index l, cisup_index lane) {
    const naive_network net = plain_of(s);
    const cisup_index d = net.d;
    double after[most_dN], est[most_d];
    for (cisup_index k = 0; k < d * N; k++)
        after[k] = s->a[(l * d * N + k) * CISUP_LANES + lane];
    double largest = 1.0;
    for (cisup_index k = 0; k < d * N; k++) largest = fmax(largest, fabs(after[k]));
    for (cisup_index t = 0; t < T; t++) {
        naive_readout(&net, l, t, after, est);
        for (cisup_index k = 0; k < z; k++)
            for (cisup_index i = 0; i < d && s->batch.active[lane * z + k] == t; i++)
                est[i] -= cisup_batch_state(&s->batch, lane, k, l)[i];
        for (cisup_index i = 0; i < d; i++) {
            CHECK_NEAR(part_of(s, l, t, CISUP_TERM_TOTAL, i, lane), est[i],
                       naive_readout_slack(&net, after, 0.0) + DBL_EPSILON * largest);
            check_absent(s, l, t, i, lane);
        }
    }
}

static void parts_equal_the_definition(void **state) {
    (void)state;
    for (int number = 0; number < 7 * 4 * 2 * 4; number++) {
        cisup_rng rng = check_rng(number);
        cisup_network_options o = cisup_network_defaults();
        const int family = number % 7;
        o.weights.scheme = (cisup_weight_scheme)(number / 7 % 4);
        o.weights.kappa = (cisup_kappa_kind)(number / 28 % 2);
        o.form = (cisup_operator_form)(number % 2);
        o.seed = (uint64_t)number;
        if (number % 5 == 0) o.weights.center = 0.04;
        if (number % 3 == 0) o.weights.correction = 1.15;
        subject s;
        subject_make(&s, &rng, family, &o);
        cisup_batch_draw(&s.batch, &s.circuits, 7, 0, number, number % 2 ? 8 : 3);
        pass(&s, (cisup_mode)(number / 56));
        for (cisup_index l = 1; l <= L; l++)
            for (cisup_index lane = 0; lane < s.batch.used; lane++) {
                compare_layer(&s, l, lane);
                check_total(&s, l, lane);
            }
        assert_true(s.terms.residual < 1e-12);
        CHECK_OK(cisup_terms_check(s.terms.residual, &error_));
        subject_free(&s);
    }
}

static void keep_first_lane(void *context, cisup_index l, cisup_index t,
                            const double *term, const unsigned char *active) {
    double(*kept)[CISUP_TERMS] = context;
    (void)l;
    (void)active;
    for (int p = 0; p < CISUP_TERMS; p++) kept[t][p] = term[p * CISUP_LANES];
}

/* Two circuits w = 1 of width 1 share one place of S = 3; b = -1/4. The active ones, last
 * `active` of the two, start from so much that all their neurons open. */
static void split_pair(cisup_index active, double term[2][CISUP_TERMS]) {
    int32_t slot[] = {0, 1, 2, 2, 3, 4};
    const cisup_allocation base = {5, 3, 2, slot};
    cisup_circuits c;
    cisup_network net;
    cisup_forward f;
    cisup_batch batch;
    cisup_terms terms;
    CHECK_OK(cisup_circuits_init(&c, 2, 1, 1, 1, &error_));
    c.w[0] = c.w[1] = c.wbar[0] = 1.0;
    c.b[0] = -0.25;
    CHECK_OK(cisup_network_make(&net, &base, &c, NULL, &error_));
    CHECK_OK(cisup_forward_init(&f, &net, &error_));
    CHECK_OK(cisup_batch_init(&batch, active, &c, &error_));
    CHECK_OK(cisup_terms_init(&terms, &net, &error_));
    batch.used = 1;
    for (cisup_index k = 0; k < active; k++) {
        batch.active[k] = 2 - active + k;
        cisup_batch_state(&batch, 0, k, 0)[0] = batch.active[k] ? 2.5 : 1.5;
    }
    cisup_batch_states(&batch, &c);
    const cisup_observer o = cisup_terms_start(&terms, &net, NULL, CISUP_MODE_RELU,
                                               &batch, keep_first_lane, term);
    cisup_forward_run(&f, &net, CISUP_MODE_RELU, &batch, &o);
    cisup_terms_free(&terms);
    cisup_batch_free(&batch);
    cisup_forward_free(&f);
    cisup_network_free(&net);
    cisup_circuits_free(&c);
}

/* a_0 = 1.5 - 1/4, a_1 = 2.5 - 1/4, b = -1/4; divided by 3: one rounding or two. */
static void one_neighbour_in_layer_one(void **state) {
    (void)state;
    const double tolerance = 4.0 * DBL_EPSILON;
    double term[2][CISUP_TERMS];
    split_pair(1, term); /* circuit 0 is inactive: (o/S) a_u */
    CHECK_NEAR(term[0][CISUP_TERM_OVERLAP], 2.5 / 3.0, tolerance);
    CHECK_NEAR(term[0][CISUP_TERM_ACTIVATION], -0.25 / 3.0, tolerance);
    CHECK_NEAR(term[0][CISUP_TERM_TOTAL], 2.25 / 3.0, tolerance);
    for (int p = 0; p < CISUP_TERMS; p++) CHECK_NEAR(term[1][p], 0.0, tolerance);
    split_pair(2, term); /* both active: (o/S)(a_u - b) */
    for (int t = 0; t < 2; t++) {
        CHECK_NEAR(term[t][CISUP_TERM_OVERLAP], (t ? 1.5 : 2.5) / 3.0, tolerance);
        CHECK_NEAR(term[t][CISUP_TERM_ACTIVATION], 0.0, tolerance);
        CHECK_NEAR(term[t][CISUP_TERM_TOTAL], (t ? 1.5 : 2.5) / 3.0, tolerance);
    }
}

/* A part that is wrong shows: corrections of another scheme, kappa or c than the
 * network's. */
static void wrong_parts_do_not_pass(void **state) {
    (void)state;
    for (int scheme = CISUP_WEIGHTS_BALANCED; scheme <= CISUP_WEIGHTS_CAPPED; scheme++)
        for (int mistake = 0; mistake < 2; mistake++) {
            cisup_rng rng = check_rng(scheme);
            cisup_network_options o = cisup_network_defaults();
            o.weights.scheme = (cisup_weight_scheme)scheme;
            subject s;
            subject_make(&s, &rng, 1, &o);
            cisup_terms_corrections_free(s.correction, L);
            const cisup_weight_options right = s.net.weights;
            if (mistake == 0) s.net.weights.scheme = CISUP_WEIGHTS_PLAIN;
            if (mistake == 1) s.net.weights.correction = 1.001;
            if (mistake == 1) s.net.weights.center = 0.01;
            CHECK_OK(cisup_terms_corrections(&s.net, &s.correction, &error_));
            s.net.weights = right;
            cisup_batch_draw(&s.batch, &s.circuits, 1, 0, 0, 8);
            pass(&s, CISUP_MODE_LINEAR);
            cisup_error err = {0};
            assert_int_equal(cisup_terms_check(s.terms.residual, &err), CISUP_ESHAPE);
            assert_non_null(strstr(err.text, "do not add up"));
            subject_free(&s);
        }
}

static cisup_status make_room(void *context) {
    const cisup_network *net = context;
    cisup_terms t;
    cisup_correction *c = NULL;
    cisup_status status;
    CISUP_TRY(cisup_terms_corrections(net, &c, NULL));
    CISUP_TRY(cisup_terms_init(&t, net, NULL));
    cisup_terms_free(&t);
done:
    cisup_terms_corrections_free(c, L);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_rng rng = check_rng(0);
    subject s;
    subject_make(&s, &rng, 1, NULL);
    assert_true(check_every_allocation(make_room, &s.net) > 20);
    subject_free(&s);
}

static void names_are_those_of_the_reports(void **state) {
    (void)state;
    assert_string_equal(cisup_term_name(CISUP_TERM_OVERLAP), "overlap");
    assert_string_equal(cisup_term_name(CISUP_TERM_PROPAGATION), "propagation");
    assert_string_equal(cisup_term_name(CISUP_TERM_ACTIVATION), "activation");
    assert_string_equal(cisup_term_name(CISUP_TERM_WEIGHT_CORRECTION),
                        "weight_correction");
    assert_string_equal(cisup_term_name(CISUP_TERM_READOUT_CORRECTION),
                        "readout_correction");
    assert_string_equal(cisup_term_name(CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION),
                        "propagation_and_weight_correction");
    assert_string_equal(cisup_term_name(CISUP_TERM_TOTAL), "total");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_equal_the_definition),
        cmocka_unit_test(one_neighbour_in_layer_one),
        cmocka_unit_test(wrong_parts_do_not_pass),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(names_are_those_of_the_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
