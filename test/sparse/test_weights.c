/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The weights of one layer in both forms against the dense definition, on random
 * shapes, allocations and circuits and in every variant of the schemes.
 *
 * Tolerances: each way sums at most T + d N + S + 16 terms in a row, so it is off by
 * that many eps times the sum of the terms' sizes (naive_sizes); two ways differ by
 * twice that at most. */
#include "common/check.h"
#include "common/matrices.h"
#include "common/naive.h"
#include "common/weight_layers.h"

#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network.h>

#include <float.h>

/* rho_n of one kappa a row is 1, and kappa infinite, if S = N and T > 1: no valid
 * allocation is like that. */
static int has_sense(const layer *y, const cisup_weight_options *o) {
    return o->kappa != CISUP_KAPPA_ROWS || y->base.S < y->base.N || y->base.T == 1;
}

/* Calls check(layer) for every shape and variant. */
static void for_each_layer(void (*check)(const layer *y, cisup_rng *rng)) {
    for (int number = 0; number < shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        for (size_t k = 0; k < variant_count; k++) {
            if (!has_sense(&y, &variants[k])) continue;
            choose(&y, &variants[k]);
            check(&y, &rng);
        }
        layer_free(&y);
    }
}

static double roundings(const layer *y) {
    return (double)(y->base.T + y->x.d * y->base.N + y->base.S + 16);
}

static void near_or_say(const layer *y, const char *what, cisup_index at, double got,
                        double want, double tolerance) {
    if (fabs(got - want) <= tolerance) return;
    fail_msg("%s, scheme %s, center %g, correction %g, kappa %d: %s %" PRId64
             ": got %.17g, want %.17g, difference %.3g, allowed %.3g",
             y->text, cisup_weight_scheme_name(y->x.options.scheme), y->x.options.center,
             y->x.options.correction, (int)y->x.options.kappa, what, at, got, want,
             fabs(got - want), tolerance);
}

static void weights_are_the_definition(const layer *y, cisup_rng *rng) {
    (void)rng;
    const cisup_index dN = y->x.d * y->base.N;
    double *got = taken(dN * dN, sizeof *got), *want = taken(dN * dN, sizeof *want);
    double *size = taken(dN * dN, sizeof *size);
    cisup_weights w;
    CHECK_OK(cisup_weights_make(&w, &y->x, &error_));
    CHECK_OK(cisup_csc_check(&w.sparse, &error_));
    cisup_weights_dense(&w, got);
    naive_weights(&y->plain, 2, want);
    naive_sizes(&y->plain, 2, size);
    for (cisup_index k = 0; k < dN * dN; k++)
        near_or_say(y, "entry", k, got[k], want[k],
                    2.0 * roundings(y) * DBL_EPSILON * size[k]);
    if (y->plain.scheme == NAIVE_PLAIN) {
        assert_null(w.left);
        assert_null(w.right);
    }
    cisup_weights_free(&w);
    assert_null(w.left);
    cisup_weights_free(&w);
    cisup_release(got);
    cisup_release(want);
    cisup_release(size);
}

static void assembled_weights_equal_the_definition(void **state) {
    (void)state;
    for_each_layer(weights_are_the_definition);
}

/* Q and the denominator are whole numbers below 2^53: three roundings at most. In the
 * variant with rows a power is taken in two ways; 1 - (1 - S/N)^k loses nothing near
 * 0, where it counts, because S/N >= 1/30: k eps/(1 - S/N) and a few more. */
static void kappa_is_the_definition(const layer *y, cisup_rng *rng) {
    (void)rng;
    if (y->plain.scheme != NAIVE_CAPPED) return;
    const cisup_index N = y->base.N;
    double *want = taken(N, sizeof *want), mean = 0.0;
    naive_kappa(&y->plain, 2, want);
    for (cisup_index n = 0; n < N; n++) mean += want[n] / (double)N;
    cisup_weights w;
    cisup_factored f;
    CHECK_OK(cisup_weights_make(&w, &y->x, &error_));
    CHECK_OK(cisup_factored_make(&f, &y->x, &error_));
    const double T = (double)y->base.T;
    const double eps = (y->plain.rows ? 60.0 * T : 4.0) * DBL_EPSILON;
    for (cisup_index n = 0; n < N; n++) {
        const double allowed = eps * want[n] + (y->plain.rows ? eps : 0.0);
        near_or_say(y, "kappa in row", n, w.left[n], want[n], allowed);
        if (y->plain.rows) near_or_say(y, "kappa", n, f.rows[n], want[n], allowed);
    }
    const double allowed = (eps + (double)N * DBL_EPSILON) * (mean + 1.0);
    near_or_say(y, "mean kappa, assembled", -1, w.kappa, mean, allowed);
    near_or_say(y, "mean kappa, factored", -1, f.kappa, mean, allowed);
    if (!y->plain.rows) assert_null(f.rows);
    cisup_weights_free(&w);
    cisup_factored_free(&f);
    cisup_release(want);
}

