/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/core/base/numbers.h>
#include <cisup/core/cycle_plan.h>
#include <cisup/core/cycles/cycle_parts.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* As many circuits as the cycle of a study holds, or `most` if that is less. */
static cisup_status fill_cycle(cisup_study *s, cisup_index most, cisup_error *err) {
    cisup_cycle_plan plan;
    const cisup_status status = cisup_cycle_plan_make(&plan, s->N, s->S, s->cycle, err);
    s->T = plan.T < most ? plan.T : most;
    return status;
}

/* The least and the most over networks and layers. */
static cisup_interval extent(const cisup_trials *t, cisup_trials_figure *figure,
                             cisup_index L) {
    cisup_interval all = cisup_trials_extent(t, figure, 1);
    for (cisup_index l = 2; l <= L; l++) {
        const cisup_interval one = cisup_trials_extent(t, figure, l);
        all.low = one.low < all.low ? one.low : all.low;
        all.high = cisup_larger(all.high, one.high);
    }
    all.mean = all.high;
    return all;
}

static cisup_status add_no_error(const cisup_claims_setup *setup, const cisup_study *full,
                                 const char *circuits, cisup_findings *f,
                                 cisup_error *err) {
    cisup_study s = *full;
    cisup_trials t = {0};
    char name[sizeof f->row->part];
    cisup_status status;
    CISUP_TRY(fill_cycle(&s, INT64_MAX, err));
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    (void)snprintf(name, sizeof name, "largest error, %s, S = %" PRId64, circuits, s.S);
    cisup_finding *row =
        cisup_findings_add(f, name, CISUP_RELATION_EXACTLY, 0.0,
                           extent(&t, cisup_figure_active_worst, s.L), 1e-12);
    (void)snprintf(row->where, sizeof row->where,
                   "active read-outs of all %" PRId64 " layers with ReLU, z = 1, D = "
                   "%" PRId64 ", T = %" PRId64 ", all that the cycle holds",
                   s.L, (s.d + s.cycle) * s.N, s.T);
done:
    cisup_trials_free(&t);
    return status;
}

cisup_status cisup_claim_no_error(const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    const cisup_index S[] = {1, 2, setup->S};
    cisup_study s = cisup_study_masks(setup);
    const cisup_index N = s.N;
    cisup_status status;
    for (int k = 0; k < 3; k++) {
        s.S = S[k];
        s.N = S[k] == 1 ? N / 2 : N; /* T = N^2 */
        s.inputs = S[k] == setup->S ? setup->inputs : (setup->inputs + 3) / 4;
        CISUP_TRY(add_no_error(setup, &s, "rotations", f, err));
    }
    s.circuits = CISUP_STUDY_RANDOM;
    s.d = 3;
    s.N = setup->D / (s.d + s.cycle);
    s.fresh = 1;
    CISUP_TRY(add_no_error(setup, &s, "random MLPs", f, err));
done:
    return status;
}

enum { RECURSION_LAYERS = 6 };

/* How far the root mean square error is from the recursion's in the worst layer, in parts
 * of the latter; and the layers where it is within 10 %. */
static cisup_interval farthest(const cisup_trials *t, cisup_index *good) {
    cisup_interval far = {.mean = 0.0, .low = 0.0, .high = 0.0};
    *good = 0;
    for (cisup_index l = 1; l <= RECURSION_LAYERS; l++) {
        const double e = cisup_theory_masks_recursion(&t->masks, l).active;
        const cisup_interval m = cisup_trials_mean(t, cisup_figure_active_error, l);
        const double mean = fabs(sqrt(m.mean / e) - 1.0);
        const double low = fabs(sqrt(fmax(m.low, 0.0) / e) - 1.0);
        const double high = fabs(sqrt(m.high / e) - 1.0);
        far.mean = cisup_larger(far.mean, mean);
        far.high = cisup_larger(far.high, cisup_larger(low, high));
        *good += mean <= 0.1;
    }
    far.low = far.mean;
    return far;
}

/* Root mean squares in layer 3 beside the law, and for which layers it holds. */
static void add_law(const cisup_trials *t, cisup_index z, cisup_findings *f) {
    cisup_scan_cell cell[RECURSION_LAYERS];
    char name[sizeof f->row->part];
    for (int l = 1; l <= RECURSION_LAYERS; l++)
        cell[l - 1] =
            (cisup_scan_cell){l, cisup_theory_masks_law(&t->masks, l).active,
                              cisup_trials_mean(t, cisup_figure_active_error, l)};
    (void)snprintf(name, sizeof name, "law, layer 3, z = %" PRId64, z);
    cisup_finding *row = cisup_findings_add(f, name, CISUP_RELATION_EQUAL,
                                            cell[2].predicted, cell[2].measured, 0.0);
    cisup_scan_text(row->where, "l", cell, RECURSION_LAYERS, 20.0);
}

cisup_status cisup_claim_recursion(const cisup_claims_setup *setup, cisup_findings *f,
                                   cisup_error *err) {
    cisup_study s = cisup_study_masks(setup);
    cisup_trials t = {0};
    char name[sizeof f->row->part];
    cisup_index good;
    cisup_status status;
    s.L = RECURSION_LAYERS;
    CISUP_TRY(fill_cycle(&s, setup->T, err));
    for (s.z = 2; s.z <= 4; s.z++) {
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        const cisup_interval far = farthest(&t, &good);
        (void)snprintf(name, sizeof name, "off the recursion, z = %" PRId64, s.z);
        cisup_finding *row =
            cisup_findings_add(f, name, CISUP_RELATION_AT_MOST, 0.1, far, 0.0);
        (void)snprintf(row->where, sizeof row->where,
                       "root mean square of active read-outs, worst of layers 1..%d, %d "
                       "of them within 10 %%; S = %" PRId64 ", T = %" PRId64,
                       RECURSION_LAYERS, (int)good, s.S, s.T);
        add_law(&t, s.z, f);
        cisup_trials_free(&t);
    }
done:
    cisup_trials_free(&t);
    return status;
}

