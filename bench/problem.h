/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_PROBLEM_H
#define CISUP_BENCH_PROBLEM_H

#include <cisup/analysis/experiment.h>
#include <cisup/sparse/network/relu_layers.h>

/* What is built and run: sizes, seed and number of inputs. */
typedef struct {
    cisup_shape shape;
    cisup_index cycle; /* 0: the published construction, of circuits rotation4; else the
                          masks of a cycle of so many parts are carried, of rotation2,
                          o = 1 */
    cisup_index inputs;
    uint64_t seed;
} problem_size;

/* How the library runs it. */
typedef struct {
    cisup_engine engine;
    cisup_precision precision;
    int threads;
} problem_way;

/* One network and all its inputs, by the library: allocation, circuits, permutations,
 * operators; drawing inputs, running, reading out, statistics. mse: [cells] of
 * cisup_cell, filled. Errors: those of cisup_experiment_run. */
CISUP_MUST_CHECK cisup_status problem_run(const problem_size *size,
                                          const problem_way *way, double *mse,
                                          cisup_error *err);

/* Its first part alone: all that is made before an input is drawn. */
CISUP_MUST_CHECK cisup_status problem_build(const problem_size *size,
                                            const problem_way *way, cisup_error *err);

/* The largest relative difference of mean square errors of read-outs and their x, active
 * and inactive, in all layers; NaN if any is NaN. That of the on-value is left out: of
 * active circuits it is exactly 0 in the first layer, but for rounding. */
double problem_difference(const problem_size *size, const double *mse,
                          const double *mine);

/* The largest difference of root mean square errors of read-outs, likewise: for errors
 * that may be 0, of states whose norm is 1. */
double problem_distance(const problem_size *size, const double *mse, const double *mine);

/* The same network and inputs, laid open for a peer. Owns its arrays. Start from {0}. */
typedef struct {
    problem_size size;
    cisup_allocation base; /* with masks the rows of all parts, one after the other */
    cisup_circuits circuits;
    cisup_index *row_of;    /* [L][T]: the row of the allocation where circuit t sits */
    double *kappa;          /* [L-1] */
    cisup_relu_layers relu; /* with masks: the true layers; else empty */
    double *offset;         /* [L] with masks: o; else NULL */
    cisup_index *active;    /* [inputs][z] */
    double *state;          /* [inputs][z][L+1][d] */
} problem;

/* *p is uninitialised on entry and empty after a failure. */
CISUP_MUST_CHECK cisup_status problem_init(problem *p, const problem_size *size,
                                           cisup_error *err);
void problem_free(problem *p);

/* The state of the k-th active circuit of an input in layer l. */
static inline const double *problem_state(const problem *p, cisup_index input,
                                          cisup_index k, cisup_index l) {
    const cisup_shape *s = &p->size.shape;
    return p->state + ((input * s->z + k) * (s->L + 1) + l) * s->d;
}

/* The rows of layer l are those of the allocation from here on, in some order. */
static inline cisup_index problem_first_row(const problem *p, cisup_index l) {
    return p->size.cycle ? (l - 1) % p->size.cycle * p->base.T : 0;
}

/* The neurons of a circuit in layer l = 1..L. */
static inline const int32_t *problem_row(const problem *p, cisup_index l, cisup_index t) {
    return cisup_allocation_row(&p->base, p->row_of[(l - 1) * p->base.T + t]);
}

#endif
