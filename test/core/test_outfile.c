/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files appear under their name, whole, at the commit. */
#include "common/outfiles.h"
#include "common/scratch.h"

#include <cisup/core/base/outfile.h>

#include <fcntl.h>
#include <sys/stat.h>

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
        cmocka_unit_test(opening_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
