/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/base/start_threads.h>
#include <cisup/core/overlap.h>
#include <cisup/core/threads.h>

#include <omp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void the_number_is_bounded_by_the_work_and_by_what_was_wanted(void **state) {
    (void)state;
    const int all = omp_get_max_threads();
    assert_int_equal(cisup_threads_count(3, 100), 3);
    assert_int_equal(cisup_threads_count(3, 2), 2);
    assert_int_equal(cisup_threads_count(3, 0), 1);
    assert_int_equal(cisup_threads_count(3, -1), 1);
    assert_int_equal(cisup_threads_count(5000, INT64_MAX), CISUP_THREADS_MOST);
    omp_set_num_threads(5000);
    assert_int_equal(cisup_threads_count(0, INT64_MAX), CISUP_THREADS_MOST);
    omp_set_num_threads(7);
    assert_int_equal(cisup_threads_count(0, INT64_MAX), 7);
    omp_set_num_threads(all);
    assert_true(cisup_threads_count(0, INT64_MAX) <= all);
}

static void threads_inside_a_parallel_region_do_not_multiply(void **state) {
    (void)state;
    int inside = 0;
#pragma omp parallel num_threads(2) reduction(+ : inside)
    inside = cisup_threads_count(4, 100);
    assert_int_equal(inside, 2);
}

static void a_negative_number_is_refused(void **state) {
    (void)state;
    int n;
    cisup_error err = {0};
    assert_int_equal(cisup_threads_take(-1, 10, &n, &err), CISUP_EINVAL);
    assert_int_equal(n, 1);
}

static void a_team_is_not_made_smaller_for_want_of_work(void **state) {
    (void)state;
    int n;
    CHECK_OK(cisup_threads_take(3, 10, &n, &error_));
    assert_int_equal(n, 3);
    CHECK_OK(cisup_threads_take(3, 2, &n, &error_));
    assert_int_equal(n, 3);
    CHECK_OK(cisup_threads_take(2, 10, &n, &error_));
    assert_int_equal(n, 2);
}

/* Runs `job` in a child that has 20 s and returns its exit code. */
static int in_child(int (*job)(void)) {
    (void)fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(20);
        _exit(job());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* 4000 circuits on a line, two neurons each, on two threads: no pair shares both. */
static int check_line(void) {
    cisup_allocation a;
    cisup_overlap_report report;
    const cisup_overlap_options o = {.threads = 2};
    if (cisup_allocation_init(&a, 4001, 2, 4000, NULL) != CISUP_OK) return 9;
    for (int32_t k = 0; k < 8000; k++) a.slot[k] = k / 2 + k % 2;
    const cisup_rows rows = cisup_rows_stored(&a);
    const cisup_status status = cisup_overlap_check_rows(&rows, &o, &report, NULL);
    cisup_allocation_free(&a);
    return status == CISUP_OK ? report.holds : 10 + (int)status;
}

static void a_forked_child_works_alone_instead_of_hanging(void **state) {
    (void)state;
    assert_int_equal(check_line(), 1);
    assert_int_equal(in_child(check_line), 1);
    assert_int_equal(check_line(), 1);
}

/* AddressSanitizer itself ends the process where address space is limited. */
#ifndef __SANITIZE_ADDRESS__
static int check_without_room_for_stacks(void) {
    const struct rlimit limit = {64 << 20, 64 << 20};
    int n;
    cisup_error err = {0};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 9;
    const cisup_status status = cisup_threads_take(200, 200, &n, &err);
    return n == 1 && strstr(err.text, "could not start 200 threads") ? (int)status : 8;
}

static void threads_that_cannot_be_made_are_an_error(void **state) {
    (void)state;
    assert_int_equal(in_child(check_without_room_for_stacks), CISUP_ENOMEM);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
        /* first, before this process has several threads */
        cmocka_unit_test(threads_that_cannot_be_made_are_an_error),
#endif
        cmocka_unit_test(the_number_is_bounded_by_the_work_and_by_what_was_wanted),
        cmocka_unit_test(threads_inside_a_parallel_region_do_not_multiply),
        cmocka_unit_test(a_negative_number_is_refused),
        cmocka_unit_test(a_team_is_not_made_smaller_for_want_of_work),
        cmocka_unit_test(a_forked_child_works_alone_instead_of_hanging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
