/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/experiment/inspect.h>
#include <cisup/analysis/experiment/predict.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/pass/samples.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <omp.h>

cisup_experiment cisup_experiment_defaults(void) {
    return (cisup_experiment){.family = cisup_family_defaults(),
                              .network = cisup_network_defaults(),
                              .networks = 20,
                              .inputs = 500,
                              .seed = 1};
}

/* The mean of `who` squares: NaN where there are none, infinite where one is no number.
 */
static double mean_square(double sum, double who) {
    if (!(who > 0.0)) return (double)NAN;
    return isnan(sum) ? (double)INFINITY : sum / who;
}

/* The means of one network from its sums: over the circuits in that state and the
 * samples. */
static void take_means(const cisup_samples *s, double *column) {
    const cisup_columns n = cisup_samples_columns(s);
    const cisup_circuits *c = s->net->circuits;
    const double active = (double)s->z * (double)s->inputs;
    const double inactive = (double)(c->T - s->z) * (double)s->inputs;
    for (cisup_index cell = 0; cell < n.cells; cell++) {
        const int is_inactive = cell / CISUP_QUANTITIES % CISUP_STATES == CISUP_INACTIVE;
        const cisup_quantity quantity = (cisup_quantity)(cell % CISUP_QUANTITIES);
        const int exists = cisup_quantity_exists(c, quantity);
        const double who = !exists ? 0.0 : is_inactive ? inactive : active;
        column[cell] = mean_square(column[cell], who);
    }
    for (cisup_index k = 0; k < n.terms; k++) {
        const double who = k / CISUP_TERMS % 2 ? inactive : active;
        double *mean = column + n.cells + k;
        if (k < n.terms / 2)
            *mean = mean_square(*mean, who);
        else /* products */
            *mean = who > 0.0 ? *mean / who : (double)NAN;
    }
}

/* What is collected over the networks for one z. */
typedef struct {
    double *mean;       /* [columns][K] of each network, without those by circuit */
    double *column;     /* [columns], of one network */
    cisup_watch *watch; /* [threads] tallies and counts; merged into the first */
} collection;

static void collections_free(collection *all, const cisup_experiment *x) {
    const int threads = cisup_experiment_threads(x);
    for (cisup_index k = 0; all && k < x->z_count; k++) {
        cisup_release(all[k].mean);
        cisup_release(all[k].column);
        for (int t = 0; all[k].watch && t < threads; t++)
            cisup_watch_free(&all[k].watch[t]);
        cisup_release(all[k].watch);
    }
    cisup_release(all);
}

/* Before the first network is measured. */
static cisup_status start_watching(collection *c, const cisup_samples *s, int threads,
                                   cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->watch, threads, sizeof *c->watch, err));
    for (int t = 0; t < threads; t++) CISUP_TRY(cisup_watch_init(&c->watch[t], s, err));
done:
    return status;
}

/* The samples of one network and z. */
static cisup_status measure(const cisup_experiment *x, const cisup_specimen *made,
                            const cisup_samples *s, collection *c, cisup_ranked *ranked,
                            cisup_error *err) {
    const int threads = cisup_experiment_threads(x);
    const cisup_columns n = cisup_samples_columns(s);
    cisup_status status;
    if (!c->watch) CISUP_TRY(start_watching(c, s, threads, err));
    CISUP_TRY(cisup_samples_run(s, c->watch, threads, c->column, err));
    take_means(s, c->column);
    for (cisup_index k = 0; k < n.cells + n.terms; k++)
        c->mean[k * x->networks + s->network] = c->column[k];
    cisup_ranking_take(ranked + s->network * x->worst, x->worst, s->network,
                       n.circuits / 3, made->kept, c->column + n.cells + n.terms,
                       s->inputs);
done:
    return status;
}

