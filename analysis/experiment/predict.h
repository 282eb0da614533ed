/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_PREDICT_H
#define CISUP_ANALYSIS_PREDICT_H

#include <cisup/analysis/interval.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/theory/theory.h>
#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/core/cycle.h>

/* Fills out [L][states][quantities] (cisup_cell) with the predictions of the post
 * [CIS2], the follow-up [ROT] and the refined theory, docs/math.md 9.1-9.3, for
 * circuits of this kind; NaN where a formula does not speak:
 *
 *   x, on     rotation4; followup and refined only for capped weights
 *   on        other gated circuits: inactive ones, z d/D, z p1, (9.5)
 *   x         other gated circuits at z = 1 (no offset H): the general formulas times
 *             the mean square of the active circuits' x in that layer
 *   readout   random-relu: the general formulas times the mean square state
 *
 * Nothing is said of linear networks, nor beyond layer 1 of networks that are not
 * reshuffled; (9.4) knows one kappa only and is silent with one a row.
 *
 *   family    a cisup_family, or -1 for the user's own circuits
 *   mse       [L][states][quantities], of which the CISUP_SIGNAL cells are used
 *
 * All are for masked networks; a ReLU network has further error (docs/math.md 14).
 * Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_predict(const cisup_theory_case *c, int family,
                                            const cisup_circuits *circuits,
                                            const cisup_network_options *how,
                                            cisup_mode mode, const cisup_interval *mse,
                                            cisup_prediction *out, cisup_error *err);

/* The same of networks that carry masks, docs/math.md 20.4 and 20.5: law (post) and
 * recursion (refined) for rotation2, 0 for the one active circuit of any other circuits
 * with z = 1. They suppose that no neuron of an active circuit clips.
 *
 *   m   of the cycle and the circuits */
void cisup_predict_masks(const cisup_theory_masks *m, int family,
                         const cisup_circuits *circuits, cisup_prediction *out);

/* The case of a cycle of which `left` circuits carry weights, all or the first. */
cisup_theory_masks cisup_predict_case(const cisup_cycle *cycle, cisup_index left,
                                      cisup_index z, int fresh);

#endif
