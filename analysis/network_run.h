/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_NETWORK_RUN_H
#define CISUP_ANALYSIS_NETWORK_RUN_H

#include <cisup/analysis/mode.h>
#include <cisup/sparse/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Samples for a network, in the caller's row-major arrays. */
typedef struct {
    cisup_index count, z;      /* samples, >= 1; active circuits in each, 1..T */
    const cisup_index *active; /* [count][z], in any order */
    const double *input;       /* [count][z][d], the states a^0 of those circuits */
} cisup_run_samples;

/* {0} has all defaults. */
typedef struct {
    cisup_mode mode;           /* default CISUP_MODE_RELU */
    const cisup_index *layers; /* [layer_count], within 0..L: whose activations are
                                  wanted; 0 is the embedded input */
    cisup_index layer_count;   /* default 0 */
    cisup_index D;             /* numbers of a layer, >= d N, the rest 0; 0: d N */
    int threads;               /* as in core/threads.h; default 0: all */
} cisup_run_options;

/* Where results go, the caller's arrays; NULL: not wanted. */
typedef struct {
    double *activations; /* [layer_count][count][D], neuron n of block i at i N + n */
    double *readout;     /* [L][count][T][d], est_t^l of all circuits */
    double *states;      /* [count][z][L+1][d], a_t^l that the active circuits have alone,
                            in the order of `active` */
} cisup_run_results;

/* The inputs that circuits of a family, or with inputs of their own, have in these
 * samples: cisup_circuits_input for sample 0, 1, ... of a network.
 *
 *   samples   its `input` is not looked at
 *   input     [count][z][d], filled
 *
 * Errors: those of cisup_run_check. O(count z d). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_run_inputs(const cisup_circuits *c,
                                                         const cisup_run_samples *samples,
                                                         uint64_t seed,
                                                         cisup_index network,
                                                         double *input, cisup_error *err);

/* Passes samples through all layers, (6.1) and (7.1), through either form of the layers'
 * operators, and hands out activations and read-outs. What becomes of a sample does not
 * depend on the other samples or the threads (same bytes), on the order of its circuits
 * only by rounding. A sample that overflows has NaN from that layer on.
 *
 *   options   NULL: all defaults
 *   out       arrays that are not NULL are filled; not to be read after a failure
 *
 * Errors: those of cisup_run_check; EINVAL (a layer, D, threads, the mode,
 * which of assembled layers of a network that carries masks must be relu; more active
 * circuits than codes of masks allow); ENOMEM.
 * Time of (count/8) passes, for read-outs of T too; memory O(d N + z L d) a thread.
 * Source: docs/math.md, sections 6 to 8. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_network_run(
    const cisup_network *net, const cisup_run_samples *samples,
    const cisup_run_options *options, const cisup_run_results *out, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
