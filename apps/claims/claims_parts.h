/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CLAIMS_PARTS_H
#define CISUP_ANALYSIS_CLAIMS_PARTS_H

#include "claims.h"

/* A figure of a study, in one layer or over another, and what it should be. */
typedef struct {
    cisup_trials_figure *figure;
    cisup_index layer, over; /* over: 0, or the layer that it is divided by */
    double predicted;
} cisup_scan_figure;

/* The figure at a tenth of the study's circuits to all of them. */
enum { CISUP_SCAN_SIZES = 6 };
CISUP_MUST_CHECK cisup_status cisup_scan_circuits(const cisup_claims_setup *setup,
                                                  const cisup_study *study,
                                                  const cisup_scan_figure *what,
                                                  cisup_scan_cell cell[CISUP_SCAN_SIZES],
                                                  cisup_error *err);

/* ln of the number of circuits at which a figure, a mean square error, is `budget` in the
 * last layer of a study, by network. Starts from a guess, which may be bad, and tries
 * again from what was found. lnT: [networks]. */
CISUP_MUST_CHECK cisup_status cisup_claims_find_T(const cisup_claims_setup *setup,
                                                  const cisup_study *study,
                                                  cisup_trials_figure *figure,
                                                  double guess, double budget,
                                                  double *lnT, cisup_error *err);

/* Slope of y over x by least squares. y: [count], `apart` apart. */
double cisup_claims_slope(const double *x, const double *y, int count, cisup_index apart);

/* The experiments behind the claims, by topic; apps/claims/claims.c says what each is. */
typedef cisup_status cisup_claims_examiner(const cisup_claims_setup *setup,
                                           cisup_findings *f, cisup_error *err);

/* claims_overlap.c: allocations and embeddings */
cisup_claims_examiner cisup_claim_one_neuron, cisup_claim_no_collision,
    cisup_claim_identity, cisup_claim_mean_overlap, cisup_claim_worst_overlap;

/* claims_errors.c: errors by layer */
cisup_claims_examiner cisup_claim_layer_zero, cisup_claim_layer_one,
    cisup_claim_second_layer, cisup_claim_layer_two, cisup_claim_accumulates,
    cisup_claim_stays;

/* claims_terms.c: parts of errors and their laws */
cisup_claims_examiner cisup_claim_activation, cisup_claim_normal;

/* claims_growth.c: what makes errors grow */
cisup_claims_examiner cisup_claim_growth, cisup_claim_reshuffling, cisup_claim_feedback;

/* claims_worst.c, claims_closed.c */
cisup_claims_examiner cisup_claim_worst_case, cisup_claim_open, cisup_claim_closed;

/* claims_scaling.c: how much fits */
cisup_claims_examiner cisup_claim_scaling, cisup_claim_storage;

/* claims_exact.c: identities of gates and residual networks */
cisup_claims_examiner cisup_claim_gate, cisup_claim_residual;

/* claims_refined.c */
cisup_claims_examiner cisup_claim_refined;

/* claims_masks.c: networks that carry masks */
cisup_claims_examiner cisup_claim_no_error, cisup_claim_recursion,
    cisup_claim_masks_close, cisup_claim_cycle;

/* claims_masks_scaling.c: how much they hold */
cisup_claims_examiner cisup_claim_masks_scaling;

/* claims_gate.c: what the gate has to do with it */
cisup_claims_examiner cisup_claim_steep;

/* claims_shapes.c: how much fits, against z, L and d */
cisup_claims_examiner cisup_claim_shapes;

/* claims_contrast.c */
cisup_claims_examiner cisup_claim_few_neurons, cisup_claim_worst_circuit;

/* claims_stream.c: residual streams */
cisup_claims_examiner cisup_claim_stream;

/* claims_stored.c: vectors read out of the sum of z */
cisup_claims_examiner cisup_claim_stored_sets;

/* claims_noise.c: gain of what is not a state; noise in the input */
cisup_claims_examiner cisup_claim_gain, cisup_claim_input_noise;

#endif
