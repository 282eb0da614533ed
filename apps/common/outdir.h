/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_OUTDIR_H
#define CISUP_APPS_OUTDIR_H

#include <cisup/core/outfile.h>

/* A directory that gets its files when all of them are complete: they are written into
 * a draft beside it, then moved, in the order of their making. Start from {0}. */
typedef struct {
    char *path, *draft;
    char **name; /* [count] files written so far */
    cisup_index count, room;
    cisup_overwrite overwrite;
} outdir;

/* Errors: EIO when path exists and may not be replaced, or cannot be made; ENOMEM. */
CISUP_MUST_CHECK cisup_status outdir_open(outdir *dir, const char *path,
                                          cisup_overwrite overwrite, cisup_error *err);

/* Registers a file and gives the path to write it to; valid until the next call. */
CISUP_MUST_CHECK cisup_status outdir_file(outdir *dir, const char *name,
                                          const char **path, cisup_error *err);

/* Moves everything to its place and frees. Errors: EIO. */
CISUP_MUST_CHECK cisup_status outdir_commit(outdir *dir, cisup_error *err);

/* Removes an uncommitted draft and frees. */
void outdir_discard(outdir *dir);

#endif
