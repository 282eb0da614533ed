/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shares of neighbours and neurons against loops over all neurons, sample by sample. */
#include "common/check.h"

#include <cisup/analysis/experiment/inspect.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>

#include <float.h>

enum { T = 20, N = 15, S = 3, d = 4, inputs = 11 };

/* What one pass showed of its last two layers. */
typedef struct {
    cisup_index L;
    double before[d * N], after[d * N]; /* lane 0 */
    unsigned char inside[N];
} record;

static void see_layer(void *context, cisup_index l, const double *a,
                      const unsigned char *in_active) {
    record *r = context;
    for (cisup_index k = 0; k < d * N; k++) {
        if (l == r->L - 1) r->before[k] = a[k * CISUP_LANES];
        if (l == r->L) r->after[k] = a[k * CISUP_LANES];
    }
    for (cisup_index n = 0; n < N && l == r->L; n++)
        r->inside[n] = in_active[n * CISUP_LANES];
}

static int sits(const cisup_network *net, cisup_index l, cisup_index t, cisup_index n) {
    for (cisup_index k = 0; k < S; k++)
        if (cisup_network_row(net, l, t)[k] == n) return 1;
    return 0;
}

static int lets_through(cisup_mode mode, double a, int inside) {
    if (mode == CISUP_MODE_LINEAR) return 1;
    if (mode == CISUP_MODE_MASKED_LINEAR) return inside;
    return a > 0.0 && (inside || mode == CISUP_MODE_RELU);
}

/* The state of t in layer l on its own, i-th neuron. */
static double own(const cisup_batch *b, cisup_index t, cisup_index l, cisup_index i) {
    for (cisup_index k = 0; k < b->z; k++)
        if (b->active[k] == t) return cisup_batch_state(b, 0, k, l)[i];
    return 0.0;
}

/* Adds one sample: from[u][n], shares of u through n; at[n], of neuron n. */
static void add_sample(const cisup_network *net, cisup_mode mode, const cisup_batch *b,
                       const record *r, cisup_index t, double from[T][N], double at[N]) {
    for (cisup_index n = 0; n < N; n++) {
        if (!sits(net, r->L, t, n)) continue;
        for (cisup_index i = 0; i < d; i++) {
            const double share = (r->after[i * N + n] - own(b, t, r->L, i)) / S;
            at[n] += share * share / inputs;
            for (cisup_index u = 0; u < net->base->T; u++) {
                if (u == t || !sits(net, r->L, u, n)) continue;
                double sent = 0.0;
                for (cisup_index j = 0; j < d; j++) {
                    double read = r->L == 1 ? own(b, u, 0, j) : 0.0;
                    for (cisup_index m = 0; m < N && r->L > 1; m++)
                        if (sits(net, r->L - 1, u, m)) read += r->before[j * N + m] / S;
                    sent +=
                        cisup_circuits_weights(net->circuits, r->L, u)[i * d + j] * read;
                }
                if (lets_through(mode, r->after[i * N + n], r->inside[n]))
                    from[u][n] += sent / S * (sent / S) / inputs;
            }
        }
    }
}

/* The lists hold shares that are right, in order, and none outside is larger. d T + S
 * roundings, twice. */
static void check_culprit(const cisup_culprit *c, const cisup_specimen *s,
                          double from[T][N], double at[N]) {
    const double eps = 2.0 * (d * T + 8) * DBL_EPSILON;
    cisup_index meets = 0, larger = 0;
    double least = c->neighbours ? c->neighbour[c->neighbours - 1].mean_square : 0.0;
    for (cisup_index k = 0; k < c->neighbours; k++) {
        const cisup_neighbour *x = &c->neighbour[k];
        cisup_index u = 0;
        while (cisup_specimen_number(s, u) != x->circuit) u++;
        CHECK_NEAR(x->mean_square, from[u][x->neuron], eps * x->mean_square);
        if (k) assert_true(x->mean_square <= x[-1].mean_square);
    }
    for (cisup_index u = 0; u < s->net.base->T; u++)
        for (cisup_index n = 0; n < N; n++) {
            meets += from[u][n] > 0.0;
            larger += from[u][n] > least * (1.0 + eps);
        }
    assert_true(larger < CISUP_CULPRITS && c->neighbours <= CISUP_CULPRITS);
    assert_true(c->neighbours >= (meets < CISUP_CULPRITS ? meets : CISUP_CULPRITS));
    assert_int_equal(c->neurons, S);
    for (cisup_index k = 0; k < S; k++) {
        CHECK_NEAR(c->neuron[k].mean_square, at[c->neuron[k].neuron],
                   eps * at[c->neuron[k].neuron]);
        if (k) assert_true(c->neuron[k].mean_square <= c->neuron[k - 1].mean_square);
    }
}

