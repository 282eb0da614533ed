/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/experiment/inspect.h>
#include <cisup/analysis/experiment/predict.h>
#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/statistics/interval_square.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

static cisup_status result_init(cisup_result *r, const cisup_report *report,
                                const cisup_experiment *x, cisup_error *err) {
    const cisup_index L = report->L, d = report->d, cells = cisup_cell(L + 1, 0, 0);
    const cisup_index parts = x->terms ? cisup_term_cell(L + 1, 0, 0) : 0;
    cisup_status status;
    CISUP_TRY(cisup_new(&r->mse, cells, sizeof *r->mse, err));
    CISUP_TRY(cisup_new(&r->median, cells, sizeof *r->median, err));
    CISUP_TRY(cisup_new(&r->q99, cells, sizeof *r->q99, err));
    CISUP_TRY(cisup_new(&r->worst, cells, sizeof *r->worst, err));
    CISUP_TRY(cisup_new(&r->theory, cells, sizeof *r->theory, err));
    CISUP_TRY(cisup_new(&r->open, L * d, sizeof *r->open, err));
    CISUP_TRY(cisup_new(&r->wrong, L * d, sizeof *r->wrong, err));
    if (x->cycle) CISUP_TRY(cisup_new(&r->breaches, L * d, sizeof *r->breaches, err));
    CISUP_TRY(cisup_new(&r->term, parts, sizeof *r->term, err));
    CISUP_TRY(cisup_new(&r->correlation, parts, sizeof *r->correlation, err));
    CISUP_TRY(cisup_new(&r->ranked, x->networks * x->worst, sizeof *r->ranked, err));
    CISUP_TRY(cisup_new(&r->culprit, x->worst, sizeof *r->culprit, err));
done:
    return status;
}

void cisup_report_free(cisup_report *report) {
    for (cisup_index k = 0; report->result && k < report->z_count; k++) {
        cisup_result *r = &report->result[k];
        cisup_release(r->mse);
        cisup_release(r->median);
        cisup_release(r->q99);
        cisup_release(r->worst);
        cisup_release(r->theory);
        cisup_release(r->open);
        cisup_release(r->wrong);
        cisup_release(r->breaches);
        cisup_release(r->term);
        cisup_release(r->correlation);
        cisup_release(r->ranked);
        cisup_release(r->culprit);
    }
    cisup_release(report->result);
    cisup_release(report->kappa);
    *report = (cisup_report){0};
}

/* NaN stays NaN. */
static double at_most(double x, double limit) {
    return x > limit ? limit : x;
}

/* Neurons of K^l that clip and all others that open; a ReLU that closes is none. */
static double breaches_of(const cisup_experiment *x, const cisup_report *report,
                          const cisup_open_count *open, cisup_index k) {
    const cisup_index l = k / report->d + 1;
    const cisup_index neurons = x->base->N * x->inputs * report->networks;
    const unsigned char *is_signed = x->circuits ? x->circuits->is_signed : NULL;
    const int clips = is_signed ? is_signed[l - 1]
                                : !x->circuits && x->family.family == CISUP_ROTATION2;
    const int64_t inside = neurons - open->outside, held = open->open - open->wrong;
    if (open->lost) return (double)NAN;
    return (double)(open->wrong + (clips ? inside - held : 0));
}

/* Means, intervals and quantiles of one z from what was collected. */
static void summarize(cisup_result *r, const cisup_part_of_z *c,
                      const cisup_experiment *x, const cisup_report *report) {
    const cisup_index L = report->L, cells = cisup_cell(L + 1, 0, 0);
    for (cisup_index cell = 0; cell < cells; cell++) {
        const cisup_tally *tally = &c->tally[cell];
        r->mse[cell] =
            cisup_interval_square(c->mean + cell * x->networks, report->networks, 0.95);
        r->worst[cell] = cisup_histogram_total(&tally->squares) ? cisup_tally_worst(tally)
                                                                : (double)NAN;
        /* Quantiles are known to 1.6 %, the worst exactly. */
        r->median[cell] =
            at_most(cisup_histogram_quantile(&tally->squares, 0.5), r->worst[cell]);
        r->q99[cell] =
            at_most(cisup_histogram_quantile(&tally->squares, 0.99), r->worst[cell]);
    }
    const double neurons =
        (double)x->base->N * (double)x->inputs * (double)report->networks;
    for (cisup_index k = 0; k < L * report->d; k++) {
        const cisup_open_count *open = &c->open[k];
        r->open[k] = open->lost ? (double)NAN : (double)open->open / neurons;
        r->wrong[k] = open->outside && !open->lost
                          ? (double)open->wrong / (double)open->outside
                          : (double)NAN;
        if (r->breaches) r->breaches[k] = breaches_of(x, report, open, k);
    }
}

