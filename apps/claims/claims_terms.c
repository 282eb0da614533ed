/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/statistics/special.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Mean square of an error without its activation part, over that of the error. */
static double without_activation(const cisup_report *r, cisup_index l, int state) {
    const cisup_result *x = &r->result[0];
    const cisup_index part = cisup_term_cell(l, state, CISUP_TERM_ACTIVATION);
    const cisup_index whole = cisup_term_cell(l, state, CISUP_TERM_TOTAL);
    const double a = x->term[part].mean, t = x->term[whole].mean;
    /* Where there is no activation part it has no correlation either. */
    const double both = a > 0.0 ? x->correlation[part] * sqrt(a * t) : 0.0;
    return (t - 2.0 * both + a) / t;
}

static double active_without(const cisup_report *r, cisup_index l) {
    return without_activation(r, l, CISUP_ACTIVE);
}

static double inactive_without(const cisup_report *r, cisup_index l) {
    return without_activation(r, l, CISUP_INACTIVE);
}

enum { BIASES = 6, DEEP = 2 };

/* Inactive circuits in layer 2 by a bias -b of all neurons of isometric circuits. */
static cisup_status scan_bias(const cisup_claims_setup *setup, cisup_study s,
                              cisup_finding *row, cisup_error *err) {
    static const double bias[BIASES] = {0.0, 0.03, 0.06, 0.1, 0.2, 0.4};
    cisup_scan_cell cell[BIASES];
    cisup_trials t = {0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < BIASES; k++) {
        s.bias = -bias[k];
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        cell[k] =
            (cisup_scan_cell){bias[k], 1.0, cisup_trials_mean(&t, inactive_without, 2)};
        cisup_trials_free(&t);
    }
    cisup_scan_append(row->where, "isometric circuits with a bias -b: ", "b", cell,
                      BIASES, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

/* Both states, in layer 2; active ones also by layer. */
static void add_activation(cisup_findings *f, const char *const part[2],
                           const cisup_trials *t) {
    cisup_scan_cell cell[DEEP];
    for (int l = 1; l <= DEEP; l++)
        cell[l - 1] = (cisup_scan_cell){l, 1.0, cisup_trials_mean(t, active_without, l)};
    cisup_finding *row =
        cisup_findings_add(f, part[0], CISUP_RELATION_EQUAL, 1.0, cell[1].measured, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "mean square without the activation part over that with it, "
                   "layer 2, z = 2");
    cisup_scan_append(row->where, "", "l", cell, DEEP, 50.0);
    cisup_findings_add(f, part[1], CISUP_RELATION_EQUAL, 1.0,
                       cisup_trials_mean(t, inactive_without, 2), 0.0);
}

cisup_status cisup_claim_activation(const cisup_claims_setup *setup, cisup_findings *f,
                                    cisup_error *err) {
    static const char *const part[] = {"without bias, active", "without bias, inactive",
                                       "with bias, active", "with bias, inactive"};
    cisup_study study[] = {cisup_study_isometric(setup), cisup_study_rotation(setup)};
    cisup_trials t = {0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 2; k++) {
        study[k].L = DEEP;
        study[k].z = 2;
        study[k].terms = 1;
        if (k == 1) study[k].mode = CISUP_MODE_RELU;
        CISUP_TRY(cisup_study_run(setup, &study[k], &t, err));
        add_activation(f, part + 2 * k, &t);
        cisup_trials_free(&t);
    }
    CISUP_TRY(scan_bias(setup, study[0], &f->row[f->count - 1], err));
done:
    cisup_trials_free(&t);
    return status;
}

/* Values of one part of the errors of active circuits in one layer, component by
 * component of x. */
typedef struct {
    const cisup_circuits *circuits;
    cisup_index layer, count, room;
    cisup_term term;
    double *value; /* [room] */
} collected;

static void collect(void *context, cisup_index l, cisup_index t, const double *term,
                    const unsigned char *active) {
    (void)t;
    collected *c = context;
    const cisup_index d = c->circuits->d, on = c->circuits->on_count;
    const double *part = term + (cisup_index)c->term * d * CISUP_LANES;
    if (l != c->layer) return;
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
        double state[64];
        if (!active[lane] || d > 64) continue;
        for (cisup_index i = 0; i < d; i++) state[i] = part[i * CISUP_LANES + lane];
        const double shift = c->circuits->offset * cisup_circuits_on(c->circuits, state);
        for (cisup_index i = on; i < d && c->count < c->room; i++)
            c->value[c->count++] = state[i] - shift;
    }
}

/* Runs network k of a study and keeps the values. value is made here. */
static cisup_status collect_network(const cisup_claims_setup *setup,
                                    const cisup_study *study, cisup_index k, collected *c,
                                    cisup_error *err) {
    cisup_study_network n;
    const cisup_study *made = &n.study;
    cisup_correction *correction = NULL;
    cisup_terms terms = {0};
    cisup_forward forward = {0};
    cisup_batch batch = {0};
    cisup_status status;
    CISUP_TRY(cisup_study_build(setup, study, k, &n, err));
    CISUP_TRY(cisup_terms_corrections(&n.net, &correction, err));
    CISUP_TRY(cisup_terms_init(&terms, &n.net, err));
    CISUP_TRY(cisup_forward_init(&forward, &n.net, err));
    CISUP_TRY(cisup_batch_init(&batch, made->z, &n.circuits, err));
    c->circuits = &n.circuits;
    c->room = made->inputs * made->z * n.circuits.d;
    CISUP_TRY(cisup_new(&c->value, c->room, sizeof *c->value, err));
    for (cisup_index first = 0; first < made->inputs; first += CISUP_LANES) {
        const cisup_index left = made->inputs - first;
        cisup_batch_draw(&batch, &n.circuits, cisup_study_seed(setup, k), 0, first,
                         left < CISUP_LANES ? left : CISUP_LANES);
        const cisup_observer o =
            cisup_terms_start(&terms, &n.net, correction, made->mode, &batch, collect, c);
        cisup_forward_run(&forward, &n.net, made->mode, &batch, &o);
    }
done:
    cisup_batch_free(&batch);
    cisup_forward_free(&forward);
    cisup_terms_free(&terms);
    if (correction) cisup_terms_corrections_free(correction, n.circuits.L);
    cisup_study_network_free(&n);
    return status;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov distance of the values' law to the normal law of their mean and spread:
 * the largest difference of the distribution functions. Sorts the values. */
static double normal_distance(double *x, cisup_index count) {
    cisup_accum acc = {0};
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++) cisup_accum_add(&acc, x[k]);
    const double sd = sqrt(acc.m2 / (double)count);
    qsort(x, (size_t)count, sizeof *x, ascending);
    for (cisup_index k = 0; k < count; k++) {
        const double law = cisup_normal((x[k] - acc.mean) / sd);
        most = cisup_larger(most, fabs(law - (double)k / (double)count));
        most = cisup_larger(most, fabs(law - (double)(k + 1) / (double)count));
    }
    return sd > 0.0 ? most : (double)NAN;
}

/* Fourth moment over the square of the second, less 3: 0 for a normal law. */
static double excess_kurtosis(const double *x, cisup_index count) {
    double two = 0.0, four = 0.0, mean = 0.0;
    for (cisup_index k = 0; k < count; k++) mean += x[k] / (double)count;
    for (cisup_index k = 0; k < count; k++) {
        const double square = (x[k] - mean) * (x[k] - mean);
        two += square / (double)count;
        four += square * square / (double)count;
    }
    return four / (two * two) - 3.0;
}

/* Mean over the networks of the distance and of the kurtosis. */
static cisup_status measure_law(const cisup_claims_setup *setup, const cisup_study *study,
                                cisup_term term, cisup_index layer, cisup_interval *far,
                                cisup_interval *kurtosis, cisup_error *err) {
    double *value = NULL;
    collected c = {0};
    const cisup_index K = study->networks;
    cisup_status status;
    CISUP_TRY(cisup_new(&value, 2 * K, sizeof *value, err));
    for (cisup_index k = 0; k < K; k++) {
        c = (collected){.layer = layer, .term = term};
        CISUP_TRY(collect_network(setup, study, k, &c, err));
        value[k] = normal_distance(c.value, c.count);
        value[K + k] = excess_kurtosis(c.value, c.count);
        cisup_release(c.value);
        c.value = NULL;
    }
    *far = cisup_interval_mean(value, K, 0.95);
    *kurtosis = cisup_interval_mean(value + K, K, 0.95);
done:
    cisup_release(c.value);
    cisup_release(value);
    return status;
}

/* A uniform law is 0.057 from the normal one, a law with half its mass in one point 0.25
 * or more: nearer than the first is near, beyond 0.2 a point stands out. */
static const double near = 0.05, far_off = 0.2;

cisup_status cisup_claim_normal(const cisup_claims_setup *setup, cisup_findings *f,
                                cisup_error *err) {
    cisup_study s = cisup_study_rotation(setup);
    cisup_interval far, kurtosis;
    s.L = 2;
    s.inputs *= 5;
    cisup_status status;
    CISUP_TRY(measure_law(setup, &s, CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION, 2,
                          &far, &kurtosis, err));
    cisup_finding *row = cisup_findings_add(f, "propagation, distance",
                                            CISUP_RELATION_AT_MOST, near, far, 0.0);
    (void)snprintf(
        row->where, sizeof row->where,
        "Kolmogorov distance to a normal law, active x, layer 2, z = 1; as many "
        "normal values have %.2g; excess kurtosis %.2g",
        0.87 / sqrt(2.0 * (double)s.inputs), kurtosis.mean);
    s.L = 1;
    s.z = 2;
    CISUP_TRY(measure_law(setup, &s, CISUP_TERM_OVERLAP, 1, &far, &kurtosis, err));
    row = cisup_findings_add(f, "overlap, distance", CISUP_RELATION_AT_LEAST, far_off,
                             far, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "the same of the overlap in layer 1, z = 2; excess kurtosis %.2g",
                   kurtosis.mean);
done:
    return status;
}
