/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OUTFILE_H
#define CISUP_CORE_OUTFILE_H

#include <cisup/core/overwrite.h>
#include <cisup/core/status.h>

#include <stdio.h>

/* A file that appears whole or not at all: it is written beside its final place
 * under another name (core/base/draft.h) and gets its own when complete. Devices, pipes
 * and open descriptors (/dev/stdout, /proc/self/fd/N) are written in place. Start from
 * {0}.
 */
typedef struct {
    FILE *stream; /* NULL while closed */
    char *path;   /* the final name, links followed */
    char *draft;  /* the name while it is written; NULL: written in place */
    cisup_overwrite overwrite;
} cisup_outfile;

/* Opens path for writing. A file that replaces another keeps its permissions; behind a
 * symbolic link the file it leads to is replaced, and the link stays. Errors: EIO when it
 * exists (also as a link to nothing) and may not be replaced, is a directory, or cannot
 * be written; ENOMEM. Nothing is left behind after a failure. */
CISUP_MUST_CHECK cisup_status cisup_outfile_open(cisup_outfile *f, const char *path,
                                                 cisup_overwrite overwrite,
                                                 cisup_error *err);

/* Gives the file its final name; with CISUP_KEEP_EXISTING nothing is ever replaced, also
 * if others write the same name at the same time. Errors: EIO (a full disk shows here);
 * the draft is then removed, or, complete but its name taken since the opening, kept
 * under the name that the error tells. */
CISUP_MUST_CHECK cisup_status cisup_outfile_commit(cisup_outfile *f, cisup_error *err);

/* Drops an uncommitted file and frees; does nothing after a commit or on {0}. */
void cisup_outfile_discard(cisup_outfile *f);

/* The name that path leads to: symbolic links at its end are followed, also to what does
 * not exist; links to open descriptors are not. Errors: EIO naming path; ENOMEM.
 * cisup_release frees *target. */
CISUP_MUST_CHECK cisup_status cisup_outfile_target(const char *path, char **target,
                                                   cisup_error *err);

#endif
