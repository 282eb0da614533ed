/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_NUMBERS_H
#define CISUP_CORE_NUMBERS_H

#include <cisup/core/status.h>

/* The greatest common divisor of a, b >= 0; 0 if both are 0. Euclid. */
static inline cisup_index cisup_common_divisor(cisup_index a, cisup_index b) {
    while (b) {
        const cisup_index rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
