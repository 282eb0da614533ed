/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CIRCUITS_PARTS_H
#define CISUP_CORE_CIRCUITS_PARTS_H

#include <cisup/core/circuits.h>

/* The width a family requires, or 0 if it takes any (gate: any from 3). */
cisup_index cisup_family_width(cisup_family family);

/* Neurons of its on-indicator, the first of a circuit; 0: it has none. */
cisup_index cisup_family_on_count(cisup_family family);

/* Whether its circuits have the on-pair of a gate, of which cisup_gate_step speaks. */
int cisup_family_has_step(cisup_family family);

/* The same circuits without their weights, which cisup_circuits_drawn computes whenever
 * they are asked for: memory independent of T. The common part is the expectation over
 * the draws, which differs from cisup_circuits_make for random-relu and gate: there it
 * is the mean of the T drawn.
 * Errors: as cisup_circuits_make; EINVAL when d exceeds CISUP_COMPUTED_WIDTH. */
enum { CISUP_COMPUTED_WIDTH = 16 };
CISUP_MUST_CHECK cisup_status cisup_circuits_compute(cisup_circuits *c, cisup_index T,
                                                     cisup_index d, cisup_index L,
                                                     const cisup_family_options *options,
                                                     cisup_error *err);

/* w_t^l of stored or computed circuits: [d][d], in their memory or in
 * buffer: [CISUP_COMPUTED_WIDTH^2]. O(d^2) if computed. */
const double *cisup_circuits_drawn(const cisup_circuits *c, cisup_index l, cisup_index t,
                                   double *buffer);

/* T circuits out of those of `from`: circuit t has the weights and the inputs of circuit
 * t mod from->T. The common part is the mean over the T circuits.
 *
 *   c   uninitialised on entry, empty after a failure; cisup_circuits_free frees
 *
 * Errors: EINVAL T < 1; ENOMEM. O(layers T d^2 + inputs). */
CISUP_MUST_CHECK cisup_status cisup_circuits_repeat(cisup_circuits *c,
                                                    const cisup_circuits *from,
                                                    cisup_index T, cisup_error *err);

/* Some of the circuits of `from`, with their weights and inputs; common part and bias are
 * those of all. *c is uninitialised on entry and empty after a failure.
 *
 *   kept   [count], numbers of circuits
 *
 * Errors: EINVAL (count < 1); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_circuits_keep(cisup_circuits *c,
                                                  const cisup_circuits *from,
                                                  const cisup_index *kept,
                                                  cisup_index count, cisup_error *err);

/* w_t^l of stored circuits, wbar^l [d][d] and b^l [d]; l = 1..L, 0 <= t < T. */
const double *cisup_circuits_weights(const cisup_circuits *c, cisup_index l,
                                     cisup_index t);
const double *cisup_circuits_common(const cisup_circuits *c, cisup_index l);
const double *cisup_circuits_bias(const cisup_circuits *c, cisup_index l);

/* The first data neuron: those before it are an on-indicator or a mask. */
static inline cisup_index cisup_circuits_first(const cisup_circuits *c) {
    return c->biased ? 1 : c->on_count;
}

/* Makes carried circuits ones whose f is the identity in all layers. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_circuits_sign(cisup_circuits *c, cisup_error *err);

/* out += factor w a. w: [d][d]; a, out: [d]. */
static inline void cisup_circuits_map(cisup_index d, double factor, const double *w,
                                      const double *a, double *out) {
    for (cisup_index i = 0; i < d; i++) {
        double sum = 0.0;
        for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * a[j];
        out[i] += factor * sum;
    }
}

/* On-value of a state (0 if on_count = 0). O(1). */
double cisup_circuits_on(const cisup_circuits *c, const double *a);

/* next = ReLU( w_t^l a + b^l ), or f of it. a, next: [d], not the same array. What is not
 * finite stays so: a component of next that overflows, or comes from one that did, is inf
 * or NaN. */
void cisup_circuits_step(const cisup_circuits *c, cisup_index l, cisup_index t,
                         const double *a, double *next);

#endif
