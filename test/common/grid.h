/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grid of data/allocation_targets.csv: Johnson's bound, the number of circuits that
 * a planner without searched blocks reached, and that of our planner with them. */
#ifndef CISUP_TEST_GRID_H
#define CISUP_TEST_GRID_H

#include "check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/packing/packing_plan.h>

#include <inttypes.h>
#include <time.h>

typedef struct {
    cisup_index N, S, bound, post, planned, searched, best;
} grid_cell;

typedef struct {
    int cells, reached;
    double least;   /* blocks over `planned`, the smallest */
    double slowest; /* plan, in seconds of processor time */
} grid_result;

static inline void grid_plan(const grid_cell *cell, int searched, grid_result *result) {
    cisup_plan_options options = cisup_plan_defaults();
    options.searched = searched;
    cisup_packing_plan plan;
    const clock_t start = clock();
    CHECK_OK(cisup_packing_plan_make(&plan, cell->N, cell->S, &options, &error_));
    const double took = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_int_equal(cisup_johnson_bound(cell->N, cell->S), cell->bound);
    assert_true(plan.blocks <= cell->bound);
    if (searched && plan.blocks != cell->best)
        fail_msg("N = %" PRId64 ", S = %" PRId64 ": %" PRId64 " circuits, not %" PRId64,
                 cell->N, cell->S, plan.blocks, cell->best);
    const double ratio = (double)plan.blocks / (double)cell->planned;
    result->cells++;
    result->reached += plan.blocks >= cell->planned;
    if (ratio < result->least) result->least = ratio;
    if (took > result->slowest) result->slowest = took;
    cisup_packing_plan_free(&plan);
}

/* Plans all cells with N <= most. */
static inline grid_result grid_run(cisup_index most, int searched) {
    grid_result result = {.least = 1e9};
    char line[200];
    FILE *file = fopen(CISUP_DATA "/allocation_targets.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        grid_cell c;
        assert_int_equal(sscanf(line,
                                "%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNd64
                                ",%" SCNd64 ",%" SCNd64,
                                &c.N, &c.S, &c.bound, &c.post, &c.planned, &c.searched,
                                &c.best),
                         7);
        if (c.N <= most) grid_plan(&c, searched, &result);
    }
    (void)fclose(file);
    return result;
}

#endif
