/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What fails when a file is written is told, and leaves nothing. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "common/outfiles.h"
#include "common/scratch.h"

#include <cisup/core/base/outfile.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int refuse_streams; /* 1: fdopen fails as it does without memory */

FILE *fdopen(int descriptor, const char *mode) {
    if (refuse_streams) {
        errno = ENOMEM;
        return NULL;
    }
    FILE *(*original)(int, const char *);
    void *const symbol = dlsym(RTLD_NEXT, "fdopen");
    memcpy(&original, &symbol, sizeof original);
    return original(descriptor, mode);
}

/* Opening a file at this path fails, names it and says why. */
static void check_no_file_at(const char *path, const char *reason) {
    const int64_t before = cisup_memory_live();
    cisup_outfile f;
    cisup_error err = {0};
    assert_int_equal(cisup_outfile_open(&f, path, CISUP_REPLACE_EXISTING, &err),
                     CISUP_EIO);
    if (!strstr(err.text, path) || !strstr(err.text, reason))
        fail_msg("%s and %s should be in: %s", path, reason, err.text);
    check_empty(&f);
    assert_int_equal(cisup_memory_live(), before);
    assert_int_equal(cisup_outfile_open(&f, path, CISUP_KEEP_EXISTING, NULL), CISUP_EIO);
}

static void a_folder_that_is_missing_or_takes_no_files_is_an_io_error(void **state) {
    (void)state;
    check_no_file_at(scratch_path("missing/out"), strerror(ENOENT));
    scratch_put("file", "old", 3);
    check_no_file_at(scratch_path("file/out"), strerror(ENOTDIR));
    check_content("file", "old");
    scratch_drop("file");
    check_no_file_at("/proc/out", strerror(ENOENT)); /* not even for root */
    if (geteuid() == 0) return;
    assert_int_equal(chmod(scratch_folder, 0500), 0);
    check_no_file_at(scratch_path("out"), strerror(EACCES));
    assert_int_equal(chmod(scratch_folder, 0700), 0);
}

/* Commit fails with EIO, says why, and neither draft nor file is left. */
static void check_commit_fails(cisup_outfile *f, int reason) {
    const int64_t before = cisup_memory_live();
    char path[300], draft[300];
    const int owned = f->draft ? 2 : 1;
    cisup_error err = {0};
    (void)snprintf(path, sizeof path, "%s", f->path);
    (void)snprintf(draft, sizeof draft, "%s", f->draft ? f->draft : "");
    errno = 0; /* what failed may lie long back */
    assert_int_equal(cisup_outfile_commit(f, &err), CISUP_EIO);
    assert_non_null(strstr(err.text, path));
    if (strstr(err.text, strerror(0))) fail_msg("failed by success: %s", err.text);
    if (reason && !strstr(err.text, strerror(reason))) fail_msg("%s", err.text);
    check_empty(f);
    assert_false(exists(draft));
    assert_int_equal(cisup_memory_live(), before - owned);
}

static void a_directory_is_not_replaced(void **state) {
    (void)state;
    assert_int_equal(mkdir(scratch_path("out"), 0700), 0);
    check_no_file_at(scratch_path("out"), strerror(EISDIR));
    assert_int_equal(files_here(), 1);
    assert_int_equal(rmdir(scratch_path("out")), 0);
}

static void a_draft_that_was_taken_away_is_an_io_error(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    assert_int_equal(unlink(f.draft), 0);
    check_commit_fails(&f, ENOENT);
    assert_int_equal(files_here(), 0);
}

/* Short texts fail when the buffer is written at the end, long ones before. */
static void a_full_disk_shows_at_the_commit(void **state) {
    (void)state;
    for (size_t bytes = 1; bytes < 100000; bytes = bytes * 3 + 1) {
        cisup_outfile f;
        CHECK_OK(
            cisup_outfile_open(&f, linked("/dev/full"), CISUP_REPLACE_EXISTING, &error_));
        for (size_t k = 0; k < bytes; k++) (void)putc('x', f.stream);
        check_commit_fails(&f, 0);
        drop_link();
    }
}

static void a_failed_replacement_keeps_the_old_file(void **state) {
    (void)state;
    scratch_put("out", "old", 3);
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    assert_non_null(freopen("/dev/full", "wb", f.stream));
    assert_true(fputs("more", f.stream) >= 0);
    check_commit_fails(&f, ENOSPC);
    check_content("out", "old");
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

/* A real file that may not grow beyond 5000 bytes. One write of 100000 empties the
 * buffer, so that only the stream's error flag tells of the failure. */
static void a_write_that_failed_long_before_shows_at_the_commit(void **state) {
    (void)state;
    static char text[100000];
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 5000;
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    const size_t written = fwrite(text, 1, sizeof text, f.stream);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, handler);
    assert_true(written < sizeof text);
    check_commit_fails(&f, 0);
    assert_int_equal(files_here(), 0);
}

static void a_stream_that_cannot_be_made_leaves_nothing(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    const int descriptors = entries_of("/proc/self/fd");
    cisup_outfile f;
    refuse_streams = 1;
    const cisup_status status =
        cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, NULL);
    refuse_streams = 0;
    assert_int_equal(status, CISUP_EIO);
    check_empty(&f);
    assert_int_equal(files_here(), 0);
    assert_int_equal(entries_of("/proc/self/fd"), descriptors);
    assert_int_equal(cisup_memory_live(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_that_is_missing_or_takes_no_files_is_an_io_error),
        cmocka_unit_test(a_directory_is_not_replaced),
        cmocka_unit_test(a_draft_that_was_taken_away_is_an_io_error),
        cmocka_unit_test(a_full_disk_shows_at_the_commit),
        cmocka_unit_test(a_failed_replacement_keeps_the_old_file),
        cmocka_unit_test(a_write_that_failed_long_before_shows_at_the_commit),
        cmocka_unit_test(a_stream_that_cannot_be_made_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
