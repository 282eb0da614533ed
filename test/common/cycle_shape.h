/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sizes of a small network on a cycle of allocations. */
#ifndef CISUP_TEST_CYCLE_SHAPE_H
#define CISUP_TEST_CYCLE_SHAPE_H

#include <cisup/core/status.h>

typedef struct {
    cisup_index N, S, c, T, L;
} shape;

#endif
