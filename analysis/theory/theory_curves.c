/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory_table.h>

#include <cisup/analysis/theory/theory.h>
#include <cisup/analysis/theory/theory_rows.h>

#include <math.h>
#include <string.h>

static const double silent = (double)NAN;

static cisup_theory_error followup(const cisup_theory_case *c, cisup_index l) {
    const double inactive = c->T > c->z ? c->z * cisup_theory_p_followup(c) : (double)NAN;
    return (cisup_theory_error){cisup_theory_rotation_followup(c, l), inactive};
}

static cisup_theory_error on_value(const cisup_theory_case *c, cisup_index l) {
    (void)l;
    return (cisup_theory_error){0.0, cisup_theory_rotation_on(c)};
}

static cisup_theory_error coherent(const cisup_theory_case *c, cisup_index l) {
    const int speaks = c->z == 1.0 && !c->fresh;
    return (cisup_theory_error){speaks ? cisup_theory_coherent(c, l) : silent, silent};
}

static cisup_theory_error unreshuffled(const cisup_theory_case *c, cisup_index l) {
    const int speaks = c->z == 1.0;
    return (cisup_theory_error){speaks ? cisup_theory_unreshuffled(c, l) : silent,
                                silent};
}

static int has_dense_post(const cisup_theory_case *c, cisup_index l) {
    const int is_dense = l < 2 || c->T * c->d >= 10.0 * c->D * (c->z - 1.0);
    return is_dense && cisup_theory_feedback(c) <= 0.1;
}

static int is_small(const cisup_theory_case *c, cisup_index l) {
    const double g = cisup_theory_feedback(c);
    return g <= 0.5 && cisup_theory_settled(c, l).active <= 0.1;
}

static int was_measured(const cisup_theory_case *c, cisup_index l) {
    return cisup_theory_feedback(c) <= 1.8 && c->z <= 4.0 && l <= 5;
}

static int were_rotations_measured(const cisup_theory_case *c, cisup_index l) {
    return c->d == 4.0 && c->z <= 4.0 && l <= 5 && c->S >= 3.0 && c->S <= 8.0 &&
           c->margin >= 0.5 && c->margin <= 2.0;
}

static int is_alone_and_quiet(const cisup_theory_case *c, cisup_index l) {
    (void)l;
    return c->z == 1.0 && cisup_theory_feedback(c) <= 0.1;
}

static int has_few_active(const cisup_theory_case *c, cisup_index l) {
    (void)l;
    return c->z <= 4.0;
}

static const cisup_theory_curve curves[] = {
    {"post", "[CIS2]", "9.1", "T d/D >= 10 (z-1), g <= 0.1", "general",
     CISUP_CLAIM_LEADING, cisup_theory_general_post, has_dense_post},
    {"settled", CISUP_SOURCE_HERE, "(9.2)", "g <= 1/2, error <= 0.1", "general",
     CISUP_CLAIM_LEADING, cisup_theory_settled, is_small},
    {"recursion", CISUP_SOURCE_HERE, "(9.1)", "g <= 1.8, z <= 4, l <= 5", "general",
     CISUP_CLAIM_AVERAGE, cisup_theory_general_recursion, was_measured},
    {"coherent", CISUP_SOURCE_HERE, "9.3", "z = 1, g <= 0.1", "general",
     CISUP_CLAIM_LEADING, coherent, is_alone_and_quiet},
    {"unreshuffled", CISUP_SOURCE_HERE, "9.4", "z = 1, g <= 0.1", "general",
     CISUP_CLAIM_LEADING, unreshuffled, is_alone_and_quiet},
    {"followup", "[ROT]", "(9.3)", "d = 4, z <= 4, l <= 5, 3 <= S <= 8, 1/2 <= b <= 2",
     "x", CISUP_CLAIM_LEADING, followup, were_rotations_measured},
    {"refined", CISUP_SOURCE_HERE, "(9.4)",
     "d = 4, z <= 4, l <= 5, 3 <= S <= 8, 1/2 <= b <= 2", "x", CISUP_CLAIM_AVERAGE,
     cisup_theory_rotation_recursion, were_rotations_measured},
    {"on", CISUP_SOURCE_HERE, "(9.5)", "z <= 4", "on", CISUP_CLAIM_AVERAGE, on_value,
     has_few_active},
};

const cisup_theory_curve *cisup_theory_curves(int *count) {
    *count = sizeof curves / sizeof curves[0];
    return curves;
}

const cisup_theory_curve *cisup_theory_curve_find(const char *name) {
    int count;
    const cisup_theory_curve *all = cisup_theory_curves(&count);
    for (int k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return &all[k];
    return NULL;
}
