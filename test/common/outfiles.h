/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that appear whole at their commit, and the folder they lie in. */
#ifndef CISUP_TEST_OUTFILES_H
#define CISUP_TEST_OUTFILES_H

#include "common/scratch.h"

#include <cisup/core/base/outfile.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static inline int entries_of(const char *folder) {
    DIR *list = opendir(folder);
    assert_non_null(list);
    int count = -2; /* without . and .. */
    while (readdir(list)) count++;
    (void)closedir(list);
    return count;
}

static inline int files_here(void) {
    return entries_of(scratch_folder);
}

static inline int exists(const char *path) {
    return access(path, F_OK) == 0;
}

static inline void check_content(const char *name, const char *want) {
    size_t length;
    char *text = scratch_get(name, &length);
    assert_string_equal(text, want);
    free(text);
}

/* An open file holding "new", flushed. */
static inline cisup_outfile opened(const char *name, cisup_overwrite overwrite) {
    cisup_outfile f;
    CHECK_OK(cisup_outfile_open(&f, scratch_path(name), overwrite, &error_));
    assert_true(fputs("new", f.stream) >= 0);
    assert_int_equal(fflush(f.stream), 0);
    return f;
}

static inline void check_empty(const cisup_outfile *f) {
    assert_null(f->stream);
    assert_null(f->path);
    assert_null(f->draft);
}

/* Devices are reached through links: a mistake would replace the link in the scratch
 * folder and not, as root, the device. */
static inline const char *linked(const char *device) {
    const char *path = scratch_path("link");
    assert_int_equal(symlink(device, path), 0);
    return path;
}

static inline void drop_link(void) {
    struct stat about;
    assert_int_equal(lstat(scratch_path("link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(files_here(), 1);
    scratch_drop("link");
}

#endif
