/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_OPEN_PASS_H
#define CISUP_ANALYSIS_OPEN_PASS_H

#include <cisup/analysis/pass/forward.h>
#include <cisup/sparse/network/wiring.h>

/* One sample through a network by way of its open neurons: those with A != 0 in some
 * block. Each is followed to the circuits that it holds and these to their neurons of
 * the next layer, so that a layer costs
 *
 *   O( open neurons * (T S/N) * (S d + d^2) )
 *
 * and nothing of size T is ever stored: allocation, permutations and circuits may all
 * be computed. Same results as cisup_forward_run to rounding; from the layer on in which
 * a sample has a sum that is not finite, all its read-outs are NaN as there. Memory
 * O(N d), and the circuits that touch open neurons.
 *
 * The network: circuits stored or computed; weights of every scheme, capped with one
 * kappa. Borrows everything. */
typedef struct {
    const cisup_wiring *wiring;
    const cisup_circuits *circuits;
    cisup_weight_options weights;
    const double *kappa;        /* [L-1] of layers 2..L, for capped */
    int is_single;              /* 1: sums in float32, half the memory; default 0 */
    const cisup_network *sized; /* of a network that carries masks: circuits, offsets and
                                   strengths; else NULL */
} cisup_open_network;

/* Who watches. Of every layer come, in this order: layer, once; alike, for the circuits
 * of each open neuron that touch no other; readout, for those that touch several and a
 * few more, the active ones first, in the order of the batch's active set; alike, for
 * all others. */
typedef struct {
    void *context;
    /* Layer l = 1..L: in block i, open[i] neurons have A > 0, wrong[i] of them outside
     * K^l, which has `inside` neurons. [d] each; open NULL: A is not finite. */
    void (*layer)(void *context, cisup_index l, const cisup_index *open,
                  const cisup_index *wrong, cisup_index inside);
    /* est_t^l: [d]. k: which of the active circuits, or -1. */
    void (*readout)(void *context, cisup_index l, cisup_index t, cisup_index k,
                    const double *est);
    /* est of `count` > 0 inactive circuits that have the same: [d]. t: [count], or NULL:
     * all that are not shown otherwise; always NULL from analysis/pass/reduced.h. */
    void (*alike)(void *context, cisup_index l, cisup_index count, const cisup_index *t,
                  const double *est);
} cisup_open_observer;

typedef struct cisup_open_pass cisup_open_pass;

/* Room to run samples of z active circuits; *p is NULL after a failure. Errors: EINVAL
 * (capped with kappa a row); ENOMEM, saying how much. Memory N (4 + 8 d), or N (4 + 4 d)
 * if single. */
CISUP_MUST_CHECK cisup_status cisup_open_pass_new(cisup_open_pass **p,
                                                  const cisup_open_network *net,
                                                  cisup_index z, cisup_error *err);
void cisup_open_pass_free(cisup_open_pass *p);

/* Runs the sample of one lane of a batch. Errors: ENOMEM when a layer has so many open
 * neurons that the circuits they touch do not fit, saying which and how much. */
CISUP_MUST_CHECK cisup_status
cisup_open_pass_run(cisup_open_pass *p, const cisup_open_network *net, cisup_mode mode,
                    const cisup_batch *batch, cisup_index lane,
                    const cisup_open_observer *observer, cisup_error *err);

#endif
