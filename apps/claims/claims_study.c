/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A study is a list of experiments with one network each, not one experiment with many:
 * so everything that a report tells is known of every network, ratios and fits can be
 * taken network by network, and faults may change the circuits of each. */
#include "claims_study.h"

#include <cisup/analysis/experiment/predict.h>
#include <cisup/analysis/theory/theory.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

#include <math.h>

cisup_claims_setup cisup_claims_full(void) {
    return (cisup_claims_setup){.D = 1000,
                                .d = 4,
                                .S = 6,
                                .T = 557,
                                .L = 5,
                                .networks = 40,
                                .inputs = 400,
                                .seed = 1};
}

cisup_claims_setup cisup_claims_quick(void) {
    cisup_claims_setup setup = cisup_claims_full();
    setup.networks = 20;
    setup.inputs = 100;
    return setup;
}

cisup_study cisup_study_isometric(const cisup_claims_setup *setup) {
    return (cisup_study){.N = setup->D / setup->d,
                         .S = setup->S,
                         .T = setup->T,
                         .d = setup->d,
                         .L = setup->L,
                         .z = 1,
                         .scheme = CISUP_SCHEME_REF,
                         .circuits = CISUP_STUDY_ISOMETRIC,
                         .gain = sqrt(2.0),
                         .margin = 1.0,
                         .correction = 1.0,
                         .strength = (double)NAN,
                         .fresh = 1,
                         .weights = CISUP_WEIGHTS_PLAIN,
                         .mode = CISUP_MODE_MASKED_RELU,
                         .networks = setup->networks,
                         .inputs = setup->inputs};
}

cisup_study cisup_study_rotation(const cisup_claims_setup *setup) {
    cisup_study s = cisup_study_isometric(setup);
    s.N = setup->D / 4;
    s.d = 4;
    s.circuits = CISUP_STUDY_ROTATION;
    s.fresh = 0;
    s.weights = CISUP_WEIGHTS_CAPPED;
    s.mode = CISUP_MODE_MASKED_LINEAR;
    return s;
}

cisup_study cisup_study_masks(const cisup_claims_setup *setup) {
    cisup_study s = cisup_study_isometric(setup);
    s.cycle = 2;
    s.d = 2;
    s.N = setup->D / (s.d + s.cycle);
    s.circuits = CISUP_STUDY_PLANE;
    s.fresh = 0;
    s.mode = CISUP_MODE_RELU;
    return s;
}

uint64_t cisup_study_seed(const cisup_claims_setup *setup, cisup_index k) {
    return setup->seed * UINT64_C(1000003) + (uint64_t)k;
}

cisup_status cisup_study_place(const cisup_claims_setup *setup, cisup_index N,
                               cisup_index S, cisup_index T, cisup_scheme scheme,
                               cisup_allocation *a, cisup_error *err) {
    cisup_allocation_options options = cisup_allocation_defaults();
    options.scheme = scheme;
    options.seed = setup->seed;
    const cisup_status status = cisup_allocation_make(a, N, S, T, &options, err);
    if (status == CISUP_OK && setup->faults.allocation)
        setup->faults.allocation(setup->faults.context, a);
    return status;
}

/* Rows of S neurons, each uniform over all. */
static cisup_status scatter(const cisup_claims_setup *setup, const cisup_study *s,
                            cisup_allocation *a, cisup_error *err) {
    cisup_index *row = NULL;
    cisup_rng rng;
    *a = (cisup_allocation){s->N, s->S, s->T, NULL};
    cisup_status status;
    CISUP_TRY(cisup_new(&row, s->S, sizeof *row, err));
    CISUP_TRY(cisup_new(&a->slot, s->T * s->S, sizeof *a->slot, err));
    cisup_rng_init(&rng, setup->seed, CISUP_STREAM_ALLOCATION, 0, 0, 0);
    for (cisup_index t = 0; t < s->T; t++) {
        cisup_rng_subset(&rng, s->N, s->S, row);
        for (cisup_index k = 0; k < s->S; k++) a->slot[t * s->S + k] = (int32_t)row[k];
    }
done:
    cisup_release(row);
    return status;
}

