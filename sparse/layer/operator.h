/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_OPERATOR_H
#define CISUP_SPARSE_OPERATOR_H

#include <cisup/sparse/layer/factored.h>
#include <cisup/sparse/layer/weights_make.h>

/* "factored", "assembled"; cisup_engine_find returns -1 for an unknown name. */
const char *cisup_engine_name(cisup_engine engine);
int cisup_engine_find(const char *name);

/* The linear map A^{l-1} -> W^l A^{l-1} of one layer. Start from {0}. */
typedef struct cisup_operator {
    cisup_engine engine;
    cisup_readout in; /* reads layer l-1 */
    cisup_weights assembled;
    cisup_factored factored;
} cisup_operator;

/* *out is uninitialised on entry and empty after a failure; what x points to must
 * outlive it. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_operator_make(cisup_operator *out,
                                                  cisup_engine engine,
                                                  const cisup_transition *x,
                                                  cisup_error *err);
void cisup_operator_free(cisup_operator *op);

/* kappa of the layer (its mean over the rows in that variant), 0 unless capped. */
double cisup_operator_kappa(const cisup_operator *op);

/* Numbers of work that cisup_operator_apply needs. */
cisup_index cisup_operator_work(const cisup_operator *op);

/* y += W a, showing the read-outs of layer l-1 to the reader, t ascending.
 * a, y: [d N][CISUP_LANES]. Safe on one operator from several threads, each with its
 * own work. */
void cisup_operator_apply(const cisup_operator *op, const double *a, double *y,
                          double *work, const cisup_reader *reader);

#endif
