/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_OUTDIR_H
#define CISUP_APPS_OUTDIR_H

#include <cisup/core/base/outfile.h>

/* A directory that appears whole or not at all: it is filled under another name beside
 * its place (core/base/draft.h). An older one is exchanged for it and then deleted. One
 * may be open at a time. Start from {0}. */
typedef struct outdir_name outdir_name;
typedef struct {
    char *path, *draft;
    outdir_name *names; /* of the files written so far, the last first */
    cisup_overwrite overwrite;
} outdir;

/* Only a directory that holds nothing but what its manifest.json lists, the manifest,
 * the CSV files and the network.json of an export is replaced. Errors: EIO when path
 * exists and may not be replaced, naming a file that stands in the way, or cannot be
 * made; ENOMEM. */
CISUP_MUST_CHECK cisup_status outdir_open(outdir *dir, const char *path,
                                          cisup_overwrite overwrite, cisup_error *err);

/* Registers a file and gives the path to write it to; valid until the end. */
CISUP_MUST_CHECK cisup_status outdir_file(outdir *dir, const char *name,
                                          const char **path, cisup_error *err);

/* Gives the directory its name and frees. Errors: EIO; if the name was taken since the
 * opening the directory stays complete under the name that the error tells. */
CISUP_MUST_CHECK cisup_status outdir_commit(outdir *dir, cisup_error *err);

/* Removes an uncommitted draft and frees. */
void outdir_discard(outdir *dir);

/* Deletes the files of the open directory; its draft itself is one of
 * cisup_drafts_remove. Async-signal-safe. */
void outdir_remove_files(void);

#endif
