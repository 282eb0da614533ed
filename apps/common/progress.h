/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PROGRESS_H
#define CISUP_APPS_PROGRESS_H

#include <cisup/core/status.h>

/* A bar on stderr, shown only on a terminal that can (TERM is not "dumb"), at most
 * ten times a second. */
typedef struct {
    int is_shown;
    double started, drawn;
} progress_bar;

progress_bar progress_start(int is_quiet);

/* For cisup_experiment: draws the bar; 1 when a signal asks to stop. */
int progress_step(void *bar, cisup_index done, cisup_index of);

/* For a search for T: what is measured now. */
void progress_search(progress_bar *bar, cisup_index T, cisup_index networks);

/* Clears the line. */
void progress_end(progress_bar *bar);

#endif
