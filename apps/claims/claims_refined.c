/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <cisup/analysis/theory/theory.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>

/* Shapes that the terms of (9.4) were not fitted on, docs/math.md 17.7. */
static const struct {
    cisup_index D, T, S;
    double margin;
} shape[] = {{1200, 450, 5, 0.5},
             {1600, 900, 5, 0.5},
             {1000, 700, 4, 2.0},
             {1200, 300, 8, 1.0},
             {1400, 1500, 3, 1.0}};
enum {
    SHAPES = sizeof shape / sizeof *shape,
    MOST_Z = 4,
    LAYERS = 4,
    STUDIES = SHAPES * MOST_Z
};

enum { DEPTHS = LAYERS - 1, CELLS = STUDIES * DEPTHS, RESAMPLES = 400 };

/* Predictions and the errors measured in each network. */
typedef struct {
    cisup_index K;
    double predicted[CELLS];
    double *error; /* [CELLS][K] */
} table;

/* One study: a shape at one z. */
static cisup_status fill(const cisup_claims_setup *setup, int study, table *all,
                         cisup_error *err) {
    const int k = study / MOST_Z;
    cisup_trials t = {0};
    cisup_study s = cisup_study_rotation(setup);
    s.N = shape[k].D / 4;
    s.T = shape[k].T;
    s.S = shape[k].S;
    s.margin = shape[k].margin;
    s.L = LAYERS;
    s.z = study % MOST_Z + 1;
    s.inputs *= 4; /* at z = 1 a sample has one active circuit */
    cisup_status status;
    CISUP_TRY(cisup_study_run(setup, &s, &t, err));
    for (int l = 2; l <= LAYERS; l++) {
        const int cell = study * DEPTHS + l - 2;
        all->predicted[cell] = cisup_theory_rotation_recursion(&t.theory, l).active;
        for (cisup_index n = 0; n < all->K; n++)
            all->error[cell * all->K + n] = cisup_figure_active_x(&t.report[n], l);
    }
done:
    cisup_trials_free(&t);
    return status;
}

/* How many cells are how near, and the extremes of predicted over measured. */
typedef struct {
    int within_10, within_20;
    double least, most;
} score;

/* The means are over the networks pick[study][K], or over all when that is NULL. */
static score count(const table *all, const cisup_index *pick) {
    score s = {.least = INFINITY, .most = -INFINITY};
    for (int cell = 0; cell < CELLS; cell++) {
        const double *error = all->error + cell * all->K;
        const cisup_index *who = pick ? pick + cell / DEPTHS * all->K : NULL;
        double mean = 0.0;
        for (cisup_index n = 0; n < all->K; n++)
            mean += error[who ? who[n] : n] / (double)all->K;
        const double ratio = all->predicted[cell] / mean;
        s.within_10 += fabs(ratio - 1.0) <= 0.1;
        s.within_20 += fabs(ratio - 1.0) <= 0.2;
        s.least = fmin(s.least, ratio);
        s.most = cisup_larger(s.most, ratio);
    }
    return s;
}

/* The part of the cells with its percentile interval over networks drawn again, the
 * three layers of a study together; it contains the part itself. pick: [STUDIES][K].
 * Source: B. Efron, Annals of Statistics 7 (1979) 1-26, doi:10.1214/aos/1176344552. */
static cisup_interval resample(const table *all, uint64_t seed, cisup_index *pick) {
    int often[CELLS + 1] = {0}, below = 0, low = -1, high = 0;
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_INPUT, 0, 0, 0);
    for (int r = 0; r < RESAMPLES; r++) {
        for (cisup_index k = 0; k < STUDIES * all->K; k++)
            pick[k] = (cisup_index)cisup_rng_below(&rng, (uint64_t)all->K);
        often[count(all, pick).within_10]++;
    }
    for (int k = 0; k <= CELLS; k++) {
        below += often[k];
        if (low < 0 && below > RESAMPLES / 40) low = k;
        if (below - often[k] < RESAMPLES - RESAMPLES / 40) high = k;
    }
    const int within = count(all, NULL).within_10;
    return (cisup_interval){.mean = (double)within / CELLS,
                            .low = (double)(low < within ? low : within) / CELLS,
                            .high = (double)(high > within ? high : within) / CELLS};
}

cisup_status cisup_claim_refined(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    table all = {.K = setup->networks};
    cisup_index *pick = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&all.error, CELLS * all.K, sizeof *all.error, err));
    CISUP_TRY(cisup_new(&pick, STUDIES * all.K, sizeof *pick, err));
    for (int k = 0; k < STUDIES; k++) CISUP_TRY(fill(setup, k, &all, err));
    const score s = count(&all, NULL);
    cisup_finding *row =
        cisup_findings_add(f, "part of the cells within 10 %", CISUP_RELATION_AT_LEAST,
                           0.9, resample(&all, setup->seed, pick), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "%d shapes, z = 1..%d, l = 2..%d: %d of %d, %d within 20 %%; "
                   "predicted over measured %.2f to %.2f",
                   (int)SHAPES, (int)MOST_Z, (int)LAYERS, s.within_10, (int)CELLS,
                   s.within_20, s.least, s.most);
done:
    cisup_release(pick);
    cisup_release(all.error);
    return status;
}
