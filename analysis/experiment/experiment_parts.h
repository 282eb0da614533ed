/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_EXPERIMENT_PARTS_H
#define CISUP_ANALYSIS_EXPERIMENT_PARTS_H

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/specimen.h>

/* What cisup_experiment_run (experiment.c) asks before it measures. */

/* Errors: EINVAL for what does not exist or go together; ENOMEM by the estimate. */
CISUP_MUST_CHECK cisup_status cisup_experiment_check(const cisup_experiment *x,
                                                     cisup_error *err);

/* The loads of the base; those of a computed allocation are taken as even. Errors:
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_experiment_loads(const cisup_experiment *x,
                                                     cisup_allocation_stats *stats,
                                                     cisup_error *err);

/* Whether some z of the experiment may go through the engine sparse. */
int cisup_experiment_may_be_sparse(const cisup_experiment *x);

/* Sets the engine of r->z, and the share if it was measured, by network 0: the choice
 * depends on the seed, not on the threads. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_experiment_choose(const cisup_experiment *x,
                                                      const cisup_specimen *made,
                                                      cisup_result *r, cisup_error *err);

#endif
