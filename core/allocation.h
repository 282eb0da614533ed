/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ALLOCATION_H
#define CISUP_CORE_ALLOCATION_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* T subsets of {0..N-1} with S elements each: circuit t sits in the neurons
 * slot[t*S .. t*S+S-1] of every block, strictly increasing. Owns slot. Start from {0}.
 *
 * Slots are 32-bit: half the memory traffic of 64-bit ones, and a stored allocation
 * with more than 2^31 neurons per block does not fit any machine it is meant for. */
typedef struct {
    cisup_index N, S, T;
    int32_t *slot; /* [T*S] */
} cisup_allocation;

/* Room for an allocation, all slots 0. *a is uninitialised on entry, empty after a
 * failure. Errors: EINVAL (S < 1, T < 1, N < S, N over 2^31-1); ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_allocation_init(
    cisup_allocation *a, cisup_index N, cisup_index S, cisup_index T, cisup_error *err);
CISUP_API void cisup_allocation_free(cisup_allocation *a);

/* (2.2) floor( N(N-1) / (S(S-1)) ): each pair of neurons at most once. 0 for N < S,
 * INT64_MAX for S < 2 and for what is above it. */
CISUP_API cisup_index cisup_packing_bound(cisup_index N, cisup_index S);

/* Johnson's bound on the number of S-subsets of N points, any two sharing at most one:
 *
 *   U = floor( N/S floor( (N-1)/(S-1) ) ),
 *
 * less 1 when S-1 divides N-1 but S does not divide N(N-1)/(S-1), and, for
 * N < S^2-S+1, at most the largest T with sum_n C(c_n,2) <= C(T,2) for the evenest
 * loads c_n. 0 when N < S; INT64_MAX when S < 2. N <= 2^31-1.
 * Source: S. M. Johnson, IRE Trans. Inform. Theory 8 (1962) 203-207,
 * doi:10.1109/TIT.1962.1057714; docs/allocations.md. */
CISUP_API cisup_index cisup_johnson_bound(cisup_index N, cisup_index S);

/* Neurons of circuit t: [S], increasing. */
CISUP_API inline const int32_t *cisup_allocation_row(const cisup_allocation *a,
                                                     cisup_index t) {
    return a->slot + t * a->S;
}

/* Load and overlap statistics (docs/math.md 2.5). */
typedef struct {
    cisup_index load_min, load_max; /* circuits on a neuron, c_n */
    double load_cv;                 /* standard deviation of c_n over its mean */
    double P;                       /* (2.4) mean overlap of two circuits; NaN if T=1 */
    double p;                       /* (3.5) P/S^2, mean square overlap */
} cisup_allocation_stats;

/* load: [N], filled with c_n. O(N + T S). */
CISUP_API void cisup_allocation_loads(const cisup_allocation *a, cisup_index *load);

/* From the loads of an allocation of T circuits with redundancy S. Exact: sums are
 * integers as long as they stay below 2^63. O(N). */
CISUP_API cisup_allocation_stats cisup_allocation_statistics(const cisup_index *load,
                                                             cisup_index N, cisup_index S,
                                                             cisup_index T);

#ifdef __cplusplus
}
#endif

#endif
