/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_published.h>

#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_overlap.h>

#include <math.h>
#include <string.h>

static double neurons_of_ands(const cisup_theory_case *c) {
    return pow(c->T, 2.0 / 3.0) * c->z * c->z;
}

static double template_width(const cisup_theory_case *c) {
    return pow(c->D / (c->z * c->z), 1.5);
}

static double features_at_most(const cisup_theory_case *c) {
    return c->D > 1.0 ? c->D * c->D / log(c->D) : (double)NAN;
}

static double neurons_at_least(const cisup_theory_case *c) {
    return sqrt(c->T * log(c->T));
}

static double parameters_at_least(const cisup_theory_case *c) {
    return c->T * log(c->T);
}

static double neurons_enough(const cisup_theory_case *c) {
    return sqrt(c->T) * log(c->T);
}

static double parameters_enough(const cisup_theory_case *c) {
    return c->T * log(c->T) * log(c->T);
}

static double neurons_to_store(const cisup_theory_case *c) {
    return log(c->T);
}

static double cross_talk(const cisup_theory_case *c) {
    return sqrt(cisup_theory_overlap_floor(c));
}

static double recovered_features(const cisup_theory_case *c) {
    return (double)cisup_theory_z_recovered(c->N, c->T, 1.0);
}

static double recovered_ands(const cisup_theory_case *c) {
    return (double)cisup_theory_z_recovered(c->N, c->T, 3.0);
}

static double of_several(const cisup_theory_case *c, double value) {
    return c->T > c->z ? value : (double)NAN;
}

static double linear_needs(const cisup_theory_case *c) {
    const double scale = c->z * c->z / log(c->z) * log(c->T / c->z);
    return c->z > 1.0 ? of_several(c, scale) : (double)NAN;
}

static double linear_enough(const cisup_theory_case *c) {
    return c->z * c->z * log(c->T);
}

static double nonlinear_enough(const cisup_theory_case *c) {
    return of_several(c, c->z * log(c->T / c->z));
}

static double small_if_all_hold(const cisup_theory_case *c) {
    return c->T * log(c->T) * c->d * c->d / (c->D * c->D);
}

static int is_about_square(const cisup_theory_case *c) {
    return c->T >= 0.1 * c->N * c->N && c->T <= 10.0 * c->N * c->N;
}

static int is_small(const cisup_theory_case *c) {
    return small_if_all_hold(c) <= 0.1;
}

static double recovered(const cisup_theory_case *c) {
    return c->N > 1.0 ? c->N / log(c->N) : (double)NAN;
}

static double linear_error(const cisup_theory_case *c) {
    return c->z / c->N;
}

static const cisup_theory_statement statements[] = {
    {"and-neurons", "[UAND]", "neurons <= O~(T^(2/3) z^2)",
     "enough for all T(T-1)/2 ANDs of T inputs, z of them on, inputs themselves in "
     "superposition",
     neurons_of_ands, NULL, CISUP_CLAIM_LIMIT},
    {"template-width", "[UAND]", "width emulated = O~(D^(3/2)/z^3)",
     "Boolean circuits of that width, z-sparse, any polynomial depth, errors corrected",
     template_width, NULL, CISUP_CLAIM_LIMIT},
    {"features", "[CNC]", "outputs <= O(D^2/ln D)",
     "for some of a class, such as T permuted features or T ANDs of given pairs",
     features_at_most, NULL, CISUP_CLAIM_LIMIT},
    {"neurons", "[CNC]", "neurons >= Omega(sqrt(T ln T))",
     "needed for the same; all pairs at once is one function, not a class",
     neurons_at_least, NULL, CISUP_CLAIM_LIMIT},
    {"parameters", "[CNC]", "parameter bits >= Omega(T ln T)", "needed for the same",
     parameters_at_least, NULL, CISUP_CLAIM_LIMIT},
    {"and-neurons-boolean", "[CNC]", "neurons <= O(sqrt(T) ln T)",
     "enough for ANDs of T given pairs", neurons_enough, NULL, CISUP_CLAIM_LIMIT},
    {"and-parameters", "[CNC]", "parameters <= O(T ln^2 T)",
     "enough for ANDs of T given pairs", parameters_enough, NULL, CISUP_CLAIM_LIMIT},
    {"storage-neurons", "[CNC]", "neurons <= O(ln T)",
     "enough to represent T features without computing", neurons_to_store, NULL,
     CISUP_CLAIM_LIMIT},
    {"cross-talk", "[LRF]", "worst overlap >= (2.6)^(1/2)",
     "linear read-outs of unit gain; N^(-1/2) if T >> N", cross_talk, NULL,
     CISUP_CLAIM_BOUND},
    {"threshold-active", "[LRF]", "z <= O(N/ln N)",
     "enough for recovery by thresholds, random support, T = N^2", recovered,
     is_about_square, CISUP_CLAIM_LIMIT},
    {"linear-error", "[LRF]", "mean square error >= Omega(z/N)",
     "linear read-outs, average over coordinates, each on with probability z/T, T = N^2",
     linear_error, is_about_square, CISUP_CLAIM_LIMIT},
    {"threshold-features", "[BB]", "z by (12.9), a = 1",
     "threshold recovery of z of T features, Gaussian dictionary; sharp",
     recovered_features, NULL, CISUP_CLAIM_LIMIT},
    {"threshold-ands", "[BB]", "z by (12.9), a = 3",
     "the same for all ANDs of pairs at the best bias", recovered_ands, NULL,
     CISUP_CLAIM_LIMIT},
    {"linear-access", "[GKP]", "width >= Omega(z^2 ln(T/z)/ln z)",
     "needed for linear access to T features in all z-sparse inputs", linear_needs, NULL,
     CISUP_CLAIM_LIMIT},
    {"linear-enough", "[GKP]", "width <= O(z^2 ln T)", "enough for the same",
     linear_enough, NULL, CISUP_CLAIM_LIMIT},
    {"nonlinear-enough", "[GKP]", "width <= O(z ln(T/z))",
     "enough if decoding is not linear", nonlinear_enough, NULL, CISUP_CLAIM_LIMIT},
    {"union", "[ROT]", "T ln T d^2/D^2 << 1",
     "for all circuits at once, not on average; the value is to be small",
     small_if_all_hold, is_small, CISUP_CLAIM_LIMIT},
};

const cisup_theory_statement *cisup_theory_statements(int *count) {
    *count = sizeof statements / sizeof statements[0];
    return statements;
}

const cisup_theory_statement *cisup_theory_statement_find(const char *name) {
    int count;
    const cisup_theory_statement *all = cisup_theory_statements(&count);
    for (int k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return &all[k];
    return NULL;
}
