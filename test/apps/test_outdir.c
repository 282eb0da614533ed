/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directories that appear whole, where the kernel can exchange names and where not. */
#define _GNU_SOURCE /* RTLD_NEXT, renameat2 */
#include "common/scratch.h"

#include "common/outdir.h"

#include <cisup/core/base/draft.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int refuse_flags; /* 1: as on a file system that knows no flags of renameat2 */

int renameat2(int from_folder, const char *from, int to_folder, const char *to,
              unsigned flags) {
    if (refuse_flags && flags) {
        errno = EINVAL;
        return -1;
    }
    int (*original)(int, const char *, int, const char *, unsigned);
    void *const symbol = dlsym(RTLD_NEXT, "renameat2");
    memcpy(&original, &symbol, sizeof original);
    return original(from_folder, from, to_folder, to, flags);
}

static int files_in(const char *path) {
    DIR *list = opendir(path);
    assert_non_null(list);
    int count = -2; /* without . and .. */
    while (readdir(list)) count++;
    (void)closedir(list);
    return count;
}

static void write_file(outdir *dir, const char *name, const char *text) {
    const char *path;
    CHECK_OK(outdir_file(dir, name, &path, &error_));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* An export with a manifest and one matrix of this name. */
static outdir filled(const char *matrix, cisup_overwrite overwrite) {
    outdir dir;
    char manifest[200];
    (void)snprintf(manifest, sizeof manifest,
                   "{\"schema\":\"cisup.export/1\",\"files\":[{\"file\":\"%s\"}]}",
                   matrix);
    CHECK_OK(outdir_open(&dir, scratch_path("out"), overwrite, &error_));
    write_file(&dir, matrix, matrix);
    write_file(&dir, "manifest.json", manifest);
    return dir;
}

/* The directory holds that export and nothing else lies beside it. */
static void check_only(const char *matrix) {
    char name[60];
    size_t length;
    assert_int_equal(files_in(scratch_folder), 1);
    assert_int_equal(files_in(scratch_path("out")), 2);
    (void)snprintf(name, sizeof name, "out/%s", matrix);
    char *text = scratch_get(name, &length);
    assert_string_equal(text, matrix);
    free(text);
}

static void drop(const char *matrix) {
    char name[60];
    (void)snprintf(name, sizeof name, "out/%s", matrix);
    scratch_drop(name);
    scratch_drop("out/manifest.json");
    assert_int_equal(rmdir(scratch_path("out")), 0);
    assert_int_equal(files_in(scratch_folder), 0);
}

static void a_new_directory_and_one_in_place_of_it(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    for (refuse_flags = 1; refuse_flags >= 0; refuse_flags--) {
        outdir dir = filled("old.mtx", CISUP_KEEP_EXISTING);
        assert_int_not_equal(access(scratch_path("out"), F_OK), 0);
        CHECK_OK(outdir_commit(&dir, &error_));
        check_only("old.mtx");
        assert_int_equal(chmod(scratch_path("out"), 0710), 0);
        dir = filled("new.mtx", CISUP_REPLACE_EXISTING);
        CHECK_OK(outdir_commit(&dir, &error_));
        check_only("new.mtx");
        struct stat about;
        assert_int_equal(stat(scratch_path("out"), &about), 0);
        assert_int_equal(about.st_mode & (mode_t)0777, 0710);
        drop("new.mtx");
    }
    refuse_flags = 0;
    assert_int_equal(cisup_memory_live(), before);
}

static void a_discarded_directory_leaves_nothing(void **state) {
    (void)state;
    outdir dir = filled("old.mtx", CISUP_KEEP_EXISTING);
    outdir_discard(&dir);
    assert_int_equal(files_in(scratch_folder), 0);
}

/* Also an empty one, which plain rename() would replace. */
static void a_directory_made_meanwhile_is_kept(void **state) {
    (void)state;
    for (refuse_flags = 1; refuse_flags >= 0; refuse_flags--) {
        cisup_error err = {0};
        char draft[100], name[130];
        outdir dir = filled("new.mtx", CISUP_KEEP_EXISTING);
        (void)snprintf(draft, sizeof draft, "%s", strrchr(dir.draft, '/') + 1);
        assert_int_equal(mkdir(scratch_path("out"), 0700), 0);
        assert_int_equal(outdir_commit(&dir, &err), CISUP_EIO);
        assert_non_null(strstr(err.text, draft));
        assert_int_equal(rmdir(scratch_path("out")), 0);
        (void)snprintf(name, sizeof name, "%s/new.mtx", draft);
        scratch_drop(name);
        (void)snprintf(name, sizeof name, "%s/manifest.json", draft);
        scratch_drop(name);
        assert_int_equal(rmdir(scratch_path(draft)), 0);
    }
    refuse_flags = 0;
}

static void a_foreign_file_made_meanwhile_is_kept(void **state) {
    (void)state;
    for (refuse_flags = 1; refuse_flags >= 0; refuse_flags--) {
        cisup_error err = {0};
        outdir dir = filled("old.mtx", CISUP_KEEP_EXISTING);
        CHECK_OK(outdir_commit(&dir, &error_));
        dir = filled("new.mtx", CISUP_REPLACE_EXISTING);
        scratch_put("out/notes", "precious", 8);
        assert_int_equal(outdir_commit(&dir, &err), CISUP_EIO);
        assert_non_null(strstr(err.text, "notes"));
        scratch_drop("out/notes");
        check_only("old.mtx");
        drop("old.mtx");
    }
    refuse_flags = 0;
}

static void a_signal_leaves_nothing(void **state) {
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        const outdir dir = filled("old.mtx", CISUP_KEEP_EXISTING);
        (void)dir;
        outdir_remove_files();
        cisup_drafts_remove();
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    assert_int_equal(files_in(scratch_folder), 0);
}

static cisup_status open_and_fill(void *context) {
    (void)context;
    outdir dir;
    const char *path;
    cisup_status status;
    CISUP_TRY(outdir_open(&dir, scratch_path("out//"), CISUP_KEEP_EXISTING, NULL));
    CISUP_TRY(outdir_file(&dir, "a", &path, NULL));
done:
    outdir_discard(&dir);
    return status;
}

static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    assert_true(check_every_allocation(open_and_fill, NULL) >= 3);
    assert_int_equal(files_in(scratch_folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_directory_and_one_in_place_of_it),
        cmocka_unit_test(a_discarded_directory_leaves_nothing),
        cmocka_unit_test(a_directory_made_meanwhile_is_kept),
        cmocka_unit_test(a_foreign_file_made_meanwhile_is_kept),
        cmocka_unit_test(a_signal_leaves_nothing),
        cmocka_unit_test(every_allocation_failure_is_survived),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
