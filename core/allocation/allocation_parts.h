/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ALLOCATION_PARTS_H
#define CISUP_CORE_ALLOCATION_PARTS_H

#include <cisup/core/allocation.h>

/* Errors: EINVAL (S < 1, N < S, N over 2^31-1). */
CISUP_MUST_CHECK cisup_status cisup_allocation_sizes_check(cisup_index N, cisup_index S,
                                                           cisup_error *err);

/* Sorts the S neurons of one circuit. O(S^2), for short rows. */
void cisup_row_sort(int32_t *row, cisup_index S);

/* (2.5) P for even loads, (T > 1 and TS > N), else 0. */
double cisup_even_overlap(cisup_index N, cisup_index S, cisup_index T);

#endif
