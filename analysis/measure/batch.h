/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_BATCH_H
#define CISUP_ANALYSIS_BATCH_H

#include <cisup/analysis/active_sets.h>
#include <cisup/analysis/mode.h>
#include <cisup/sparse/layer/lanes.h>
#include <cisup/sparse/network.h>

/* Whether M^l lets a neuron through (1) or not (0): a, its A^l = M^l Pre^l; is_inside,
 * whether it is in K^l. */
static inline int cisup_mode_passes(cisup_mode mode, double a, int is_inside) {
    switch (mode) {
    case CISUP_MODE_RELU:
        return !(a <= 0.0);
    case CISUP_MODE_MASKED_LINEAR:
        return is_inside;
    case CISUP_MODE_MASKED_RELU:
        return !(a <= 0.0) && is_inside;
    case CISUP_MODE_LINEAR:
        break;
    }
    return 1;
}

/* Up to CISUP_LANES_MOST samples, CISUP_LANES for cisup_forward_run: which circuits are
 * active in each, and the exact states a_t^l that those would have on their own. Owns its
 * arrays. Start from {0}. */
typedef struct {
    cisup_index used;                    /* lanes in use, 1..CISUP_LANES_MOST */
    cisup_index z, L, d;                 /* most active circuits a sample */
    const cisup_active_sets *sets;       /* whose samples these are; NULL: drawn */
    cisup_index count[CISUP_LANES_MOST]; /* active circuits of each lane, 0..z */
    cisup_index *active; /* [CISUP_LANES_MOST][z], the first `count` of a lane; ascending
                            where a pass is measured */
    double *state;       /* [CISUP_LANES_MOST][z][L+1][d] */
    double noise;        /* standard deviation of the inputs', in passes of bulk.h */
    int robust;          /* masks of (21.5), if there is noise */
    uint64_t seed;       /* of the draw, with its network and the first sample */
    cisup_index network, first;
} cisup_batch;

/* Room for batches with z active circuits; every lane has so many. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_batch_init(cisup_batch *b, cisup_index z,
                                               const cisup_circuits *c, cisup_error *err);
void cisup_batch_free(cisup_batch *b);

/* The exact state of the k-th active circuit of a lane in layer l. */
static inline double *cisup_batch_state(const cisup_batch *b, cisup_index lane,
                                        cisup_index k, cisup_index l) {
    return b->state + ((lane * b->z + k) * (b->L + 1) + l) * b->d;
}

/* Tells which lanes have a circuit active when circuits are asked for in ascending
 * order. Start from {0} before each round. */
typedef struct {
    cisup_index next[CISUP_LANES]; /* the first active circuit not yet met, by lane */
} cisup_batch_walk;

/* k[lane]: circuit t is the k-th active one of the lane, or -1; lanes not in use: -1. */
static inline void cisup_batch_find(const cisup_batch *b, cisup_batch_walk *walk,
                                    cisup_index t, cisup_index k[CISUP_LANES]) {
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
        cisup_index *next = &walk->next[lane];
        k[lane] = -1;
        if (lane >= b->used || *next == b->count[lane]) continue;
        if (b->active[lane * b->z + *next] == t) k[lane] = (*next)++;
    }
}

/* Draws samples first .. first+used-1 of a network: z distinct circuits of T each, or
 * those of `sets`, and their inputs, then runs the active circuits alone.
 * O(used z (L d^2 + z)). */
void cisup_batch_draw(cisup_batch *b, const cisup_circuits *c, uint64_t seed,
                      cisup_index network, cisup_index first, cisup_index used);

/* Runs the active circuits from the states of layer 0 already in the batch. */
void cisup_batch_states(cisup_batch *b, const cisup_circuits *c);

/* a = sum over active t of E_t^l w_t^l a_t^{l-1}, with the circuits' own states: for l =
 * 1 the input of the network, (6.1). a: [d N][CISUP_LANES]. O(d N + used z d (d + S)). */
void cisup_batch_embed(const cisup_network *net, const cisup_batch *batch, cisup_index l,
                       double *a);

/* Who watches a forward pass; each function may be NULL. */
typedef struct {
    void *context;
    /* A^l for l = 0 (the embedded input), 1, ..., L: a [d N][CISUP_LANES];
     * in_active [N][CISUP_LANES] is 1 inside K^l (K^1 for l = 0). */
    void (*layer)(void *context, cisup_index l, const double *a,
                  const unsigned char *in_active);
    /* est_t^l for l = 1..L and in each t = 0..T-1: [d][CISUP_LANES]. The layer's own
     * call comes first. */
    void (*readout)(void *context, cisup_index l, cisup_index t, const double *est);
} cisup_observer;

#endif
