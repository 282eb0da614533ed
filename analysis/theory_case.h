/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_CASE_H
#define CISUP_ANALYSIS_THEORY_CASE_H

#include <cisup/core/circuits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the error formulas know of a network; symbols as in docs/math.md.
 * 1 <= z <= T; S, N, d, D >= 1. With T = 1 nothing overlaps, and P, p may be NaN. */
typedef struct {
    double D, d, T, S, z, N;
    double P, p;       /* (2.4), (3.5) of the allocation used */
    double kappa;      /* (4.5), mean over the layers l >= 2; 0 unless capped */
    double V;          /* cisup_theory_background_variance; 0 unless capped */
    double margin;     /* b, the margin of the rotation family */
    int fresh;         /* 1: every layer has its own weights; 0: the same in all layers */
    cisup_index cycle; /* allocations taken in turn by a network that carries its masks,
                          whose N, P and p these then are; 0: the published network */
    cisup_gate_step step; /* of the family's gate; {0} the published one */
} cisup_theory_case;

/* Mean square error of a read-out as three formulas see it; NaN where one does not
 * speak, and for inactive circuits when T = z (there are none). */
typedef struct {
    double post;     /* leading order, [CIS2] */
    double followup; /* [ROT], rotation family only */
    double refined;  /* the recursions of docs/math.md 9.2 and 9.3 */
} cisup_prediction;

/* Mean square error of active (e_l) and of inactive circuits (q_l), both relative to
 * the mean square activation of an active circuit. */
typedef struct {
    double active, inactive;
} cisup_theory_error;

#ifdef __cplusplus
}
#endif

#endif
