/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* nftw */
#include "common/scratch.h"

#include <cisup/core/base/limits.h>
#include <cisup/core/memory.h>

#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Puts a file below the made-up root, with the folders that it needs. */
static void put(const char *path, const char *text) {
    char full[400];
    (void)snprintf(full, sizeof full, "%s/%s", scratch_folder, path);
    for (char *at = full + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = 0;
        (void)mkdir(full, 0700);
        *at = '/';
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int drop(const char *path, const struct stat *s, int kind, struct FTW *where) {
    (void)s;
    (void)kind;
    return where->level ? remove(path) : 0;
}

static int drop_all(void **state) {
    (void)state;
    return nftw(scratch_folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

#define expect(memory, cpus)                                                             \
    do {                                                                                 \
        assert_true(cisup_limits_memory(scratch_folder) == (memory));                    \
        assert_int_equal(cisup_limits_cpus(scratch_folder), cpus);                       \
    } while (0)

static void without_groups_nothing_is_limited(void **state) {
    (void)state;
    assert_true(isinf(cisup_limits_memory(scratch_folder)));
    assert_int_equal(cisup_limits_cpus(scratch_folder), INT_MAX);
    put("proc/self/cgroup", "0::/a\nrubbish\n");
    put("sys/fs/cgroup/a/memory.max", "max\n");
    put("sys/fs/cgroup/a/memory.current", "5000\n");
    put("sys/fs/cgroup/a/cpu.max", "max 100000\n");
    assert_true(isinf(cisup_limits_memory(scratch_folder)));
    assert_int_equal(cisup_limits_cpus(scratch_folder), INT_MAX);
}

static void the_tightest_group_above_counts(void **state) {
    (void)state;
    put("proc/self/cgroup", "0::/a.slice/b.scope\n");
    put("sys/fs/cgroup/a.slice/b.scope/memory.max", "900000\n");
    put("sys/fs/cgroup/a.slice/b.scope/memory.current", "100000\n");
    put("sys/fs/cgroup/a.slice/b.scope/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/a.slice/memory.max", "1000000\n");
    put("sys/fs/cgroup/a.slice/memory.current", "700000\n");
    put("sys/fs/cgroup/a.slice/memory.stat", "anon 1\ninactive_file 50000\n");
    put("sys/fs/cgroup/a.slice/cpu.max", "250000 100000\n");
    expect(350000.0, 3);
    put("sys/fs/cgroup/a.slice/memory.current", "2000000\n"); /* the limit was lowered */
    expect(0.0, 3);
}

static void version_1_is_seen_beside_an_empty_version_2(void **state) {
    (void)state;
    put("proc/self/cgroup", "5:cpu,cpuacct:/job\n4:memory:/job\n0::/\n");
    put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "200000000\n");
    put("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "150000000\n");
    put("sys/fs/cgroup/memory/job/memory.stat",
        "inactive_file 7\ntotal_inactive_file 30000000\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    expect(80000000.0, 2);
}

/* The path is that of the host, the mount shows the group of the container. */
static void a_container_without_its_own_namespace_is_seen(void **state) {
    (void)state;
    put("proc/self/cgroup", "4:memory:/docker/0123\n3:cpu:/docker/0123\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
    put("sys/fs/cgroup/memory/memory.usage_in_bytes", "400000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    expect(600000.0, 1);
}

/* What is left of a limit, in a child: 256 MB taken of 2 GB. */
static void check_limit(__rlimit_resource_t resource) {
    (void)fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit limit = {2000000000, 2000000000};
        if (setrlimit(resource, &limit) != 0) _exit(2);
        const double before = cisup_memory_available();
        if (mmap(NULL, 256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                 0) == MAP_FAILED)
            _exit(3);
        const double taken = before - cisup_memory_available();
        _exit(before >= 2e9 ? 4 : taken < 256e6 || taken > 300e6 ? 5 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void limits_of_the_process_count_what_is_taken(void **state) {
    (void)state;
#if defined __SANITIZE_ADDRESS__
    skip(); /* which maps terabytes */
#endif
    check_limit(RLIMIT_AS);
    check_limit(RLIMIT_DATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_groups_nothing_is_limited, drop_all),
        cmocka_unit_test_teardown(the_tightest_group_above_counts, drop_all),
        cmocka_unit_test_teardown(version_1_is_seen_beside_an_empty_version_2, drop_all),
        cmocka_unit_test_teardown(a_container_without_its_own_namespace_is_seen,
                                  drop_all),
        cmocka_unit_test(limits_of_the_process_count_what_is_taken),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
