/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory_closed.h>
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>

enum { MOST_Z = 4 };

cisup_status cisup_claim_open(const cisup_claims_setup *setup, cisup_findings *f,
                              cisup_error *err) {
    cisup_study s = cisup_study_rotation(setup);
    cisup_trials t = {0};
    cisup_scan_cell by_z[MOST_Z], by_layer[16] = {{0}}, by_size[CISUP_SCAN_SIZES];
    int layers = 0;
    s.mode = CISUP_MODE_RELU;
    cisup_status status;
    for (int k = 0; k < MOST_Z; k++) {
        s.z = k + 1;
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        const cisup_theory_case *c = &t.theory;
        const double predicted = c->z * c->S * c->d / c->D;
        by_z[k] = (cisup_scan_cell){c->z, predicted,
                                    cisup_trials_mean(&t, cisup_figure_open, 1)};
        for (cisup_index l = 1; k == 0 && l <= setup->L && l <= 16; l++)
            by_layer[layers++] = (cisup_scan_cell){
                (double)l, predicted, cisup_trials_mean(&t, cisup_figure_open, l)};
        cisup_trials_free(&t);
    }
    cisup_finding *row =
        cisup_findings_add(f, "layer 1, z = 4", CISUP_RELATION_EQUAL,
                           by_z[MOST_Z - 1].predicted, by_z[MOST_Z - 1].measured, 0.0);
    cisup_scan_text(row->where, "z", by_z, MOST_Z, 10.0);
    const cisup_scan_cell *last = &by_layer[layers - 1];
    row = cisup_findings_add(f, "last layer, z = 1", CISUP_RELATION_EQUAL,
                             last->predicted, last->measured, 0.0);
    cisup_scan_text(row->where, "l", by_layer, layers, 50.0);
    s.z = 1;
    const cisup_scan_figure open = {cisup_figure_open, setup->L, 0, last->predicted};
    CISUP_TRY(cisup_scan_circuits(setup, &s, &open, by_size, err));
    cisup_scan_append(row->where, "last layer ", "T", by_size, CISUP_SCAN_SIZES, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

/* Wrongly open neurons of the first on-block. */
static double wrongly_open(const cisup_report *r, cisup_index l) {
    return r->result[0].wrong[(l - 1) * r->d];
}

enum { SIZES = 6 };

/* Active error of the ReLU network over that of the masked one in the last layer, by
 * number of circuits. ratio: [SIZES][K], K apart. */
static cisup_status measure_departure(const cisup_claims_setup *setup,
                                      const cisup_index *T, double *ratio,
                                      cisup_error *err) {
    cisup_study masked = cisup_study_rotation(setup), relu;
    cisup_trials a = {0}, b = {0};
    cisup_status status = CISUP_OK;
    masked.L = 4;
    for (int k = 0; k < SIZES; k++) {
        masked.T = T[k];
        relu = masked;
        relu.mode = CISUP_MODE_RELU;
        CISUP_TRY(cisup_study_run(setup, &masked, &a, err));
        CISUP_TRY(cisup_study_run(setup, &relu, &b, err));
        for (cisup_index n = 0; n < a.networks; n++)
            ratio[k * a.networks + n] = cisup_figure_active_x(&b.report[n], 4) /
                                        cisup_figure_active_x(&a.report[n], 4);
        cisup_trials_free(&a);
        cisup_trials_free(&b);
    }
done:
    cisup_trials_free(&a);
    cisup_trials_free(&b);
    return status;
}

/* T at which the ratio passes `limit`, between the sizes measured, linear in logarithms;
 * the first size if it is above at once, the last if it stays below. */
static double departure(const cisup_index *T, const double *ratio, cisup_index K,
                        double limit) {
    if (!(ratio[0] < limit)) return (double)T[0];
    for (int k = 0; k + 1 < SIZES; k++) {
        const double low = log(ratio[k * K]), high = log(ratio[(k + 1) * K]);
        if (high < log(limit)) continue;
        const double part = (log(limit) - low) / (high - low);
        return exp(log((double)T[k]) + part * log((double)T[k + 1] / (double)T[k]));
    }
    return (double)T[SIZES - 1];
}

/* The limit (12.4) against the T at which the ReLU network leaves the masked one. */
static cisup_status examine_limit(const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    const cisup_study s = cisup_study_rotation(setup);
    const cisup_theory_case c = {.D = 4.0 * (double)s.N,
                                 .d = 4.0,
                                 .S = (double)s.S,
                                 .z = 1.0,
                                 .N = (double)s.N,
                                 .margin = 1.0};
    const double limit = 1.5, predicted = (double)cisup_theory_T_closed(&c, 2.0);
    cisup_index T[SIZES];
    double *ratio = NULL;
    const cisup_index K = s.networks;
    cisup_status status;
    for (int k = 0; k < SIZES; k++) /* the ends are too far off to hold within 50 % */
        T[k] = (cisup_index)(predicted * 0.4 * pow(1.4, k));
    CISUP_TRY(cisup_new(&ratio, (SIZES + 1) * K, sizeof *ratio, err));
    CISUP_TRY(measure_departure(setup, T, ratio, err));
    double *at = ratio + SIZES * K;
    for (cisup_index n = 0; n < K; n++) at[n] = departure(T, ratio + n, K, limit);
    cisup_finding *row =
        cisup_findings_add(f, "limit on T, k = 2", CISUP_RELATION_EQUAL, predicted,
                           cisup_interval_mean(at, K, 0.95), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "the ReLU network is %g times above the masked one in layer 4, z = 1",
                   limit);
done:
    cisup_release(ratio);
    return status;
}

cisup_status cisup_claim_closed(const cisup_claims_setup *setup, cisup_findings *f,
                                cisup_error *err) {
    static const double part[] = {0.27, 0.54, 1.0};
    cisup_study s = cisup_study_rotation(setup);
    cisup_trials t = {0};
    cisup_scan_cell cell[3];
    s.mode = CISUP_MODE_RELU;
    s.L = 2;
    cisup_status status;
    for (int k = 0; k < 3; k++) {
        s.T = (cisup_index)(part[k] * (double)setup->T);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        cell[k] = (cisup_scan_cell){(double)s.T, cisup_theory_open_wrongly(&t.theory),
                                    cisup_trials_mean(&t, wrongly_open, 2)};
        cisup_trials_free(&t);
    }
    cisup_finding *row =
        cisup_findings_add(f, "wrongly open, layer 2", CISUP_RELATION_EQUAL,
                           cell[2].predicted, cell[2].measured, 0.0);
    cisup_scan_text(row->where, "T", cell, 3, 50.0);
    CISUP_TRY(examine_limit(setup, f, err));
done:
    cisup_trials_free(&t);
    return status;
}
