/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_EXPERIMENT_COST_H
#define CISUP_ANALYSIS_EXPERIMENT_COST_H

#include <cisup/analysis/experiment.h>

/* Whether networks are computed: nothing of size T is stored. */
static inline int cisup_experiment_is_computed(const cisup_experiment *x) {
    return x->computed || (x->cycle && !x->base->slot);
}

/* Whether samples with z active circuits go through the engine reduced: because it is
 * asked for, or by auto in networks that carry masks of which no neuron outside K^l can
 * open, in double precision and without terms or worst circuits: in computed networks,
 * and in stored ones where that is predicted to cost less than the other engines. The
 * same on every machine. */
int cisup_experiment_is_reduced(const cisup_experiment *x, cisup_index z);

/* Threads that share the samples of a run; numbers that it keeps of each network for a z.
 */
int cisup_experiment_threads(const cisup_experiment *x);
cisup_index cisup_experiment_columns(const cisup_experiment *x);

/* Multiply-adds of a run: what its time is proportional to. */
double cisup_experiment_operations(const cisup_experiment *x);

#endif
