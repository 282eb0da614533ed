/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CLAIMS_STUDY_H
#define CISUP_ANALYSIS_CLAIMS_STUDY_H

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/core/schemes.h>

/* The circuits of a study. */
typedef enum {
    /* Weights gain Q, Q a random rotation of R^d, without bias and on-indicator, states
     * of norm 1 at first: the circuits that the error estimates of [CIS2] suppose. Gain
     * sqrt 2 keeps the mean square through a ReLU, gain 1 without one. */
    CISUP_STUDY_ISOMETRIC,
    /* w = B' diag(1, 1, gain, ..) B^T with frames B, new in every layer, of which states
     * of norm 1 keep to the first two vectors: they have gain 1, what leaves their plane
     * has another. Always new weights in every layer. */
    CISUP_STUDY_UNEQUAL,
    CISUP_STUDY_ROTATION, /* rotation4, d = 4, of the given margin and step */
    CISUP_STUDY_PLANE,    /* rotation2, d = 2: of networks that carry masks */
    CISUP_STUDY_RANDOM,   /* random-relu, any d, likewise */
} cisup_study_circuits;

/* Networks of one shape that a claim is measured on. */
typedef struct {
    cisup_index N, S, T, d, L, z;
    cisup_scheme scheme; /* of the allocation */
    cisup_study_circuits circuits;
    double gain, bias;    /* of isometric and unequal circuits; bias 0 */
    double noise;         /* standard deviation of the inputs'; 0 */
    double margin;        /* of rotations */
    cisup_gate_step step; /* of rotations; {0}: the published one */
    double correction;    /* f_w of capped weights; 1 */
    cisup_index cycle;    /* c of networks that carry masks, else 0 */
    double strength;      /* B of those; NaN: safe */
    int scattered;        /* 1: rows at random, circuits may share neurons */
    int fresh;            /* 1: new weights in every layer */
    int keep_order;       /* 1: not reshuffled */
    int terms;            /* 1: errors are split into their parts */
    cisup_weight_scheme weights;
    cisup_operator_form form; /* of cisup_study_build; default factored */
    cisup_mode mode;
    cisup_index networks, inputs;
} cisup_study;

/* Ways to break what a claim is measured on: for tests, which must see the verdicts turn.
 * A NULL function does nothing. */
typedef struct {
    void *context;
    void (*allocation)(void *context, cisup_allocation *a); /* after it was made */
    /* rows of the c parts of a cycle, one part after the other, likewise */
    void (*cycle)(void *context, cisup_allocation *rows, cisup_index c);
    void (*embedding)(void *context, cisup_csc *e); /* of claims 2, 3 and 5: D x T d */
    cisup_status (*circuits)(void *context, cisup_circuits *c); /* may replace *c */
    void (*study)(void *context, cisup_study *s);               /* before it is run */
    cisup_index (*dimension)(void *context, cisup_index n); /* of stored vectors in R^n */
    double spared; /* part of the old state that a residual layer leaves; default 0 */
} cisup_claims_faults;

/* What the ledger is measured on. */
typedef struct {
    cisup_index D, d, S, T, L;    /* the network; 1000, 4, 6, 557, 5 */
    cisup_index networks, inputs; /* of a study: K >= 2, M >= 1 */
    uint64_t seed;                /* default 1 */
    int threads;                  /* as in core/threads.h; default 0: all */
    cisup_claims_faults faults;   /* default none */
} cisup_claims_setup;

/* 40 networks with 400 inputs; 20 with 100. */
cisup_claims_setup cisup_claims_full(void);
cisup_claims_setup cisup_claims_quick(void);

/* Studies of the setup's network to start from, z = 1.
 *
 *   isometric  plain weights, fresh in every layer, masked-relu, gain sqrt 2
 *   rotation   margin 1, capped weights, the same in every layer, masked-linear
 *   masks      rotation2, plain weights, the same in every layer, ReLU; the masks of a
 *              cycle of 2 carried by D/4 neurons each */
cisup_study cisup_study_isometric(const cisup_claims_setup *setup);
cisup_study cisup_study_rotation(const cisup_claims_setup *setup);
cisup_study cisup_study_masks(const cisup_claims_setup *setup);

/* An allocation as the setup's faults leave it. *a is uninitialised on entry, empty after
 * a failure. Errors: those of cisup_allocation_make. */
CISUP_MUST_CHECK cisup_status cisup_study_place(const cisup_claims_setup *setup,
                                                cisup_index N, cisup_index S,
                                                cisup_index T, cisup_scheme scheme,
                                                cisup_allocation *a, cisup_error *err);

