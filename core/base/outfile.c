/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/outfile.h>

#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static cisup_status io_error(cisup_error *err, const char *what, const char *path) {
    return CISUP_FAIL(err, CISUP_EIO, "%s %s: %s", what, path, strerror(errno));
}

/* A file that is there and may not be replaced by renaming: a device or a pipe. */
static bool is_device(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

cisup_status cisup_outfile_open(cisup_outfile *f, const char *path,
                                cisup_overwrite overwrite, cisup_error *err) {
    *f = (cisup_outfile){0};
    const bool direct = is_device(path);
    if (overwrite == CISUP_KEEP_EXISTING && !direct && access(path, F_OK) == 0)
        return CISUP_FAIL(err, CISUP_EIO, "%s exists already (--force replaces it)",
                          path);
    const size_t length = strlen(path);
    int flags = O_WRONLY | O_CLOEXEC;
    cisup_status status;
    CISUP_TRY(cisup_new(&f->path, (cisup_index)length + 1, 1, err));
    memcpy(f->path, path, length);
    if (!direct) {
        CISUP_TRY(cisup_new(&f->draft, (cisup_index)length + 32, 1, err));
        (void)snprintf(f->draft, length + 32, "%s.%ld.tmp", path, (long)getpid());
        flags |= O_CREAT | O_EXCL;
    }
    const int descriptor = open(direct ? path : f->draft, flags, 0666);
    if (descriptor >= 0) f->stream = fdopen(descriptor, "wb");
    if (!f->stream) {
        status = io_error(err, "cannot write", errno == EEXIST ? f->draft : path);
        if (descriptor >= 0) (void)close(descriptor);
        if (descriptor >= 0 && !direct) (void)unlink(f->draft);
    }
done:
    if (status != CISUP_OK) cisup_outfile_discard(f);
    return status;
}

cisup_status cisup_outfile_commit(cisup_outfile *f, cisup_error *err) {
    cisup_status status = CISUP_OK;
    const int had_error = ferror(f->stream);
    const int not_closed = fclose(f->stream);
    f->stream = NULL;
    if (not_closed)
        status = io_error(err, "cannot write", f->path);
    else if (had_error) /* some time ago: errno no longer tells why */
        status = CISUP_FAIL(err, CISUP_EIO, "cannot write all of %s; is the disk full?",
                            f->path);
    else if (f->draft && rename(f->draft, f->path) != 0)
        status = io_error(err, "cannot create", f->path);
    if (status != CISUP_OK && f->draft) (void)unlink(f->draft);
    cisup_release(f->path);
    cisup_release(f->draft);
    *f = (cisup_outfile){0};
    return status;
}

void cisup_outfile_discard(cisup_outfile *f) {
    if (f->stream) {
        (void)fclose(f->stream);
        if (f->draft) (void)unlink(f->draft);
    }
    cisup_release(f->path);
    cisup_release(f->draft);
    *f = (cisup_outfile){0};
}
