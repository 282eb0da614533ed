/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_STORAGE_H
#define CISUP_CORE_STORAGE_H

#include <cisup/core/status.h>

#include <stdbool.h>
#include <stddef.h>

/* Makes room for `needed` objects in a growing array, keeping its contents.
 * *(void **)slot and *capacity belong together; both are untouched on failure. */
CISUP_MUST_CHECK cisup_status cisup_grow(void *slot, cisup_index *capacity,
                                         cisup_index needed, size_t size,
                                         cisup_error *err);

/* Checks before anything is taken that `bytes` fit in the memory available now.
 * Errors: ENOMEM, naming `what`, the need and what is there. */
CISUP_MUST_CHECK cisup_status cisup_memory_require(double bytes, const char *what,
                                                   cisup_error *err);

/* Largest resident size the process has had so far, in bytes. */
int64_t cisup_memory_peak(void);

/* "1.5 MB" and the like, in powers of 1000. out: at least 16 characters. */
void cisup_bytes_text(double bytes, char out[16]);

/* *product = a * b for non-negative sizes; false when it overflows. */
bool cisup_multiply_sizes(cisup_index a, cisup_index b, cisup_index *product);

/* For tests: fails the n-th allocation from now (0: never). */
void cisup_memory_fail_at(int64_t n);

#endif
