/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_MEMORY_H
#define CISUP_CORE_MEMORY_H

#include <cisup/core/status.h>

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory for `count` objects of `size` bytes, beginning at a multiple of 64;
 * *(void **)slot receives it.
 *
 *   slot   address of a pointer; NULL after a failure
 *   count  >= 0; 0 gives a valid pointer to nothing
 *
 * Errors: ENOMEM when the product overflows, exceeds what the machine has
 * available, or malloc fails; the text says how much was wanted. Thread-safe. */
CISUP_MUST_CHECK cisup_status cisup_new(void *slot, cisup_index count, size_t size,
                                        cisup_error *err);

/* Makes room for `needed` objects in a growing array, keeping its contents.
 * *(void **)slot and *capacity belong together; both are untouched on failure. */
CISUP_MUST_CHECK cisup_status cisup_grow(void *slot, cisup_index *capacity,
                                         cisup_index needed, size_t size,
                                         cisup_error *err);

/* Frees what cisup_new or cisup_grow gave; NULL is allowed. */
void cisup_release(void *memory);

/* Checks before anything is taken that `bytes` fit in the memory available now.
 * Errors: ENOMEM, naming `what`, the need and what is there. */
CISUP_MUST_CHECK cisup_status cisup_memory_require(double bytes, const char *what,
                                                   cisup_error *err);

/* Bytes the process may still take without swapping: what the machine has, less where
 * its control groups (core/base/limits.h) or its limits on addresses or data leave less.
 */
double cisup_memory_available(void);

/* Largest resident size the process has had so far, in bytes. */
int64_t cisup_memory_peak(void);

/* "1.5 MB" and the like, in powers of 1000. out: at least 16 characters. */
void cisup_bytes_text(double bytes, char out[16]);

/* *product = a * b for non-negative sizes; false when it overflows. */
bool cisup_multiply_sizes(cisup_index a, cisup_index b, cisup_index *product);

/* For tests: blocks alive now, and a request to fail the n-th allocation from now
 * (0: never). */
int64_t cisup_memory_live(void);
void cisup_memory_fail_at(int64_t n);

#endif
