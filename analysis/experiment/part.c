/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/ranking_list.h>
#include <cisup/analysis/pass/samples.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <omp.h>
#include <string.h>

/* Shorter networks are watched from one to the next, as long ones are not repeated: what
 * a network that is given up has added to the tallies must be forgotten. In
 * multiply-adds, some 80 ms. */
static const double short_network = 3e8;

/* What of a network its making and its samples are; the rest: that it is whole. */
static const double made_share = 0.25, samples_share = 0.74;

void cisup_part_free(cisup_part *part) {
    for (cisup_index k = 0; part->of && k < part->z_count; k++) {
        cisup_release(part->of[k].mean);
        cisup_release(part->of[k].ranked);
        cisup_release(part->of[k].tally);
        cisup_release(part->of[k].open);
    }
    cisup_release(part->of);
    cisup_release(part->has);
    cisup_release(part->kappa);
    *part = (cisup_part){0};
}

cisup_status cisup_part_init(cisup_part *part, const cisup_experiment *x,
                             cisup_error *err) {
    const cisup_index K = x->networks;
    *part = (cisup_part){.L = x->circuits ? x->circuits->L : x->L,
                         .d = x->circuits ? x->circuits->d : x->d,
                         .columns = cisup_experiment_columns(x),
                         .z_count = x->z_count,
                         .networks = K,
                         .worst = x->worst};
    cisup_status status;
    CISUP_TRY(cisup_new(&part->has, K, sizeof *part->has, err));
    CISUP_TRY(cisup_new(&part->kappa, K * (part->L - 1), sizeof *part->kappa, err));
    CISUP_TRY(cisup_new(&part->of, x->z_count, sizeof *part->of, err));
    for (cisup_index k = 0; k < x->z_count; k++) {
        cisup_part_of_z *of = &part->of[k];
        of->z = x->z[k];
        of->share = (double)NAN;
        CISUP_TRY(cisup_new(&of->mean, part->columns * K, sizeof *of->mean, err));
        CISUP_TRY(cisup_new(&of->ranked, K * x->worst, sizeof *of->ranked, err));
    }
done:
    if (status != CISUP_OK) cisup_part_free(part);
    return status;
}

cisup_index cisup_part_count(const cisup_part *part) {
    cisup_index count = 0;
    for (cisup_index k = 0; k < part->networks; k++) count += part->has[k];
    return count;
}

/* --- one network --------------------------------------------------------------- */

/* The mean of `who` squares: NaN where there are none, infinite where one is no number.
 */
static double mean_square(double sum, double who) {
    if (!(who > 0.0)) return (double)NAN;
    return isnan(sum) ? (double)INFINITY : sum / who;
}

/* Active circuits over all samples. */
static double count_active(const cisup_samples *s) {
    const cisup_active_sets *sets = s->active;
    if (!sets) return (double)s->z * (double)s->inputs;
    const cisup_index rest = s->inputs % sets->count;
    return (double)(s->inputs / sets->count) * (double)sets->start[sets->count] +
           (double)sets->start[rest];
}

/* The means of one network from its sums: over the circuits in that state and the
 * samples. */
static void take_means(const cisup_samples *s, double *column) {
    const cisup_columns n = cisup_samples_columns(s);
    const cisup_circuits *c = s->net->circuits;
    const double active = count_active(s);
    const double inactive = (double)c->T * (double)s->inputs - active;
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

/* What a run needs beside its part, for one z. */
typedef struct {
    double *column;     /* [columns], of one network */
    cisup_watch *watch; /* [threads] tallies and counts since they were put down */
} desk;

typedef struct {
    const cisup_experiment *x;
    cisup_part *part;
    int threads;
    desk *desk;              /* [z_count] */
    cisup_incidence neurons; /* of the base, once a sparse engine asks for them */
    cisup_vigil *inside;     /* of the run, if networks are long, else NULL */
} collector;

static void collector_free(collector *c) {
    for (cisup_index k = 0; c->desk && k < c->x->z_count; k++) {
        cisup_release(c->desk[k].column);
        for (int t = 0; c->desk[k].watch && t < c->threads; t++)
            cisup_watch_free(&c->desk[k].watch[t]);
        cisup_release(c->desk[k].watch);
    }
    cisup_release(c->desk);
    cisup_incidence_free(&c->neurons);
}

static cisup_status collector_init(collector *c, const cisup_experiment *x,
                                   cisup_vigil *vigil, cisup_part *part,
                                   cisup_error *err) {
    const cisup_index columns = part->columns + (x->worst ? 3 * x->base->T : 0);
    const double each = cisup_experiment_operations(x) / (double)x->networks;
    *c = (collector){.x = x, .part = part, .threads = cisup_experiment_threads(x)};
    const bool is_long = each > short_network || vigil->by.pause < 0.0;
    if (vigil->by.ask && is_long) c->inside = vigil;
    cisup_status status;
    CISUP_TRY(cisup_new(&c->desk, x->z_count, sizeof *c->desk, err));
    for (cisup_index k = 0; k < x->z_count; k++)
        CISUP_TRY(cisup_new(&c->desk[k].column, columns, sizeof(double), err));
done:
    return status;
}

/* Before the first network is measured. */
static cisup_status start_watching(const collector *c, desk *at, const cisup_samples *s,
                                   cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&at->watch, c->threads, sizeof *at->watch, err));
    for (int t = 0; t < c->threads; t++)
        CISUP_TRY(cisup_watch_init(&at->watch[t], s, err));
