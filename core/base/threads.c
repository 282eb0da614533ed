/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/threads.h>

#include <cisup/core/base/limits.h>
#include <cisup/core/base/start_threads.h>

#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* OpenMP keeps a team for every thread that has begun one: its size. */
static _Thread_local int team = 1;

/* Threads do not live on in a forked child, whereas OpenMP waits for them there. */
static atomic_int is_orphan;
static pthread_once_t fork_watched = PTHREAD_ONCE_INIT;

static void in_child(void) {
    atomic_store(&is_orphan, 1);
}

static void watch_forks(void) {
    (void)pthread_atfork(NULL, NULL, in_child);
}

/* The CPU quota is asked for once: files are read for it. */
static int usable(void) {
    static atomic_int quota; /* 0: not asked yet */
    const int most = omp_get_max_threads();
    if (getenv("OMP_NUM_THREADS") || most != omp_get_num_procs()) return most;
    if (!atomic_load(&quota)) atomic_store(&quota, cisup_limits_cpus(""));
    return most < atomic_load(&quota) ? most : atomic_load(&quota);
}

static int at_most(cisup_index a, cisup_index b) {
    const cisup_index least = a < b ? a : b;
    return least > 1 ? (int)least : 1;
}

static int allowed(int wanted) {
    if (wanted == 1 || atomic_load(&is_orphan) || omp_in_parallel()) return 1;
    return at_most(wanted > 0 ? wanted : usable(), CISUP_THREADS_MOST);
}

int cisup_threads_count(int wanted, cisup_index work) {
    return work > 1 ? at_most(allowed(wanted), work) : 1;
}

/* As OpenMP reads OMP_STACKSIZE; 0 where it takes the system's default. */
static size_t stack_bytes(void) {
    static const char units[] = "bkmg";
    const char *text = getenv("OMP_STACKSIZE");
    if (!text) text = getenv("GOMP_STACKSIZE");
    if (!text) return 0;
    char *end, unit = 'k', rest;
    const unsigned long long size = strtoull(text, &end, 10);
    const int fields = sscanf(end, " %c %c", &unit, &rest);
    const char *at = strchr(units, unit | ' ');
    if (end == text || fields > 1 || !unit || !at) return 0;
    const int shift = (int)(at - units) * 10;
    return size > SIZE_MAX >> shift ? 0 : (size_t)size << shift;
}

/* Threads of this process now: /proc has a folder of each; 0 if it cannot be told. */
static long threads_alive(void) {
    struct stat task;
    return stat("/proc/self/task", &task) == 0 ? (long)task.st_nlink : 0;
}

/* A thread that was joined counts against the limits for a moment longer. */
static void wait_for_end(long alive) {
    for (int k = 0; k < 1000 && alive > 0 && threads_alive() > alive; k++)
        (void)sched_yield();
}

/* A thread of the trial waits until all are there. */
static void *wait_for_all(void *gate) {
    (void)pthread_mutex_lock(gate);
    (void)pthread_mutex_unlock(gate);
    return NULL;
}

/* Makes `count` threads with the stacks that OpenMP's would have, and ends them; the
 * number that came to be, in *made, and what the system said. */
static int try_threads(int count, int *made) {
    pthread_t thread[CISUP_THREADS_MOST];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t attributes;
    const size_t stack = stack_bytes();
    const long alive = threads_alive();
    *made = 0;
    int failed = pthread_attr_init(&attributes);
    if (failed) return failed;
    if (stack) (void)pthread_attr_setstacksize(&attributes, stack);
    (void)pthread_mutex_lock(&gate);
    while (!failed && *made < count) {
        failed = pthread_create(&thread[*made], &attributes, wait_for_all, &gate);
        *made += !failed;
    }
    (void)pthread_mutex_unlock(&gate);
    for (int k = 0; k < *made; k++) (void)pthread_join(thread[k], NULL);
    (void)pthread_attr_destroy(&attributes);
    wait_for_end(alive);
    return failed;
}

/* Lets OpenMP have n threads, which exist from then on. */
static cisup_status start(int n, cisup_error *err) {
    int made;
    const int failed = try_threads(n - team, &made);
    if (failed)
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "could not start %d threads, only %d: %s; fewer (--threads, "
                          "OMP_NUM_THREADS) or smaller stacks (OMP_STACKSIZE) may do",
                          n, team + made, strerror(failed));
    (void)pthread_once(&fork_watched, watch_forks);
#pragma omp parallel num_threads(n)
    (void)omp_get_thread_num();
    return CISUP_OK;
}

cisup_status cisup_threads_take(int wanted, cisup_index work, int *n, cisup_error *err) {
    *n = 1;
    if (wanted < 0) return CISUP_FAIL(err, CISUP_EINVAL, "%d threads", wanted);
    if (work <= 1 && team == 1) return CISUP_OK;
    const int most = allowed(wanted), least = at_most(work, most);
    if (most == 1) return CISUP_OK;
    const int size = least > team ? least : at_most(team, most);
    if (size > team) {
        const cisup_status status = start(size, err);
        if (status != CISUP_OK) return status;
    }
    *n = team = size;
    return CISUP_OK;
}