cisup_status cisup_study_turn(const cisup_claims_setup *setup, const cisup_study *study,
                              cisup_cycle *cycle, cisup_allocation *rows,
                              cisup_error *err) {
    *cycle = (cisup_cycle){0};
    *rows = (cisup_allocation){0};
    cisup_status status;
    CISUP_TRY(cisup_cycle_make(cycle, study->N, study->S, study->cycle, study->T, err));
    CISUP_TRY(cisup_cycle_store(cycle, rows, err));
    if (setup->faults.cycle)
        setup->faults.cycle(setup->faults.context, rows, study->cycle);
done:
    if (status != CISUP_OK) cisup_cycle_free(cycle);
    return status;
}

void cisup_study_network_free(cisup_study_network *n) {
    cisup_network_free(&n->net);
    cisup_circuits_free(&n->circuits);
    cisup_allocation_free(&n->base);
}

cisup_status cisup_study_build(const cisup_claims_setup *setup, const cisup_study *study,
                               cisup_index k, cisup_study_network *n, cisup_error *err) {
    *n = (cisup_study_network){.study = *study};
    cisup_study *s = &n->study;
    if (setup->faults.study) setup->faults.study(setup->faults.context, s);
    cisup_network_options options = cisup_network_defaults();
    options.weights.scheme = s->weights;
    options.weights.correction = s->correction;
    options.form = s->form;
    options.keep_order = s->keep_order;
    options.seed = cisup_study_seed(setup, k);
    options.threads = setup->threads;
    cisup_status status;
    CISUP_TRY(cisup_study_place(setup, s->N, s->S, s->T, s->scheme, &n->base, err));
    CISUP_TRY(cisup_study_draw(setup, s, k, &n->circuits, err));
    CISUP_TRY(cisup_network_make(&n->net, &n->base, &n->circuits, &options, err));
done:
    if (status != CISUP_OK) cisup_study_network_free(n);
    return status;
}

/* Where the circuits of all networks of a study lie. */
typedef struct {
    cisup_allocation base;
    cisup_cycle cycle; /* of networks that carry masks */
} places;

/* Network k. The report tells what a family's would, without predictions. */
static cisup_status run_network(const cisup_claims_setup *setup, const cisup_study *study,
                                const places *at, cisup_index k, cisup_report *report,
                                cisup_error *err) {
    cisup_circuits circuits;
    cisup_experiment x = cisup_experiment_defaults();
    x.base = &at->base;
    x.cycle = study->cycle ? &at->cycle : NULL;
    /* Open neurons find circuits by the cycle, not by the rows that a fault changed. */
    if (setup->faults.cycle) x.engine = CISUP_ENGINE_BATCHED;
    x.circuits = &circuits;
    x.mode = study->mode;
    x.noise = study->noise;
    x.network.weights.scheme = study->weights;
    x.network.weights.correction = study->correction;
    x.network.carrying.cycle = study->cycle;
    x.network.carrying.strength = study->strength;
    x.network.keep_order = study->keep_order;
    x.terms = study->terms;
    x.z = &study->z;
    x.z_count = 1;
    x.networks = 1;
    x.inputs = study->inputs;
    x.seed = cisup_study_seed(setup, k);
    x.threads = setup->threads;
    cisup_status status;
    CISUP_TRY(cisup_study_draw(setup, study, k, &circuits, err));
    CISUP_TRY(cisup_experiment_run(&x, report, err));
done:
    cisup_circuits_free(&circuits);
    return status;
}

/* What the formulas know of the networks. */
static cisup_status take_theory(const cisup_study *s, const cisup_allocation *a,
                                cisup_trials *t, cisup_error *err) {
    cisup_theory_case *c = &t->theory;
    cisup_index *load;
    const cisup_status status = cisup_new(&load, s->N, sizeof *load, err);
    if (status != CISUP_OK) return status;
    *c = (cisup_theory_case){.D = (double)(s->d * s->N),
                             .d = (double)s->d,
                             .T = (double)s->T,
                             .S = (double)s->S,
                             .z = (double)s->z,
                             .N = (double)s->N,
                             .P = t->report[0].stats.P,
                             .p = t->report[0].stats.p,
                             .margin = s->margin,
                             .fresh = s->fresh};
    const cisup_index layers = t->report[0].L - 1;
    for (cisup_index k = 0; k < t->networks; k++)
        for (cisup_index l = 0; l < layers; l++)
            c->kappa += t->report[k].kappa[l] / (double)(layers * t->networks);
    cisup_allocation_loads(a, load);
    c->V = cisup_theory_background_variance(s->N, s->S, s->T, a->slot, load, c->kappa);
    cisup_release(load);
    return CISUP_OK;
}

