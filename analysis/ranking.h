/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_RANKING_H
#define CISUP_ANALYSIS_RANKING_H

#include <cisup/core/status.h>

/* The error of one circuit of one network: mean squares of its read-out error in the last
 * layer. Circuits of different networks sit elsewhere and so are different ones. */
typedef struct {
    cisup_index network, circuit;
    double mse; /* over all samples */
    double mse_active,
        mse_inactive;   /* over those in which it is; NaN if there are none */
    cisup_index active; /* samples in which it is active */
} cisup_ranked;

/* What reaches the neurons of a circuit from a neighbour through a neuron they share:
 * the mean square over the samples of (1/S) M w_u U_u A^{l-1}, a summand of (8.3) and
 * (8.4); in layer 1 of (8.3) alone, with w_u a_u^0 of active u. */
typedef struct {
    cisup_index circuit, neuron;
    double mean_square;
} cisup_neighbour;

/* One neuron's share of an error, over all blocks: the mean square over the samples of
 * (1/S) (A_n - a_t). */
typedef struct {
    cisup_index neuron;
    double mean_square;
} cisup_disturbed;

enum { CISUP_CULPRITS = 5 };

/* A badly read circuit and the neighbours and neurons with the largest shares in that. */
typedef struct {
    cisup_ranked who;
    cisup_index neighbours, neurons; /* how many follow, CISUP_CULPRITS at most */
    cisup_neighbour neighbour[CISUP_CULPRITS];
    cisup_disturbed neuron[CISUP_CULPRITS];
} cisup_culprit;

#endif
