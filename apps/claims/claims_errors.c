/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors by layer, as multiples of the mean square of the exact states: of isometric
 * circuits, which are what the estimates of [CIS2] are about, and of the rotations of the
 * published network. */
#include "claims_parts.h"

#include <math.h>
#include <stdio.h>

/* The post's p: the corrected form differs by 1/(ST) (claim 4). */
static double post_p(const cisup_theory_case *c) {
    return c->d / c->D;
}

static double worst_active(const cisup_report *r, cisup_index l) {
    return r->result[0].worst[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)];
}

/* What the parts of an error other than overlap and activation come to, over the error,
 * and what the sum of all parts leaves of it. */
static double other_parts(const cisup_report *r, cisup_index l) {
    const cisup_result *x = &r->result[0];
    const cisup_term part = CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION;
    const double error = x->term[cisup_term_cell(l, CISUP_ACTIVE, CISUP_TERM_TOTAL)].mean;
    return sqrt(x->term[cisup_term_cell(l, CISUP_ACTIVE, part)].mean / error) +
           x->residual;
}

cisup_status cisup_claim_layer_zero(const cisup_claims_setup *setup, cisup_findings *f,
                                    cisup_error *err) {
    cisup_study s = cisup_study_rotation(setup);
    cisup_trials t = {0};
    s.L = 1;
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    /* S equal values of size about 3, added and divided. */
    cisup_finding *row =
        cisup_findings_add(f, "one circuit, largest error", CISUP_RELATION_EXACTLY, 0.0,
                           cisup_trials_extent(&t, worst_active, t.report[0].L), 1e-13);
    (void)snprintf(row->where, sizeof row->where,
                   "active circuits after their first matrix, z = 1: nothing overlaps");
    cisup_trials_free(&t);
    s.z = 3;
    s.terms = 1;
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    row = cisup_findings_add(f, "more circuits, beside overlap", CISUP_RELATION_EXACTLY,
                             0.0, cisup_trials_extent(&t, other_parts, t.report[0].L),
                             1e-12);
    (void)snprintf(row->where, sizeof row->where,
                   "z = %" PRId64 ", what overlap and activation leave of the errors, "
                   "relative",
                   s.z);
done:
    cisup_trials_free(&t);
    return status;
}

enum { MOST_Z = 4 };

/* A study at z = 1..MOST_Z. t: [MOST_Z], zeroed. */
static cisup_status run_by_z(const cisup_claims_setup *setup, cisup_study s,
                             cisup_trials *t, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (int k = 0; k < MOST_Z; k++) {
        s.z = k + 1;
        CISUP_TRY(cisup_study_run(setup, &s, &t[k], err));
    }
done:
    return status;
}

static void free_by_z(cisup_trials *t) {
    for (int k = 0; k < MOST_Z; k++) cisup_trials_free(&t[k]);
}

/* A finding at z = 2 with the scan over z = first..MOST_Z; predict: by the case. */
static void add_by_z(cisup_findings *f, const char *part, const cisup_trials *t,
                     cisup_trials_figure *figure, cisup_index l, int first,
                     double (*predict)(const cisup_theory_case *c)) {
    cisup_scan_cell cell[MOST_Z];
    for (int z = first; z <= MOST_Z; z++)
        cell[z - first] = (cisup_scan_cell){z, predict(&t[z - 1].theory),
                                            cisup_trials_mean(&t[z - 1], figure, l)};
    const cisup_scan_cell *two = &cell[2 - first];
    cisup_finding *row = cisup_findings_add(f, part, CISUP_RELATION_EQUAL, two->predicted,
                                            two->measured, 0.0);
    cisup_scan_text(row->where, "z", cell, MOST_Z - first + 1, 20.0);
}

static double active_one(const cisup_theory_case *c) {
    return (c->z - 1.0) * post_p(c);
}

static double inactive_one(const cisup_theory_case *c) {
    return c->z * post_p(c);
}

/* With the offset H of rotations, which the post leaves out. */
static double active_one_offset(const cisup_theory_case *c) {
    const double H = 2.0 * (1.0 + c->margin) * (1.0 + c->margin);
    return (c->z - 1.0) * post_p(c) * (1.0 + H);
}

cisup_status cisup_claim_layer_one(const cisup_claims_setup *setup, cisup_findings *f,
                                   cisup_error *err) {
    cisup_study isometric = cisup_study_isometric(setup);
    cisup_study rotation = cisup_study_rotation(setup);
    isometric.L = rotation.L = 1;
    cisup_trials general[MOST_Z] = {0}, turned[MOST_Z] = {0};
    cisup_status status;
    CISUP_TRY(run_by_z(setup, isometric, general, err));
    CISUP_TRY(run_by_z(setup, rotation, turned, err));
    add_by_z(f, "active, z = 2", general, cisup_figure_active_error, 1, 2, active_one);
    add_by_z(f, "inactive, z = 2", general, cisup_figure_inactive_error, 1, 1,
             inactive_one);
    add_by_z(f, "active x of rotations, z = 2", turned, cisup_figure_active_x, 1, 2,
             active_one);
    add_by_z(f, "the same with their offset", turned, cisup_figure_active_x, 1, 2,
             active_one_offset);
done:
    free_by_z(general);
    free_by_z(turned);
    return status;
}

