/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_PILOT_H
#define CISUP_ANALYSIS_PILOT_H

#include <cisup/analysis/experiment.h>

/* What a pilot run of a network that carries masks saw in its data neurons, as one number
 * for all layers: the least offset and strength that nothing breaches there. */
typedef struct {
    double offset;   /* largest -sum of a neuron of an active circuit, signed layers */
    double strength; /* largest sum of any other, layers >= 2 */
} cisup_pilot;

enum { CISUP_PILOT_NETWORKS = 4, CISUP_PILOT_SAMPLES = 96 };
#define CISUP_PILOT_SEED UINT64_C(0x70696c6f74) /* "pilot" */

/* So many networks and samples of an experiment's shape and largest z, or of its active
 * sets, drawn with a seed of their own: the same whatever the experiment's seed, networks
 * and inputs. Offset and strength are those of the experiment, NaN beyond all sums, so
 * that it sees what clips if one is given; nothing is left out and inputs have no noise.
 *
 * In double precision through the circuits: stored networks only. Errors: EINVAL (no
 * cycle or computed); those of cisup_network_make; ENOMEM; ESTOPPED. Time of 48 batches,
 * on one thread, of O(L T (d^2 + d S)) each. */
CISUP_MUST_CHECK cisup_status cisup_pilot_run(const cisup_experiment *x,
                                              cisup_pilot *pilot, cisup_error *err);

#endif
