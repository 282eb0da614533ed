/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_LIMITS_H
#define CISUP_CORE_LIMITS_H

/* What the control groups of the process, version 1 and 2, and all above them allow.
 *
 *   root   what stands before /proc and /sys: "" but for tests
 *
 * Groups are looked for where systems mount them, below /sys/fs/cgroup; one that is not
 * seen there limits nothing. O(depth of the group) small files. */

/* Bytes that may still be taken; INFINITY without a limit. Cached files that have not
 * been used lately count as free: the system gives them up first. */
double cisup_limits_memory(const char *root);

/* Processors that the quota of CPU time is worth, rounded up; INT_MAX without one. */
int cisup_limits_cpus(const char *root);

#endif