done:
    return status;
}

/* The samples of one network and z. */
static cisup_status measure(const collector *c, cisup_index k, const cisup_specimen *made,
                            const cisup_samples *s, cisup_error *err) {
    const cisup_experiment *x = c->x;
    const cisup_columns n = cisup_samples_columns(s);
    desk *at = &c->desk[k];
    cisup_part_of_z *of = &c->part->of[k];
    cisup_status status;
    if (!at->watch) CISUP_TRY(start_watching(c, at, s, err));
    CISUP_TRY(cisup_samples_run(s, at->watch, c->threads, at->column, err));
    take_means(s, at->column);
    for (cisup_index column = 0; column < n.cells + n.terms; column++)
        of->mean[column * x->networks + s->network] = at->column[column];
    cisup_ranking_take(of->ranked + s->network * x->worst, x->worst, s->network,
                       n.circuits / 3, made->kept, at->column + n.cells + n.terms,
                       s->inputs);
done:
    return status;
}

/* Circuits and weights. */
static cisup_status make(const collector *c, cisup_index network, cisup_specimen *made,
                         cisup_error *err) {
    cisup_experiment x = *c->x;
    cisup_vigil_part share = {c->inside, made_share};
    const cisup_watcher watcher = cisup_vigil_watcher(&share);
    x.network.watcher = &watcher;
    const cisup_status status = cisup_specimen_make(made, &x, network, err);
    if (status != CISUP_OK || !cisup_vigil_step(c->inside, made_share)) return status;
    cisup_specimen_free(made);
    return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped on request");
}

static void note_kappa(const collector *c, const cisup_specimen *made,
                       cisup_index network) {
    cisup_part *part = c->part;
    double *kappa = part->kappa + network * (part->L - 1);
    for (cisup_index l = 2; l <= part->L; l++)
        kappa[l - 2] = cisup_specimen_kappa(made, l);
    for (cisup_index l = 2; l <= part->L && made->computed; l++)
        part->kappa_error = cisup_larger(part->kappa_error, made->computed->error[l - 2]);
}

/* One network: circuits, weights, then the samples of every z. */
static cisup_status run_network(collector *c, cisup_index network, cisup_error *err) {
    const cisup_experiment *x = c->x;
    cisup_specimen made;
    const double start = omp_get_wtime();
    cisup_status status;
    CISUP_TRY(make(c, network, &made, err));
    const double built = omp_get_wtime();
    for (cisup_index k = 0; k < x->z_count; k++) {
        cisup_part_of_z *of = &c->part->of[k];
        const cisup_open_network *open = NULL;
        if (network == 0) CISUP_TRY(cisup_experiment_choose(x, &made, of, err));
        const int is_reduced = of->engine == CISUP_ENGINE_REDUCED;
        if (is_reduced)
            CISUP_TRY(cisup_reduced_check(&made.net, &x->network.carrying, x->mode, of->z,
                                          err));
        if (is_reduced || of->engine == CISUP_ENGINE_SPARSE)
            CISUP_TRY(cisup_specimen_open(&made, x, &c->neurons, &open, err));
        const cisup_samples s = {.net = &made.net,
                                 .open = open,
                                 .is_reduced = is_reduced,
                                 .correction = made.correction,
                                 .by_circuit = x->worst > 0,
                                 .mode = x->mode,
                                 .precision = x->precision,
                                 .seed = x->seed,
                                 .network = network,
                                 .z = x->z[k],
                                 .inputs = x->inputs,
                                 .active = x->active,
                                 .noise = x->noise,
                                 .robust = x->robust_masks,
                                 .vigil = c->inside,
                                 .share = samples_share / (double)x->z_count};
        CISUP_TRY(measure(c, k, &made, &s, err));
    }
    note_kappa(c, &made, network);
    c->part->has[network] = 1;
    c->part->build_s += built - start;
    c->part->run_s += omp_get_wtime() - built;
done:
    cisup_specimen_free(&made);
    return status;
}

