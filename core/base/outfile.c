/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/outfile.h>

#include <cisup/core/base/draft.h>
#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LINKS = 40 };

cisup_status cisup_io_error(cisup_error *err, const char *what, const char *path) {
    return CISUP_FAIL(err, CISUP_EIO, "%s %s: %s", what, path, strerror(errno));
}

static const char *last_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A symbolic link of /proc names something open, which its text need not lead to. */
static bool is_link(const char *path, bool *is_open) {
    struct stat about, open_files;
    if (lstat(path, &about) != 0 || !S_ISLNK(about.st_mode)) return false;
    *is_open =
        stat("/proc/self/fd", &open_files) == 0 && about.st_dev == open_files.st_dev;
    return true;
}

/* *path becomes what the link of this name says. */
static cisup_status follow(char **path, cisup_error *err) {
    char text[PATH_MAX];
    const ssize_t length = readlink(*path, text, sizeof text - 1);
    if (length < 0) return cisup_io_error(err, "cannot follow the link", *path);
    text[length] = 0;
    const int folder = text[0] == '/' ? 0 : (int)(last_name(*path) - *path);
    const size_t room = (size_t)folder + (size_t)length + 1;
    char *next;
    const cisup_status status = cisup_new(&next, (cisup_index)room, 1, err);
    if (status != CISUP_OK) return status;
    (void)snprintf(next, room, "%.*s%s", folder, *path, text);
    cisup_release(*path);
    *path = next;
    return CISUP_OK;
}

cisup_status cisup_outfile_target(const char *path, char **target, cisup_error *err) {
    const size_t length = strlen(path);
    bool is_open = false;
    cisup_status status;
    CISUP_TRY(cisup_new(target, (cisup_index)length + 1, 1, err));
    memcpy(*target, path, length);
    for (int k = 0; is_link(*target, &is_open) && !is_open; k++) {
        if (k == MOST_LINKS) {
            errno = ELOOP;
            status = cisup_io_error(err, "cannot write", path);
            goto done;
        }
        CISUP_TRY(follow(target, err));
    }
done:
    if (status != CISUP_OK) {
        cisup_release(*target);
        *target = NULL;
    }
    return status;
}

/* A descriptor that this process holds already is shared: what was written through it
 * stays in front, what will be comes behind. */
static int open_in_place(const char *path) {
    struct stat named, held;
    const char *name = last_name(path);
    const long number = strtol(name, NULL, 10);
    if (*name && !name[strspn(name, "0123456789")] && number <= INT_MAX &&
        stat(path, &named) == 0 && fstat((int)number, &held) == 0 &&
        named.st_dev == held.st_dev && named.st_ino == held.st_ino)
        return fcntl((int)number, F_DUPFD_CLOEXEC, 3);
    return open(path, O_WRONLY | O_CLOEXEC);
}

/* The descriptor to write to; f->draft is set unless it is the file itself. */
static cisup_status open_descriptor(cisup_outfile *f, const char *path, int *descriptor,
                                    cisup_error *err) {
    struct stat there, at_end;
    const bool exists = lstat(path, &there) == 0;
    const bool leads = exists && stat(path, &at_end) == 0;
    bool is_open = false;
    if (leads && S_ISDIR(at_end.st_mode)) {
        errno = EISDIR;
        return cisup_io_error(err, "cannot write", path);
    }
    if ((leads && !S_ISREG(at_end.st_mode)) || (is_link(f->path, &is_open) && is_open)) {
        *descriptor = open_in_place(f->path);
        return *descriptor < 0 ? cisup_io_error(err, "cannot write", path) : CISUP_OK;
    }
    if (exists && f->overwrite == CISUP_KEEP_EXISTING)
        return CISUP_FAIL(err, CISUP_EIO, "%s exists already (--force replaces it)",
                          path);
    const cisup_status status = cisup_draft_file(&f->draft, f->path, descriptor, err);
    if (status == CISUP_OK && leads)
        (void)fchmod(*descriptor, at_end.st_mode & (mode_t)0777);
    return status;
}

cisup_status cisup_outfile_open(cisup_outfile *f, const char *path,
                                cisup_overwrite overwrite, cisup_error *err) {
    *f = (cisup_outfile){.overwrite = overwrite};
    int descriptor = -1;
    cisup_status status;
    CISUP_TRY(cisup_outfile_target(path, &f->path, err));
    CISUP_TRY(open_descriptor(f, path, &descriptor, err));
    f->stream = fdopen(descriptor, "wb");
    if (!f->stream) {
        status = cisup_io_error(err, "cannot write", path);
        (void)close(descriptor);
        if (f->draft) (void)unlink(f->draft);
    }
done:
    if (status != CISUP_OK) cisup_outfile_discard(f);
    return status;
}

/* Gives a complete draft its name. */
static cisup_status place(const cisup_outfile *f, cisup_error *err) {
    const bool may_replace = f->overwrite == CISUP_REPLACE_EXISTING;
    if ((may_replace ? rename(f->draft, f->path)
                     : cisup_draft_place(f->draft, f->path)) == 0)
        return CISUP_OK;
    if (may_replace || errno != EEXIST) {
        const cisup_status status = cisup_io_error(err, "cannot create", f->path);
        (void)unlink(f->draft);
        return status;
    }
    return CISUP_FAIL(err, CISUP_EIO,
                      "%s was made by someone else meanwhile and is kept; what was to be "
                      "written is in %s",
                      f->path, f->draft);
}

cisup_status cisup_outfile_commit(cisup_outfile *f, cisup_error *err) {
    cisup_status status = CISUP_OK;
    const int had_error = ferror(f->stream);
    const int not_closed = fclose(f->stream);
    f->stream = NULL;
    if (not_closed)
        status = cisup_io_error(err, "cannot write", f->path);
    else if (had_error) /* some time ago: errno no longer tells why */
        status = CISUP_FAIL(err, CISUP_EIO, "cannot write all of %s; is the disk full?",
                            f->path);
    if (f->draft && status == CISUP_OK)
        status = place(f, err);
    else if (f->draft)
        (void)unlink(f->draft);
    cisup_outfile_discard(f);
    return status;
}

void cisup_outfile_discard(cisup_outfile *f) {
    if (f->stream) {
        (void)fclose(f->stream);
        if (f->draft) (void)unlink(f->draft);
    }
    cisup_release(f->path);
    cisup_draft_release(&f->draft);
    *f = (cisup_outfile){0};
}
