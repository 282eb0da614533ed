/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_MEMORY_H
#define CISUP_CORE_MEMORY_H

#include <cisup/core/status.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed memory for `count` objects of `size` bytes, beginning at a multiple of 64;
 * *(void **)slot receives it.
 *
 *   slot   address of a pointer; NULL after a failure
 *   count  >= 0; 0 gives a valid pointer to nothing
 *
 * Errors: ENOMEM when the product overflows, exceeds what the machine has
 * available, or malloc fails; the text says how much was wanted. Thread-safe. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_new(void *slot, cisup_index count,
                                                  size_t size, cisup_error *err);

/* Frees what cisup_new or cisup_grow gave; NULL is allowed. */
CISUP_API void cisup_release(void *memory);

/* Bytes the process may still take without swapping: what the machine has, less where
 * its control groups (core/base/limits.h) or its limits on addresses or data leave less.
 */
CISUP_API double cisup_memory_available(void);

/* Blocks that the library has given out and not got back. */
CISUP_API int64_t cisup_memory_live(void);

#ifdef __cplusplus
}
#endif

#endif
