/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who else writes the same names: races, links, what signals leave. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "common/scratch.h"

#include <cisup/core/base/draft.h>
#include <cisup/core/base/outfile.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int refuse_links; /* 1: as on a file system without hard links */

int link(const char *from, const char *to) {
    if (refuse_links) {
        errno = EPERM;
        return -1;
    }
    int (*original)(const char *, const char *);
    void *const symbol = dlsym(RTLD_NEXT, "link");
    memcpy(&original, &symbol, sizeof original);
    return original(from, to);
}

static int files_here(void) {
    DIR *list = opendir(scratch_folder);
    assert_non_null(list);
    int count = -2; /* without . and .. */
    while (readdir(list)) count++;
    (void)closedir(list);
    return count;
}

static void check_content(const char *name, const char *want) {
    size_t length;
    char *text = scratch_get(name, &length);
    assert_string_equal(text, want);
    free(text);
}

static cisup_outfile opened(const char *name, cisup_overwrite overwrite) {
    cisup_outfile f;
    CHECK_OK(cisup_outfile_open(&f, scratch_path(name), overwrite, &error_));
    assert_true(fputs("new", f.stream) >= 0);
    return f;
}

/* --- nothing is replaced that was not meant to be -------------------------------- */

/* The commit is refused; the draft is complete and in the message. */
static void check_kept_beside(cisup_outfile *f) {
    cisup_error err = {0};
    char draft[300];
    (void)snprintf(draft, sizeof draft, "%s", strrchr(f->draft, '/') + 1);
    assert_int_equal(cisup_outfile_commit(f, &err), CISUP_EIO);
    if (!strstr(err.text, draft)) fail_msg("%s", err.text);
    check_content(draft, "new");
    scratch_drop(draft);
}

static void a_file_made_meanwhile_is_kept(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    for (refuse_links = 1; refuse_links >= 0; refuse_links--) {
        cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
        scratch_put("out", "precious", 8);
        check_kept_beside(&f);
        check_content("out", "precious");
        scratch_drop("out");
        assert_int_equal(files_here(), 0);
    }
    refuse_links = 0;
    assert_int_equal(cisup_memory_live(), before);
}

static void a_link_made_meanwhile_is_kept(void **state) {
    (void)state;
    for (refuse_links = 1; refuse_links >= 0; refuse_links--) {
        cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
        assert_int_equal(symlink("nowhere", scratch_path("out")), 0);
        check_kept_beside(&f);
        assert_int_equal(files_here(), 1);
        scratch_drop("out");
    }
    refuse_links = 0;
}

static void a_link_to_nothing_is_an_existing_name(void **state) {
    (void)state;
    cisup_outfile f;
    cisup_error err = {0};
    assert_int_equal(symlink("nowhere", scratch_path("out")), 0);
    assert_int_equal(
        cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, &err),
        CISUP_EIO);
    assert_non_null(strstr(err.text, "exists"));
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

