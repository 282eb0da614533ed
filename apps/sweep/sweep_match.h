/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SWEEP_MATCH_H
#define CISUP_APPS_SWEEP_MATCH_H

#include "journal.h"
#include "sweep_spec.h"

typedef struct {
    const char *spec_path, *journal_path; /* for messages */
    int only_reads;                       /* the journal is looked at, not worked on */
    int is_checked;                       /* every cell of the spec was checked before */
} sweep_match_options;

/* Brings a spec and an open journal together: fills the journal with the cells of the
 * spec if it is new, else makes sure that it was begun for the same spec, version and
 * files. Without a spec (spec->root NULL) that of the journal is taken. Errors: EFORMAT
 * for a journal without cells or damaged; EINVAL for one of another sweep; ENOMEM. */
CISUP_MUST_CHECK cisup_status sweep_match(sweep_spec *spec, journal *j,
                                          const sweep_match_options *o, cisup_error *err);

#endif
