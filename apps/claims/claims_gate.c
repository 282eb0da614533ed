/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published network's verdicts with ReLU beside those of a network that differs in
 * its gate alone: [CIS2] asks for some indicator that is robust, not for this one. */
#include "claims_parts.h"

#include <math.h>
#include <stdio.h>

/* A gate four times as steep, whose step is at 13/16..15/16 of an on-value, not at
 * 1/4..3/4; with twice the margin, and half of the correction, which pulls the on-values
 * of active circuits down. */
static cisup_study steep_study(const cisup_claims_setup *setup) {
    cisup_study s = cisup_study_rotation(setup);
    s.step = (cisup_gate_step){.steepness = 8.0, .shift = 0.5};
    s.margin = 2.0;
    s.correction = 0.5;
    return s;
}

/* ln of the mean active errors by layer, l >= 2, over that of l-1: the exponent. */
static cisup_interval growth_exponent(const cisup_trials *t, cisup_index L) {
    double x[16], y[16];
    for (cisup_index k = 0; k < t->networks; k++) {
        for (cisup_index l = 2; l <= L; l++) {
            x[l - 2] = log((double)(l - 1));
            y[l - 2] = log(cisup_figure_active_x(&t->report[k], l));
        }
        t->value[k] = cisup_claims_slope(x, y, (int)L - 1, 1);
    }
    return cisup_interval_mean(t->value, t->networks, 0.95);
}

static void add_row(cisup_findings *f, const char *part, const char *gate,
                    cisup_relation relation, double predicted, cisup_interval measured,
                    const char *where) {
    char name[sizeof f->row->part];
    (void)snprintf(name, sizeof name, "%s, %s", part, gate);
    cisup_finding *row = cisup_findings_add(f, name, relation, predicted, measured, 0.0);
    (void)snprintf(row->where, sizeof row->where, "%s", where);
}

static cisup_status examine_gate(const cisup_claims_setup *setup, const cisup_study *with,
                                 const char *gate, cisup_findings *f, cisup_error *err) {
    cisup_study masked = *with, relu = *with;
    cisup_trials a = {0}, b = {0};
    char where[CISUP_CLAIMS_TEXT];
    cisup_status status;
    relu.mode = CISUP_MODE_RELU;
    CISUP_TRY(cisup_study_run(setup, &masked, &a, err));
    CISUP_TRY(cisup_study_run(setup, &relu, &b, err));
    const cisup_index L = relu.L, last = L < 4 ? L : 4;
    const double open = (double)relu.S * b.theory.d / b.theory.D;
    (void)snprintf(where, sizeof where,
                   "active x, layer %" PRId64 ", z = 1, T = %" PRId64, last, relu.T);
    add_row(f, "ReLU over masked", gate, CISUP_RELATION_AT_MOST, 1.5,
            cisup_trials_ratio(&a, &b, cisup_figure_active_x, last), where);
    add_row(f, "exponent of l-1", gate, CISUP_RELATION_EXPONENT, 1.0,
            growth_exponent(&b, L), "as claim 10");
    add_row(f, "inactive, last over first", gate, CISUP_RELATION_EQUAL, 1.0,
            cisup_trials_growth(&b, cisup_figure_inactive_x, L, 1), "as claim 11");
    add_row(f, "open, last layer", gate, CISUP_RELATION_EQUAL, open,
            cisup_trials_mean(&b, cisup_figure_open, L), "as claim 17");
done:
    cisup_trials_free(&a);
    cisup_trials_free(&b);
    return status;
}

cisup_status cisup_claim_steep(const cisup_claims_setup *setup, cisup_findings *f,
                               cisup_error *err) {
    const cisup_study published = cisup_study_rotation(setup), steep = steep_study(setup);
    cisup_status status;
    CISUP_TRY(examine_gate(setup, &published, "published", f, err));
    CISUP_TRY(examine_gate(setup, &steep, "steep", f, err));
done:
    return status;
}
