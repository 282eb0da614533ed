/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_START_THREADS_H
#define CISUP_CORE_START_THREADS_H

#include <cisup/core/threads.h>

/* The same number, with the threads started, so that the region which follows with
 * num_threads(*n) finds them. A team that is there is not made smaller for want of work
 * alone: *n may be above `work`, but not above what was wanted. O(1) where the threads
 * are there, else some 10 us a thread.
 *
 * Errors: EINVAL when wanted < 0; ENOMEM when the system does not give the threads
 * (memory for their stacks, the number of processes). *n is 1 then. */
CISUP_MUST_CHECK cisup_status cisup_threads_take(int wanted, cisup_index work, int *n,
                                                 cisup_error *err);

/* Threads for a job of `work` parts, >= 1; starts none. O(1).
 *
 *   wanted  at most so many; 0: all that the process may use. That is what
 *           OMP_NUM_THREADS or omp_set_num_threads say, else the processors of the
 *           process, by its affinity and the CPU quota of its control groups. Never above
 *           CISUP_THREADS_MOST
 *   work    parts that can be done at the same time; below 1 counts as 1
 *
 * 1 inside a parallel region, which has its own threads, and in a forked child of a
 * process that has worked with several. */
int cisup_threads_count(int wanted, cisup_index work);

#endif
