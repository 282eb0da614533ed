/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the growth of errors rests on: that no circuit amplifies what is not its state;
 * and what it takes in place of depth, noise in the input. */
#include "claims_parts.h"

#include <cisup/analysis/pass/forward.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Sums of squared errors of active read-outs, by layer, against states without ReLU. */
typedef struct {
    const cisup_batch *batch;
    double *sum; /* [L] */
} linear_watch;

static void see_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    const linear_watch *w = context;
    const cisup_batch *b = w->batch;
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->z; k++) {
            if (b->active[lane * b->z + k] != t) continue;
            const double *a = cisup_batch_state(b, lane, k, l);
            for (cisup_index i = 0; i < b->d; i++) {
                const double x = est[i * CISUP_LANES + lane] - a[i];
                w->sum[l - 1] += x * x;
            }
        }
}

/* a^l = w^l a^(l-1) for the active circuits of a batch. */
static void make_linear(cisup_batch *b, const cisup_circuits *c) {
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->z; k++)
            for (cisup_index l = 1; l <= b->L; l++) {
                double *a = cisup_batch_state(b, lane, k, l);
                memset(a, 0, (size_t)b->d * sizeof *a);
                cisup_circuits_map(
                    b->d, 1.0, cisup_circuits_weights(c, l, b->active[lane * b->z + k]),
                    a - b->d, a);
            }
}

/* Mean square errors of active read-outs in one network of a study. e: [L]. */
static cisup_status measure_linear(const cisup_claims_setup *setup,
                                   const cisup_study *study, cisup_index k, double *e,
                                   cisup_error *err) {
    cisup_study_network n;
    cisup_forward forward = {0};
    cisup_batch batch = {0};
    cisup_status status;
    CISUP_TRY(cisup_study_build(setup, study, k, &n, err));
    const cisup_index L = n.circuits.L, inputs = n.study.inputs;
    const linear_watch watch = {&batch, e};
    const cisup_observer o = {(void *)&watch, NULL, see_readout};
    memset(e, 0, (size_t)L * sizeof *e);
    CISUP_TRY(cisup_forward_init(&forward, &n.net, err));
    CISUP_TRY(cisup_batch_init(&batch, n.study.z, &n.circuits, err));
    for (cisup_index first = 0; first < inputs; first += CISUP_LANES) {
        const cisup_index left = inputs - first;
        cisup_batch_draw(&batch, &n.circuits, cisup_study_seed(setup, k), 0, first,
                         left < CISUP_LANES ? left : CISUP_LANES);
        make_linear(&batch, &n.circuits);
        cisup_forward_run(&forward, &n.net, n.study.mode, &batch, &o);
    }
    for (cisup_index l = 0; l < L; l++) e[l] /= (double)(n.study.z * inputs);
done:
    cisup_batch_free(&batch);
    cisup_forward_free(&forward);
    cisup_study_network_free(&n);
    return status;
}

/* (9.7): e_L/e_2 of circuits whose states keep to a plane of the d dimensions. */
static double predicted_growth(double d, double gain, cisup_index L) {
    double off = 0.0;
    for (cisup_index k = 0; k < L - 1; k++) off += pow(gain, 2.0 * (double)k);
    return (2.0 * (double)(L - 1) + (d - 2.0) * off) / d;
}

/* Exponents of l-1 in layers 2..L, network by network, and e_L over e_2. e: [K][L];
 * x: [2][K], scratch. */
static void add_gain(cisup_findings *f, const cisup_study *s, const double *e,
                     double *x) {
    const cisup_index K = s->networks, L = s->L;
    double at[16], y[16];
    char part[sizeof f->row[0].part];
    for (cisup_index k = 0; k < K; k++) {
        for (cisup_index l = 2; l <= L; l++) {
            at[l - 2] = log((double)(l - 1));
            y[l - 2] = log(e[k * L + l - 1]);
        }
        x[k] = cisup_claims_slope(at, y, (int)(L - 1), 1);
    }
    if (s->gain >= 1.0) {
        (void)snprintf(part, sizeof part, "exponent of l-1, gain %g", s->gain);
        cisup_finding *row = cisup_findings_add(f, part, CISUP_RELATION_EXPONENT, 1.0,
                                                cisup_interval_mean(x, K, 0.95), 0.0);
        (void)snprintf(row->where, sizeof row->where,
                       "states of norm 1 in a plane, what leaves it has this gain; "
                       "layers 2..%" PRId64 ", z = 1, masked, no ReLU",
                       L);
    }
    for (cisup_index k = 0; k < K; k++) {
        x[k] = e[k * L + 1];
        x[K + k] = e[k * L + L - 1];
    }
    (void)snprintf(part, sizeof part, "last layer over second, gain %g", s->gain);
    cisup_findings_add(f, part, CISUP_RELATION_EQUAL,
                       predicted_growth((double)s->d, s->gain, L),
                       cisup_ratio_of_means(x, x + K, K), 0.0);
}

