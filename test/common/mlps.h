/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random MLPs 3-6-5-2 with signed outputs, with numbers that are multiples of 1/8 in
 * [-1, 1], so that no forward pass of one alone rounds. */
#ifndef CISUP_TEST_MLPS_H
#define CISUP_TEST_MLPS_H

#include "check.h"

#include <cisup/core/circuits_embed.h>

enum { mlps_most = 40, mlp_weights = 3 * 6 + 6 * 5 + 5 * 2, mlp_biases = 6 + 5 + 2 };

static const cisup_index mlp_widths[4] = {3, 6, 5, 2};

typedef struct {
    double weights[mlps_most][mlp_weights], biases[mlps_most][mlp_biases];
} mlp_numbers;

static inline double eighths(cisup_rng *rng) {
    return (double)check_between(rng, -8, 8) / 8.0;
}

static inline cisup_mlps drawn_mlps(mlp_numbers *n, cisup_index T, cisup_index seed) {
    cisup_rng rng = check_rng(seed);
    for (cisup_index t = 0; t < T; t++) {
        for (int k = 0; k < mlp_weights; k++) n->weights[t][k] = eighths(&rng);
        for (int k = 0; k < mlp_biases; k++) n->biases[t][k] = eighths(&rng);
    }
    return (cisup_mlps){.T = T,
                        .L = 3,
                        .widths = mlp_widths,
                        .weights = n->weights[0],
                        .biases = n->biases[0],
                        .linear = 1};
}

/* y: [widths[L]] of one MLP with at most 8 neurons a layer, L = 3. v and beta: its
 * numbers; beta may be NULL. */
static inline void mlp_forward(const cisup_index *widths, int linear, const double *v,
                               const double *beta, const double *x, double *y) {
    double from[8], to[8];
    memcpy(from, x, (size_t)widths[0] * sizeof *x);
    for (int l = 1; l <= 3; l++) {
        for (cisup_index i = 0; i < widths[l]; i++) {
            to[i] = beta ? *beta++ : 0.0;
            for (cisup_index j = 0; j < widths[l - 1]; j++) to[i] += *v++ * from[j];
            if (linear != CISUP_LINEAR_ALL && (l < 3 || !linear))
                to[i] = fmax(to[i], 0.0);
        }
        memcpy(from, to, sizeof to);
    }
    memcpy(y, from, (size_t)widths[3] * sizeof *y);
}

#endif
