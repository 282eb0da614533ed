/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_GATE_H
#define CISUP_CORE_GATE_H

#include <cisup/core/circuits.h>

/* Margin b > 0 and the step of a gate. */
typedef struct {
    double margin;
    cisup_gate_step step;
} cisup_gate;

/* The step with its zeros replaced by the published k = 2, s = 1/2. */
cisup_gate_step cisup_gate_step_of(cisup_gate_step step);

/* (k-1-s)/k, up to which the on-value of an inactive circuit is put back to 0, and
 * (k-s)/k, from which that of an active one is put back to 1: 1/4 and 3/4. */
double cisup_gate_closed_to(cisup_gate_step step);
double cisup_gate_open_from(cisup_gate_step step);

/* Whether 0 and 1 are on-values that a gate keeps and puts noise back to: 0 < s < k-1.
 * Both stay away from rounding, which moves k alpha by some k 10^-15: s >= 10^-6,
 * k <= 10^6. Errors: EINVAL. */
CISUP_MUST_CHECK cisup_status cisup_gate_step_check(cisup_gate_step step,
                                                    cisup_error *err);

/* The two rows of the on-indicator. w: [d][d], zeroed on entry. */
void cisup_gate_indicator(double *w, cisup_gate_step step, cisup_index d);

/* (14.1) for one circuit of inner width m.
 *
 *   w   [m+2][m+2], zeroed on entry     v   [m][m]     beta   [m] */
void cisup_gate_weights(double *w, const double *v, const double *beta,
                        const cisup_gate *gate, cisup_index m);

/* The bias common to all gated circuits. b: [m+2]. */
void cisup_gate_bias(double *b, const cisup_gate *gate, cisup_index m);

/* Circuits of networks with biases of their own, beta: [layers][T][d], which plain, with
 * weights alone, does not have yet: gated, or without a gate (NULL) plain itself,
 * whose circuits take the bias of circuit 0. Either way plain is still to be freed.
 * Errors: as cisup_circuits_gate. */
CISUP_MUST_CHECK cisup_status cisup_circuits_wrap(cisup_circuits *c,
                                                  cisup_circuits *plain,
                                                  const double *beta,
                                                  const cisup_gate *gate,
                                                  cisup_error *err);

/* The first place in beta with another bias than circuit 0 has, or -1. */
cisup_index cisup_bias_differs(const cisup_circuits *plain, const double *beta);

/* The gate of docs/math.md, section 14: from MLPs y^l = ReLU(v_t^l y^{l-1} + beta_t^l)
 * circuits of width m + 2 with a common bias that are off unless switched on.
 *
 *   W = [[k,-k,0],[k,-k,0],[beta+b, -(beta+b), v]],  bias (s-k+1, s-k, -b, ..., -b)
 *
 *   c       uninitialised on entry, empty after a failure; wbar is the mean over t
 *   T, m, L, layers   sizes of the MLPs; m = 0 leaves the indicator; layers is 1 or L
 *   v       [layers][T][m][m]      beta   [layers][T][m]
 *   gate    b > 0, and the step (k, s)
 *
 * The offset is 0: data neurons start from the MLP's own input.
 * Errors: EINVAL (a size, margin <= 0 or not finite, the step); ENOMEM. O(layers T m^2).
 * Source: docs/math.md (14.1), theorem 3. */
CISUP_MUST_CHECK cisup_status cisup_circuits_gate(
    cisup_circuits *c, cisup_index T, cisup_index m, cisup_index L, cisup_index layers,
    const double *v, const double *beta, const cisup_gate *gate, cisup_error *err);

#endif
