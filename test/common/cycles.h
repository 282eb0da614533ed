/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cycles of allocations: made, stored and checked. */
#ifndef CISUP_TEST_CYCLES_H
#define CISUP_TEST_CYCLES_H

#include "common/check.h"

#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>

enum { most_c = 5 };

static inline cisup_cycle made(cisup_index N, cisup_index S, cisup_index c,
                               cisup_index T) {
    cisup_cycle x;
    CHECK_OK(cisup_cycle_make(&x, N, S, c, T, &error_));
    return x;
}

static inline void store(const cisup_cycle *x, cisup_allocation *part) {
    const cisup_rows rows = cisup_cycle_rows(x);
    CHECK_OK(cisup_cycle_split(&rows, x->c, part, &error_));
}

static inline cisup_cycle_report checked(const cisup_cycle *x) {
    cisup_cycle_report report;
    const cisup_rows rows = cisup_cycle_rows(x);
    CHECK_OK(cisup_cycle_check(&rows, x->c, NULL, &report, &error_));
    return report;
}

#endif