static void kappa_equals_the_sum_over_pairs(void **state) {
    (void)state;
    for_each_layer(kappa_is_the_definition);
}

static void kappa_is_zero_unless_capped(const layer *y, cisup_rng *rng) {
    (void)rng;
    if (y->plain.scheme == NAIVE_CAPPED) return;
    for (int form = 0; form < 2; form++) {
        cisup_operator op;
        CHECK_OK(cisup_operator_make(&op, (cisup_operator_form)form, &y->x, &error_));
        assert_true(cisup_operator_kappa(&op) == 0.0);
        cisup_operator_free(&op);
    }
}

static void other_schemes_have_no_kappa(void **state) {
    (void)state;
    for_each_layer(kappa_is_zero_unless_capped);
}

/* With w = wbar = 1 and d = 1, S W is C of (4.5), whose sum over pairs t < u is 0 when
 * f_w = 1. An entry of S W has 8 roundings of numbers up to 1 + 2 kappa; the sum itself
 * is taken in extended precision. */
static void capping_is_balanced_over_pairs(void **state) {
    (void)state;
    int met = 0;
    for (int number = 0; number < shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        const cisup_index N = y.base.N, S = y.base.S, T = y.base.T;
        y.x.d = 1;
        for (cisup_index t = 0; t < T; t++) y.w[t] = 1.0;
        y.wbar[0] = 1.0;
        choose(&y,
               &(const cisup_weight_options){CISUP_WEIGHTS_CAPPED, NONE, 1.0,
                                             CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO});
        double Q, missed, C[30 * 30];
        naive_pairs(&y.plain, 2, &Q, &missed);
        cisup_weights w;
        CHECK_OK(cisup_weights_make(&w, &y.x, &error_));
        cisup_weights_dense(&w, C);
        long double sum = 0.0L;
        for (cisup_index t = 0; t < T; t++)
            for (cisup_index u = t + 1; u < T; u++) {
                const int32_t *to = cisup_allocation_row(&y.base, y.x.to[t]);
                const int32_t *from = cisup_allocation_row(&y.base, y.x.from[u]);
                for (cisup_index k = 0; k < S * S; k++)
                    sum += C[to[k / S] * N + from[k % S]];
            }
        if (missed > 0.0) {
            met += Q > 0.0;
            near_or_say(&y, "sum over pairs", -1, (double)sum * (double)S, 0.0,
                        8.0 * DBL_EPSILON * (1.0 + 2.0 * w.kappa) * (Q + missed));
        }
        cisup_weights_free(&w);
        layer_free(&y);
    }
    assert_true(met > shapes / 2); /* otherwise the shapes say nothing */
}

/* An entry in block (i,j) at (n,m) is stored only where some circuit sits in n and m. */
static void only_meetings_are_stored(const layer *y, cisup_rng *rng) {
    (void)rng;
    const cisup_index N = y->base.N, d = y->x.d;
    double *g = taken(N * N, sizeof *g);
    cisup_index union_size = 0;
    naive_meetings(&y->plain, 2, g);
    for (cisup_index k = 0; k < N * N; k++) union_size += g[k] > 0.0;
    cisup_weights w;
    CHECK_OK(cisup_weights_make(&w, &y->x, &error_));
    assert_int_equal(w.sparse.nrow, d * N);
    assert_int_equal(w.sparse.ncol, d * N);
    assert_true(w.sparse.p[d * N] <= d * d * union_size);
    for (cisup_index column = 0; column < d * N; column++)
        for (cisup_index k = w.sparse.p[column]; k < w.sparse.p[column + 1]; k++)
            assert_true(g[w.sparse.i[k] % N * N + column % N] > 0.0);
    cisup_weights_free(&w);
    cisup_release(g);
}

static void nothing_is_stored_outside_the_meetings(void **state) {
    (void)state;
    for_each_layer(only_meetings_are_stored);
}

/* What a reader was shown: [T][d][LANES]. */
typedef struct {
    cisup_index d, next;
    double *est;
} shown;

static void keep(void *context, cisup_index t, const double *est) {
    shown *s = context;
    assert_int_equal(t, s->next++);
    memcpy(s->est + t * s->d * CISUP_LANES, est,
           (size_t)(s->d * CISUP_LANES) * sizeof *est);
}

