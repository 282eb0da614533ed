/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_NETWORK_H
#define CISUP_SPARSE_NETWORK_H

#include <cisup/core/allocation.h>
#include <cisup/core/circuits.h>
#include <cisup/core/shape.h>
#include <cisup/core/watcher.h>
#include <cisup/sparse/weights.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a network that carries masks opens its data neurons (docs/math.md, section 20): a
 * data neuron of layer l holds ReLU(sum + o (1 - kb) - B kb) with kb = 0 for the neurons
 * of active circuits, 1 for all others. */
enum { CISUP_CYCLE_MOST = 16 };
typedef struct {
    cisup_index cycle;  /* c = 2..CISUP_CYCLE_MOST allocations; 0 (default): the published
                           construction */
    cisup_index active; /* most circuits active at a time; default 1 */
    int codes;          /* 1: masks are carried as codes, of fewer neurons, for `active`
                           circuits; default 0: whole */
    double input;       /* largest magnitude of an input; default NaN: 1, or that of the
                           circuits' own inputs */
    double offset;      /* o of signed layers; default NaN: never reached by a sum */
    double strength;    /* B; default NaN: the same */
} cisup_carrying;

/* How a network is made of an allocation and circuits. */
typedef struct {
    cisup_weight_options weights;
    cisup_operator_form form; /* default CISUP_OPERATOR_FACTORED */
    int keep_order;           /* 1: no reshuffling, every layer uses row t; default 0 */
    uint64_t seed;            /* of the permutations; default 1 */
    cisup_index network;      /* which network of a run; default 0 */
    int threads; /* that build layers, as in core/threads.h; default 0: all */
    const cisup_index *permutations; /* NULL: drawn; else [L-1][rows], pi_2 .. pi_L */

    /* NULL: circuit t is number t of as many as base has rows. Else [T]: it is number
     * kept[t], ascending, of `rows` circuits that base has rows for; it sits where it
     * would among all of them, and the rows of the others stay empty. Then base->T is
     * the number of circuits, not of rows. */
    const cisup_index *kept;
    cisup_index rows;

    cisup_carrying carrying; /* of masks; then weights are plain, the circuits carried */
    const cisup_watcher *watcher; /* of the layers; NULL (default): nobody */
} cisup_network_options;

CISUP_API cisup_network_options cisup_network_defaults(void);

/* A network in superposition. Borrows the allocation and the circuits. Start from {0}.
 * Layer l uses row row_of[(l-1)*T + t] of the allocation for circuit t; rows are as many
 * as circuits unless some are left out (kept). */
typedef struct {
    const cisup_allocation *base;
    const cisup_circuits *circuits;
    cisup_weight_options weights;
    cisup_index *row_of;       /* [L][T], the first one the identity (or kept) */
    cisup_index cycle;         /* 0, or c: layer l uses part (l-1) mod c */
    double *offset, *strength; /* [L] o and B of networks that carry masks, or NULL */
    cisup_index coded; /* active circuits that the codes of its masks allow; 0: none */
    struct cisup_operator *layers;  /* [L-1], private: sparse/layer/operator.h */
    struct cisup_relu_layers *relu; /* private: of assembled ones that carry masks */
    int threads; /* of the options: what is made of the network later takes
                    no more; 0: as many as OpenMP offers */
} cisup_network;

/* Builds all layers, in parallel with OpenMP.
 *
 *   net       uninitialised on entry, empty after a failure
 *   base, circuits   must outlive the network; base->T = circuits->T. A network that
 *            carries masks takes rows of the c parts of a cycle (core/cycle.h), one after
 *            the other: circuit t of part h has row h T + t (`rows` in place of T if some
 *            are left out)
 *
 * Errors: ESHAPE; EINVAL when given permutations are not permutations, circuits are
 * carried where they must not be or the other way round, o or B is negative, with codes
 * when a part has no groups (docs/math.md 20.7); ENOMEM, also
 * before anything is taken when the estimate of cisup_network_bytes is too large;
 * ESTOPPED. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_make(
    cisup_network *net, const cisup_allocation *base, const cisup_circuits *circuits,
    const cisup_network_options *options, cisup_error *err);
CISUP_API void cisup_network_free(cisup_network *net);

/* An upper estimate of the memory of a network's layers in bytes. */
CISUP_API double cisup_network_bytes(const cisup_shape *shape,
                                     const cisup_network_options *o);

/* The most neurons a block for which networks of these circuits have at most D neurons a
 * layer: floor(D/d), or with masks, which take blocks of their own, fewer; 0 if there are
 * none.
 *
 *   c       of any T
 *   robust  1: of an experiment with robust masks
 *
 * Errors: EINVAL (D or S below 1; a cycle out of range; with codes, no words for so many
 * active circuits). Source: docs/math.md 20.1, (20.12). */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_network_neurons(const cisup_circuits *c, const cisup_carrying *carrying, int robust,
                      cisup_index S, cisup_index D, cisup_index *N, cisup_error *err);

/* The neurons of circuit t in layer l = 1..L: [S], increasing. */
CISUP_API inline const int32_t *cisup_network_row(const cisup_network *net, cisup_index l,
                                                  cisup_index t) {
    return cisup_allocation_row(net->base, net->row_of[(l - 1) * net->base->T + t]);
}

/* kappa of layer l = 2..L, (4.5), or its mean over the rows; 0 unless capped. */
CISUP_API double cisup_network_kappa(const cisup_network *net, cisup_index l);

#ifdef __cplusplus
}
#endif

#endif
