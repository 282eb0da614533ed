/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forward passes that are recorded, with their networks, and the pass of the dense oracle
 * that they are compared with. */
#ifndef CISUP_TEST_RECORDED_H
#define CISUP_TEST_RECORDED_H

#include "common/check.h"
#include "common/naive.h"

#include <cisup/analysis/pass/forward.h>

/* All that an observer is shown; also checks the order in which it is shown. */
typedef struct {
    cisup_index N, d, T, L;
    cisup_index layer, next; /* the last layer shown; the next circuit */
    double *a;               /* [L+1][d N][LANES] */
    unsigned char *mask;     /* [L+1][N][LANES] */
    double *est;             /* [L][T][d][LANES] */
} record;

static inline void *taken(cisup_index count, size_t size) {
    void *memory;
    CHECK_OK(cisup_new(&memory, count, size, &error_));
    return memory;
}

static inline record record_make(const cisup_network *net) {
    record r = {.N = net->base->N, .T = net->base->T, .d = net->circuits->d};
    r.L = net->circuits->L;
    r.layer = -1;
    r.a = taken((r.L + 1) * r.d * r.N * CISUP_LANES, sizeof *r.a);
    r.mask = taken((r.L + 1) * r.N * CISUP_LANES, 1);
    r.est = taken(r.L * r.T * r.d * CISUP_LANES, sizeof *r.est);
    return r;
}

static inline void record_free(record *r) {
    cisup_release(r->a);
    cisup_release(r->mask);
    cisup_release(r->est);
}

static inline void see_layer(void *context, cisup_index l, const double *a,
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

static inline void see_readout(void *context, cisup_index l, cisup_index t,
                               const double *est) {
    record *r = context;
    assert_int_equal(l, r->layer);
    assert_int_equal(t, r->next++);
    const cisup_index size = r->d * CISUP_LANES;
    memcpy(r->est + ((l - 1) * r->T + t) * size, est, (size_t)size * sizeof *est);
}

static inline double activation(const record *r, cisup_index l, cisup_index k,
                                cisup_index lane) {
    return r->a[(l * r->d * r->N + k) * CISUP_LANES + lane];
}

static inline double readout(const record *r, cisup_index l, cisup_index t, cisup_index i,
                             cisup_index lane) {
    return r->est[(((l - 1) * r->T + t) * r->d + i) * CISUP_LANES + lane];
}

static inline int in_mask(const record *r, cisup_index l, cisup_index n,
                          cisup_index lane) {
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

static inline void subject_open(subject *s, cisup_index z) {
    CHECK_OK(cisup_network_make(&s->net, &s->base, &s->circuits, &s->options, &error_));
    CHECK_OK(cisup_batch_init(&s->batch, z, &s->circuits, &error_));
}

static inline void subject_close(subject *s) {
    cisup_batch_free(&s->batch);
    cisup_network_free(&s->net);
}

static inline void subject_free(subject *s) {
    cisup_circuits_free(&s->circuits);
    cisup_allocation_free(&s->base);
}

static inline record pass(const subject *s, cisup_mode mode, const cisup_batch *batch) {
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

static inline cisup_circuits of_family(cisup_family family, cisup_index T, cisup_index d,
                                       cisup_index L, int fresh) {
    cisup_family_options o = cisup_family_defaults();
    o.family = family;
    o.fresh = fresh;
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, T, d, L, &o, &error_));
    return c;
}

static inline naive_network plain_of(const subject *s) {
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

/* The oracle's pass of one lane. a: [L+1][d N], slack: [L+1]. */
static inline void oracle_pass(const subject *s, cisup_mode mode, cisup_index lane,
                               double *a, double *slack) {
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

#endif