static void a_name_appears_also_without_hard_links(void **state) {
    (void)state;
    refuse_links = 1;
    cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    refuse_links = 0;
    check_content("out", "new");
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

/* A process that opens, waits for the start and commits: exit code 0 if that was OK, 3 if
 * it was refused, 9 for anything else. Refused drafts are removed. */
static pid_t start_writer(int gate) {
    const pid_t child = fork();
    if (child != 0) return child;
    cisup_outfile f;
    char draft[300], byte;
    if (cisup_outfile_open(&f, scratch_path("out"), CISUP_KEEP_EXISTING, NULL) !=
        CISUP_OK)
        _exit(9);
    (void)snprintf(draft, sizeof draft, "%s", f.draft);
    if (fprintf(f.stream, "%ld", (long)getpid()) < 0) _exit(9);
    (void)!read(gate, &byte, 1);
    const cisup_status status = cisup_outfile_commit(&f, NULL);
    if (status != CISUP_OK && unlink(draft) != 0) _exit(9);
    _exit(status == CISUP_OK ? 0 : 3);
}

static void of_many_writers_one_wins(void **state) {
    (void)state;
    enum { WRITERS = 12, ROUNDS = 10 };
    for (int round = 0; round < 2 * ROUNDS; round++) {
        refuse_links = round % 2;
        int gate[2], winners = 0;
        char want[32] = "";
        pid_t child[WRITERS];
        assert_int_equal(pipe(gate), 0);
        for (int k = 0; k < WRITERS; k++) child[k] = start_writer(gate[0]);
        while (files_here() < WRITERS) (void)usleep(1000);
        (void)close(gate[0]);
        assert_int_equal(write(gate[1], "............", WRITERS), WRITERS);
        (void)close(gate[1]);
        for (int k = 0; k < WRITERS; k++) {
            int how;
            assert_int_equal(waitpid(child[k], &how, 0), child[k]);
            assert_true(WIFEXITED(how) && WEXITSTATUS(how) != 9);
            if (WEXITSTATUS(how)) continue;
            winners++;
            (void)snprintf(want, sizeof want, "%ld", (long)child[k]);
        }
        assert_int_equal(winners, 1);
        check_content("out", want);
        assert_int_equal(files_here(), 1);
        scratch_drop("out");
    }
    refuse_links = 0;
}

static void drafts_of_one_name_do_not_meet(void **state) {
    (void)state;
    cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
    cisup_outfile g = opened("out", CISUP_REPLACE_EXISTING);
    CHECK_OK(cisup_outfile_commit(&f, &error_));
    CHECK_OK(cisup_outfile_commit(&g, &error_));
    assert_int_equal(files_here(), 1);
    scratch_drop("out");
}

/* --- what is replaced ------------------------------------------------------------ */

static mode_t mode_of(const char *name) {
    struct stat about;
    assert_int_equal(stat(scratch_path(name), &about), 0);
    return about.st_mode & (mode_t)0777;
}

static void a_replaced_file_keeps_its_permissions(void **state) {
    (void)state;
    const mode_t modes[] = {0600, 0640, 0444, 0755};
    for (int k = 0; k < 4; k++) {
        scratch_put("out", "old", 3);
        assert_int_equal(chmod(scratch_path("out"), modes[k]), 0);
        cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
        assert_int_equal(mode_of(strrchr(f.draft, '/') + 1), modes[k]);
        CHECK_OK(cisup_outfile_commit(&f, &error_));
        assert_int_equal(mode_of("out"), modes[k]);
        check_content("out", "new");
        scratch_drop("out");
    }
}

static void check_link(const char *name) {
    struct stat about;
    assert_int_equal(lstat(scratch_path(name), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
}

/* Absolute and relative, over two links, to a file and to nothing. */
static void behind_a_link_its_target_is_replaced(void **state) {
    (void)state;
    assert_int_equal(mkdir(scratch_path("folder"), 0700), 0);
    for (int k = 0; k < 4; k++) {
        if (k < 2) scratch_put("folder/out", "old", 3);
        assert_int_equal(symlink(k % 2 ? scratch_path("folder/out") : "out",
                                 scratch_path(k % 2 ? "second" : "folder/second")),
                         0);
        assert_int_equal(
            symlink(k % 2 ? "second" : "folder/second", scratch_path("first")), 0);
        cisup_outfile f = opened("first", CISUP_REPLACE_EXISTING);
        CHECK_OK(cisup_outfile_commit(&f, &error_));
        check_link("first");
        check_link(k % 2 ? "second" : "folder/second");
        check_content("folder/out", "new");
        scratch_drop("first");
        scratch_drop(k % 2 ? "second" : "folder/second");
        scratch_drop("folder/out");
    }
    assert_int_equal(rmdir(scratch_path("folder")), 0);
}

static void links_in_a_circle_lead_nowhere(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_outfile f;
    cisup_error err = {0};
    assert_int_equal(symlink("b", scratch_path("a")), 0);
    assert_int_equal(symlink("a", scratch_path("b")), 0);
    assert_int_equal(
        cisup_outfile_open(&f, scratch_path("a"), CISUP_REPLACE_EXISTING, &err),
        CISUP_EIO);
    assert_non_null(strstr(err.text, strerror(ELOOP)));
    assert_int_equal(cisup_memory_live(), before);
    scratch_drop("a");
    scratch_drop("b");
}

/* As /dev/stdout of a program whose output goes to a file: here through a link in the
 * scratch folder, as a mistake would replace the device. */
static void an_open_descriptor_is_written_where_it_stands(void **state) {
    (void)state;
    const cisup_overwrite ways[] = {CISUP_KEEP_EXISTING, CISUP_REPLACE_EXISTING};
    for (int k = 0; k < 2; k++) {
        char name[40];
        const int held = open(scratch_path("got"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_true(held >= 0);
        assert_int_equal(write(held, "before ", 7), 7);
        (void)snprintf(name, sizeof name, "/proc/self/fd/%d", held);
        assert_int_equal(symlink(name, scratch_path("link")), 0);
        cisup_outfile f = opened("link", ways[k]);
        assert_null(f.draft);
        CHECK_OK(cisup_outfile_commit(&f, &error_));
        assert_int_equal(write(held, " after", 6), 6);
        assert_int_equal(close(held), 0);
        check_link("link");
        check_content("got", "before new after");
        assert_int_equal(files_here(), 2);
        scratch_drop("link");
        scratch_drop("got");
    }
}

/* --- what a signal leaves --------------------------------------------------------- */

/* In a child: what the handler has taken is never freed. */
static void all_drafts_can_be_removed_at_once(void **state) {
    (void)state;
    scratch_put("other", "old", 3);
    const pid_t child = fork();
    if (child == 0) {
        char *folder = NULL, path[300];
        cisup_outfile f = opened("out", CISUP_KEEP_EXISTING);
        cisup_outfile g = opened("other", CISUP_REPLACE_EXISTING), inside;
        if (cisup_draft_folder(&folder, scratch_path("dir"), NULL) != CISUP_OK) _exit(1);
        (void)snprintf(path, sizeof path, "%s/x", folder);
        if (cisup_outfile_open(&inside, path, CISUP_KEEP_EXISTING, NULL) != CISUP_OK)
            _exit(1);
        if (files_here() != 4) _exit(2);
        cisup_drafts_remove();
        if (files_here() != 1) _exit(3);
        cisup_drafts_remove();
        cisup_outfile_discard(&f);
        cisup_outfile_discard(&g);
        cisup_outfile_discard(&inside);
        cisup_draft_release(&folder);
        _exit(files_here() == 1 ? 0 : 4);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
    check_content("other", "old");
    scratch_drop("other");
}

static void finished_files_are_no_drafts(void **state) {
    (void)state;
    for (int k = 0; k < 1000; k++) {
        cisup_outfile f = opened("out", CISUP_REPLACE_EXISTING);
        CHECK_OK(cisup_outfile_commit(&f, &error_));
    }
    const pid_t child = fork();
    if (child == 0) {
        cisup_drafts_remove();
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    check_content("out", "new");
    scratch_drop("out");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_made_meanwhile_is_kept),
        cmocka_unit_test(a_link_made_meanwhile_is_kept),
        cmocka_unit_test(a_link_to_nothing_is_an_existing_name),
        cmocka_unit_test(a_name_appears_also_without_hard_links),
        cmocka_unit_test(of_many_writers_one_wins),
        cmocka_unit_test(drafts_of_one_name_do_not_meet),
        cmocka_unit_test(a_replaced_file_keeps_its_permissions),
        cmocka_unit_test(behind_a_link_its_target_is_replaced),
        cmocka_unit_test(links_in_a_circle_lead_nowhere),
        cmocka_unit_test(an_open_descriptor_is_written_where_it_stands),
        cmocka_unit_test(all_drafts_can_be_removed_at_once),
        cmocka_unit_test(finished_files_are_no_drafts),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