/* What layer 2 adds beyond the error of layer 1 and one more overlap, (e_2 - 2 e_1)/e_1.
 */
static cisup_interval jump(const cisup_trials *t) {
    cisup_interval x = cisup_trials_growth(t, cisup_figure_active_error, 2, 1);
    x.mean -= 2.0;
    x.low -= 2.0;
    x.high -= 2.0;
    return x;
}

enum { JUMPS = 4 };

cisup_status cisup_claim_second_layer(const cisup_claims_setup *setup, cisup_findings *f,
                                      cisup_error *err) {
    static const double part[JUMPS] = {0.15, 0.3, 0.6, 1.0};
    cisup_study s = cisup_study_isometric(setup);
    s.L = 2;
    s.z = 2;
    cisup_trials t = {0};
    cisup_scan_cell cell[JUMPS];
    cisup_index from = 0; /* the claim holds from here on, 0: not at the end */
    cisup_status status;
    for (int k = 0; k < JUMPS; k++) {
        s.T = (cisup_index)(part[k] * (double)setup->T);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        const cisup_theory_case *c = &t.theory;
        cell[k] =
            (cisup_scan_cell){c->T, c->T * c->z / (c->z - 1.0) * post_p(c), jump(&t)};
        if (!(cell[k].measured.low >= 1.0))
            from = 0;
        else if (from == 0)
            from = s.T;
        cisup_trials_free(&t);
    }
    const cisup_scan_cell *last = &cell[JUMPS - 1];
    cisup_finding *row =
        cisup_findings_add(f, "layer 2 over layer 1, z = 2", CISUP_RELATION_AT_LEAST, 1.0,
                           last->measured, 0.0);
    if (from)
        (void)snprintf(row->where, sizeof row->where,
                       "sent by inactive circuits; from T = %" PRId64 " on of %g..%g",
                       from, cell[0].at, last->at);
    row = cisup_findings_add(f, "the same, T z/(z-1) d/D", CISUP_RELATION_EQUAL,
                             last->predicted, last->measured, 0.0);
    cisup_scan_text(row->where, "T", cell, JUMPS, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

static double active_two(const cisup_theory_case *c) {
    return c->T * c->z * post_p(c) * post_p(c);
}

/* With the terms of z-1: another overlap, the own error, what active circuits send. */
static double active_two_all(const cisup_theory_case *c) {
    const double p = post_p(c), others = c->z - 1.0;
    return 2.0 * others * p + others * others * p * p + (c->T - c->z) * c->z * p * p;
}

/* The post's error in layer 2 at z = 1 and at z = 2, with a scan over z in the second. */
static void add_second(cisup_findings *f, const char *circuits, const cisup_trials *t,
                       cisup_trials_figure *figure,
                       double (*predict)(const cisup_theory_case *c), int first) {
    cisup_scan_cell cell[MOST_Z];
    for (int k = 0; k < MOST_Z; k++)
        cell[k] = (cisup_scan_cell){k + 1.0, predict(&t[k].theory),
                                    cisup_trials_mean(&t[k], figure, 2)};
    for (int z = first; z <= 2; z++) {
        char part[sizeof f->row->part];
        (void)snprintf(part, sizeof part, "%s, z = %d", circuits, z);
        cisup_finding *row =
            cisup_findings_add(f, part, CISUP_RELATION_EQUAL, cell[z - 1].predicted,
                               cell[z - 1].measured, 0.0);
        if (z == 2) cisup_scan_text(row->where, "z", cell, MOST_Z, 50.0);
    }
}

cisup_status cisup_claim_layer_two(const cisup_claims_setup *setup, cisup_findings *f,
                                   cisup_error *err) {
    cisup_study isometric = cisup_study_isometric(setup);
    cisup_study rotation = cisup_study_rotation(setup);
    isometric.L = rotation.L = 2;
    cisup_trials general[MOST_Z] = {0}, turned[MOST_Z] = {0};
    cisup_status status;
    CISUP_TRY(run_by_z(setup, isometric, general, err));
    CISUP_TRY(run_by_z(setup, rotation, turned, err));
    add_second(f, "active", general, cisup_figure_active_error, active_two, 1);
    add_second(f, "with the terms of z-1", general, cisup_figure_active_error,
               active_two_all, 2);
    add_second(f, "active x of rotations", turned, cisup_figure_active_x, active_two, 1);
done:
    free_by_z(general);
    free_by_z(turned);
    return status;
}

/* Exponent a of e_l ~ (l-1)^a over the layers 2..L, by least squares. */
static double exponent(const cisup_report *r, cisup_trials_figure *figure,
                       cisup_index L) {
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (cisup_index l = 2; l <= L; l++) {
        const double u = log((double)(l - 1)), v = log(figure(r, l));
        n += 1.0;
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

static double exponent_general(const cisup_report *r, cisup_index L) {
    return exponent(r, cisup_figure_active_error, L);
}

static double exponent_x(const cisup_report *r, cisup_index L) {
    return exponent(r, cisup_figure_active_x, L);
}

/* For which layers e_l/e_2 = l-1. */
static void scan_layers(cisup_finding *row, const cisup_trials *t,
                        cisup_trials_figure *figure, cisup_index L) {
    cisup_scan_cell cell[16];
    int count = 0;
    for (cisup_index l = 3; l <= L && count < 16; l++)
        cell[count++] = (cisup_scan_cell){(double)l, (double)(l - 1),
                                          cisup_trials_growth(t, figure, l, 2)};
    if (count) cisup_scan_text(row->where, "l", cell, count, 20.0);
}

cisup_status cisup_claim_accumulates(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    const cisup_study isometric = cisup_study_isometric(setup);
    const cisup_study masked = cisup_study_rotation(setup);
    cisup_study relu = masked;
    relu.mode = CISUP_MODE_RELU;
    const cisup_study *const study[] = {&isometric, &masked, &relu};
    static const char *const part[] = {"exponent, isometric", "exponent, rotations",
                                       "exponent, rotations with ReLU"};
    const cisup_scan_figure last = {cisup_figure_active_x, setup->L, 2,
                                    (double)(setup->L - 1)};
    cisup_scan_cell cell[CISUP_SCAN_SIZES];
    cisup_finding *row = NULL;
    cisup_trials t = {0};
    cisup_status status;
    for (int k = 0; k < 3; k++) {
        const cisup_index L = setup->L;
        CISUP_TRY(cisup_study_run(setup, study[k], &t, err));
        row = cisup_findings_add(
            f, part[k], CISUP_RELATION_EXPONENT, 1.0,
            cisup_trials_mean(&t, k ? exponent_x : exponent_general, L), 0.0);
        scan_layers(row, &t, k ? cisup_figure_active_x : cisup_figure_active_error, L);
        cisup_trials_free(&t);
    }
    CISUP_TRY(cisup_scan_circuits(setup, &relu, &last, cell, err));
    cisup_scan_append(row->where, "last layer ", "T", cell, CISUP_SCAN_SIZES, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

/* The last layer over the first at this z, by layer and up to MOST_Z. */
static cisup_status add_stays(const cisup_claims_setup *setup, const cisup_study *study,
                              const char *part, int is_scanned, cisup_findings *f,
                              cisup_error *err) {
    cisup_trials_figure *figure = study->circuits == CISUP_STUDY_ISOMETRIC
                                      ? cisup_figure_inactive_error
                                      : cisup_figure_inactive_x;
    cisup_scan_cell by_layer[16], by_z[MOST_Z];
    cisup_trials t = {0};
    cisup_study s = *study;
    int count = 0;
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    for (cisup_index l = 2; l <= setup->L && count < 16; l++)
        by_layer[count++] =
            (cisup_scan_cell){(double)l, 1.0, cisup_trials_growth(&t, figure, l, 1)};
    cisup_finding *row = cisup_findings_add(f, part, CISUP_RELATION_EQUAL, 1.0,
                                            by_layer[count - 1].measured, 0.0);
    cisup_scan_text(row->where, "l", by_layer, count, 20.0);
    for (s.z = 1; s.z <= MOST_Z && is_scanned; s.z++) {
        cisup_trials_free(&t);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        by_z[s.z - 1] = (cisup_scan_cell){(double)s.z, 1.0,
                                          cisup_trials_growth(&t, figure, setup->L, 1)};
    }
    if (is_scanned) cisup_scan_append(row->where, "last layer ", "z", by_z, MOST_Z, 50.0);
done:
    cisup_trials_free(&t);
    return status;
}

cisup_status cisup_claim_stays(const cisup_claims_setup *setup, cisup_findings *f,
                               cisup_error *err) {
    const cisup_study isometric = cisup_study_isometric(setup);
    const cisup_study masked = cisup_study_rotation(setup);
    const cisup_scan_figure last = {cisup_figure_inactive_x, setup->L, 1, 1.0};
    cisup_study two = masked, relu = masked;
    cisup_scan_cell cell[CISUP_SCAN_SIZES];
    cisup_status status;
    two.z = 2;
    relu.mode = CISUP_MODE_RELU;
    CISUP_TRY(
        add_stays(setup, &isometric, "last layer over first, isometric", 1, f, err));
    CISUP_TRY(add_stays(setup, &masked, "the same, rotations", 0, f, err));
    CISUP_TRY(add_stays(setup, &two, "the same, rotations, z = 2", 1, f, err));
    CISUP_TRY(add_stays(setup, &relu, "the same, rotations with ReLU", 0, f, err));
    CISUP_TRY(cisup_scan_circuits(setup, &relu, &last, cell, err));
    cisup_scan_append(f->row[f->count - 1].where, "last layer ", "T", cell,
                      CISUP_SCAN_SIZES, 50.0);
done:
    return status;
}
