/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PROGRESSIONS_H
#define CISUP_CORE_PROGRESSIONS_H

#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

/* Allocations made of arithmetic progressions of length S >= 2 (docs/math.md 2.1-2.4).
 * Two progressions with steps s != r share at most one element, whatever their
 * starts, iff max(s,r)/gcd(s,r) >= S (lemma 1); the three schemes differ in which
 * steps they take. */

/* (2.1): how many progressions there are. N >= S >= 2; options->scheme is prime, ref
 * or greedy. Errors: ENOMEM. O(number of steps), O(S^2) a step for greedy. */
CISUP_MUST_CHECK cisup_status cisup_progressions_count(
    cisup_index N, cisup_index S, const cisup_allocation_options *options,
    cisup_index *count, cisup_error *err);

/* Fills a, whose T must not exceed the count. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_progressions_place(
    cisup_allocation *a, const cisup_allocation_options *options, cisup_error *err);

#endif
