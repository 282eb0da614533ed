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

#ifdef __cplusplus
}
#endif

#endif
