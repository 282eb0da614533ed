/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_MASK_GROUPS_H
#define CISUP_SPARSE_MASK_GROUPS_H

#include <cisup/sparse/network.h>
#include <cisup/sparse/network/mask_code.h>

/* The words of all neurons of a network whose masks are carried as codes (docs/math.md
 * 20.7): group g of part h are neurons first[h S + g] + y, point y has word y of the
 * code. Owns its arrays. Start from {0}. */
typedef struct {
    cisup_mask_code code; /* for cisup_carried_points(N, S) points */
    cisup_index N, S, parts;
    cisup_index bits;   /* S v: of a part, those of group g from g v on */
    int32_t *word;      /* [points][weight] */
    cisup_index *start; /* [v+1] */
    int32_t *point;     /* points whose word has bit j at start[j]..start[j+1]-1 */
    int32_t *first;     /* [parts][S] */
    int32_t *count;     /* [parts][S] points from `first` on: no circuit has others */
} cisup_mask_groups;

/* Finds the groups of the parts that layers of the network use: neurons k of all
 * circuits, k = 0..S-1, which must be a range of at most cisup_carried_points(N, S)
 * neurons, apart from those of all other k, as the parts of transversal designs are.
 *
 *   x   uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL naming a part that has no such groups; ENOMEM. O(c T S + N v). */
CISUP_MUST_CHECK cisup_status cisup_mask_groups_make(cisup_mask_groups *x,
                                                     const cisup_network *net,
                                                     cisup_error *err);
void cisup_mask_groups_free(cisup_mask_groups *x);

/* Whose number in a group is *point: the group of neuron n in part h, or -1 if no circuit
 * has it. */
static inline cisup_index cisup_mask_group_of(const cisup_mask_groups *x, cisup_index h,
                                              cisup_index n, cisup_index *point) {
    for (cisup_index g = 0; g < x->S; g++) {
        *point = n - x->first[h * x->S + g];
        if (*point >= 0 && *point < x->count[h * x->S + g]) return g;
    }
    return -1;
}

#endif
