/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PROGRESS_H
#define CISUP_APPS_PROGRESS_H

#include <cisup/analysis/capacity.h>

/* The cells of a sweep of which one is being run. */
typedef struct {
    cisup_index cell, of;       /* the number of this one from 1; of all */
    cisup_index finished, open; /* by this process; what was open at its start */
    double started, drawn;
} progress_cells;

/* A bar on stderr, shown only on a terminal that can (TERM is not "dumb"), at most
 * ten times a second. */
typedef struct {
    int is_shown, is_quiet;
    double started, drawn;
    progress_cells *cells; /* NULL: the run is no cell */
} progress_bar;

progress_bar progress_start(int is_quiet);

/* Watches an experiment, of which `done` networks are done: draws the bar; 1 when a
 * signal asks to stop and a network is whole. Of a cell of a sweep it shows which one it
 * is, and the time left for all of them. */
int progress_step(void *bar, double done, double of);

/* For a search for T: what is searched, what is known, what is measured now; where there
 * is no terminal, a line every 30 s. name: for example "masks, cycle 2, S = 1". */
void progress_search(progress_bar *bar, const char *name,
                     const cisup_capacity_result *known, cisup_index T,
                     cisup_index networks);

/* Clears the line; that of a sweep stays for its next cell. */
void progress_end(progress_bar *bar);

#endif
