/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory_limits.h>

#include <cisup/core/schemes.h>

#include <math.h>
#include <stdio.h>

/* Growth of the root mean square a layer, over the last half of the layers. */
static double growth(const cisup_report *r, cisup_index L) {
    const cisup_index first = L / 2;
    return pow(cisup_figure_inactive_square(r, L) /
                   cisup_figure_inactive_square(r, first),
               0.5 / (double)(L - first));
}

cisup_status cisup_claim_growth(const cisup_claims_setup *setup, cisup_findings *f,
                                cisup_error *err) {
    cisup_study s = cisup_study_isometric(setup);
    cisup_trials t = {0};
    s.gain = 1.0;
    s.mode = CISUP_MODE_LINEAR;
    s.L = 8;
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    const cisup_interval measured = cisup_trials_mean(&t, growth, s.L);
    cisup_findings_add(f, "sqrt(T d/D)", CISUP_RELATION_EQUAL,
                       sqrt(cisup_theory_growth_post(&t.theory)), measured, 0.0);
    cisup_finding *exact =
        cisup_findings_add(f, "sqrt(1 + (T-1) p)", CISUP_RELATION_EQUAL,
                           sqrt(cisup_theory_growth(&t.theory)), measured, 0.0);
    (void)snprintf(exact->where, sizeof exact->where,
                   "root mean square of all read-outs, layers %" PRId64 " to %" PRId64,
                   s.L / 2, s.L);
done:
    cisup_trials_free(&t);
    return status;
}

cisup_status cisup_claim_reshuffling(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    cisup_study shuffled = cisup_study_rotation(setup), kept = shuffled;
    kept.keep_order = 1;
    cisup_trials a = {0}, b = {0};
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &shuffled, &a, err));
    CISUP_TRY(cisup_study_run(setup, &kept, &b, err));
    cisup_finding *row = cisup_findings_add(
        f, "without over with, layer 2", CISUP_RELATION_EQUAL, 1.0 / a.theory.P,
        cisup_trials_ratio(&a, &b, cisup_figure_active_x, 2), 0.0);
    (void)snprintf(row->where, sizeof row->where, "active x, z = 1");
    cisup_scan_cell cell[16];
    int count = 0;
    for (cisup_index l = 2; l <= setup->L; l++)
        cell[count++] =
            (cisup_scan_cell){(double)l, (double)(l - 1) / a.theory.P,
                              cisup_trials_ratio(&a, &b, cisup_figure_active_x, l)};
    const cisup_scan_cell *last = &cell[count - 1];
    row = cisup_findings_add(f, "last layer, (L-1)/P", CISUP_RELATION_EQUAL,
                             last->predicted, last->measured, 0.0);
    cisup_scan_text(row->where, "l", cell, count, 50.0);
done:
    cisup_trials_free(&a);
    cisup_trials_free(&b);
    return status;
}

/* Whose feedback passes 1 at z = 2 to 4: S = 3 and as many circuits as fit a part of the
 * pairs. */
static cisup_study feedback_study(const cisup_claims_setup *setup) {
    cisup_study s = cisup_study_isometric(setup);
    s.S = 3;
    s.N = s.N * 3 / 5;
    s.T = s.N * (s.N - 1) / 8;
    s.scheme = CISUP_SCHEME_BEST;
    s.gain = 1.0;
    s.mode = CISUP_MODE_MASKED_LINEAR;
    s.L = 8;
    return s;
}

/* q_L/q_1 of (9.1), which knows the feedback through the active errors too. */
static double predicted_rise(const cisup_theory_case *c, cisup_index L) {
    return cisup_theory_general_recursion(c, L).inactive /
           cisup_theory_general_recursion(c, 1).inactive;
}

enum { SETTLING = 5, COUPLINGS = 4 };

/* q_L/q_1 = 1/(1-g) for some g < 1: more and more circuits, one active. */
static cisup_status examine_settling(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    static const double part[SETTLING] = {0.1, 0.2, 0.35, 0.6, 1.0};
    const cisup_study all = feedback_study(setup);
    cisup_scan_cell cell[SETTLING];
    cisup_trials t = {0};
    cisup_status status;
    for (int k = 0; k < SETTLING; k++) {
        cisup_study s = all;
        s.T = (cisup_index)(part[k] * (double)all.T);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        const double g = cisup_theory_feedback(&t.theory);
        cell[k] = (cisup_scan_cell){
            .at = round(1000.0 * g) / 1000.0,
            .predicted = 1.0 / (1.0 - g),
            .measured = cisup_trials_growth(&t, cisup_figure_inactive_square, s.L, 1)};
        cisup_trials_free(&t);
    }
    const cisup_scan_cell *last = &cell[SETTLING - 1];
    char name[sizeof f->row->part];
    (void)snprintf(name, sizeof name, "settled at 1/(1-g), g = %.2f", last->at);
    cisup_finding *row = cisup_findings_add(f, name, CISUP_RELATION_EQUAL,
                                            last->predicted, last->measured, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "inactive, layer %" PRId64 " over layer 1, z = 1", all.L);
    cisup_scan_append(row->where, "", "g", cell, SETTLING, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

cisup_status cisup_claim_feedback(const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    cisup_study s = feedback_study(setup);
    cisup_trials t = {0};
    cisup_interval growth_now = cisup_interval_point((double)NAN);
    const double S = (double)s.S;
    double g = (double)NAN;
    char name[sizeof f->row->part];
    cisup_status status;
    CISUP_TRY(examine_settling(setup, f, err));
    for (s.z = 1; s.z <= COUPLINGS; s.z++) {
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        g = cisup_theory_feedback(&t.theory);
        growth_now = cisup_trials_growth(&t, cisup_figure_inactive_square, s.L, s.L - 1);
        (void)snprintf(name, sizeof name, "rise by (9.1), g = %.2f", g);
        cisup_finding *row = cisup_findings_add(
            f, name, CISUP_RELATION_EQUAL, predicted_rise(&t.theory, s.L),
            cisup_trials_growth(&t, cisup_figure_inactive_square, s.L, 1), 0.0);
        (void)snprintf(row->where, sizeof row->where,
                       "inactive, layer %" PRId64 " over layer 1, z = %" PRId64
                       "; last layer over the one before %.2f",
                       s.L, s.z, growth_now.mean);
        cisup_trials_free(&t);
    }
    (void)snprintf(name, sizeof name, "growth a layer, g = %.2f", g);
    cisup_findings_add(f, name, CISUP_RELATION_AT_LEAST, g, growth_now, 0.0);
    const double root = 0.5 * (1.0 + g + sqrt((1.0 - g) * (1.0 - g) + 4.0 * g / S));
    cisup_finding *row = cisup_findings_add(f, "the same by (9.6)", CISUP_RELATION_EQUAL,
                                            root, growth_now, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "active errors grow along: no sharp border at g = 1");
done:
    cisup_trials_free(&t);
    return status;
}
