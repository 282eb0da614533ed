/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the post asks for, seen beside its opposite: few neurons to a circuit beside many,
 * and the worst circuit beside the mean one. */
#include "claims_parts.h"

#include <math.h>
#include <stdio.h>

enum { REDUNDANCIES = 6 };
static const double part[REDUNDANCIES] = {0.0, 0.012, 0.024, 0.048, 0.2, 0.5};

/* Networks with wide rows differ by powers of ten: their geometric mean is taken. */
static double log_error(const cisup_report *r, cisup_index l) {
    return 0.5 * log(cisup_figure_active_x(r, l));
}

/* Errors with ReLU in layer 3 at z = 1 for S from 1 to N/2. Rows are drawn at random: no
 * scheme keeps so many circuits apart where S is a larger part of N. */
static cisup_status scan_redundancy(const cisup_claims_setup *setup, cisup_study s,
                                    double S[REDUNDANCIES],
                                    cisup_interval rms[REDUNDANCIES], cisup_error *err) {
    cisup_trials t = {0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < REDUNDANCIES; k++) {
        s.S = (cisup_index)fmax(1.0, part[k] * (double)s.N);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        S[k] = t.theory.S;
        rms[k] = cisup_trials_mean(&t, log_error, s.L);
        rms[k] = (cisup_interval){
            .mean = exp(rms[k].mean), .low = exp(rms[k].low), .high = exp(rms[k].high)};
        cisup_trials_free(&t);
    }
done:
    cisup_trials_free(&t);
    return status;
}

/* "ReLU, layer 3, z = 1, random rows; S: error 1: 2.5, 3: 0.17, ..." */
static void write_errors(cisup_finding *row, const double *S, const cisup_interval *rms) {
    size_t used = (size_t)snprintf(row->where, sizeof row->where,
                                   "ReLU, layer 3, z = 1, random rows; error at S =");
    for (int k = 0; k < REDUNDANCIES && used < sizeof row->where; k++)
        used += (size_t)snprintf(row->where + used, sizeof row->where - used,
                                 "%s %g: %.3g", k ? "," : "", S[k], rms[k].mean);
}

cisup_status cisup_claim_few_neurons(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    cisup_study s = cisup_study_rotation(setup);
    double S[REDUNDANCIES];
    cisup_interval rms[REDUNDANCIES];
    int best = 0;
    cisup_status status;
    s.mode = CISUP_MODE_RELU;
    s.scattered = 1;
    s.networks = (setup->networks + 2) / 3 + 1; /* at least 2; wide rows take long */
    s.inputs = (setup->inputs + 1) / 2;
    s.L = 3;
    CISUP_TRY(scan_redundancy(setup, s, S, rms, err));
    for (int k = 1; k < REDUNDANCIES; k++)
        if (rms[k].mean < rms[best].mean) best = k;
    cisup_finding *row =
        cisup_findings_add(f, "S of the least error, over N", CISUP_RELATION_AT_MOST, 0.1,
                           cisup_interval_point(S[best] / (double)s.N), 0.0);
    write_errors(row, S, rms);
    /* S = 3 of 250: with one neuron most networks have no error and some a large one. */
    cisup_findings_add(f, "error at S = 0.012 N", CISUP_RELATION_AT_MOST, 0.5, rms[1],
                       0.0);
    cisup_findings_add(f, "error at S = N/2", CISUP_RELATION_AT_LEAST, 0.5, rms[5], 0.0);
done:
    return status;
}

/* The largest error of all active circuits in one layer of all networks. */
static cisup_status add_worst(const cisup_claims_setup *setup, const cisup_study *s,
                              const char *what, cisup_findings *f, cisup_error *err) {
    cisup_trials t = {0};
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, s, &t, err));
    char name[sizeof f->row->part];
    cisup_index good = 0;
    for (cisup_index l = 1; l <= s->L && good == l - 1; l++)
        good += cisup_trials_extent(&t, cisup_figure_x_worst, l).high <= 1.0;
    (void)snprintf(name, sizeof name, "%s, z = %" PRId64, what, s->z);
    cisup_finding *row =
        cisup_findings_add(f, name, CISUP_RELATION_AT_MOST, 1.0,
                           cisup_trials_extent(&t, cisup_figure_x_worst, 2), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "layer 2, ReLU, S = %" PRId64 ", T = %" PRId64
                   "; no circuit fails up to layer %" PRId64 " of %" PRId64,
                   s->S, s->T, good, s->L);
done:
    cisup_trials_free(&t);
    return status;
}

cisup_status cisup_claim_worst_circuit(const cisup_claims_setup *setup, cisup_findings *f,
                                       cisup_error *err) {
    cisup_study published = cisup_study_rotation(setup);
    cisup_study masks = cisup_study_masks(setup);
    cisup_status status;
    published.mode = CISUP_MODE_RELU;
    CISUP_TRY(add_worst(setup, &published, "published", f, err));
    published.z = masks.z = 3;
    CISUP_TRY(add_worst(setup, &published, "published", f, err));
    CISUP_TRY(add_worst(setup, &masks, "masks", f, err));
done:
    return status;
}
