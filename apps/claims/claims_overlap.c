/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

#include <float.h>
#include <math.h>
#include <stdio.h>

static cisup_status network_allocation(const cisup_claims_setup *setup,
                                       cisup_allocation *a, cisup_error *err) {
    return cisup_study_place(setup, setup->D / setup->d, setup->S, setup->T,
                             CISUP_SCHEME_REF, a, err);
}

/* The largest overlap of two circuits in as many as a scheme places, at most `most`. */
static cisup_status largest_overlap(const cisup_claims_setup *setup, cisup_scheme scheme,
                                    cisup_index most, double *overlap, cisup_index *T,
                                    cisup_error *err) {
    const cisup_index N = setup->D / setup->d;
    cisup_allocation_options options = cisup_allocation_defaults();
    cisup_allocation a = {0};
    cisup_overlap_report report;
    const cisup_overlap_options check = {.threads = setup->threads};
    options.scheme = scheme;
    options.seed = setup->seed;
    cisup_status status;
    CISUP_TRY(cisup_allocation_capacity(N, setup->S, &options, T, err));
    if (*T > most) *T = most;
    CISUP_TRY(cisup_study_place(setup, N, setup->S, *T, scheme, &a, err));
    const cisup_rows rows = cisup_rows_stored(&a);
    CISUP_TRY(cisup_overlap_check_rows(&rows, &check, &report, err));
    *overlap = fmax(*overlap, (double)report.max_overlap);
done:
    cisup_allocation_free(&a);
    return status;
}

cisup_status cisup_claim_one_neuron(const cisup_claims_setup *setup, cisup_findings *f,
                                    cisup_error *err) {
    static const cisup_scheme schemes[] = {CISUP_SCHEME_PRIME, CISUP_SCHEME_REF,
                                           CISUP_SCHEME_GREEDY, CISUP_SCHEME_RANDOM,
                                           CISUP_SCHEME_TD};
    double overlap = 0.0;
    cisup_index T, all;
    cisup_status status;
    for (int k = 0; k < (int)(sizeof schemes / sizeof *schemes); k++)
        CISUP_TRY(largest_overlap(setup, schemes[k], setup->T, &overlap, &T, err));
    CISUP_TRY(
        largest_overlap(setup, CISUP_SCHEME_BEST, INT64_C(1) << 40, &overlap, &all, err));
    cisup_finding *row = cisup_findings_add(f, "largest overlap", CISUP_RELATION_EXACTLY,
                                            1.0, cisup_interval_point(overlap), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "all pairs; prime, ref, greedy, random, td with up to %" PRId64
                   " circuits, best with %" PRId64,
                   setup->T, all);
done:
    return status;
}

/* The embedding of the setup's network, D x T d. */
static cisup_status embed(const cisup_claims_setup *setup, cisup_csc *e,
                          cisup_error *err) {
    cisup_allocation a = {0};
    cisup_csc slots = {0};
    *e = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(network_allocation(setup, &a, err));
    CISUP_TRY(cisup_embedding_slots(&a, NULL, &slots, err));
    CISUP_TRY(cisup_embedding_blocks(&slots, setup->d, setup->D, e, err));
    if (setup->faults.embedding) setup->faults.embedding(setup->faults.context, e);
done:
    cisup_csc_free(&slots);
    cisup_allocation_free(&a);
    return status;
}

cisup_status cisup_claim_no_collision(const cisup_claims_setup *setup, cisup_findings *f,
                                      cisup_error *err) {
    cisup_csc e;
    cisup_index *met = NULL; /* [D] 1 + the last circuit met there */
    double collisions = 0.0;
    cisup_status status;
    CISUP_TRY(embed(setup, &e, err));
    CISUP_TRY(cisup_new(&met, setup->D, sizeof *met, err));
    for (cisup_index column = 0; column < e.ncol; column++)
        for (cisup_index k = e.p[column]; k < e.p[column + 1]; k++) {
            const cisup_index t = column / setup->d;
            collisions += met[e.i[k]] == t + 1;
            met[e.i[k]] = t + 1;
        }
    cisup_finding *row = cisup_findings_add(f, "collisions", CISUP_RELATION_EXACTLY, 0.0,
                                            cisup_interval_point(collisions), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "neurons that two of the %" PRId64
                   " neurons of a circuit share, %" PRId64 " circuits",
                   setup->d, setup->T);
done:
    cisup_release(met);
    cisup_csc_free(&e);
    return status;
}

/* What the blocks of U E, d x d, are like. */
typedef struct {
    double identity; /* largest |U_t E_t - I| */
    double worst; /* largest |U_t E_u|, t != u, as an operator: it is a multiple of I */
    double other; /* largest entry that a multiple of I would not have */
} product_sizes;

static product_sizes measure_product(const cisup_csc *ue, cisup_index d) {
    product_sizes s = {0};
    for (cisup_index column = 0; column < ue->ncol; column++) {
        double on_diagonal = 0.0;
        for (cisup_index k = ue->p[column]; k < ue->p[column + 1]; k++) {
            const cisup_index row = ue->i[k];
            const double x = fabs(ue->x[k]);
            if (row == column)
                on_diagonal = ue->x[k];
            else if (row % d != column % d || row / d == column / d)
                s.other = cisup_larger(s.other, x);
            else
                s.worst = cisup_larger(s.worst, x);
        }
        s.identity = cisup_larger(s.identity, fabs(on_diagonal - 1.0));
    }
    return s;
}

static cisup_status multiply(const cisup_claims_setup *setup, product_sizes *s,
                             cisup_error *err) {
    cisup_csc e = {0}, u = {0}, ue = {0};
    cisup_status status;
    CISUP_TRY(embed(setup, &e, err));
    CISUP_TRY(cisup_unembedding(&e, setup->S, &u, err));
    CISUP_TRY(cisup_csc_multiply(&u, &e, &ue, err));
    *s = measure_product(&ue, setup->d);
done:
    cisup_csc_free(&ue);
    cisup_csc_free(&u);
    cisup_csc_free(&e);
    return status;
}

