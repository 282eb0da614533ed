/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sizes of a small network with a few circuits, and its allocation. */
#ifndef CISUP_TEST_FEW_CIRCUITS_H
#define CISUP_TEST_FEW_CIRCUITS_H

#include "common/check.h"

#include <cisup/core/schemes.h>

enum { T = 9, N = 12, S = 3, L = 3, networks = 2, most_inputs = 17, cells = L * 9 };

/* The first four of the nine circuits use every neuron. */
static inline cisup_allocation placed(void) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, NULL, &error_));
    return a;
}

#endif