/* --- all networks -------------------------------------------------------------- */

cisup_status cisup_part_start(const cisup_part *part, cisup_part_of_z *of,
                              cisup_error *err) {
    const cisup_index cells = cisup_cell(part->L + 1, 0, 0);
    cisup_status status = CISUP_OK;
    if (!of->tally) CISUP_TRY(cisup_new(&of->tally, cells, sizeof *of->tally, err));
    if (!of->open)
        CISUP_TRY(cisup_new(&of->open, part->L * part->d, sizeof *of->open, err));
done:
    return status;
}

void cisup_part_add_counts(const cisup_part *part, cisup_part_of_z *into,
                           const cisup_tally *tally, const cisup_open_count *open) {
    cisup_measure sum = {
        .L = part->L, .d = part->d, .tally = into->tally, .open = into->open};
    const cisup_measure more = {.L = part->L,
                                .d = part->d,
                                .tally = (cisup_tally *)tally,
                                .open = (cisup_open_count *)open};
    cisup_measure_merge(&sum, &more);
}

/* Puts what the threads have counted for one z into the part. The first tallies become
 * its own. */
static cisup_status put_down(const collector *c, cisup_index k, cisup_error *err) {
    const cisup_index cells = cisup_cell(c->part->L + 1, 0, 0);
    const cisup_index blocks = c->part->L * c->part->d;
    cisup_part_of_z *of = &c->part->of[k];
    cisup_watch *watch = c->desk[k].watch;
    if (!of->tally) {
        cisup_measure *m = &watch[0].measure;
        of->tally = m->tally;
        of->open = m->open;
        m->tally = NULL;
        m->open = NULL;
        if (c->inside) {
            cisup_status status = cisup_new(&m->tally, cells, sizeof *m->tally, err);
            if (status == CISUP_OK)
                status = cisup_new(&m->open, blocks, sizeof *m->open, err);
            if (status != CISUP_OK) return status;
        }
    }
    for (int t = 0; t < c->threads; t++) {
        cisup_measure *m = &watch[t].measure;
        of->residual = fmax(of->residual, watch[t].terms.terms.residual);
        if (!m->tally || m->tally == of->tally) continue;
        cisup_part_add_counts(c->part, of, m->tally, m->open);
        memset(m->tally, 0, (size_t)cells * sizeof *m->tally);
        memset(m->open, 0, (size_t)blocks * sizeof *m->open);
    }
    return CISUP_OK;
}

static cisup_status put_all_down(const collector *c, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < c->x->z_count && c->desk[k].watch; k++)
        CISUP_TRY(put_down(c, k, err));
done:
    return status;
}

/* Engines are chosen by network 0 also where another part measures it. */
static cisup_status choose(const collector *c, cisup_error *err) {
    cisup_specimen made = {0};
    cisup_status status = CISUP_OK;
    if (cisup_experiment_must_choose(c->x))
        CISUP_TRY(cisup_specimen_make(&made, c->x, 0, err));
    for (cisup_index k = 0; k < c->x->z_count; k++)
        CISUP_TRY(cisup_experiment_choose(c->x, &made, &c->part->of[k], err));
done:
    cisup_specimen_free(&made);
    return status;
}

cisup_status cisup_part_collect(const cisup_experiment *x, cisup_index first,
                                cisup_index step, cisup_vigil *vigil, cisup_part *part,
                                cisup_error *err) {
    collector c = {0};
    cisup_index done = 0;
    cisup_error own = {0};
    cisup_status status;
    CISUP_TRY(collector_init(&c, x, vigil, part, err));
    if (first > 0 && first < x->networks) CISUP_TRY(choose(&c, err));
    for (cisup_index k = first; k < x->networks; k += step) {
        status = run_network(&c, k, &own);
        if (status == CISUP_ESTOPPED && done > 0) break;
        if (status != CISUP_OK && err) *err = own;
        if (status != CISUP_OK) goto done;
        if (c.inside) CISUP_TRY(put_all_down(&c, err));
        done++;
        if (cisup_vigil_reach(vigil, (double)done) || step > x->networks - 1 - k) break;
    }
    status = CISUP_OK;
    if (!c.inside) CISUP_TRY(put_all_down(&c, err));
done:
    collector_free(&c);
    return status;
}
