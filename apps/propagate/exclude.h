/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXCLUDE_H
#define CISUP_APPS_EXCLUDE_H

#include <cisup/analysis/experiment.h>

/* The circuits that --exclude leaves out. Owns its list. Start from {0}. */
typedef struct {
    const char *text;  /* what was given, or NULL */
    cisup_index *list; /* [count], or [networks][count] */
    cisup_index count;
    cisup_index last_line; /* of the file: where the largest number stands */
    int by_network;        /* 1: a number was given, the worst so many of each network */
} exclusion;

/* Reads what was given: a number, or a file relative to `folder` (beside.h) "circuit"
 * with a number a line, which are sorted. *e is empty after a failure. Errors: EFORMAT
 * and EIO naming the file and the line: no number, below 0, twice; EINVAL: the number 0,
 * or a number with several z. */
CISUP_MUST_CHECK cisup_status exclusion_read(exclusion *e, const char *text,
                                             const char *folder, cisup_index z_count,
                                             cisup_error *err);
void exclusion_free(exclusion *e);

/* Whether T circuits with z active ones can do without. Errors: EFORMAT naming the file
 * and the number of a circuit that there is not; EINVAL when too few are left. */
CISUP_MUST_CHECK cisup_status exclusion_check(const exclusion *e, cisup_index T,
                                              cisup_index z, cisup_error *err);

/* Tells the experiment. With a number this first runs it as a whole to find the worst
 * circuits; an end asked for during that run leaves fewer networks. Errors: those of
 * cisup_experiment_run. */
CISUP_MUST_CHECK cisup_status exclusion_apply(exclusion *e, cisup_experiment *x,
                                              cisup_error *err);

#endif
