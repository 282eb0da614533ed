/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

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
enum { SHAPES = sizeof shape / sizeof *shape, MOST_Z = 4, LAYERS = 4 };

/* How many cells there are and how far predictions are from measurements. */
typedef struct {
    int cells, within_10, within_20;
    double least, most;
} score;

static void count_cell(score *s, double ratio) {
    s->cells++;
    s->within_10 += fabs(ratio - 1.0) <= 0.1;
    s->within_20 += fabs(ratio - 1.0) <= 0.2;
    s->least = fmin(s->least, ratio);
    s->most = fmax(s->most, ratio);
}

cisup_status cisup_claim_refined(const cisup_claims_setup *setup, cisup_findings *f,
                                 cisup_error *err) {
    score all = {.least = INFINITY};
    cisup_trials t = {0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < SHAPES; k++)
        for (int z = 1; z <= MOST_Z; z++) {
            cisup_study s = cisup_study_rotation(setup);
            s.N = shape[k].D / 4;
            s.T = shape[k].T;
            s.S = shape[k].S;
            s.margin = shape[k].margin;
            s.L = LAYERS;
            s.z = z;
            CISUP_TRY(cisup_study_run(setup, &s, &t, err));
            for (cisup_index l = 2; l <= LAYERS; l++)
                count_cell(&all,
                           cisup_theory_rotation_recursion(&t.theory, l).active /
                               cisup_trials_mean(&t, cisup_figure_active_x, l).mean);
            cisup_trials_free(&t);
        }
    cisup_finding *row = cisup_findings_add(
        f, "part of the cells within 10 %", CISUP_RELATION_AT_LEAST, 0.9,
        cisup_interval_point((double)all.within_10 / all.cells), 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "%d shapes, z = 1..%d, l = 2..%d: %d of %d, %d within 20 %%; "
                   "predicted over measured %.2f to %.2f",
                   (int)SHAPES, (int)MOST_Z, (int)LAYERS, all.within_10, all.cells,
                   all.within_20, all.least, all.most);
done:
    cisup_trials_free(&t);
    return status;
}
