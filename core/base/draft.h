/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_DRAFT_H
#define CISUP_CORE_DRAFT_H

#include <cisup/core/status.h>

/* A file or folder under another name until it is complete: PATH.RANDOM.tmp, so that
 * what a killed process has left is in nobody's way. All that are alive are listed, for
 * cisup_drafts_remove. Thread-safe. */

/* Makes an empty file beside `path` and opens it for writing. Errors: EIO naming path;
 * ENOMEM. cisup_draft_release frees *draft. */
CISUP_MUST_CHECK cisup_status cisup_draft_file(char **draft, const char *path,
                                               int *descriptor, cisup_error *err);

/* Makes an empty folder beside `path`. Errors and *draft as above. */
CISUP_MUST_CHECK cisup_status cisup_draft_folder(char **draft, const char *path,
                                                 cisup_error *err);

/* Gives a file the name `path` unless that is taken, whoever else tries the same. Returns
 * 0, or -1 with errno (EEXIST: taken) and the draft where it was. */
int cisup_draft_place(const char *draft, const char *path);

/* Forgets a draft and frees its name; the file itself stays. NULL is allowed. */
void cisup_draft_release(char **draft);

/* Deletes all files, and all empty folders, that are listed. For a program that ends
 * without discarding them: async-signal-safe. */
void cisup_drafts_remove(void);

/* "what path: reason", the reason as errno has it. Returns EIO. */
cisup_status cisup_io_error(cisup_error *err, const char *what, const char *path);

#endif
