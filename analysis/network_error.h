/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_NETWORK_ERROR_H
#define CISUP_ANALYSIS_NETWORK_ERROR_H

#include <cisup/analysis/experiment.h>
#include <cisup/core/schemes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is taken of the errors of one network. */
typedef enum {
    CISUP_MEAN_SQUARE, /* their mean square, over samples and circuits */
    CISUP_WORST,       /* the largest norm among its samples */
} cisup_error_measure;

/* The error in the last layer of one network as a function of T: what
 * cisup_capacity_search measures. Fill the first part, the rest starts from 0. */
typedef struct {
    cisup_experiment x; /* base, cycle, z, networks and seeds are set for each
                           measurement;
                           circuits, if any, are repeated to T; its watcher counts
                           the networks of a measurement */
    cisup_allocation_options allocation;
    cisup_index N, S, z;
    cisup_state_kind state; /* CISUP_ACTIVE or CISUP_INACTIVE */
    cisup_quantity quantity;
    cisup_error_measure measure;
    int relative; /* 1: to the mean square (of worst errors its root) of the exact
                     quantity of active circuits, in the samples of the network */
    int computed; /* 1: nothing of size T is stored; circuits of a family, and a cycle
                     or a scheme that has a computed form (core/incidence.h) */
    uint64_t seed;

    cisup_allocation base;     /* of the T measured last; T = 0: none */
    cisup_incidence incidence; /* the same, of computed networks */
    cisup_cycle cycle;         /* the same, of networks that carry masks */
    cisup_circuits circuits;   /* the same, of circuits that are given */
} cisup_network_error;

CISUP_API void cisup_network_error_free(cisup_network_error *e);

/* A cisup_capacity_measure; context is a cisup_network_error. Network k has the seed
 *
 *   seed + k 0x9E3779B97F4A7C15   (modulo 2^64)
 *
 * at every T: the circuits and the inputs of sample m are the same, active circuits and
 * permutations come from the same random numbers but are those of T. The first T rows
 * of the allocation carry the circuits. A network that diverged gives infinity.
 * Errors: those of cisup_allocation_make, cisup_incidence_make and cisup_experiment_run;
 * ESTOPPED. Uses OpenMP over networks as far as memory allows several, over the samples
 * of a single one; the numbers do not depend on the threads. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_network_error_measure(void *context, cisup_index T, cisup_index first,
                            cisup_index count, double *y, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
