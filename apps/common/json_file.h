/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_JSON_FILE_H
#define CISUP_APPS_JSON_FILE_H

#include <cisup/core/status.h>

#include <jansson.h>

/* Reads a JSON file; "-" is standard input. A byte order mark is skipped; a name twice in
 * one object is refused. Errors: EIO; ENOMEM; EFORMAT naming file and line. */
CISUP_MUST_CHECK cisup_status json_file_read(const char *path, json_t **root,
                                             cisup_error *err);

/* Lets the program see that jansson lacked memory, which it takes for a fault of the text
 * at many places. */
void json_watch_memory(void);
int json_lost_memory(void);

#endif