/* One network: circuits, weights, then the samples of every z. */
static cisup_status run_network(const cisup_experiment *x, cisup_index network,
                                cisup_incidence *neurons, collection *all,
                                cisup_report *report, cisup_error *err) {
    cisup_specimen made;
    const double start = omp_get_wtime();
    cisup_status status;
    CISUP_TRY(cisup_specimen_make(&made, x, network, err));
    const double built = omp_get_wtime();
    for (cisup_index l = 2; l <= report->L; l++)
        report->kappa[l - 2] += cisup_specimen_kappa(&made, l);
    for (cisup_index l = 2; l <= report->L && made.computed; l++)
        report->kappa_error =
            cisup_larger(report->kappa_error, made.computed->error[l - 2]);
    for (cisup_index k = 0; k < x->z_count; k++) {
        cisup_result *r = &report->result[k];
        const cisup_open_network *open = NULL;
        if (network == 0) CISUP_TRY(cisup_experiment_choose(x, &made, r, err));
        if (r->engine == CISUP_PASS_SPARSE)
            CISUP_TRY(cisup_specimen_open(&made, x, neurons, &open, err));
        const cisup_samples s = {.net = &made.net,
                                 .open = open,
                                 .correction = made.correction,
                                 .by_circuit = x->worst > 0,
                                 .mode = x->mode,
                                 .precision = x->precision,
                                 .seed = x->seed,
                                 .network = network,
                                 .z = x->z[k],
                                 .inputs = x->inputs};
        CISUP_TRY(measure(x, &made, &s, &all[k], r->ranked, err));
    }
    report->build_s += built - start;
    report->run_s += omp_get_wtime() - built;
done:
    cisup_specimen_free(&made);
    return status;
}

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

/* Means, intervals and quantiles of one z from what was collected. */
static void summarize(cisup_result *r, const collection *c, const cisup_experiment *x,
                      const cisup_report *report) {
    const cisup_index L = report->L, cells = cisup_cell(L + 1, 0, 0);
    for (cisup_index cell = 0; cell < cells; cell++) {
        const cisup_tally *tally = &c->watch[0].measure.tally[cell];
        r->mse[cell] =
            cisup_interval_mean(c->mean + cell * x->networks, report->networks, 0.95);
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
        const cisup_open_count *open = &c->watch[0].measure.open[k];
        r->open[k] = open->lost ? (double)NAN : (double)open->open / neurons;
        r->wrong[k] = open->outside && !open->lost
                          ? (double)open->wrong / (double)open->outside
                          : (double)NAN;
    }
}

/* Means and intervals of the parts of the errors, and the correlation of each part X
 * with the whole error Y, <X,Y> / sqrt(<X,X> <Y,Y>), from means over all networks. */
static void summarize_terms(cisup_result *r, const collection *c,
                            const cisup_experiment *x, const cisup_report *report) {
    const cisup_index cells = cisup_cell(report->L + 1, 0, 0), K = x->networks;
    const cisup_index parts = cisup_term_cell(report->L + 1, 0, 0);
    for (cisup_index k = 0; k < parts; k++) {
        const double *square = c->mean + (cells + k) * K;
        r->term[k] = cisup_interval_mean(square, report->networks, 0.95);
    }
    for (cisup_index k = 0; k < parts; k++) {
        const cisup_index whole = k - k % CISUP_TERMS + CISUP_TERM_TOTAL;
        const double *product = c->mean + (cells + parts + k) * K;
        const double both = cisup_interval_mean(product, report->networks, 0.95).mean;
        const double sizes = sqrt(r->term[k].mean) * sqrt(r->term[whole].mean);
        r->correlation[k] = sizes > 0.0 && isfinite(sizes) ? both / sizes : (double)NAN;
    }
    for (int t = 0; t < cisup_experiment_threads(x); t++)
        r->residual = fmax(r->residual, c->watch[t].terms.terms.residual);
}

static cisup_status predict(cisup_result *r, const cisup_experiment *x,
                            const cisup_report *report, cisup_error *err) {
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
                           .fresh = x->family.fresh};
    for (cisup_index l = 2; l <= report->L; l++)
        c.kappa += report->kappa[l - 2] / (double)(report->L - 1);
    cisup_status status;
    if (!x->computed) { /* whose loads are even: V = 0 */
        CISUP_TRY(cisup_new(&load, base->N, sizeof *load, err));
        cisup_allocation_loads(base, load);
        c.V = cisup_theory_background_variance(base->N, base->S, base->T, base->slot,
                                               load, c.kappa);
    }
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&sample, 1, x->d, x->L, &family, err));
    r->feedback = cisup_theory_feedback(&c);
    CISUP_TRY(cisup_predict(&c, x->circuits ? -1 : (int)x->family.family,
                            x->circuits ? x->circuits : &sample, &x->network, x->mode,
                            r->mse, r->theory, err));
