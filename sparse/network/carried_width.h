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
                   take a block more; not with codes */
    cisup_index S;     /* with codes */
    cisup_index coded; /* active circuits that codes of masks allow; 0: whole masks */
} cisup_carried_shape;

cisup_carried_shape cisup_carried_shape_of(const cisup_network *net);

/* Whether layer l = 1..L keeps the mask of part h = 0..c-1 for a later layer, which is of
 * that part. O(c). */
int cisup_carried_hands_on(const cisup_carried_shape *s, cisup_index l, cisup_index h);

/* Whether layer l keeps its own mask: what it holds cannot be told without (l is signed,
 * l >= 2), or biases are multiplied by it in the next layer. */
int cisup_carried_keeps_own(const cisup_carried_shape *s, cisup_index l);

/* Whether layer l has a block of N neurons for the mask of part h: either of the two, or
 * with codes, which hand masks on in fewer neurons, the second. */
int cisup_carried_keeps(const cisup_carried_shape *s, cisup_index l, cisup_index h);

/* Points of a group of part that has S of N neurons: codes have so many words. */
static inline cisup_index cisup_carried_points(cisup_index N, cisup_index S) {
    return (N - 1) / S + 1;
}

/* *D, the neurons of the widest layer; and *N, the most neurons a block for which D do: 0
 * if there are none. N is at most CISUP_MOST_NEURONS. Errors: those of
 * cisup_mask_code_plan, with codes. O(L c), with codes 32 times. */
CISUP_MUST_CHECK cisup_status cisup_carried_width(const cisup_carried_shape *s,
                                                  cisup_index N, cisup_index *D,
                                                  cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_carried_neurons(const cisup_carried_shape *s,
                                                    cisup_index D, cisup_index *N,
                                                    cisup_error *err);

#endif