cisup_status cisup_study_run(const cisup_claims_setup *setup, const cisup_study *study,
                             cisup_trials *t, cisup_error *err) {
    cisup_study s = *study;
    places at = {0};
    *t = (cisup_trials){0};
    if (setup->faults.study) setup->faults.study(setup->faults.context, &s);
    cisup_status status;
    if (s.cycle)
        CISUP_TRY(cisup_study_turn(setup, &s, &at.cycle, &at.base, err));
    else if (s.scattered)
        CISUP_TRY(scatter(setup, &s, &at.base, err));
    else
        CISUP_TRY(cisup_study_place(setup, s.N, s.S, s.T, s.scheme, &at.base, err));
    CISUP_TRY(cisup_new(&t->report, s.networks, sizeof *t->report, err));
    CISUP_TRY(cisup_new(&t->value, 2 * s.networks, sizeof *t->value, err));
    for (; t->networks < s.networks; t->networks++)
        CISUP_TRY(run_network(setup, &s, &at, t->networks, &t->report[t->networks], err));
    CISUP_TRY(take_theory(&s, &at.base, t, err));
    if (s.cycle) t->masks = cisup_predict_case(&at.cycle, s.T, s.z, s.fresh);
done:
    cisup_cycle_free(&at.cycle);
    cisup_allocation_free(&at.base);
    if (status != CISUP_OK) cisup_trials_free(t);
    return status;
}

void cisup_trials_free(cisup_trials *t) {
    for (cisup_index k = 0; k < t->networks; k++) cisup_report_free(&t->report[k]);
    cisup_release(t->report);
    cisup_release(t->value);
    *t = (cisup_trials){0};
}

cisup_interval cisup_trials_mean(const cisup_trials *t, cisup_trials_figure *figure,
                                 cisup_index l) {
    for (cisup_index k = 0; k < t->networks; k++) t->value[k] = figure(&t->report[k], l);
    return cisup_interval_mean(t->value, t->networks, 0.95);
}

cisup_interval cisup_trials_extent(const cisup_trials *t, cisup_trials_figure *figure,
                                   cisup_index l) {
    cisup_interval all = {NAN, NAN, INFINITY, -INFINITY};
    for (cisup_index k = 0; k < t->networks; k++) {
        const double x = figure(&t->report[k], l);
        if (isnan(x)) return (cisup_interval){NAN, NAN, NAN, NAN};
        all.low = fmin(all.low, x);
        all.high = cisup_larger(all.high, x);
    }
    all.mean = all.high;
    return all;
}

cisup_interval cisup_ratio_of_means(const double *x, double *y, cisup_index K) {
    const double mx = cisup_interval_mean(x, K, 0.95).mean;
    const double r = cisup_interval_mean(y, K, 0.95).mean / mx;
    for (cisup_index k = 0; k < K; k++) y[k] = r + (y[k] - r * x[k]) / mx;
    return cisup_interval_mean(y, K, 0.95);
}

cisup_interval cisup_trials_growth(const cisup_trials *t, cisup_trials_figure *figure,
                                   cisup_index l, cisup_index m) {
    double *x = t->value, *y = t->value + t->networks;
    for (cisup_index k = 0; k < t->networks; k++) {
        x[k] = figure(&t->report[k], m);
        y[k] = figure(&t->report[k], l);
    }
    return cisup_ratio_of_means(x, y, t->networks);
}

cisup_interval cisup_trials_ratio(const cisup_trials *a, const cisup_trials *b,
                                  cisup_trials_figure *figure, cisup_index l) {
    double *x = a->value, *y = a->value + a->networks;
    for (cisup_index k = 0; k < a->networks; k++) {
        x[k] = figure(&a->report[k], l);
        y[k] = figure(&b->report[k], l);
    }
    return cisup_ratio_of_means(x, y, a->networks);
}