done:
    cisup_release(load);
    cisup_circuits_free(&sample);
    return status;
}

/* The worst circuits of all networks, and who disturbs them: one network after the
 * other, each made again. all: [worst]. */
static cisup_status find_culprits(const cisup_experiment *x, cisup_result *r,
                                  cisup_index networks, cisup_error *err) {
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
    for (cisup_index network = 0; network < networks; network++) {
        cisup_index found = 0;
        for (cisup_index k = 0; k < count; k++)
            if (all[k].network == network) some[found++].who = all[k];
        if (!found) continue;
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

/* All that was collected for the k-th z. */
static cisup_status conclude(const cisup_experiment *x, cisup_index k, collection *c,
                             cisup_report *report, cisup_error *err) {
    cisup_result *r = &report->result[k];
    cisup_status status = CISUP_OK;
    for (int t = 1; t < cisup_experiment_threads(x); t++)
        cisup_measure_merge(&c->watch[0].measure, &c->watch[t].measure);
    summarize(r, c, x, report);
    if (x->terms) summarize_terms(r, c, x, report);
    if (x->worst) CISUP_TRY(find_culprits(x, r, report->networks, err));
#ifndef NDEBUG
    CISUP_TRY(cisup_terms_check(r->residual, err));
#endif
    CISUP_TRY(predict(r, x, report, err));
done:
    return status;
}

static cisup_status prepare(const cisup_experiment *x, collection **all,
                            cisup_report *report, cisup_error *err) {
    const cisup_index columns = cisup_experiment_columns(x);
    const cisup_index of_network = columns + (x->worst ? 3 * x->base->T : 0);
    cisup_status status;
    CISUP_TRY(cisup_experiment_loads(x, &report->stats, err));
    CISUP_TRY(cisup_new(&report->kappa, report->L, sizeof *report->kappa, err));
    CISUP_TRY(cisup_new(&report->result, x->z_count, sizeof *report->result, err));
    CISUP_TRY(cisup_new(all, x->z_count, sizeof **all, err));
    for (cisup_index k = 0; k < x->z_count; k++) {
        report->result[k].z = x->z[k];
        CISUP_TRY(result_init(&report->result[k], report, x, err));
        CISUP_TRY(cisup_new(&(*all)[k].mean, columns * x->networks, sizeof(double), err));
        CISUP_TRY(cisup_new(&(*all)[k].column, of_network, sizeof(double), err));
    }
done:
    return status;
}

cisup_status cisup_experiment_run(const cisup_experiment *x, cisup_report *report,
                                  cisup_error *err) {
    *report = (cisup_report){.L = x->circuits ? x->circuits->L : x->L,
                             .d = x->circuits ? x->circuits->d : x->d,
                             .z_count = x->z_count};
    collection *all = NULL;
    cisup_incidence neurons = {0}; /* of the base, once a sparse engine asks for them */
    cisup_status status;
    CISUP_TRY(cisup_experiment_check(x, err));
    CISUP_TRY(prepare(x, &all, report, err));
    for (cisup_index k = 0; k < x->networks; k++) {
        CISUP_TRY(run_network(x, k, &neurons, all, report, err));
        report->networks++;
        if (x->progress && x->progress(x->progress_context, k + 1, x->networks)) break;
    }
    for (cisup_index l = 2; l <= report->L; l++)
        report->kappa[l - 2] /= (double)report->networks;
    for (cisup_index k = 0; k < x->z_count; k++)
        CISUP_TRY(conclude(x, k, &all[k], report, err));
done:
    cisup_incidence_free(&neurons);
    collections_free(all, x);
    if (status != CISUP_OK) cisup_report_free(report);
    return status;
}
