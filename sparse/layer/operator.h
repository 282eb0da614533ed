/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_OPERATOR_H
#define CISUP_SPARSE_OPERATOR_H

#include <cisup/sparse/layer/factored.h>
#include <cisup/sparse/layer/weights_make.h>

/* The linear map A^{l-1} -> W^l A^{l-1} of one layer: cisup_weights_apply, or a pass
 * through the circuits (analysis/pass/bulk.h). Start from {0}. */
typedef struct cisup_operator {
    cisup_operator_form form;
    cisup_readout in; /* reads layer l-1 */
    cisup_weights assembled;
    cisup_factored factored;
} cisup_operator;

/* *out is uninitialised on entry and empty after a failure; what x points to must
 * outlive it. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_operator_make(cisup_operator *out,
                                                  cisup_operator_form form,
                                                  const cisup_transition *x,
                                                  cisup_error *err);
void cisup_operator_free(cisup_operator *op);

/* kappa of the layer (its mean over the rows in that variant), 0 unless capped. */
double cisup_operator_kappa(const cisup_operator *op);

#endif