/* Means and intervals of the parts of the errors, and the correlation of each part X
 * with the whole error Y, <X,Y> / sqrt(<X,X> <Y,Y>), from means over all networks. */
static void summarize_terms(cisup_result *r, const cisup_part_of_z *c,
                            const cisup_experiment *x, const cisup_report *report) {
    const cisup_index cells = cisup_cell(report->L + 1, 0, 0), K = x->networks;
    const cisup_index parts = cisup_term_cell(report->L + 1, 0, 0);
    for (cisup_index k = 0; k < parts; k++) {
        const double *square = c->mean + (cells + k) * K;
        r->term[k] = cisup_interval_square(square, report->networks, 0.95);
    }
    for (cisup_index k = 0; k < parts; k++) {
        const cisup_index whole = k - k % CISUP_TERMS + CISUP_TERM_TOTAL;
        const double *product = c->mean + (cells + parts + k) * K;
        const double both = cisup_interval_mean(product, report->networks, 0.95).mean;
        const double sizes = sqrt(r->term[k].mean) * sqrt(r->term[whole].mean);
        r->correlation[k] = sizes > 0.0 && isfinite(sizes) ? both / sizes : (double)NAN;
    }
}

/* No formula knows noise on the inputs, and those of networks that carry masks suppose
 * that nothing clips and no closed neuron opens, in this layer and all before. */
static void leave_out(const cisup_experiment *x, const cisup_report *report,
                      cisup_result *r) {
    const cisup_prediction silent = {(double)NAN, (double)NAN, (double)NAN};
    double breaches = 0.0;
    for (cisup_index l = 1; l <= report->L; l++) {
        for (cisup_index i = 0; r->breaches && i < report->d; i++)
            breaches += r->breaches[(l - 1) * report->d + i];
        if (x->noise == 0.0 && breaches == 0.0) continue;
        for (cisup_index k = cisup_cell(l, 0, 0); k < cisup_cell(l + 1, 0, 0); k++)
            r->theory[k] = silent;
    }
}

static cisup_status predict(cisup_result *r, const cisup_experiment *x,
                            cisup_report *report, cisup_error *err) {
    const cisup_allocation *base = x->base;
    cisup_circuits sample = {0};
    cisup_index *load = NULL;
    cisup_family_options family = x->family;
    cisup_theory_case c = {.d = (double)report->d,
                           .D = (double)(report->d * base->N),
                           .T = (double)(base->T - x->exclude.count),
                           .S = (double)base->S,
                           .z = (double)r->z,
                           .N = (double)base->N,
                           .P = report->stats.P,
                           .p = report->stats.p,
                           .margin = x->family.margin,
                           .step = x->family.step,
                           .fresh = x->family.fresh};
    for (cisup_index l = 2; l <= report->L; l++)
        c.kappa += report->kappa[l - 2] / (double)(report->L - 1);
    cisup_status status;
    if (!cisup_experiment_is_computed(x)) { /* whose loads are even: V = 0 */
        CISUP_TRY(cisup_new(&load, base->N, sizeof *load, err));
        cisup_allocation_loads(base, load);
        c.V = cisup_theory_background_variance(base->N, base->S, base->T, base->slot,
                                               load, c.kappa);
    }
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&sample, 1, x->d, x->L, &family, err));
    const cisup_circuits *kind = x->circuits ? x->circuits : &sample;
    report->masks = kind->biased;
    for (int q = 0; q < CISUP_QUANTITIES; q++)
        report->has[q] = cisup_quantity_exists(kind, (cisup_quantity)q);
    r->feedback = r->z > 0 ? cisup_theory_feedback(&c) : (double)NAN;
    if (x->cycle) {
        const cisup_theory_masks m = cisup_predict_case(
            x->cycle, base->T - x->exclude.count, r->z, x->family.fresh);
        r->feedback = r->z > 0 ? (m.z - 1.0) * m.r / m.S : (double)NAN;
        cisup_predict_masks(&m, x->circuits ? -1 : (int)x->family.family, kind,
                            r->theory);
        leave_out(x, report, r);
        goto done;
    }
    CISUP_TRY(cisup_predict(&c, x->circuits ? -1 : (int)x->family.family, kind,
                            &x->network, x->mode, r->mse, r->theory, err));
    leave_out(x, report, r);
done:
    cisup_release(load);
    cisup_circuits_free(&sample);
    return status;
}

/* The worst circuits of all networks, and who disturbs them: one network after the
 * other, each made again, until an end is asked for. all: [worst]. */
