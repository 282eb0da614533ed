/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_ACTIVE_H
#define CISUP_APPS_ACTIVE_H

#include <cisup/analysis/active_sets.h>

/* The sets of --active-file. Owns its arrays. Start from {0}. */
typedef struct {
    char *path;
    cisup_index *start, *circuit;
    cisup_active_sets sets;   /* of these two */
    cisup_index most;         /* circuits in the largest set */
    cisup_index largest;      /* number of a circuit, -1 where no set has any */
    cisup_index largest_line; /* where it first stands */
} active_file;

/* Reads a file, relative to `folder` (beside.h), with a set of circuits a line. *a is
 * empty after a failure. Errors: EIO; EFORMAT naming file and line: no line, no number,
 * below 0, twice in a set; ENOMEM. */
CISUP_MUST_CHECK cisup_status active_file_read(active_file *a, const char *text,
                                               const char *folder, cisup_error *err);
void active_file_free(active_file *a);

/* Whether there are such circuits among T. Errors: EFORMAT naming file and line. */
CISUP_MUST_CHECK cisup_status active_file_check(const active_file *a, cisup_index T,
                                                cisup_error *err);

#endif
