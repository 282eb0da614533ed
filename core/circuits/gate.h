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

/* The gate of docs/math.md, section 14: from MLPs y^l = ReLU(v_t^l y^{l-1} + beta_t^l)
 * circuits of width m + 2 with a common bias that are off unless switched on.
 *
 *   W = [[2,-2,0],[2,-2,0],[beta+b, -(beta+b), v]],  bias (-1/2, -3/2, -b, ..., -b)
 *
 *   c       uninitialised on entry, empty after a failure; wbar is the mean over t
 *   T, m, L, layers   sizes of the MLPs; m = 0 leaves the indicator; layers is 1 or L
 *   v       [layers][T][m][m]      beta   [layers][T][m]
 *   margin  b > 0
 *
 * The offset is 0: data neurons start from the MLP's own input.
 * Errors: EINVAL (a size, margin <= 0 or not finite); ENOMEM. O(layers T m^2).
 * Source: docs/math.md (14.1), theorem 3. */
CISUP_MUST_CHECK cisup_status cisup_circuits_gate(cisup_circuits *c, cisup_index T,
                                                  cisup_index m, cisup_index L,
                                                  cisup_index layers, const double *v,
                                                  const double *beta, double margin,
                                                  cisup_error *err);

#endif
