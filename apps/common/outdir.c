/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outdir.h"

#include <cisup/core/memory.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new string. */
static cisup_status join(char **out, cisup_error *err, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    const cisup_status status = cisup_new(out, (cisup_index)length + 1, 1, err);
    if (status == CISUP_OK) (void)vsnprintf(*out, (size_t)length + 1, format, again);
    va_end(again);
    return status;
}

static cisup_status io_error(cisup_error *err, const char *what, const char *path) {
    return CISUP_FAIL(err, CISUP_EIO, "%s %s: %s", what, path, strerror(errno));
}

cisup_status outdir_open(outdir *dir, const char *path, cisup_overwrite overwrite,
                         cisup_error *err) {
    *dir = (outdir){.overwrite = overwrite};
    if (overwrite == CISUP_KEEP_EXISTING && access(path, F_OK) == 0)
        return CISUP_FAIL(err, CISUP_EIO,
                          "%s exists already (--force replaces its files)", path);
    cisup_status status;
    CISUP_TRY(join(&dir->path, err, "%s", path));
    CISUP_TRY(join(&dir->draft, err, "%s.%ld.tmp", path, (long)getpid()));
    if (mkdir(dir->draft, 0777) != 0) {
        status = io_error(err, "cannot make a directory beside", path);
        cisup_release(dir->draft); /* not ours to remove */
        dir->draft = NULL;
    }
done:
    if (status != CISUP_OK) outdir_discard(dir);
    return status;
}

cisup_status outdir_file(outdir *dir, const char *name, const char **path,
                         cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_grow(&dir->name, &dir->room, dir->count + 1, sizeof *dir->name, err));
    CISUP_TRY(join(&dir->name[dir->count], err, "%s/%s", dir->draft, name));
    *path = dir->name[dir->count++];
done:
    return status;
}

cisup_status outdir_commit(outdir *dir, cisup_error *err) {
    cisup_status status = CISUP_OK;
    if (mkdir(dir->path, 0777) != 0 &&
        (errno != EEXIST || dir->overwrite == CISUP_KEEP_EXISTING))
        status = io_error(err, "cannot create", dir->path);
    for (cisup_index k = 0; k < dir->count && status == CISUP_OK; k++) {
        char *target = NULL;
        CISUP_TRY(join(&target, err, "%s/%s", dir->path,
                       dir->name[k] + strlen(dir->draft) + 1));
        if (rename(dir->name[k], target) != 0)
            status = io_error(err, "cannot create", target);
        cisup_release(target);
    }
done:
    outdir_discard(dir);
    return status;
}

void outdir_discard(outdir *dir) {
    for (cisup_index k = 0; k < dir->count; k++) {
        (void)unlink(dir->name[k]); /* gone already if it was moved */
        cisup_release(dir->name[k]);
    }
    if (dir->draft) (void)rmdir(dir->draft);
    cisup_release(dir->name);
    cisup_release(dir->path);
    cisup_release(dir->draft);
    *dir = (outdir){0};
}
