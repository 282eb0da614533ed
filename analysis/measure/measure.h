/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_MEASURE_H
#define CISUP_ANALYSIS_MEASURE_H

#include <cisup/analysis/cells.h>
#include <cisup/analysis/measure/batch.h>
#include <cisup/analysis/statistics/quantile.h>
#include <cisup/core/circuits/circuits_parts.h>

#include <math.h>

/* Whether circuits have this quantity: on needs an on-indicator, x data beside it. Of
 * carried circuits x is the read-out. */
int cisup_quantity_exists(const cisup_circuits *c, cisup_quantity quantity);

/* Squared norms of one error [d], of its on-value and of its x; 0 of those that do not
 * exist. */
static inline void cisup_square_norms(const cisup_circuits *c, const double *error,
                                      double square[CISUP_QUANTITIES]) {
    const double on = cisup_circuits_on(c, error);
    square[CISUP_ON] = on * on;
    square[CISUP_READOUT] = square[CISUP_X] = 0.0;
    for (cisup_index i = 0; i < c->d; i++) {
        const double x = error[i] - c->offset * on;
        if (i == 0 && c->biased) continue; /* the mask */
        square[CISUP_READOUT] += error[i] * error[i];
        if (i >= c->on_count) square[CISUP_X] += x * x;
    }
}

/* The error distribution of one layer, state and quantity over circuits and samples.
 * Merging is exact, in any order. */
typedef struct cisup_tally {
    cisup_histogram squares;        /* of squared norms, all or every 16th circuit's */
    double worst[CISUP_LANES_MOST]; /* largest squared norm met in each lane */
} cisup_tally;

/* Counts the same squared norm `count` times; NaN is the worst. */
static inline void cisup_tally_add(cisup_tally *tally, double square, cisup_index count) {
    const double size = square == square ? square : (double)INFINITY;
    tally->squares.count[cisup_histogram_bin(square)] += (uint64_t)count;
    if (size > tally->worst[0]) tally->worst[0] = size;
}

/* Open neurons, A > 0, of one layer and block over samples; wrong: outside K^l. */
typedef struct cisup_open_count {
    int64_t open, wrong, outside; /* outside: neurons outside K^l */
    int64_t lost;                 /* samples whose A is not finite: no neuron is told */
} cisup_open_count;

/* Quantiles of inactive circuits are of all their read-outs where a network has less
 * than CISUP_MANY_READOUTS of them a layer (T times the samples); else of every
 * CISUP_READOUT_STEP-th circuit, others in each CISUP_LANES_MOST samples, so that all
 * circuits are counted. Sums and worst cases are of all, as is everything of active
 * circuits. docs/design.md has the error that this adds. */
enum { CISUP_MANY_READOUTS = 1 << 19, CISUP_READOUT_STEP = 16 };

/* Circuit t is the k-th active one of a lane. */
typedef struct {
    cisup_index t, lane, k;
} cisup_active_one;

/* Measures a network over batches: an observer's context. One for each thread.
 * Start from {0}. */
typedef struct {
    const cisup_circuits *circuits; /* borrowed */
    cisup_index N, L, d;
    const double *offset;     /* [L] borrowed, of networks that carry masks: a closed
                                 neuron of K^l holds -o; or NULL: 0 */
    const cisup_batch *batch; /* the one being run */
    cisup_active_one *order;  /* [LANES_MOST*z+1] of the batch by t; the last has t = T */
    cisup_index next;         /* the first of order not yet met in this layer */
    int thinned;              /* 1: not all inactive read-outs are counted */
    cisup_index phase;        /* then t is counted when the step divides t + phase */
    double *sum;              /* [L][states][quantities][LANES_MOST], of one batch */
    cisup_tally *tally;       /* [L][states][quantities], over all batches */
    double *error;            /* [d], scratch */
    double largest;           /* squares of inactive circuits above it are infinite: of
                                 passes that add up in single precision; else DBL_MAX */
    cisup_open_count *open;   /* [L][d], over all batches */
} cisup_measure;

/* Errors: ENOMEM. z: active circuits a sample. */
CISUP_MUST_CHECK cisup_status cisup_measure_init(cisup_measure *m,
                                                 const cisup_network *net, cisup_index z,
                                                 cisup_error *err);
void cisup_measure_free(cisup_measure *m);

/* Prepares for a batch and clears `sum`; returns the observer to run it with.
 *
 *   inputs   samples of the network in all
 *   first    the number of the batch's first */
cisup_observer cisup_measure_start(cisup_measure *m, const cisup_batch *batch,
                                   cisup_index first, cisup_index inputs);

/* For passes that measure inactive circuits themselves (analysis/pass/bulk.h): starts
 * layer l = 1..L and measures the exact states of its active circuits. */
void cisup_measure_layer(cisup_measure *m, cisup_index l);

/* The lane in which an active circuit comes next, t ascending; t = T at the end. */
static inline const cisup_active_one *cisup_measure_due(const cisup_measure *m) {
    return &m->order[m->next];
}

/* Adds `count` circuits of a state (cisup_state_kind) with the same error: [d], in one
 * lane. */
void cisup_measure_add(cisup_measure *m, cisup_index l, int state, cisup_index lane,
                       cisup_index count, const double *error);

/* Measures the circuit that was due by its read-out in that lane. est: [d]. */
void cisup_measure_active(cisup_measure *m, cisup_index l, const double *est);

/* Whether an inactive circuit t is counted among the sizes. */
static inline int cisup_measure_counts(const cisup_measure *m, cisup_index t) {
    return !m->thinned || (t + m->phase) % CISUP_READOUT_STEP == 0;
}

/* The sum of squares of one cell over the samples of the last batch, which must still be
 * there. */
double cisup_measure_sum(const cisup_measure *m, cisup_index cell);

/* The largest norm of a cell over all batches. */
double cisup_tally_worst(const cisup_tally *tally);

/* Adds the tallies and counts of `from` (same network shape). */
void cisup_measure_merge(cisup_measure *into, const cisup_measure *from);

#endif
