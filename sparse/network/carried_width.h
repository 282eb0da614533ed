/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_CARRIED_WIDTH_H
#define CISUP_SPARSE_CARRIED_WIDTH_H

#include <cisup/sparse/network.h>

/* What the width of a network that carries masks depends on (docs/math.md, section 20).
 */
typedef struct {
    cisup_index d;                  /* of a circuit as it is given, without a mask */
    cisup_index L, cycle;           /* cycle: c = 2..CISUP_CYCLE_MOST */
    const unsigned char *is_signed; /* [L], borrowed; NULL: ReLU in every layer */
    int biased;                     /* circuits have biases of their own */
    int robust; /* masks that are deaf to small noise; of biased circuits those of layer 1
                   take a block more */
} cisup_carried_shape;

cisup_carried_shape cisup_carried_shape_of(const cisup_network *net);

/* Whether layer l = 1..L keeps the mask of part h = 0..c-1: where a later layer is of
 * that part; and where l is, if what it holds cannot be told without the mask (l is
 * signed, l >= 2) or biases are multiplied by it in the next layer. O(c). */
int cisup_carried_keeps(const cisup_carried_shape *s, cisup_index l, cisup_index h);

/* Blocks of N neurons, data and masks, in the widest layer. */
cisup_index cisup_carried_blocks(const cisup_carried_shape *s);

/* D, the neurons of the widest layer; and the largest N for which D of them do. N is at
 * most CISUP_MOST_NEURONS. */
static inline cisup_index cisup_carried_width(const cisup_carried_shape *s,
                                              cisup_index N) {
    return cisup_carried_blocks(s) * N;
}

static inline cisup_index cisup_carried_neurons(const cisup_carried_shape *s,
                                                cisup_index D) {
    return D / cisup_carried_blocks(s);
}

#endif