cisup_status cisup_claim_identity(const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    product_sizes s;
    const cisup_status status = multiply(setup, &s, err);
    if (status != CISUP_OK) return status;
    /* S terms, each 1/S rounded once. */
    const double rounding = 2.0 * (double)setup->S * DBL_EPSILON;
    cisup_finding *row =
        cisup_findings_add(f, "largest |U_t E_t - I|", CISUP_RELATION_EXACTLY, 0.0,
                           cisup_interval_point(fmax(s.identity, s.other)), rounding);
    (void)snprintf(row->where, sizeof row->where,
                   "all %" PRId64 " circuits, d = %" PRId64, setup->T, setup->d);
    return CISUP_OK;
}

cisup_status cisup_claim_worst_overlap(const cisup_claims_setup *setup, cisup_findings *f,
                                       cisup_error *err) {
    product_sizes s;
    const cisup_status status = multiply(setup, &s, err);
    if (status != CISUP_OK) return status;
    const double S = (double)setup->S;
    cisup_finding *row =
        cisup_findings_add(f, "largest |U_t E_u|", CISUP_RELATION_EXACTLY, 1.0 / S,
                           cisup_interval_point(s.worst), 2.0 * DBL_EPSILON);
    (void)snprintf(row->where, sizeof row->where, "all pairs of %" PRId64 " circuits",
                   setup->T);
    return CISUP_OK;
}

enum { SCAN = 5 };

/* T of the k-th cell of the scan: from a tenth of the circuits to all. */
static cisup_index scan_T(cisup_index T, int k) {
    static const double part[SCAN] = {0.1, 0.2, 0.4, 0.7, 1.0};
    const cisup_index some = (cisup_index)ceil(part[k] * (double)T);
    return some < 2 ? 2 : some;
}

/* Mean square overlap p of an allocation, and the case that predicts it. */
static cisup_status measure_p(const cisup_claims_setup *setup, cisup_scheme scheme,
                              cisup_index T, double *p, cisup_theory_case *c,
                              cisup_error *err) {
    const cisup_index N = setup->D / setup->d;
    cisup_allocation a = {0};
    cisup_csc slots = {0}, u = {0}, ue = {0};
    cisup_status status;
    CISUP_TRY(cisup_study_place(setup, N, setup->S, T, scheme, &a, err));
    CISUP_TRY(cisup_embedding_slots(&a, NULL, &slots, err));
    CISUP_TRY(cisup_unembedding(&slots, setup->S, &u, err));
    CISUP_TRY(cisup_csc_multiply(&u, &slots, &ue, err));
    double sum = 0.0;
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index k = ue.p[t]; k < ue.p[t + 1]; k++)
            if (ue.i[k] != t) sum += ue.x[k] * ue.x[k];
    *p = sum / ((double)T * (double)(T - 1));
    *c = (cisup_theory_case){.D = (double)(setup->d * N),
                             .d = (double)setup->d,
                             .T = (double)T,
                             .S = (double)setup->S,
                             .z = 1.0,
                             .N = (double)N};
done:
    cisup_csc_free(&ue);
    cisup_csc_free(&u);
    cisup_csc_free(&slots);
    cisup_allocation_free(&a);
    return status;
}

/* Both forms for one scheme. `seeds` allocations, with different seeds. */
static cisup_status compare_overlap(const cisup_claims_setup *setup, cisup_scheme scheme,
                                    cisup_index seeds, cisup_findings *f,
                                    cisup_error *err) {
    cisup_scan_cell post[SCAN], even[SCAN];
    cisup_claims_setup s = *setup;
    double *p = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&p, seeds, sizeof *p, err));
    for (int k = 0; k < SCAN; k++) {
        const cisup_index T = scan_T(setup->T, k);
        cisup_theory_case c = {0};
        for (cisup_index j = 0; j < seeds; j++) {
            s.seed = cisup_study_seed(setup, j);
            CISUP_TRY(measure_p(&s, scheme, T, &p[j], &c, err));
        }
        post[k].measured =
            seeds > 1 ? cisup_interval_mean(p, seeds, 0.95) : cisup_interval_point(p[0]);
        post[k].at = (double)T;
        post[k].predicted = c.d / c.D;
        even[k] = post[k];
        even[k].predicted = cisup_theory_p_even(&c);
    }
    const char *name = cisup_scheme_name(scheme);
    const cisup_scan_cell *all[] = {post, even};
    for (int form = 0; form < 2; form++) {
        const cisup_scan_cell *last = &all[form][SCAN - 1];
        char part[sizeof f->row->part];
        (void)snprintf(part, sizeof part, "%s, %s", form ? "corrected" : "d/D", name);
        cisup_finding *row = cisup_findings_add(f, part, CISUP_RELATION_EQUAL,
                                                last->predicted, last->measured, 0.0);
        cisup_scan_text(row->where, "T", all[form], SCAN, 10.0);
    }
done:
    cisup_release(p);
    return status;
}

cisup_status cisup_claim_mean_overlap(const cisup_claims_setup *setup, cisup_findings *f,
                                      cisup_error *err) {
    cisup_status status;
    CISUP_TRY(compare_overlap(setup, CISUP_SCHEME_REF, 1, f, err));
    CISUP_TRY(compare_overlap(setup, CISUP_SCHEME_BEST, 1, f, err));
    CISUP_TRY(compare_overlap(setup, CISUP_SCHEME_RANDOM, setup->networks, f, err));
done:
    return status;
}
