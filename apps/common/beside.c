/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "beside.h"

#include <stdlib.h>
#include <string.h>

cisup_status beside_folder(const char *path, char **folder, cisup_error *err) {
    const char *slash = strrchr(path, '/');
    *folder = strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
    return *folder ? CISUP_OK : CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a name");
}

cisup_status beside(const char *folder, const char *name, char **path, cisup_error *err) {
    const int as_it_stands = !folder || *name == '/' || strcmp(name, "-") == 0;
    const char *before = as_it_stands ? "" : folder;
    *path = malloc(strlen(before) + strlen(name) + 1);
    if (!*path) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a name");
    (void)stpcpy(stpcpy(*path, before), name);
    return CISUP_OK;
}
