/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_JOURNAL_IMAGE_H
#define CISUP_APPS_JOURNAL_IMAGE_H

#include <cisup/core/status.h>

/* A database as one array of bytes: what SQLite would read from the file `path`, open at
 * `file`, and its write-ahead log, up to the last commit. Nothing on the disk is made or
 * changed, so that it works where nothing may be written and is in nobody's way; writers
 * go on meanwhile. cisup_release frees *bytes, which is NULL when the file is empty.
 *
 * Memory: the file and its log. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status journal_image(const char *path, int file,
                                            unsigned char **bytes, cisup_index *size,
                                            cisup_error *err);

#endif
