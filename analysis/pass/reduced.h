/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_REDUCED_H
#define CISUP_ANALYSIS_REDUCED_H

#include <cisup/analysis/pass/open_pass.h>

/* One sample through a network that carries masks by way of the neurons of its active
 * circuits alone (docs/math.md, section 20). Two neurons of different layers have at most
 * one circuit in common, so that with v(m, n) the one that has m in layer l-1 and n in
 * layer l
 *
 *   y_n^l = f( 1/S sum_m w_{v(m,n)}^l y_m^{l-1} ),   m of K^{l-1}, n of K^l
 *
 * and nothing else is open as long as no neuron outside K^l opens: cisup_reduced_check.
 * A layer costs O((z S)^2 (d^2 + v)), whatever T and N are, with v the cost to find a
 * circuit and its weights; memory is O(z S d + (z S)^2). Read-outs are those of all
 * circuits, too: at most (z S)^2/2 have more than one neuron in K^l, and of the others
 * each neuron has a known number, all with the same read-out.
 *
 * The network: net->sized and its cycle must be there; borrowed. */
typedef struct cisup_reduced_pass cisup_reduced_pass;

/* Room for samples of z active circuits; *p is NULL after a failure. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_reduced_pass_new(cisup_reduced_pass **p,
                                                     const cisup_open_network *net,
                                                     cisup_index z, cisup_error *err);
void cisup_reduced_pass_free(cisup_reduced_pass *p);

/* Runs the sample of one lane of a batch; alike is told no circuits (t NULL), but for
 * each neuron of K^l how many touch no other, and last how many touch none. Same results
 * as cisup_open_pass_run to rounding; a sample is lost from the first layer on that has a
 * sum in K^l that is not finite. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status
cisup_reduced_pass_run(cisup_reduced_pass *p, const cisup_open_network *net,
                       cisup_mode mode, const cisup_batch *batch, cisup_index lane,
                       const cisup_open_observer *observer, cisup_error *err);

/* Whether a neuron outside K^l can open when z circuits are active: never in masked
 * networks and with a strength beyond all sums, the default; else the strength is
 * compared with the largest sum X_l that weights and inputs allow (cisup_network_gate).
 *
 *   how   what the network was made of
 *
 * Errors: EINVAL naming the layer, its strength and X_l; ENOMEM. O(L T d^2) if a strength
 * was asked for. */
CISUP_MUST_CHECK cisup_status cisup_reduced_check(const cisup_network *net,
                                                  const cisup_carrying *how,
                                                  cisup_mode mode, cisup_index z,
                                                  cisup_error *err);

#endif
