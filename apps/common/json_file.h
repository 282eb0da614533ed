/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_JSON_FILE_H
#define CISUP_APPS_JSON_FILE_H

#include <cisup/core/status.h>

#include <jansson.h>

/* Reads a JSON file; "-" is standard input. A byte order mark is skipped; a name twice in
 * one object is refused. Errors: EIO; EFORMAT naming file and line. */
CISUP_MUST_CHECK cisup_status json_file_read(const char *path, json_t **root,
                                             cisup_error *err);

/* From now on the program ends with EXIT_SYSTEM when jansson lacks memory, which it takes
 * for a fault of the text, drops letters for or ends in an assertion of its own. */
void json_end_without_memory(void);

#endif
