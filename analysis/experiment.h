/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_EXPERIMENT_H
#define CISUP_ANALYSIS_EXPERIMENT_H

#include <cisup/analysis/active_sets.h>
#include <cisup/analysis/cells.h>
#include <cisup/analysis/interval.h>
#include <cisup/analysis/mode.h>
#include <cisup/analysis/ranking.h>
#include <cisup/analysis/theory_case.h>
#include <cisup/core/cycle.h>
#include <cisup/core/incidence.h>
#include <cisup/core/watcher.h>
#include <cisup/sparse/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Circuits that are left out of the networks of an experiment: never drawn, not
 * measured, without weights. All others keep their neurons, weights and numbers. */
typedef struct {
    const cisup_index *circuit; /* [count] or [networks][count], each list ascending */
    cisup_index count;          /* default 0 */
    int by_network;             /* 1: every network has its own */
} cisup_exclusion;

/* One shape, measured over `networks` networks with `inputs` samples each, for every
 * z of a list. A network k differs from the next in its permutations and circuits. */
typedef struct {
    const cisup_allocation *base;    /* shared by all networks */
    const cisup_incidence *computed; /* NULL; else networks are computed, not stored
                                        (analysis/pass/computed.h), on these neurons, and
                                        base has its sizes without slots. Only of a
                                        family; no terms, worst or exclude */
    const cisup_cycle *cycle;        /* NULL; else networks carry masks, base has the rows
                                        of all its parts (or none: computed networks, of
                                        a family), and network.carrying.cycle is its c */
    const cisup_circuits *circuits;  /* NULL: of `family`, drawn anew for each network */
    cisup_family_options family;     /* its seed and network are set by the run */
    cisup_index d, L;                /* of the circuits of a family */
    cisup_network_options network;   /* seed, network, form and watcher are set by
                                        the run */
    cisup_engine engine;             /* default CISUP_ENGINE_AUTO: decided with the first
                                      network, for each z. Sparse, reduced: no terms,
                                      worst or kappa by rows; computed networks have no
                                      others. Reduced: with a cycle and in double
                                      precision; strengths beyond all sums */
    cisup_mode mode;                 /* default CISUP_MODE_RELU */
    cisup_precision precision;       /* default double; single: not assembled, no terms
                                        or worst */
    const cisup_index *z;            /* [z_count], each 1..T */
    cisup_index z_count;
    const cisup_active_sets *active; /* NULL: z circuits are drawn; else which are active;
                                        then z is one number, the largest set's size (0,
                                        too), and nothing is excluded */
    double noise;     /* standard deviation of normal noise on the network's inputs
                         (docs/math.md, section 21); default 0. Batched only, neither terms
                         nor worst nor codes of masks */
    int robust_masks; /* 1: masks are deaf to small noise, (21.5); default 0; only with
                         noise and networks that carry masks, else EINVAL */
    cisup_exclusion exclude;
    int terms;                    /* 1: split errors into their parts; default 0 */
    cisup_index worst;            /* how many circuits to rank; default 0 */
    cisup_index networks, inputs; /* K, M >= 1; defaults 20, 500 */
    uint64_t seed;                /* default 1 */
    int threads;                  /* as in core/threads.h; default 0: all */

    /* NULL (default): nobody. Counts networks, parts of long ones included; asked to end,
     * the experiment ends with the networks that are whole by then. */
    const cisup_watcher *watcher;
} cisup_experiment;

CISUP_API cisup_experiment cisup_experiment_defaults(void);

/* What one z gave. Cells are indexed by cisup_cell. */
typedef struct {
    cisup_index z;
    cisup_interval *mse;          /* [cells] mean over networks, 95 % interval */
    double *median, *q99, *worst; /* [cells] of the norm, over everything */
    cisup_prediction *theory;     /* [cells] */
    double *open, *wrong;         /* [L][d] fractions: of all neurons that are open; of
                                     the neurons outside K^l that are open */
    double *breaches;             /* [L][d] with carried masks, else NULL: neurons of K^l
                                     below -o and others that open, over all samples */
    double feedback;              /* g of (9.2), or of (20.5) with carried masks */
    cisup_engine engine;          /* that was used: any but CISUP_ENGINE_AUTO */
    double share;                 /* of open neurons, that decided it; else NaN */

    /* With terms, else of no length: mean squares of the parts of the errors, their
     * correlation with the whole error, [cisup_term_cell]; and the largest residual of
     * the sum of the parts (cisup_terms). */
    cisup_interval *term;
    double *correlation;
    double residual;

    cisup_ranked *ranked;   /* [networks][worst]: of each network, the worst first */
    cisup_culprit *culprit; /* [worst], of all networks, the worst first, and why */
} cisup_result;

typedef struct {
    cisup_index L, d, z_count, networks; /* networks: how many were measured */
    cisup_index masks; /* of the d blocks, those before the data: 1 of biased circuits */
    int has[CISUP_QUANTITIES]; /* whether the circuits have each quantity */
    int terms;                 /* as asked for */
    cisup_index worst;
    cisup_result *result; /* [z_count] */
    double *kappa;        /* [L-1] mean over the networks; only for capped */
    cisup_index kappas;   /* L - 1 for capped, else 0 */
    double kappa_error;   /* largest standard error of an estimated kappa; 0 if counted */
    cisup_allocation_stats stats;
    double build_s, run_s; /* wall time */
} cisup_report;

/* Runs the experiment.
 *
 *   report   uninitialised on entry, empty after a failure
 *
 * The same bytes for any number of threads. Memory: one network, and O(d N) a thread.
 * Errors: ESTOPPED if no network was whole at an end on request; EINVAL; ESHAPE (in Debug
 * builds also when the parts of errors do not add up to them, which would be a mistake in
 * the program); ENOMEM. Uses OpenMP over batches of samples. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_experiment_run(const cisup_experiment *x,
                                                             cisup_report *report,
                                                             cisup_error *err);
CISUP_API void cisup_report_free(cisup_report *report);

/* An upper estimate of the memory of a run in bytes. */
CISUP_API double cisup_experiment_bytes(const cisup_experiment *x);

#ifdef __cplusplus
}
#endif

#endif
