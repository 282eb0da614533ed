/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "common/scratch.h"

#include <cisup/core/base/outfile.h>

#include <dirent.h>
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

static int entries_of(const char *folder) {
    DIR *list = opendir(folder);
    assert_non_null(list);
    int count = -2; /* without . and .. */
    while (readdir(list)) count++;
    (void)closedir(list);
    return count;
}

static int files_here(void) {
    return entries_of(scratch_folder);
}

static int exists(const char *path) {
    return access(path, F_OK) == 0;
}

static void check_content(const char *name, const char *want) {
    size_t length;
    char *text = scratch_get(name, &length);
    assert_string_equal(text, want);
    free(text);
}

/* An open file holding "new", flushed. */
static cisup_outfile opened(const char *name, cisup_overwrite overwrite) {
    cisup_outfile f;
    CHECK_OK(cisup_outfile_open(&f, scratch_path(name), overwrite, &error_));
    assert_true(fputs("new", f.stream) >= 0);
    assert_int_equal(fflush(f.stream), 0);
    return f;
}

static void check_empty(const cisup_outfile *f) {
    assert_null(f->stream);
    assert_null(f->path);
    assert_null(f->draft);
}

static void the_name_appears_at_the_commit(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    assert_false(exists(scratch_path("out")));
    assert_true(exists(f.draft));
    assert_int_equal(files_here(), 1);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    check_empty(&f);
    check_content("out", "new");
    assert_int_equal(files_here(), 1);
    assert_int_equal(cisup_memory_live(), before);
    scratch_drop("out");
}

static void an_empty_file_may_be_committed(void **state) {
    (void)state;
    cisup_outfile f;
    CHECK_OK(cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, &error_));
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    check_content("out", "");
    scratch_drop("out");
}

static void the_draft_lies_in_the_folder_of_the_file(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    const size_t length = strlen(scratch_folder);
    assert_int_equal(strncmp(f.draft, scratch_folder, length), 0);
    assert_null(strchr(f.draft + length + 1, '/')); /* or rename could not be atomic */
    cisup_outfile_discard(&f);
}

static void a_discarded_file_leaves_nothing(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    cisup_outfile_discard(&f);
    check_empty(&f);
    assert_int_equal(files_here(), 0);
    cisup_outfile_discard(&f);
    f = (cisup_outfile){0};
    cisup_outfile_discard(&f);
    assert_int_equal(cisup_memory_live(), before);
}

static void a_discard_after_the_commit_keeps_the_file(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    cisup_outfile_discard(&f);
    check_content("out", "new");
    scratch_drop("out");
}

static void an_existing_file_is_kept(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    scratch_put("out", "old", 3);
    cisup_outfile f;
    cisup_error err = {0};
    assert_int_equal(
        cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, &err),
        CISUP_EIO);
    assert_non_null(strstr(err.text, scratch_path("out")));
    assert_non_null(strstr(err.text, "exists"));
    check_empty(&f);
    check_content("out", "old");
    assert_int_equal(files_here(), 1);
    assert_int_equal(cisup_memory_live(), before);
    scratch_drop("out");
}

