/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_file.h"

#include <errno.h>
#include <string.h>

cisup_status json_file_read(const char *path, json_t **root, cisup_error *err) {
    json_error_t error;
    const int is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    if (!stream)
        return CISUP_FAIL(err, CISUP_EIO, "cannot open %s: %s", path, strerror(errno));
    *root = json_loadf(stream, JSON_REJECT_DUPLICATES, &error);
    const int not_read = ferror(stream) ? errno : 0;
    if (!is_stdin) (void)fclose(stream);
    if (*root) return CISUP_OK;
    const char *name = is_stdin ? "standard input" : path;
    if (not_read)
        return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", name, strerror(not_read));
    return CISUP_FAIL(err, CISUP_EFORMAT, "%s:%d: %s", name, error.line, error.text);
}