/* b over a, network by network and layer by layer: the least and the most. */
static cisup_interval ratio_extent(const cisup_trials *a, const cisup_trials *b,
                                   cisup_trials_figure *figure, cisup_index L) {
    cisup_interval all = {.low = INFINITY, .high = -INFINITY};
    for (cisup_index k = 0; k < a->networks; k++)
        for (cisup_index l = 1; l <= L; l++) {
            const double x = figure(&b->report[k], l) / figure(&a->report[k], l);
            all.low = x < all.low ? x : all.low;
            all.high = cisup_larger(all.high, x);
        }
    all.mean = all.high;
    return all;
}

cisup_status cisup_claim_masks_close(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    cisup_study s = cisup_study_masks(setup), masked;
    cisup_trials a = {0}, b = {0};
    cisup_status status;
    s.z = 3;
    CISUP_TRY(fill_cycle(&s, setup->T, err));
    masked = s;
    masked.mode = CISUP_MODE_MASKED_RELU;
    CISUP_TRY(cisup_study_run(setup, &masked, &a, err));
    CISUP_TRY(cisup_study_run(setup, &s, &b, err));
    cisup_finding *row =
        cisup_findings_add(f, "wrongly open", CISUP_RELATION_EXACTLY, 0.0,
                           extent(&b, cisup_figure_wrong, s.L), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "of the neurons outside K, layers 1..%" PRId64 ", z = %" PRId64
                   ", safe strength",
                   s.L, s.z);
    /* Sums of S or fewer circuits' terms in another order; errors are above 10^-3. */
    cisup_findings_add(f, "active, ReLU over masked", CISUP_RELATION_EXACTLY, 1.0,
                       ratio_extent(&a, &b, cisup_figure_active_error, s.L), 1e-9);
    cisup_findings_add(f, "inactive, ReLU over masked", CISUP_RELATION_EXACTLY, 1.0,
                       ratio_extent(&a, &b, cisup_figure_inactive_error, s.L), 1e-9);
done:
    cisup_trials_free(&a);
    cisup_trials_free(&b);
    return status;
}

/* Whom two circuits that meet twice meet where; else how many pairs were looked at. */
static void write_witness(cisup_finding *row, const cisup_study *s,
                          const cisup_overlap_report *o) {
    const cisup_index *n = o->witness_neurons, *t = o->witness_circuits;
    if (o->holds)
        (void)snprintf(row->where, sizeof row->where,
                       "all pairs of %" PRId64 " circuits, S = %" PRId64
                       " in each of %" PRId64 " allocations of %" PRId64 " neurons",
                       s->T, s->S, s->cycle, s->N);
    else
        (void)snprintf(row->where, sizeof row->where,
                       "circuits %" PRId64 " and %" PRId64 " meet in neuron %" PRId64
                       " of part %" PRId64 " and %" PRId64 " of part %" PRId64,
                       t[0], t[1], n[0] % s->N, n[0] / s->N, n[1] % s->N, n[1] / s->N);
}

/* Looks at the rows of a study's cycle. */
static cisup_status check_cycle(const cisup_claims_setup *setup, const cisup_study *s,
                                cisup_overlap_report *found, cisup_error *err) {
    cisup_cycle cycle = {0}, seen = {0};
    cisup_allocation rows = {0}, part[CISUP_CYCLE_MOST];
    cisup_cycle_report report;
    const cisup_overlap_options options = {.threads = setup->threads};
    cisup_status status;
    CISUP_TRY(cisup_study_turn(setup, s, &cycle, &rows, err));
    for (cisup_index h = 0; h < s->cycle; h++)
        part[h] = (cisup_allocation){s->N, s->S, s->T, rows.slot + h * s->T * s->S};
    CISUP_TRY(cisup_cycle_of(&seen, part, s->cycle, err));
    const cisup_rows joined = cisup_cycle_rows(&seen);
    CISUP_TRY(cisup_cycle_check(&joined, s->cycle, &options, &report, err));
    *found = report.overlap;
done:
    cisup_cycle_free(&seen);
    cisup_cycle_free(&cycle);
    cisup_allocation_free(&rows);
    return status;
}

cisup_status cisup_claim_cycle(const cisup_claims_setup *setup, cisup_findings *f,
                               cisup_error *err) {
    static const cisup_index S[] = {1, 2, 3, 5}, c[] = {4, 3, 2, 2};
    cisup_study s = cisup_study_masks(setup);
    cisup_overlap_report found;
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 4; k++) {
        char name[sizeof f->row->part];
        s.S = S[k];
        s.cycle = c[k];
        CISUP_TRY(fill_cycle(&s, 10000, err));
        CISUP_TRY(check_cycle(setup, &s, &found, err));
        (void)snprintf(name, sizeof name,
                       "largest overlap, S = %" PRId64 ", c = %" PRId64, s.S, s.cycle);
        write_witness(cisup_findings_add(f, name, CISUP_RELATION_EXACTLY, 1.0,
                                         cisup_interval_point((double)found.max_overlap),
                                         0.0),
                      &s, &found);
    }
done:
    return status;
}
