/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GRID_H
#define CISUP_APPS_GRID_H

#include "propagation.h"

/* A grid of runs: constructions x modes x D x S x T, the last fastest, each with a list
 * of z. What cannot run is left out, and the rest runs. */
enum { GRID_VARIANTS = 8 };
typedef struct {
    choice_list modes, constructions; /* empty: those of the parameters */
    cisup_index running; /* places of which something can run, by grid_check */
    int variants;
    propagation variant[GRID_VARIANTS];
    cisup_error failed[GRID_VARIANTS]; /* why one cannot run at all, or {0} */
} grid;

/* A place of the grid. */
typedef struct {
    propagation *run;       /* with the construction and the mode */
    cisup_index D, S, T;    /* as they were given; D = 0: all of them */
    cisup_shape shape;      /* of what runs, T settled */
    index_list z, left;     /* that run, and that are left out; z empty: nothing runs */
    const cisup_error *why; /* something is left out, or NULL */
} grid_place;

/* Makes the parameters of every construction and mode out of those parsed; of several
 * constructions each ignores the options that only the other has. Frees with grid_free,
 * also after a failure. Errors: those of propagation_complete, but EINVAL and EINFEASIBLE
 * only where they are those of all variants; EINVAL for several variants of a file of
 * circuits on standard input. */
CISUP_MUST_CHECK cisup_status grid_make(grid *g, const propagation *parsed,
                                        cisup_error *err);
void grid_free(grid *g);

/* Called for every place; one of which nothing runs has a reason. */
typedef cisup_status grid_visit(void *context, const grid_place *place, cisup_error *err);

/* Visits the places in order until a signal has come; those up to the first that runs are
 * visited whenever it comes. While it is visited, the list of z of its parameters is that
 * of the place. Errors: ENOMEM and EFORMAT of what a shape is checked for; what visit
 * returns. */
CISUP_MUST_CHECK cisup_status grid_each(grid *g, grid_visit *visit, void *context,
                                        cisup_error *err);

/* Counts the places that can run. Errors: why the first place cannot, if none can. */
CISUP_MUST_CHECK cisup_status grid_check(grid *g, cisup_error *err);

/* What is left out: as a line on standard error, and as the record "infeasible". */
void grid_say_left(const grid_place *place);
CISUP_MUST_CHECK cisup_status grid_emit_left(const grid_place *place, cisup_error *err);

#endif
