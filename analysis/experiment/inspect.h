/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_INSPECT_H
#define CISUP_ANALYSIS_INSPECT_H

#include <cisup/analysis/experiment/specimen.h>

/* Finds who disturbs circuits of one network in its last layer, by running its samples
 * again.
 *
 *   s         the network, made for x
 *   culprit   [count], their `who` filled in, all of this network; receive neighbours and
 *             neurons, the largest shares first, equal ones by their numbers
 *
 * On one thread, so the result does not depend on the threads. Time: the samples, and
 * O(T S) a circuit. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_inspect(const cisup_specimen *s,
                                            const cisup_experiment *x, cisup_index z,
                                            cisup_culprit *culprit, cisup_index count,
                                            cisup_error *err);

#endif