/* Activations of every kind: normal, some neurons 0 in all lanes, the last lane 0. */
static double *activations(const layer *y, cisup_rng *rng) {
    const cisup_index dN = y->x.d * y->base.N;
    double *a = taken(dN * CISUP_LANES, sizeof *a);
    for (cisup_index k = 0; k < dN; k++) {
        if (cisup_rng_below(rng, 3) == 0) continue;
        for (int m = 0; m + 1 < CISUP_LANES; m++)
            a[k * CISUP_LANES + m] = cisup_rng_normal(rng);
    }
    return a;
}

/* W and its sizes times one lane. */
static void dense_times(const layer *y, const double *W, const double *a, int lane,
                        double *out, int absolute) {
    const cisup_index dN = y->x.d * y->base.N;
    for (cisup_index row = 0; row < dN; row++) {
        out[row] = 0.0;
        for (cisup_index k = 0; k < dN; k++) {
            const double x = a[k * CISUP_LANES + lane];
            out[row] += W[row * dN + k] * (absolute ? fabs(x) : x);
        }
    }
}

static void check_image(const layer *y, const double *a, const double *got) {
    const cisup_index dN = y->x.d * y->base.N;
    double *W = taken(2 * dN * dN, sizeof *W), *size = W + dN * dN;
    double *want = taken(2 * dN, sizeof *want), *bound = want + dN;
    naive_weights(&y->plain, 2, W);
    naive_sizes(&y->plain, 2, size);
    for (int lane = 0; lane < CISUP_LANES; lane++) {
        dense_times(y, W, a, lane, want, 0);
        dense_times(y, size, a, lane, bound, 1);
        /* y started from 2.385, whose own rounding in the sum counts as well. */
        for (cisup_index k = 0; k < dN; k++)
            near_or_say(y, "image", k, got[k * CISUP_LANES + lane], want[k] + 2.385,
                        2.0 * roundings(y) * DBL_EPSILON * (bound[k] + 2.385));
    }
    cisup_release(W);
    cisup_release(want);
}

static void check_shown(const layer *y, const double *a, const shown *s) {
    const cisup_index d = y->x.d, dN = d * y->base.N;
    double *lane_of = taken(dN, sizeof *lane_of), want[5];
    assert_int_equal(s->next, y->base.T);
    for (int lane = 0; lane < CISUP_LANES; lane++) {
        for (cisup_index k = 0; k < dN; k++) lane_of[k] = a[k * CISUP_LANES + lane];
        const double allowed = naive_readout_slack(&y->plain, lane_of, 0.0);
        for (cisup_index t = 0; t < y->base.T; t++) {
            naive_readout(&y->plain, 1, t, lane_of, want);
            for (cisup_index i = 0; i < d; i++)
                near_or_say(y, "read-out of circuit", t,
                            s->est[(t * d + i) * CISUP_LANES + lane], want[i], allowed);
        }
    }
    cisup_release(lane_of);
}

/* Applies assembled weights with work that holds rubbish, and reads all circuits. */
static void assembled_is_the_definition(const layer *y, cisup_rng *rng) {
    const cisup_index dN = y->x.d * y->base.N, size = dN * CISUP_LANES;
    const cisup_index need = 3 * y->x.d * CISUP_LANES;
    cisup_operator op;
    CHECK_OK(cisup_operator_make(&op, CISUP_OPERATOR_ASSEMBLED, &y->x, &error_));
    double *a = activations(y, rng), *image = taken(size, sizeof *image);
    double *work = taken(need, sizeof *work);
    shown s = {y->x.d, 0, taken(y->base.T * y->x.d * CISUP_LANES, sizeof *s.est)};
    const cisup_reader reader = {keep, &s}, nobody = {0};
    for (cisup_index k = 0; k < need; k++) work[k] = (double)NAN;
    for (cisup_index k = 0; k < size; k++) image[k] = 2.385;
    cisup_weights_apply(&op.assembled, a, image, work);
    for (cisup_index k = 0; k < need; k++) work[k] = (double)NAN;
    cisup_readout_all(&op.in, a, work, &nobody);
    cisup_readout_all(&op.in, a, work, &reader);
    check_image(y, a, image);
    check_shown(y, a, &s);
    cisup_release(a);
    cisup_release(work);
    cisup_release(image);
    cisup_release(s.est);
    cisup_operator_free(&op);
    cisup_operator_free(&op);
}

static void assembled_weights_apply_and_read_by_the_definition(void **state) {
    (void)state;
    for_each_layer(assembled_is_the_definition);
}

