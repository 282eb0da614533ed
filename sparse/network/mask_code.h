/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_MASK_CODE_H
#define CISUP_SPARSE_MASK_CODE_H

#include <cisup/core/status.h>

/* Where the words of a code come from (docs/math.md, 20.7). */
typedef enum {
    CISUP_CODE_WHOLE,       /* a bit a word: no code */
    CISUP_CODE_SUBSETS,     /* z = 1: the subsets of half of the bits */
    CISUP_CODE_PACKING,     /* circuits of an allocation of z+1 neurons each, scheme best,
                               on up to 256 */
    CISUP_CODE_POLYNOMIALS, /* of degree <= shared over a prime field, their values at
                               `weight` places */
} cisup_mask_code_kind;

/* Words for the n points of a group of which at most z are taken at a time: each has
 * `weight` of v bits, any two share `shared` at most, and
 *
 *   z shared < weight
 *
 * so that no word lies in the union of z others. */
typedef struct {
    cisup_index points, active; /* n, z */
    cisup_index bits;           /* v */
    cisup_index weight, shared;
    cisup_mask_code_kind kind;
} cisup_mask_code;

/* The code with the fewest bits of all kinds; v does not fall as n grows.
 *
 *   code   uninitialised on entry, all 0 after a failure
 *
 * Errors: EINVAL (n or z below 1, n above CISUP_MOST_NEURONS); ENOMEM. Time that of
 * planning up to 256 small allocations: below 0.1 s for z <= 7. */
CISUP_MUST_CHECK cisup_status cisup_mask_code_plan(cisup_mask_code *code,
                                                   cisup_index points, cisup_index active,
                                                   cisup_error *err);

/* Its words, each increasing. *word: [points][weight], uninitialised on entry, NULL after
 * a failure; cisup_release frees. Errors: ENOMEM. O(n weight^2 + packing). */
CISUP_MUST_CHECK cisup_status cisup_mask_code_words(const cisup_mask_code *code,
                                                    int32_t **word, cisup_error *err);

/* No code for n points and z has a larger weight. */
double cisup_mask_code_weight_bound(cisup_index points, cisup_index active);

#endif
