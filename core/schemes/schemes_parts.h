/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SCHEMES_PARTS_H
#define CISUP_CORE_SCHEMES_PARTS_H

#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/schemes.h>

/* Whether cisup_allocation_make evens out such an allocation. */
int cisup_allocation_is_evened(const cisup_allocation_options *options, cisup_index N,
                               cisup_index S, cisup_index T);

/* The plan behind scheme best, pairs, sts, affine, projective or design. Errors: EINVAL
 * (another scheme; an S it is not made for; S < 2); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_allocation_plan(cisup_index N, cisup_index S,
                                                    cisup_scheme which,
                                                    cisup_packing_plan *plan,
                                                    cisup_error *err);

/* The construction that cisup_allocation_make takes for T circuits, as an expression in
 * the words of docs/allocations.md, "search(...)" around a plan that local search has
 * added circuits to; NULL where there is none: ref, prime, greedy, random, S = 1. *text
 * is NULL after a failure; the caller gives it to cisup_release. Errors: EINVAL;
 * EINFEASIBLE (td); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_allocation_recipe(cisup_index N, cisup_index S,
                                                      cisup_index T, cisup_scheme which,
                                                      char **text, cisup_error *err);

/* Fills err and returns EINFEASIBLE: a scheme places only `placed` of T circuits. */
cisup_status cisup_allocation_too_many(cisup_index N, cisup_index S, cisup_index T,
                                       cisup_scheme scheme, cisup_index placed,
                                       cisup_error *err);

#endif