cisup_status cisup_claim_gain(const cisup_claims_setup *setup, cisup_findings *f,
                              cisup_error *err) {
    static const double gain[] = {1.0, 1.5, 0.0};
    cisup_study s = cisup_study_isometric(setup);
    double *e = NULL, *x = NULL;
    s.circuits = CISUP_STUDY_UNEQUAL;
    s.mode = CISUP_MODE_MASKED_LINEAR;
    cisup_status status;
    CISUP_TRY(cisup_new(&e, s.networks * s.L, sizeof *e, err));
    CISUP_TRY(cisup_new(&x, 2 * s.networks, sizeof *x, err));
    for (int k = 0; k < 3; k++) {
        s.gain = gain[k];
        for (cisup_index n = 0; n < s.networks; n++)
            CISUP_TRY(measure_linear(setup, &s, n, e + n * s.L, err));
        add_gain(f, &s, e, x);
    }
done:
    cisup_release(e);
    cisup_release(x);
    return status;
}

/* The four studies: without noise and with it, masked or with nothing closed. */
enum { QUIET_MASKED, QUIET, NOISY_MASKED, NOISY, STUDIES };

/* (21.7): the noise of which read-outs have as much in layer 1 as of overlap. */
static cisup_status run_studies(const cisup_claims_setup *setup, cisup_study s,
                                cisup_trials t[STUDIES], double *noise,
                                cisup_error *err) {
    cisup_status status = CISUP_OK;
    *noise = 0.0;
    for (int k = 0; k < STUDIES; k++) {
        s.mode = k % 2 ? CISUP_MODE_LINEAR : CISUP_MODE_MASKED_LINEAR;
        s.noise = k < NOISY_MASKED ? 0.0 : *noise;
        CISUP_TRY(cisup_study_run(setup, &s, &t[k], err));
        const cisup_theory_case *c = &t[k].theory;
        *noise = sqrt(c->p * c->S / c->d);
    }
done:
    return status;
}

/* What noise adds to the read-outs of layer 2, over what the first layer has added. */
static cisup_status measure_added(const cisup_trials t[STUDIES], cisup_interval *out,
                                  cisup_error *err) {
    const cisup_index K = t[QUIET].networks;
    double *x;
    const cisup_status status = cisup_new(&x, 2 * K, sizeof *x, err);
    if (status != CISUP_OK) return status;
    for (cisup_index n = 0; n < K; n++) {
        const cisup_report *quiet = &t[QUIET].report[n], *noisy = &t[NOISY].report[n];
        const double second = cisup_figure_inactive_square(quiet, 2);
        x[n] = second - cisup_figure_inactive_square(quiet, 1);
        x[K + n] = cisup_figure_inactive_square(noisy, 2) - second;
    }
    *out = cisup_ratio_of_means(x, x + K, K);
    cisup_release(x);
    return CISUP_OK;
}

cisup_status cisup_claim_input_noise(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    cisup_study s = cisup_study_isometric(setup);
    cisup_trials t[STUDIES] = {0};
    cisup_interval measured;
    double noise;
    s.gain = 1.0;
    s.L = 2;
    cisup_status status;
    CISUP_TRY(run_studies(setup, s, t, &noise, err));
    const cisup_theory_case *c = &t[QUIET].theory;
    cisup_finding *row = cisup_findings_add(
        f, "layer 1, open over closed", CISUP_RELATION_EXACTLY, 1.0,
        cisup_trials_ratio(&t[QUIET_MASKED], &t[QUIET], cisup_figure_inactive_square, 1),
        1e-12);
    (void)snprintf(row->where, sizeof row->where,
                   "inactive errors, nothing closed over masked, no noise");
    row = cisup_findings_add(
        f, "the same with noise", CISUP_RELATION_EQUAL, 2.0 / (1.0 + c->S * c->p),
        cisup_trials_ratio(&t[NOISY_MASKED], &t[NOISY], cisup_figure_inactive_square, 1),
        0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "input noise of standard deviation %.3g: read-outs of layer 1 have as "
                   "much of it as of overlap",
                   noise);
    CISUP_TRY(measure_added(t, &measured, err));
    row = cisup_findings_add(f, "layer 2: noise adds, over depth", CISUP_RELATION_EQUAL,
                             1.0, measured, 0.0);
    (void)snprintf(
        row->where, sizeof row->where,
        "inactive errors, nothing closed: noise over none, layer 2 over layer 1");
done:
    for (int k = 0; k < STUDIES; k++) cisup_trials_free(&t[k]);
    return status;
}
