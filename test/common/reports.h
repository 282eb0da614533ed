/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small experiments of every kind, their parts, and reports compared bit by bit. */
#ifndef CISUP_TEST_REPORTS_H
#define CISUP_TEST_REPORTS_H

#include "common/check.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment_part.h>
#include <cisup/core/schemes.h>

enum {
    KIND_LIST,
    KIND_SINGLE,
    KIND_TERMS,
    KIND_WORST,
    KIND_EXCLUDE,
    KIND_COMPUTED,
    KIND_GIVEN,
    KIND_AUTO,
    KIND_ASSEMBLED,
    KINDS
};

/* What an experiment borrows. Must stay where it is. */
typedef struct {
    cisup_allocation base;
    cisup_incidence computed;
    cisup_circuits given;
    cisup_index z[2], out[4 * 2];
    cisup_experiment x;
} small_experiment;

static inline void small_make(small_experiment *s, int kind) {
    *s = (small_experiment){.z = {1, 3}, .out = {0, 7, 3, 4, 5, 39, 0, 1}};
    cisup_experiment *x = &s->x;
    *x = cisup_experiment_defaults();
    x->d = 4;
    x->L = 3;
    x->z = s->z;
    x->z_count = 2;
    x->networks = 4;
    x->inputs = 21;
    x->threads = 2;
    x->engine = CISUP_ENGINE_BATCHED;
    if (kind == KIND_COMPUTED) { /* so large that kappa is estimated */
        CHECK_OK(
            cisup_incidence_make(&s->computed, 5000, 3, 6000, CISUP_SCHEME_TD, &error_));
        s->base = (cisup_allocation){5000, 3, 6000, NULL};
        x->computed = &s->computed;
        x->engine = CISUP_ENGINE_AUTO;
    } else if (kind == KIND_AUTO) {
        CHECK_OK(cisup_allocation_make(&s->base, 2000, 3, 300, NULL, &error_));
        x->engine = CISUP_ENGINE_AUTO;
    } else {
        CHECK_OK(cisup_allocation_make(&s->base, 30, 3, 40, NULL, &error_));
    }
    x->base = &s->base;
    if (kind == KIND_SINGLE) x->precision = CISUP_PRECISION_SINGLE;
    if (kind == KIND_TERMS) x->terms = 1;
    if (kind == KIND_WORST) x->worst = 3;
    if (kind == KIND_EXCLUDE) x->exclude = (cisup_exclusion){s->out, 2, 1};
    if (kind == KIND_ASSEMBLED) x->engine = CISUP_ENGINE_ASSEMBLED;
    if (kind == KIND_GIVEN) {
        const cisup_family_options family = {
            .family = CISUP_GATE, .margin = 1.0, .fresh = 1, .seed = 5};
        CHECK_OK(cisup_circuits_make(&s->given, 40, 5, 2, &family, &error_));
        x->circuits = &s->given;
    }
}

static inline void small_free(small_experiment *s) {
    if (s->base.slot) cisup_allocation_free(&s->base);
    cisup_incidence_free(&s->computed);
    cisup_circuits_free(&s->given);
}

#define SAME_BITS(a, b, count)                                                           \
    assert_memory_equal((a), (b), (size_t)(count) * sizeof *(a))

/* The same bits in all but the times. worst: that was asked for. */
static inline void assert_equal_reports(const cisup_report *a, const cisup_report *b,
                                        cisup_index worst, int terms) {
    const cisup_index L = a->L, cells = cisup_cell(L + 1, 0, 0);
    const cisup_index parts = terms ? cisup_term_cell(L + 1, 0, 0) : 0;
    assert_true(a->L == b->L && a->d == b->d && a->networks == b->networks &&
                a->z_count == b->z_count);
    SAME_BITS(a->kappa, b->kappa, L - 1);
    SAME_BITS(&a->kappa_error, &b->kappa_error, 1);
    assert_int_equal(a->stats.load_min, b->stats.load_min);
    assert_int_equal(a->stats.load_max, b->stats.load_max);
    SAME_BITS(&a->stats.load_cv, &b->stats.load_cv, 3);
    for (cisup_index k = 0; k < a->z_count; k++) {
        const cisup_result *r = &a->result[k], *s = &b->result[k];
        assert_true(r->z == s->z && r->engine == s->engine);
        SAME_BITS(r->mse, s->mse, cells);
        SAME_BITS(r->median, s->median, cells);
        SAME_BITS(r->q99, s->q99, cells);
        SAME_BITS(r->worst, s->worst, cells);
        SAME_BITS(r->theory, s->theory, cells);
        SAME_BITS(r->open, s->open, L * a->d);
        SAME_BITS(r->wrong, s->wrong, L * a->d);
        SAME_BITS(&r->feedback, &s->feedback, 1);
        SAME_BITS(&r->share, &s->share, 1);
        SAME_BITS(&r->residual, &s->residual, 1);
        SAME_BITS(r->term, s->term, parts);
        SAME_BITS(r->correlation, s->correlation, parts);
        SAME_BITS(r->ranked, s->ranked, a->networks * worst);
        SAME_BITS(r->culprit, s->culprit, worst);
    }
}

static inline cisup_part part_of(const cisup_experiment *x, cisup_index first,
                                 cisup_index step) {
    cisup_part part;
    CHECK_OK(cisup_experiment_part(x, first, step, &part, &error_));
    return part;
}

#endif