static void an_existing_file_is_replaced_at_the_commit(void **state) {
    (void)state;
    scratch_put("out", "old", 3);
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    check_content("out", "old");
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    check_content("out", "new");
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

static void a_discard_keeps_the_file_that_was_to_be_replaced(void **state) {
    (void)state;
    scratch_put("out", "old", 3);
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    cisup_outfile_discard(&f);
    check_content("out", "old");
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

static void replacing_needs_no_existing_file(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    check_content("out", "new");
    scratch_drop("out");
}

static void two_files_may_be_open_together(void **state) {
    (void)state;
    cisup_outfile f = opened("f", CISUP_KEEP_EXISTING);
    cisup_outfile g = opened("g", CISUP_KEEP_EXISTING);
    cisup_outfile_discard(&f);
    CHECK_OK(cisup_outfile_commit(&g, &error_));
    check_content("g", "new");
    scratch_drop("g");
    assert_int_equal(files_here(), 0);
}

static void a_foreign_file_under_the_name_of_the_draft_survives(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    char name[90];
    (void)snprintf(name, sizeof name, "%s", strrchr(f.draft, '/') + 1);
    cisup_outfile_discard(&f);
    scratch_put(name, "foreign", 7);
    const cisup_status status =
        cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, NULL);
    assert_true(status == CISUP_OK || status == CISUP_EIO);
    cisup_outfile_discard(&f);
    check_content(name, "foreign");
    scratch_drop(name);
    assert_int_equal(files_here(), 0);
}

/* Devices are reached through links: a mistake would replace the link in the scratch
 * folder and not, as root, the device. */
static const char *linked(const char *device) {
    const char *path = scratch_path("link");
    assert_int_equal(symlink(device, path), 0);
    return path;
}

static void drop_link(void) {
    struct stat about;
    assert_int_equal(lstat(scratch_path("link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(files_here(), 1);
    scratch_drop("link");
}

static void a_device_is_written_directly_and_stays_one(void **state) {
    (void)state;
    const cisup_overwrite ways[] = {CISUP_KEEP_EXISTING, CISUP_REPLACE_EXISTING};
    for (int k = 0; k < 4; k++) {
        cisup_outfile f;
        CHECK_OK(cisup_outfile_open(&f, linked("/dev/null"), ways[k % 2], &error_));
        assert_null(f.draft);
        assert_true(fputs("new", f.stream) >= 0);
        if (k < 2)
            CHECK_OK(cisup_outfile_commit(&f, &error_));
        else
            cisup_outfile_discard(&f);
        drop_link();
    }
}

static void a_pipe_receives_what_is_written(void **state) {
    (void)state;
    const char *path = scratch_path("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    cisup_outfile f = opened("pipe", CISUP_KEEP_EXISTING);
    assert_int_equal(files_here(), 1);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    char text[8] = {0};
    assert_int_equal(read(reader, text, 7), 3);
    assert_string_equal(text, "new");
    assert_int_equal(close(reader), 0);
    scratch_drop("pipe");
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

static cisup_status open_and_discard(void *context) {
    cisup_outfile f;
    const cisup_status status =
        cisup_outfile_open(&f, context, CISUP_KEEP_EXISTING, NULL);
    if (status != CISUP_OK) {
        check_empty(&f);
        assert_int_equal(files_here(), 0);
    }
    cisup_outfile_discard(&f);
    return status;
}

static void opening_survives_every_allocation_failure(void **state) {
    (void)state;
    char path[300];
    (void)snprintf(path, sizeof path, "%s", scratch_path("out"));
    assert_true(check_every_allocation(open_and_discard, path) >= 2);
    assert_int_equal(files_here(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_appears_at_the_commit),
        cmocka_unit_test(an_empty_file_may_be_committed),
        cmocka_unit_test(the_draft_lies_in_the_folder_of_the_file),
        cmocka_unit_test(a_discarded_file_leaves_nothing),
        cmocka_unit_test(a_discard_after_the_commit_keeps_the_file),
        cmocka_unit_test(an_existing_file_is_kept),
        cmocka_unit_test(an_existing_file_is_replaced_at_the_commit),
        cmocka_unit_test(a_discard_keeps_the_file_that_was_to_be_replaced),
        cmocka_unit_test(replacing_needs_no_existing_file),
        cmocka_unit_test(two_files_may_be_open_together),
        cmocka_unit_test(a_foreign_file_under_the_name_of_the_draft_survives),
        cmocka_unit_test(a_device_is_written_directly_and_stays_one),
        cmocka_unit_test(a_pipe_receives_what_is_written),
        cmocka_unit_test(a_folder_that_is_missing_or_takes_no_files_is_an_io_error),
        cmocka_unit_test(a_directory_is_not_replaced),
        cmocka_unit_test(a_draft_that_was_taken_away_is_an_io_error),
        cmocka_unit_test(a_full_disk_shows_at_the_commit),
        cmocka_unit_test(a_failed_replacement_keeps_the_old_file),
        cmocka_unit_test(a_write_that_failed_long_before_shows_at_the_commit),
        cmocka_unit_test(a_stream_that_cannot_be_made_leaves_nothing),
        cmocka_unit_test(opening_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
