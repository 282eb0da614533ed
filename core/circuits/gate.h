/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_GATE_H
#define CISUP_CORE_GATE_H

#include <cisup/core/status.h>

/* The two rows of the on-indicator. w: [d][d], zeroed on entry. */
void cisup_gate_indicator(double *w, cisup_index d);

/* (14.1) for one circuit of inner width m.
 *
 *   w   [m+2][m+2], zeroed on entry     v   [m][m]     beta   [m] */
void cisup_gate_weights(double *w, const double *v, const double *beta, double margin,
                        cisup_index m);

/* The bias common to all gated circuits. b: [m+2]. */
void cisup_gate_bias(double *b, double margin, cisup_index m);

#endif
