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

#endif
