/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CYCLE_PLACE_H
#define CISUP_APPS_CYCLE_PLACE_H

#include <cisup/core/base/outfile.h>
#include <cisup/core/status.h>

/* `cisup allocate --cycle c`. */
typedef struct {
    cisup_index D, d, N, S, c;
    cisup_index T; /* INDEX_MAX_WORD: as many as the plan has */
    const char *output, *csv;
    cisup_overwrite overwrite;
    int json, quiet;
    int dry_run; /* the plan and nothing else */
} cycle_request;

/* Places the circuits of a cycle, writes the joined allocation and the figures, reports.
 * Errors: those of cisup_cycle_make and of writing. */
CISUP_MUST_CHECK cisup_status cycle_place(const cycle_request *r, cisup_error *err);

#endif
