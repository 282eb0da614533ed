/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_FAILURE_H
#define CISUP_CORE_FAILURE_H

#include <cisup/core/status.h>

/* Makes text that comes from a file or the user fit for a terminal: a byte of a control
 * character (C0, DEL, C1 also as UTF-8) or of what is no UTF-8 becomes '?'. O(length). */
void cisup_text_harmless(char *text);

/* What became of one part of a job that threads share; each writes its own. */
typedef struct {
    cisup_status status;
    cisup_error err;
} cisup_outcome;

/* The first failure, with its error in *err, or OK. */
cisup_status cisup_outcome_first(const cisup_outcome *part, cisup_index parts,
                                 cisup_error *err);

/* Puts "prefix: " before the text of a failed call, for example a file's name. */
void cisup_error_prefix(cisup_error *err, const char *prefix);

#endif
