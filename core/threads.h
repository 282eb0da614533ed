/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_THREADS_H
#define CISUP_CORE_THREADS_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many threads a parallel job of the library takes. OpenMP ends the process where a
 * thread cannot be made, and hangs in a forked child of a process that had some: every
 * parallel region takes its number from here. */

enum { CISUP_THREADS_MOST = 1024 };

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
CISUP_API int cisup_threads_count(int wanted, cisup_index work);

#ifdef __cplusplus
}
#endif

#endif
