/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_published.h>

#include <math.h>
#include <string.h>

static double neurons_of_ands(const cisup_theory_case *c) {
    return pow(c->T, 2.0 / 3.0);
}

static double features_of_template(const cisup_theory_case *c) {
    return c->D * sqrt(c->D);
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
    return 1.0 / sqrt(c->N);
}

static double recovered(const cisup_theory_case *c) {
    return c->N > 1.0 ? c->N / log(c->N) : (double)NAN;
}

static double linear_error(const cisup_theory_case *c) {
    return c->z / c->N;
}

static const cisup_theory_statement statements[] = {
    {"and-neurons", "[UAND]", "neurons <= O~(T^(2/3))",
     "enough for the ANDs of all pairs of T features, one layer", neurons_of_ands},
    {"template-features", "[UAND]", "features = O~(D^(3/2))",
     "computed with error correction, any polynomial depth", features_of_template},
    {"features", "[CNC]", "features <= O(D^2/ln D)",
     "Boolean functions such as permutations and pairwise ANDs", features_at_most},
    {"neurons", "[CNC]", "neurons >= Omega(sqrt(T ln T))", "needed for the same",
     neurons_at_least},
    {"parameters", "[CNC]", "parameters >= Omega(T ln T)", "needed for the same",
     parameters_at_least},
    {"and-neurons-boolean", "[CNC]", "neurons <= O(sqrt(T) ln T)",
     "enough for pairwise ANDs", neurons_enough},
    {"and-parameters", "[CNC]", "parameters <= O(T ln^2 T)", "enough for pairwise ANDs",
     parameters_enough},
    {"storage-neurons", "[CNC]", "neurons <= O(ln T)",
     "enough to represent T features without computing", neurons_to_store},
    {"cross-talk", "[LRF]", "worst overlap >= Omega(N^(-1/2))",
     "linear read-outs of unit gain, T >> N", cross_talk},
    {"threshold-active", "[LRF]", "z <= O(N/ln N)",
     "enough for recovery by thresholds, random support, T = N^2", recovered},
    {"linear-error", "[LRF]", "mean square error >= Omega(z/N)",
     "linear read-outs, z active, T = N^2", linear_error},
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