static void compare(const cisup_experiment *x, cisup_index z) {
    cisup_specimen s;
    cisup_batch b;
    cisup_forward f;
    cisup_culprit c[2] = {{.who = {.network = 1, .circuit = 3}},
                          {.who = {.network = 1, .circuit = 17}}};
    record r = {.L = x->L};
    const cisup_observer o = {&r, see_layer, NULL};
    CHECK_OK(cisup_specimen_make(&s, x, 1, &error_));
    CHECK_OK(cisup_inspect(&s, x, z, c, 2, &error_));
    CHECK_OK(cisup_batch_init(&b, z, s.net.circuits, &error_));
    CHECK_OK(cisup_forward_init(&f, &s.net, &error_));
    for (int k = 0; k < 2; k++) {
        double from[T][N] = {{0}}, at[N] = {0};
        cisup_index t = 0;
        while (cisup_specimen_number(&s, t) != c[k].who.circuit) t++;
        for (cisup_index sample = 0; sample < inputs; sample++) {
            cisup_batch_draw(&b, s.net.circuits, x->seed, 1, sample, 1);
            cisup_forward_run(&f, &s.net, x->mode, &b, &o);
            add_sample(&s.net, x->mode, &b, &r, t, from, at);
        }
        check_culprit(&c[k], &s, from, at);
    }
    cisup_forward_free(&f);
    cisup_batch_free(&b);
    cisup_specimen_free(&s);
}

static cisup_experiment small(const cisup_allocation *base) {
    cisup_experiment x = cisup_experiment_defaults();
    x.base = base;
    x.d = d;
    x.L = 3;
    x.networks = 2;
    x.inputs = inputs;
    x.threads = 1;
    return x;
}

static cisup_allocation placed(void) {
    cisup_allocation_options o = cisup_allocation_defaults();
    cisup_allocation a;
    o.scheme = CISUP_SCHEME_BEST;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, &o, &error_));
    return a;
}

static void shares_equal_a_direct_count(void **state) {
    (void)state;
    cisup_allocation a = placed();
    const cisup_index out[3] = {2, 11, 18};
    for (int variant = 0; variant < 24; variant++) {
        cisup_experiment x = small(&a);
        x.L = 1 + variant / 4 % 3;
        x.mode = (cisup_mode)(variant % 4);
        if (variant / 12) x.exclude = (cisup_exclusion){out, 3, 0};
        compare(&x, 1 + variant % 3);
    }
    cisup_allocation_free(&a);
}

static cisup_status inspect_one(void *context) {
    cisup_experiment *x = context;
    cisup_specimen s;
    cisup_culprit c = {.who = {.network = 0, .circuit = 4}};
    cisup_status status;
    CISUP_TRY(cisup_specimen_make(&s, x, 0, NULL));
    CISUP_TRY(cisup_inspect(&s, x, 2, &c, 1, NULL));
done:
    cisup_specimen_free(&s);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_allocation a = placed();
    const cisup_index out[2] = {2, 11};
    cisup_experiment x = small(&a);
    x.exclude = (cisup_exclusion){out, 2, 0};
    x.engine = CISUP_ENGINE_BATCHED;
    assert_true(check_every_allocation(inspect_one, &x) > 30);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_equal_a_direct_count),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
