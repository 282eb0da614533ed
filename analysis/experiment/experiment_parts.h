/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_EXPERIMENT_PARTS_H
#define CISUP_ANALYSIS_EXPERIMENT_PARTS_H

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/experiment_part.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/core/base/vigil.h>

/* What cisup_experiment_run (experiment.c) is made of. */

/* Errors: EINVAL for what does not exist or go together; ENOMEM by the estimate. */
CISUP_MUST_CHECK cisup_status cisup_experiment_check(const cisup_experiment *x,
                                                     cisup_error *err);

/* The loads of the base; those of a computed allocation are taken as even. Errors:
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_experiment_loads(const cisup_experiment *x,
                                                     cisup_allocation_stats *stats,
                                                     cisup_error *err);

/* Whether some z of the experiment may go through the engines sparse or reduced, whose
 * threads share samples. */
int cisup_experiment_may_be_sparse(const cisup_experiment *x);

/* Sets the engine of of->z, and the share if it was measured, by network 0: the choice
 * depends on the seed, not on the threads. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_experiment_choose(const cisup_experiment *x,
                                                      const cisup_specimen *made,
                                                      cisup_part_of_z *of,
                                                      cisup_error *err);

/* Whether that needs the specimen. */
int cisup_experiment_must_choose(const cisup_experiment *x);

/* A part of x without networks; the keys are not set. Uninitialised on entry, empty after
 * a failure. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_part_init(cisup_part *part, const cisup_experiment *x,
                                              cisup_error *err);

/* Tallies and counts of zero, where there are none yet. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_part_start(const cisup_part *part,
                                               cisup_part_of_z *of, cisup_error *err);

/* Adds tallies and counts of one z. */
void cisup_part_add_counts(const cisup_part *part, cisup_part_of_z *into,
                           const cisup_tally *tally, const cisup_open_count *open);

/* Measures networks first, first + step, ... of x. part: from cisup_part_init. Errors: of
 * cisup_experiment_run; ESTOPPED if no network is whole. */
CISUP_MUST_CHECK cisup_status cisup_part_collect(const cisup_experiment *x,
                                                 cisup_index first, cisup_index step,
                                                 cisup_vigil *vigil, cisup_part *part,
                                                 cisup_error *err);

/* The report of a part with the networks 0 .. networks-1. */
CISUP_MUST_CHECK cisup_status cisup_part_conclude(const cisup_experiment *x,
                                                  const cisup_part *part,
                                                  cisup_index networks,
                                                  cisup_vigil *vigil,
                                                  cisup_report *report, cisup_error *err);

/* What must agree, of x. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_part_key(const cisup_experiment *x,
                                             uint64_t key[CISUP_PART_KEYS],
                                             cisup_error *err);

/* Errors: EFORMAT naming the first that differs. */
CISUP_MUST_CHECK cisup_status cisup_part_key_check(const uint64_t got[CISUP_PART_KEYS],
                                                   const uint64_t want[CISUP_PART_KEYS],
                                                   cisup_error *err);

/* How many networks a part has. */
cisup_index cisup_part_count(const cisup_part *part);

#endif