/* A power of two changes no rounding: W (2^-600 a) = 2^-600 W a bit by bit, although
 * the squares of such numbers are 0. */
static void image_scales(const layer *y, cisup_rng *rng) {
    const cisup_index size = y->x.d * y->base.N * CISUP_LANES;
    double *a = activations(y, rng), *image = taken(2 * size, sizeof *image);
    double work[CISUP_LANES];
    cisup_weights w;
    CHECK_OK(cisup_weights_make(&w, &y->x, &error_));
    cisup_weights_apply(&w, a, image, work);
    for (cisup_index k = 0; k < size; k++) a[k] = ldexp(a[k], -600);
    cisup_weights_apply(&w, a, image + size, work);
    for (cisup_index k = 0; k < size; k++)
        near_or_say(y, "scaled image", k, ldexp(image[size + k], 600), image[k], 0.0);
    cisup_weights_free(&w);
    cisup_release(a);
    cisup_release(image);
}

static void tiny_activations_are_not_zero(void **state) {
    (void)state;
    for_each_layer(image_scales);
}

/* (3.7): c makes mean_{t != u} <v_t, e_u> vanish for even use; 0 where nothing
 * overlaps; the user's choice stands. */
static void the_center_is_the_one_of_the_scheme(void **state) {
    (void)state;
    cisup_weight_options o = cisup_weight_defaults();
    assert_int_equal(o.scheme, CISUP_WEIGHTS_CAPPED);
    assert_true(isnan(o.center) && o.correction == 1.0);
    assert_true(cisup_center(17, 3, 16, &o) == 0.0);
    o.scheme = CISUP_WEIGHTS_PLAIN;
    assert_true(cisup_center(17, 3, 16, &o) == 0.0);
    for (int k = 0; k < 2; k++) {
        o.scheme = k ? CISUP_WEIGHTS_BALANCED : CISUP_WEIGHTS_SPLIT;
        o.center = (double)NAN;
        const double c = cisup_center(17, 3, 16, &o);
        const double P = 3.0 * (16.0 * 3.0 / 17.0 - 1.0) / 15.0;
        CHECK_NEAR(P / 3.0 - c * (3.0 - P), 0.0, 8 * DBL_EPSILON);
        assert_true(c > 0.0);
        assert_true(cisup_center(48, 3, 16, &o) == 0.0); /* T S = N */
        assert_true(cisup_center(50, 3, 16, &o) == 0.0);
        assert_true(cisup_center(7, 3, 1, &o) == 0.0);
        o.center = 0.25;
        assert_true(cisup_center(17, 3, 16, &o) == 0.25);
        assert_true(cisup_center(50, 3, 16, &o) == 0.25);
    }
}

static void names_are_found_again(void **state) {
    (void)state;
    for (int k = 0; k < 4; k++)
        assert_int_equal(
            cisup_weight_scheme_find(cisup_weight_scheme_name((cisup_weight_scheme)k)),
            k);
    assert_int_equal(cisup_weight_scheme_find("Plain"), -1);
}

/* blockdiag(w_0, ..., w_{T-1}) entry by entry; zeros are not stored. */
static void blocks_of_circuits_stand_on_the_diagonal(void **state) {
    (void)state;
    cisup_rng rng = check_rng(99);
    enum { T = 5, d = 3 };
    double w[T * d * d];
    fill(&rng, w, T * d * d);
    cisup_csc blocks;
    CHECK_OK(cisup_blockdiag(w, T, d, &blocks, &error_));
    CHECK_OK(cisup_csc_check(&blocks, &error_));
    for (cisup_index i = 0; i < T * d; i++)
        for (cisup_index j = 0; j < T * d; j++) {
            const double want = i / d == j / d ? w[i / d * d * d + i % d * d + j % d] : 0;
            assert_true(csc_at(&blocks, i, j) == want);
        }
    for (cisup_index k = 0; k < blocks.p[T * d]; k++) assert_true(blocks.x[k] != 0.0);
    cisup_csc_free(&blocks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assembled_weights_equal_the_definition),
        cmocka_unit_test(kappa_equals_the_sum_over_pairs),
        cmocka_unit_test(other_schemes_have_no_kappa),
        cmocka_unit_test(capping_is_balanced_over_pairs),
        cmocka_unit_test(nothing_is_stored_outside_the_meetings),
        cmocka_unit_test(assembled_weights_apply_and_read_by_the_definition),
        cmocka_unit_test(tiny_activations_are_not_zero),
        cmocka_unit_test(the_center_is_the_one_of_the_scheme),
        cmocka_unit_test(names_are_found_again),
        cmocka_unit_test(blocks_of_circuits_stand_on_the_diagonal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
