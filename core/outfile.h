/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OUTFILE_H
#define CISUP_CORE_OUTFILE_H

#include <cisup/core/status.h>

#include <stdio.h>

/* A file that appears whole or not at all: it is written beside its final place
 * under another name and renamed when complete. A device or pipe is written directly.
 * Start from {0}. */
typedef struct {
    FILE *stream; /* NULL while closed */
    char *path;   /* the final name */
    char *draft;  /* the name while it is written; NULL for a device */
} cisup_outfile;

/* Whether an existing file of that name may be replaced. */
typedef enum { CISUP_KEEP_EXISTING, CISUP_REPLACE_EXISTING } cisup_overwrite;

/* Opens path for writing. Errors: EIO when it exists and may not be replaced, or
 * cannot be written; ENOMEM. Nothing is left behind after a failure. */
CISUP_MUST_CHECK cisup_status cisup_outfile_open(cisup_outfile *f, const char *path,
                                                 cisup_overwrite overwrite,
                                                 cisup_error *err);

/* Gives the file its final name. Errors: EIO (a full disk shows here); the draft is
 * then removed. */
CISUP_MUST_CHECK cisup_status cisup_outfile_commit(cisup_outfile *f, cisup_error *err);

/* Drops an uncommitted file and frees; does nothing after a commit or on {0}. */
void cisup_outfile_discard(cisup_outfile *f);

#endif
