/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_BESIDE_H
#define CISUP_APPS_BESIDE_H

#include <cisup/core/status.h>

/* Names of files that stand in a file: they are relative to its folder. */

/* The folder of `path` with the slash at its end, "" for the current one; free() frees.
 * Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status beside_folder(const char *path, char **folder,
                                            cisup_error *err);

/* What `name` is called from here: as it stands if it is absolute, is "-", or `folder` is
 * NULL; free() frees. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status beside(const char *folder, const char *name, char **path,
                                     cisup_error *err);

#endif
