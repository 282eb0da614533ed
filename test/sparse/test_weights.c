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

#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network.h>

#include <float.h>
#include <omp.h>

#define NONE ((double)NAN)

static const cisup_weight_options variants[] = {
    {CISUP_WEIGHTS_PLAIN, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_PLAIN, 0.031, 1.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, 0.031, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_BALANCED, -0.017, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, 0.031, 1.2, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_SPLIT, 0.0, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 0.0, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, 0.031, 1.2, CISUP_KAPPA_SINGLE, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 0.0, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
    {CISUP_WEIGHTS_CAPPED, NONE, 1.2, CISUP_KAPPA_ROWS, CISUP_ASSEMBLE_AUTO},
};

enum { shapes = 45, variant_count = sizeof variants / sizeof variants[0] };

/* A layer to be built, in the library's form and in plain numbers. */
typedef struct {
    cisup_allocation base;
    cisup_index *order; /* [2][T] */
    double *w, *wbar, *b;
    cisup_transition x;
    naive_network plain;
    char text[160];
} layer;

static void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

/* Every fourth weight is 0. */
static void fill(cisup_rng *rng, double *x, cisup_index count) {
    for (cisup_index k = 0; k < count; k++)
        x[k] = cisup_rng_below(rng, 4) ? cisup_rng_normal(rng) : 0.0;
}

/* A common part: without structure; of rank one with rows that are exact, inexact, 0
 * and -1 times the first; 0; equal rows. */
static void fill_common(cisup_rng *rng, double *wbar, cisup_index d, int number) {
    const double ratio[] = {1.0, -2.5, 1.0 / 3.0, 0.0, -1.0};
    fill(rng, wbar, d * d);
    if (number < 2) return;
    for (cisup_index k = 0; k < d * d; k++) {
        const double factor = number == 2 ? ratio[k / d] : number == 3 ? 0.0 : 1.0;
        wbar[k] = factor * wbar[k % d];
    }
}

/* Circuits: as above; without zeros; with a neuron that feeds nothing. */
static void fill_own(cisup_rng *rng, double *w, cisup_index T, cisup_index d,
                     int number) {
    fill(rng, w, T * d * d);
    for (cisup_index k = 0; k < T * d * d && number > 0; k++)
        w[k] = number == 2 && k % d == 0 ? 0.0 : cisup_rng_normal(rng);
}

/* Valid allocations of our own, or any S of N neurons: (4.1)-(4.5) hold for both. */
static void place(cisup_allocation *a, cisup_rng *rng, cisup_index N, cisup_index S,
                  cisup_index T, int valid) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = CISUP_SCHEME_GREEDY;
    o.hop = CISUP_HOP_S_LESS_1;
    cisup_index most;
    CHECK_OK(cisup_allocation_capacity(N, S, &o, &most, &error_));
    if (S > 1 && valid) {
        CHECK_OK(cisup_allocation_make(a, N, S, T < most ? T : most, &o, &error_));
        return;
    }
    CHECK_OK(cisup_allocation_init(a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_index row[30];
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a->slot[t * S + k] = (int32_t)row[k];
    }
}

static layer layer_make(cisup_rng *rng, int number) {
    const cisup_index N = check_between(rng, 3, 30);
    const cisup_index S = check_between(rng, 1, N < 6 ? N : 6);
    const cisup_index d = check_between(rng, 1, 5);
    layer y = {.text = ""};
    /* Every third shape fits without any overlap, T S <= N. */
    place(&y.base, rng, N, S, check_between(rng, 1, number % 3 ? 60 : N / S), number % 4);
    const cisup_index T = y.base.T;
    y.order = taken(2 * T, sizeof *y.order);
    cisup_rng_permutation(rng, T, y.order);
    cisup_rng_permutation(rng, T, y.order + T);
    y.w = taken(T * d * d, sizeof *y.w);
    y.wbar = taken(d * d, sizeof *y.wbar);
    y.b = taken(d, sizeof *y.b);
    fill_own(rng, y.w, T, d, number % 4 % 3);
    fill_common(rng, y.wbar, d, number % 5);
    y.x = (cisup_transition){
        .base = &y.base, .from = y.order, .to = y.order + T, .d = d, .w = y.w};
    (void)snprintf(y.text, sizeof y.text,
                   "shape %d: N %" PRId64 ", S %" PRId64 ", T %" PRId64 ", d %" PRId64,
                   number, N, S, T, d);
    return y;
}

/* Turns to one variant; the pointers of a layer point into itself. */
static void choose(layer *y, const cisup_weight_options *o) {
    y->x.base = &y->base;
    y->x.wbar = y->wbar;
    y->x.options = *o;
    y->plain = (naive_network){.N = y->base.N,
                               .S = y->base.S,
                               .T = y->base.T,
                               .d = y->x.d,
                               .L = 2,
                               .layers = 1,
                               .slot = y->base.slot,
                               .row_of = y->order,
                               .w = y->w,
                               .wbar = y->wbar,
                               .b = y->b,
                               .scheme = (naive_scheme)o->scheme,
                               .c = o->center,
                               .correction = o->correction,
                               .rows = o->kappa == CISUP_KAPPA_ROWS};
}

static void layer_free(layer *y) {
    cisup_allocation_free(&y->base);
    cisup_release(y->order);
    cisup_release(y->w);
    cisup_release(y->wbar);
    cisup_release(y->b);
}

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

/* Both ways to assemble G and A, with and without a common part. */
static void ways_agree(const layer *y, cisup_rng *rng) {
    const cisup_index N = y->base.N;
    double *factor = taken(N, sizeof *factor);
    for (cisup_index n = 0; n < N; n++) factor[n] = 1.0 + cisup_rng_unit(rng);
    cisup_csc g, h, a, b;
    CHECK_OK(cisup_meetings_product(&y->x, &g, &error_));
    CHECK_OK(cisup_meetings_direct(&y->x, &h, &error_));
    assert_true(same_csc(&g, &h));
    for (int with = 0; with < 2; with++) {
        const cisup_assembly in = {&y->x, y->w, with ? y->wbar : NULL, factor, &g};
        CHECK_OK(cisup_assemble_product(&in, &a, &error_));
        CHECK_OK(cisup_assemble_direct(&in, &b, &error_));
        CHECK_OK(cisup_csc_check(&b, &error_));
        if (!same_csc(&a, &b)) fail_msg("%s, common part: %d", y->text, with);
        cisup_csc_free(&a);
        cisup_csc_free(&b);
    }
    cisup_csc_free(&g);
    cisup_csc_free(&h);
    cisup_release(factor);
}

static void direct_assembly_gives_the_bytes_of_the_product(void **state) {
    (void)state;
    for (int number = 0; number < 4 * shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        choose(&y, &variants[0]);
        ways_agree(&y, &rng);
        /* Numbers whose share, a half or less, is rounded to 0 or -0. */
        for (cisup_index k = 0; k < y.base.T * y.x.d * y.x.d; k++)
            if (y.w[k] != 0.0) y.w[k] = copysign(DBL_TRUE_MIN, y.w[k]);
        ways_agree(&y, &rng);
        layer_free(&y);
    }
}

/* The options choose the way, and what is assembled has the same bytes. */
static void options_choose_how_to_assemble(void **state) {
    (void)state;
    for (int number = 0; number < shapes; number++) {
        cisup_rng rng = check_rng(number);
        layer y = layer_make(&rng, number);
        choose(&y, &variants[0]);
        cisup_weights w[3];
        for (int way = 0; way < 3; way++) {
            y.x.options.assemble = (cisup_assembling)way;
            CHECK_OK(cisup_weights_make(&w[way], &y.x, &error_));
            assert_true(same_csc(&w[0].sparse, &w[way].sparse));
        }
        for (int way = 0; way < 3; way++) cisup_weights_free(&w[way]);
        layer_free(&y);
    }
    assert_int_equal(cisup_assembling_find("auto"), CISUP_ASSEMBLE_AUTO);
    assert_int_equal(cisup_assembling_find("products"), CISUP_ASSEMBLE_PRODUCTS);
    assert_int_equal(cisup_assembling_find("direct"), CISUP_ASSEMBLE_DIRECT);
    assert_int_equal(cisup_assembling_find("product"), -1);
}

/* Layers that keep four threads busy: a million multiplications each, 16 neurons a turn.
 * The last is too wide for one word of words of bits. */
static void large_layer(layer *y, int number) {
    static const cisup_index size[][4] = {/* N, S, T, d */
                                          {400, 20, 11000, 1},
                                          {300, 8, 5000, 4},
                                          {257, 7, 9000, 3},
                                          {9001, 16, 19000, 1}};
    const cisup_index N = size[number][0], S = size[number][1], d = size[number][3];
    const cisup_index T = size[number][2];
    cisup_rng rng = check_rng(number);
    *y = (layer){.text = "large"};
    place(&y->base, &rng, N, S, T, 0);
    y->order = taken(2 * T, sizeof *y->order);
    cisup_rng_permutation(&rng, T, y->order);
    cisup_rng_permutation(&rng, T, y->order + T);
    y->w = taken(T * d * d, sizeof *y->w);
    y->wbar = taken(d * d, sizeof *y->wbar);
    fill(&rng, y->w, T * d * d);
    fill(&rng, y->wbar, d * d);
    y->x = (cisup_transition){
        .base = &y->base, .from = y->order, .to = y->order + T, .d = d, .w = y->w};
}

static void large_weights_have_the_bytes_of_the_product(void **state) {
    (void)state;
    const int threads = omp_get_max_threads();
    for (int number = 0; number < 4; number++) {
        layer y;
        large_layer(&y, number);
        choose(&y, &variants[0]);
        for (int team = 1; team <= 7; team += 3) {
            cisup_rng rng = check_rng(number);
            omp_set_num_threads(team);
            ways_agree(&y, &rng);
        }
        layer_free(&y);
    }
    omp_set_num_threads(threads);
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

static int all_zero_bytes(const void *object, size_t size) {
    const unsigned char *byte = object;
    for (size_t k = 0; k < size; k++)
        if (byte[k]) return 0;
    return 1;
}

static cisup_status make_weights(void *context) {
    cisup_weights w;
    const cisup_status status = cisup_weights_make(&w, context, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&w, sizeof w));
    cisup_weights_free(&w);
    return status;
}

static cisup_status make_directly(void *context) {
    const cisup_transition *x = context;
    cisup_csc g, a = {0};
    double factor[30];
    for (int n = 0; n < 30; n++) factor[n] = 1.5;
    cisup_status status = cisup_meetings_direct(x, &g, NULL);
    if (status != CISUP_OK) {
        assert_true(all_zero_bytes(&g, sizeof g));
        return status;
    }
    status =
        cisup_assemble_direct(&(cisup_assembly){x, x->w, x->wbar, factor, &g}, &a, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&a, sizeof a));
    cisup_csc_free(&g);
    cisup_csc_free(&a);
    return status;
}

