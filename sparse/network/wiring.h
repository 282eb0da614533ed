/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_WIRING_H
#define CISUP_SPARSE_WIRING_H

#include <cisup/core/base/bijection.h>
#include <cisup/core/cycle.h>
#include <cisup/core/incidence.h>
#include <cisup/sparse/network.h>

/* Which circuits sit in which neurons, layer by layer l = 1..L, asked in both
 * directions: circuit t of layer l has the row pi_l(t) of the base, pi_1 the identity.
 * The pi_l are computed (core/base/bijection.h) or a stored network's tables. Start from
 * {0}. Only read once made, by any number of threads. */
typedef struct {
    const cisup_incidence *base; /* borrowed; NULL with a cycle */
    const cisup_cycle *cycle;    /* of networks that carry masks, borrowed; else NULL */
    const cisup_allocation *stored; /* its rows, part after part, borrowed from a network;
                                       NULL: asked of the cycle */
    cisup_index N, S, rows;
    cisup_index L, T;          /* T: circuits, fewer than rows if some are left out */
    cisup_bijection *pi;       /* [L], the first unused; NULL if stored or kept */
    const cisup_index *row_of; /* [L][T], borrowed from a network, or NULL */
    cisup_index *circuit_of;   /* [L][rows], its inverse, -1: none; or NULL */
} cisup_wiring;

/* Computed permutations of a network; keep_order: every layer uses row t. Memory O(L).
 * *w is uninitialised on entry, empty after a failure. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_wiring_make(cisup_wiring *w,
                                                const cisup_incidence *base,
                                                cisup_index L, int keep_order,
                                                uint64_t seed, cisup_index network,
                                                cisup_error *err);

/* Those of a stored network, whose base must be the one that `base` was made of.
 * O(L T). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_wiring_of(cisup_wiring *w,
                                              const cisup_incidence *base,
                                              const cisup_network *net, cisup_error *err);

/* Those of a network that carries masks, whose rows are those of a cycle; net NULL: of
 * a computed one, all circuits, L layers. The same cost and errors. */
CISUP_MUST_CHECK cisup_status cisup_wiring_cycle(cisup_wiring *w,
                                                 const cisup_cycle *cycle,
                                                 const cisup_network *net, cisup_index L,
                                                 cisup_error *err);
void cisup_wiring_free(cisup_wiring *w);

/* Which part of a cycle layer l uses; 0 without one. */
static inline cisup_index cisup_wiring_part(const cisup_wiring *w, cisup_index l) {
    return w->cycle ? (l - 1) % w->cycle->c : 0;
}

/* The neurons of a row in layer l, increasing. neurons: [S]. */
static inline void cisup_wiring_row(const cisup_wiring *w, cisup_index l, cisup_index row,
                                    int32_t *neurons) {
    const cisup_index part = cisup_wiring_part(w, l);
    if (w->stored)
        for (cisup_index k = 0; k < w->S; k++)
            neurons[k] = cisup_allocation_row(w->stored, part * w->rows + row)[k];
    else if (w->cycle)
        cisup_cycle_row(w->cycle, part, row, neurons);
    else
        cisup_incidence_row(w->base, row, neurons);
}

/* The row of circuit t in layer l, pi_l(t) or that of its part, and the circuit that has
 * a row, or -1. */
static inline cisup_index cisup_wiring_row_of(const cisup_wiring *w, cisup_index l,
                                              cisup_index t) {
    if (w->row_of)
        return w->row_of[(l - 1) * w->T + t] - cisup_wiring_part(w, l) * w->rows;
    return w->pi && l > 1 ? cisup_bijection_apply(&w->pi[l - 1], t) : t;
}

static inline cisup_index cisup_wiring_circuit_of(const cisup_wiring *w, cisup_index l,
                                                  cisup_index row) {
    if (w->circuit_of) return w->circuit_of[(l - 1) * w->rows + row];
    return w->pi && l > 1 ? cisup_bijection_invert(&w->pi[l - 1], row) : row;
}

/* The same for a list of them. rows, t: [count], which may be one array. */
void cisup_wiring_rows_of(const cisup_wiring *w, cisup_index l, cisup_index count,
                          const cisup_index *t, cisup_index *rows);
void cisup_wiring_circuits_of(const cisup_wiring *w, cisup_index l, cisup_index count,
                              const cisup_index *rows, cisup_index *t);

/* The S neurons of circuit t in layer l, increasing. neurons: [S]. */
static inline void cisup_wiring_neurons(const cisup_wiring *w, cisup_index l,
                                        cisup_index t, int32_t *neurons) {
    cisup_wiring_row(w, l, cisup_wiring_row_of(w, l, t), neurons);
}

/* With a cycle: for every neuron of `from` and every one of `to`, other neurons of the
 * same part or of another, the one circuit that has both, or -1. circuit:
 * [from.count][to.count]. The cost of cisup_cycle_through. */
void cisup_wiring_through(const cisup_wiring *w, cisup_places from, cisup_places to,
                          cisup_index *circuit);

/* With a cycle: how many circuits neuron n of part h has. room: for cycle->most, used
 * where some circuits are left out. O(1), then O(load). */
cisup_index cisup_wiring_load(const cisup_wiring *w, cisup_index h, cisup_index n,
                              cisup_index *room);

/* What kappa of (4.5) is estimated from. */
typedef struct {
    double kappa;
    double error;        /* its standard error over the columns drawn; 0 if all were */
    cisup_index columns; /* neurons of layer l-1 that were followed */
} cisup_kappa_estimate;

/* kappa of layer l = 2..L in its symmetric form,
 *
 *   Q = sum_m c_m ( sum_n c_n Gc_nm - S ) / 2 ,  kappa = f_w Q / (S^2 T(T-1)/2 - Q)
 *
 * with c the loads of layers l and l-1. (4.5) counts pairs t < u only and differs from
 * this by 0.2-0.5 % in a permuted network of T = 2000. The sum over m is over all
 * neurons if N <= columns, else over that many >= 2 drawn ones, with replacement; then
 * the sum over n is all of it up to 64 neurons, above the mean of 16 drawn ones. Q has no
 * bias and is never negative, and its standard error is that of the columns' spread.
 *
 * Time O(columns T S^2/N), memory O(N). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_wiring_kappa(const cisup_wiring *w, cisup_index l,
                                                 double correction, cisup_index columns,
                                                 uint64_t seed, cisup_kappa_estimate *out,
                                                 cisup_error *err);

#endif
