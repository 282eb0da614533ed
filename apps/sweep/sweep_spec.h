/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SWEEP_SPEC_H
#define CISUP_APPS_SWEEP_SPEC_H

#include <cisup/core/status.h>

#include <jansson.h>

/* What `cisup sweep` runs: {"fixed":{name:value},"grid":{name:[values]}}. Cells are the
 * points of the grid, numbered from 0 in the order of the file, the last name fastest.
 * Start from {0}. */
typedef struct {
    json_t *root;
    const json_t *fixed, *grid; /* inside root; fixed may be NULL */
    cisup_index cells;
    char *folder; /* of the file, which files that it names are relative to (beside.h) */
} sweep_spec;

enum { SWEEP_CELLS_MOST = 1000000 };

/* Reads a file, or what the journal `name` remembers of one. Every name, type and range
 * is checked, the number of cells first: O(n log n) for lists of n values. Errors: EIO;
 * EFORMAT naming the place, `name` first; ENOMEM. */
CISUP_MUST_CHECK cisup_status sweep_spec_read(sweep_spec *s, const char *path,
                                              cisup_error *err);
CISUP_MUST_CHECK cisup_status sweep_spec_parse(sweep_spec *s, const char *text,
                                               const char *name, cisup_error *err);
void sweep_spec_free(sweep_spec *s);

/* Gives `to` the folder of `from`, which loses it. */
void sweep_spec_move(sweep_spec *to, sweep_spec *from);

/* The spec on one line; free() frees. NULL for want of memory. */
char *sweep_spec_text(const sweep_spec *s);

/* The parameters of cell k as one object: fixed ones, then those of the grid. The caller
 * owns it; strings in it belong to it. NULL for want of memory. */
json_t *sweep_spec_cell(const sweep_spec *s, cisup_index k);

/* Whether every cell can run, as far as can be said before; more circuits than fit is an
 * answer, no error. Errors: EFORMAT naming the cell; those of reading circuits. */
CISUP_MUST_CHECK cisup_status sweep_spec_check(const sweep_spec *s, const char *name,
                                               cisup_error *err);

/* A hash of every file that the spec names, {path: hash}: what else the results depend
 * on. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status sweep_spec_files(const sweep_spec *s, json_t **files,
                                               cisup_error *err);

/* Whether two specs give the same cells in the same order. Errors: EINVAL naming the
 * first difference between `then`, which `journal` was made for, and `now`. */
CISUP_MUST_CHECK cisup_status sweep_spec_same(const sweep_spec *then,
                                              const sweep_spec *now, const char *journal,
                                              cisup_error *err);

#endif