static cisup_status make_factored(void *context) {
    cisup_factored f;
    const cisup_status status = cisup_factored_make(&f, context, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&f, sizeof f));
    cisup_factored_free(&f);
    return status;
}

static cisup_status make_operator(void *context) {
    for (int form = 0; form < 2; form++) {
        cisup_operator op;
        const cisup_status status =
            cisup_operator_make(&op, (cisup_operator_form)form, context, NULL);
        if (status != CISUP_OK) assert_true(all_zero_bytes(&op, sizeof op));
        cisup_operator_free(&op);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

/* Only our own allocations can be made to fail, not those inside CXSparse. */
static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_rng rng = check_rng(7);
    layer y = layer_make(&rng, 2);
    for (size_t k = 0; k < variant_count; k++) {
        choose(&y, &variants[k]);
        const int weights = check_every_allocation(make_weights, &y.x);
        const int factored = check_every_allocation(make_factored, &y.x);
        assert_true(check_every_allocation(make_directly, &y.x) > 15);
        assert_true(weights > 20); /* v, five matrices of three arrays, the results */
        assert_true(factored >= (y.plain.scheme == NAIVE_PLAIN ? 0 : 1));
        assert_int_equal(check_every_allocation(make_operator, &y.x), weights + factored);
    }
    layer_free(&y);
}

typedef struct {
    const cisup_allocation *base;
    const cisup_circuits *circuits;
    cisup_network_options o;
} network_case;

static cisup_status make_network(void *context) {
    const network_case *c = context;
    cisup_network net;
    const cisup_status status =
        cisup_network_make(&net, c->base, c->circuits, &c->o, NULL);
    if (status != CISUP_OK) assert_true(all_zero_bytes(&net, sizeof net));
    cisup_network_free(&net);
    return status;
}

static void every_allocation_of_a_network_may_fail(void **state) {
    (void)state;
    cisup_allocation base;
    cisup_circuits circuits;
    CHECK_OK(cisup_allocation_make(&base, 17, 3, 16, NULL, &error_));
    CHECK_OK(cisup_circuits_make(&circuits, 16, 4, 4, NULL, &error_));
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* so that the n-th allocation is always the same one */
    for (int form = 0; form < 2; form++)
        for (size_t k = 0; k < variant_count; k++) {
            network_case c = {&base, &circuits, cisup_network_defaults()};
            c.o.form = (cisup_operator_form)form;
            c.o.weights = variants[k];
            assert_true(check_every_allocation(make_network, &c) >= 3);
        }
    omp_set_num_threads(threads);
    cisup_allocation_free(&base);
    cisup_circuits_free(&circuits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assembled_weights_equal_the_definition),
        cmocka_unit_test(kappa_equals_the_sum_over_pairs),
        cmocka_unit_test(other_schemes_have_no_kappa),
        cmocka_unit_test(capping_is_balanced_over_pairs),
        cmocka_unit_test(nothing_is_stored_outside_the_meetings),
        cmocka_unit_test(direct_assembly_gives_the_bytes_of_the_product),
        cmocka_unit_test(options_choose_how_to_assemble),
        cmocka_unit_test(large_weights_have_the_bytes_of_the_product),
        cmocka_unit_test(assembled_weights_apply_and_read_by_the_definition),
        cmocka_unit_test(tiny_activations_are_not_zero),
        cmocka_unit_test(the_center_is_the_one_of_the_scheme),
        cmocka_unit_test(names_are_found_again),
        cmocka_unit_test(blocks_of_circuits_stand_on_the_diagonal),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_a_network_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
