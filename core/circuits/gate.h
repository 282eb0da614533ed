/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_GATE_H
#define CISUP_CORE_GATE_H

#include <cisup/core/circuits.h>

/* The two rows of the on-indicator. w: [d][d], zeroed on entry. */
void cisup_gate_indicator(double *w, cisup_index d);

/* (14.1) for one circuit of inner width m.
 *
 *   w   [m+2][m+2], zeroed on entry     v   [m][m]     beta   [m] */
void cisup_gate_weights(double *w, const double *v, const double *beta, double margin,
                        cisup_index m);

/* The bias common to all gated circuits. b: [m+2]. */
void cisup_gate_bias(double *b, double margin, cisup_index m);

/* Circuits of networks with biases of their own, beta: [layers][T][d], which plain, with
 * weights alone, does not have yet: gated with a margin, or without (NULL) plain itself,
 * whose circuits take the bias of circuit 0. Either way plain is still to be freed.
 * Errors: as cisup_circuits_gate. */
CISUP_MUST_CHECK cisup_status cisup_circuits_wrap(cisup_circuits *c,
                                                  cisup_circuits *plain,
                                                  const double *beta,
                                                  const double *margin, cisup_error *err);

/* The first place in beta with another bias than circuit 0 has, or -1. */
cisup_index cisup_bias_differs(const cisup_circuits *plain, const double *beta);

#endif