/* The cycle of a study that carries masks, and the rows of its parts as the setup's
 * faults leave them; both likewise. Errors: those of cisup_cycle_make; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_study_turn(const cisup_claims_setup *setup,
                                               const cisup_study *study,
                                               cisup_cycle *cycle, cisup_allocation *rows,
                                               cisup_error *err);

/* The circuits of network k of a study, likewise. Errors: EINVAL; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_study_draw(const cisup_claims_setup *setup,
                                               const cisup_study *study, cisup_index k,
                                               cisup_circuits *c, cisup_error *err);

/* The seed of network k: every network is an experiment of its own. */
uint64_t cisup_study_seed(const cisup_claims_setup *setup, cisup_index k);

/* Network k of a study, to look at closely. Parts point to each other: it must stay where
 * it was made. Start from {0}. */
typedef struct {
    cisup_study study; /* as the setup's faults leave it */
    cisup_allocation base;
    cisup_circuits circuits;
    cisup_network net;
} cisup_study_network;

/* Makes it as cisup_study_run does; of studies with an allocation of a scheme. *n is
 * uninitialised on entry, empty after a failure. Errors: those of cisup_study_place,
 * cisup_study_draw and cisup_network_make. */
CISUP_MUST_CHECK cisup_status cisup_study_build(const cisup_claims_setup *setup,
                                                const cisup_study *study, cisup_index k,
                                                cisup_study_network *n, cisup_error *err);
void cisup_study_network_free(cisup_study_network *n);

/* Everything measured on the networks of a study. */
typedef struct {
    cisup_report *report; /* [networks] of one network and one z each */
    cisup_index networks;
    double *value;            /* [2][networks], scratch */
    cisup_theory_case theory; /* with P, p, kappa as measured */
    cisup_theory_masks masks; /* of networks that carry masks: their cycle's P and r */
} cisup_trials;

/* Runs a study. *t is uninitialised on entry, empty after a failure.
 * Errors: those of cisup_study_place, cisup_study_draw and cisup_experiment_run. */
CISUP_MUST_CHECK cisup_status cisup_study_run(const cisup_claims_setup *setup,
                                              const cisup_study *study, cisup_trials *t,
                                              cisup_error *err);
void cisup_trials_free(cisup_trials *t);

/* A number of one network in layer l. */
typedef double cisup_trials_figure(const cisup_report *r, cisup_index l);

/* Its mean over the networks with interval. */
cisup_interval cisup_trials_mean(const cisup_trials *t, cisup_trials_figure *figure,
                                 cisup_index l);

/* The least and the most of it, with the most as the mean: of what is the same in all
 * networks to rounding. */
cisup_interval cisup_trials_extent(const cisup_trials *t, cisup_trials_figure *figure,
                                   cisup_index l);

/* Mean y over mean x, with the t-interval of the linearised ratio: of y/x + (y_k - r
 * x_k)/x over k, r = y/x. x, y: [K]; y is overwritten. */
cisup_interval cisup_ratio_of_means(const double *x, double *y, cisup_index K);

/* The mean of figure(l) over that of figure(m); of b over a in two studies of the same
 * networks. */
cisup_interval cisup_trials_growth(const cisup_trials *t, cisup_trials_figure *figure,
                                   cisup_index l, cisup_index m);
cisup_interval cisup_trials_ratio(const cisup_trials *a, const cisup_trials *b,
                                  cisup_trials_figure *figure, cisup_index l);

/* Figures: mean square errors of read-outs in layer l, over the mean square of the exact
 * states in that layer (active_error, inactive_error); of rotated vectors (active_x,
 * inactive_x); not divided by anything (inactive_square); and the part of the neurons
 * that is open, over all blocks; the part of those outside K^l that is (wrong); the
 * largest norm of an active circuit's error (active_worst; x_worst, of x). */
double cisup_figure_active_error(const cisup_report *r, cisup_index l);
double cisup_figure_inactive_error(const cisup_report *r, cisup_index l);
double cisup_figure_active_x(const cisup_report *r, cisup_index l);
double cisup_figure_inactive_x(const cisup_report *r, cisup_index l);
double cisup_figure_inactive_square(const cisup_report *r, cisup_index l);
double cisup_figure_open(const cisup_report *r, cisup_index l);
double cisup_figure_wrong(const cisup_report *r, cisup_index l);
double cisup_figure_x_worst(const cisup_report *r, cisup_index l);
double cisup_figure_active_worst(const cisup_report *r, cisup_index l);

#endif
