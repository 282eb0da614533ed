/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_SAMPLES_H
#define CISUP_ANALYSIS_SAMPLES_H

#include <cisup/analysis/measure/circuit_sums.h>
#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/term_sums.h>
#include <cisup/analysis/pass/bulk.h>
#include <cisup/analysis/pass/reduced.h>
#include <cisup/core/base/vigil.h>

/* The samples of one network with z active circuits, and what to measure in them. */
typedef struct {
    const cisup_network *net;
    const cisup_open_network *open; /* NULL; else run through open neurons: the same
                                       network, or a computed one whose sizes net has */
    int is_reduced; /* with open: only through the active circuits' neurons, in double
                       precision; cisup_reduced_check must have passed */
    const cisup_correction *correction; /* of its layers, or NULL: no terms */
    int by_circuit;                     /* 1: errors circuit by circuit, too */
    cisup_mode mode;
    cisup_precision precision; /* single: not assembled, no terms, not by circuit */
    uint64_t seed;
    cisup_index network, z, inputs;
    int robust;                      /* masks of (21.5), if there is noise */
    double noise;                    /* of inputs: batched only, without terms */
    const cisup_active_sets *active; /* of at most z circuits; NULL: z are drawn */
    cisup_vigil *vigil;              /* or NULL: nobody watches */
    double share;                    /* of that work: the samples */
} cisup_samples;

/* Where sums stand among the columns of a network. All counts are of columns. */
typedef struct {
    cisup_index cells;    /* [cisup_cell]: squared errors; from column 0 */
    cisup_index terms;    /* [2][cisup_term_cell]: squares, products; or 0 */
    cisup_index circuits; /* [3][T] as in cisup_circuit_sums; or 0 */
} cisup_columns;

cisup_columns cisup_samples_columns(const cisup_samples *s);

static inline cisup_index cisup_columns_total(const cisup_columns *c) {
    return c->cells + c->terms + c->circuits;
}

/* What one thread measures; tallies go on over the networks of one shape. Start from
 * {0}. */
typedef struct {
    cisup_measure measure;
    cisup_term_sums terms;       /* empty without terms */
    cisup_circuit_sums circuits; /* empty unless by circuit */
} cisup_watch;

/* Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_watch_init(cisup_watch *w, const cisup_samples *s,
                                               cisup_error *err);
void cisup_watch_free(cisup_watch *w);

/* Runs all samples, in batches over the threads.
 *
 *   watch    [threads], of which batches may leave some without work
 *   column   [columns], receives this network's sums
 *
 * Sums are kept by batch and added in the order of the samples, counts are whole
 * numbers: the result does not depend on the threads. Errors: those of
 * cisup_bulk_plan_make and of the passes through open neurons; ENOMEM; ESTOPPED, which
 * leaves some samples in `watch`. */
CISUP_MUST_CHECK cisup_status cisup_samples_run(const cisup_samples *s,
                                                cisup_watch *watch, int threads,
                                                double *column, cisup_error *err);

#endif