static cisup_status find_culprits(const cisup_experiment *x, cisup_result *r,
                                  cisup_index networks, cisup_vigil *vigil,
                                  cisup_error *err) {
    cisup_experiment again = *x;
    cisup_specimen made = {0};
    cisup_ranked *all = NULL;
    cisup_culprit *some = NULL;
    cisup_index count = 0;
    cisup_status status;
    again.terms = 0;
    CISUP_TRY(cisup_new(&all, x->worst, sizeof *all, err));
    CISUP_TRY(cisup_new(&some, x->worst, sizeof *some, err));
    for (cisup_index k = 0; k < networks * x->worst; k++)
        cisup_ranking_insert(all, &count, x->worst, &r->ranked[k]);
    for (cisup_index k = 0; k < count; k++) r->culprit[k].who = all[k];
    for (cisup_index network = 0; network < networks; network++) {
        cisup_index found = 0;
        for (cisup_index k = 0; k < count; k++)
            if (all[k].network == network) some[found++].who = all[k];
        if (!found || cisup_vigil_step(vigil, 0.0)) continue;
        CISUP_TRY(cisup_specimen_make(&made, &again, network, err));
        CISUP_TRY(cisup_inspect(&made, &again, r->z, some, found, err));
        cisup_specimen_free(&made);
        for (cisup_index k = 0, next = 0; k < count; k++)
            if (all[k].network == network) r->culprit[k] = some[next++];
    }
done:
    cisup_specimen_free(&made);
    cisup_release(all);
    cisup_release(some);
    return status;
}

/* All that was collected for one z. */
static cisup_status conclude(const cisup_experiment *x, const cisup_part_of_z *c,
                             cisup_vigil *vigil, cisup_result *r, cisup_report *report,
                             cisup_error *err) {
    cisup_status status = CISUP_OK;
    r->engine = c->engine;
    r->share = c->share;
    r->residual = c->residual;
    memcpy(r->ranked, c->ranked, (size_t)(x->networks * x->worst) * sizeof *r->ranked);
    summarize(r, c, x, report);
    if (x->terms) summarize_terms(r, c, x, report);
    if (x->worst) CISUP_TRY(find_culprits(x, r, report->networks, vigil, err));
#ifndef NDEBUG
    CISUP_TRY(cisup_terms_check(r->residual, err));
#endif
    CISUP_TRY(predict(r, x, report, err));
done:
    return status;
}

static void take_kappa(const cisup_part *part, cisup_report *report) {
    const cisup_index later = part->L - 1;
    for (cisup_index network = 0; network < report->networks; network++)
        for (cisup_index k = 0; k < later; k++)
            report->kappa[k] += part->kappa[network * later + k];
    for (cisup_index k = 0; k < later; k++) report->kappa[k] /= (double)report->networks;
}

cisup_status cisup_part_conclude(const cisup_experiment *x, const cisup_part *part,
                                 cisup_index networks, cisup_vigil *vigil,
                                 cisup_report *report, cisup_error *err) {
    *report = (cisup_report){.L = part->L,
                             .d = part->d,
                             .z_count = part->z_count,
                             .networks = networks,
                             .terms = x->terms,
                             .worst = x->worst,
                             .kappa_error = part->kappa_error,
                             .build_s = part->build_s,
                             .run_s = part->run_s};
    cisup_status status;
    if (x->network.weights.scheme == CISUP_WEIGHTS_CAPPED) report->kappas = part->L - 1;
    CISUP_TRY(cisup_experiment_loads(x, &report->stats, err));
    CISUP_TRY(cisup_new(&report->kappa, part->L, sizeof *report->kappa, err));
    CISUP_TRY(cisup_new(&report->result, part->z_count, sizeof *report->result, err));
    take_kappa(part, report);
    for (cisup_index k = 0; k < part->z_count; k++) {
        report->result[k].z = part->of[k].z;
        CISUP_TRY(result_init(&report->result[k], report, x, err));
        CISUP_TRY(conclude(x, &part->of[k], vigil, &report->result[k], report, err));
    }
done:
    if (status != CISUP_OK) cisup_report_free(report);
    return status;
}

cisup_status cisup_part_report(const cisup_experiment *x, const cisup_part *part,
                               cisup_report *report, cisup_error *err) {
    uint64_t key[CISUP_PART_KEYS];
    cisup_vigil vigil;
    cisup_status status;
    *report = (cisup_report){0};
    CISUP_TRY(cisup_experiment_check(x, err));
    CISUP_TRY(cisup_part_key(x, key, err));
    CISUP_TRY(cisup_part_key_check(part->key, key, err));
    for (cisup_index k = 0; k < part->networks; k++)
        if (!part->has[k])
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "network %" PRId64 " of 0 to %" PRId64 " is in no part", k,
                              part->networks - 1);
    CISUP_TRY(cisup_vigil_begin(&vigil, x->watcher, 1.0, err));
    CISUP_TRY(cisup_part_conclude(x, part, part->networks, &vigil, report, err));
    if (cisup_vigil_end(&vigil, NULL) != CISUP_OK) goto done; /* all is there */
done:
    return status;
}
