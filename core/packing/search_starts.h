/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SEARCH_STARTS_H
#define CISUP_CORE_SEARCH_STARTS_H

#include <cisup/core/allocation.h>
#include <cisup/core/packing/local_search.h>
#include <cisup/core/packing/packing_plan.h>

/* The most circuits that local search reaches from several starts. Full plans are often
 * poor ones: left-over neurons and groups that were never filled leave more ways.
 *
 *   1. the plan, and its blocks across groups without the fillings;
 *   2. TD(S, q) alone for the two largest q <= N/S and the two smallest q > N/S for
 *      which the library has one; above N/S a part of the last group is cut off;
 *   3. for N < S^2 a single circuit.
 *
 * From each start a tenth of the effort, then all of it from each of the two best results
 * (of equals the first); the larger one is returned. A plan that reaches Johnson's bound
 * is returned as it is. out->T >= plan->blocks.
 *
 *   plan  of N >= S >= 2
 *   out   uninitialised on entry, empty after a failure
 *
 * Depends on plan, seed and effort only. Time and errors as cisup_local_search. */
CISUP_MUST_CHECK cisup_status cisup_search_starts(
    const cisup_packing_plan *plan, const cisup_local_search_options *options,
    cisup_allocation *out, cisup_error *err);

#endif
