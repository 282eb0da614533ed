/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_ASSEMBLY_SIDES_H
#define CISUP_BENCH_ASSEMBLY_SIDES_H

#include "bench.h"

#include <cisup/sparse/layer/assembly.h>

/* The sides of bench_assembly: ours, and the libraries, a function each. */
typedef enum {
    BY_OURS,
    BY_OURS_TWO,
    BY_CXSPARSE,
    BY_CHOLMOD,
    BY_GRAPHBLAS,
    BY_SCIPY,
    SIDES
} side;

/* What all sides start from. */
typedef struct {
    cisup_allocation base;
    cisup_index *order; /* [2][T] */
    double *w;          /* [T][d][d] */
    cisup_transition x;
    cisup_csc half, u; /* E blockdiag(w) and U */
} task;

/* A result in columns, whose rows may be in any order. */
typedef struct {
    const int64_t *p, *i;
    const double *x;
} columns;

typedef struct {
    bench_times wall[SIDES], cpu[SIDES], cold[2]; /* cold: BY_OURS and BY_CXSPARSE */
    double differs[SIDES];                        /* from ours, the largest; or NaN */
    double write_s;                               /* to write as many bytes */
    double bytes;
    int64_t entries;
} results;

/* Ends the program unless done. */
void assembly_need(int done, const char *what);

/* From the circuits, everything counted: G, and then A. */
void assembly_by_ours(const task *q, cisup_csc *a);

/* Adds the times since the two moments. */
void assembly_keep(results *r, side which, double wall, double cpu);

/* One product each, timed, and compared with ours the first time. */
void assembly_by_cxsparse(const task *q, results *r);
void assembly_by_cholmod(const task *q, results *r);
void assembly_by_graphblas(const task *q, results *r);

/* Runs assembly_scipy.py, which times itself. */
void assembly_by_scipy(const task *q, results *r, int repetitions);

#endif
