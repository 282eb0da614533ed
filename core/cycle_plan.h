/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CYCLE_PLAN_H
#define CISUP_CORE_CYCLE_PLAN_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many circuits a cycle of c allocations (core/cycle.h) holds. */
typedef struct {
    cisup_index N, S, c;
    cisup_index T;     /* circuits of the largest cycle planned */
    cisup_index bound; /* no cycle has more */
    cisup_index order; /* points in each of its c S groups */
    cisup_index less;  /* of these are left out in every part, one in a group */
    cisup_index dual;  /* points a block of the packing whose dual it is, of `order`
                          circuits; 0: it is none */
    cisup_index q;     /* order of the computed form, which holds q^2; 0: there is none */
    char recipe[64];   /* of T: "td(10,47)", "wilson 3*13+11", "td(16,16) less 3 a part",
                            "dual 4 of 50" */
} cisup_cycle_plan;

/* Plans for N neurons and S neurons a circuit in each of c allocations:
 *
 *   T <= min( floor( N floor(N/S) / S ), J(c N, c S) )                        (2.7)
 *
 * with Johnson's bound J of core/allocation.h. Recipes: docs/allocations.md, "Cycles";
 * up to 1024 points a group all of them are tried, beyond only rings.
 *
 *   plan   uninitialised on entry, all 0 after a failure
 *
 * Deterministic. Time O(min(N/S, 1024)^2) and some S for each number tried beyond: below
 * 0.1 s. Errors: EINVAL (c < 2, S < 1, N < S, c N over 2^31-1); ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_cycle_plan_make(cisup_cycle_plan *plan,
                                                              cisup_index N,
                                                              cisup_index S,
                                                              cisup_index c,
                                                              cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
