/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_NUMBERS_H
#define CISUP_CORE_NUMBERS_H

#include <cisup/core/status.h>

/* The larger, where fmax forgets a NaN: NaN if either is. */
static inline double cisup_larger(double x, double y) {
    return x > y || x != x ? x : y;
}

/* ReLU(x) that keeps what is not finite: 0 for a finite x <= 0, NaN for NaN and for
 * -infinity, which may be a sum that ran over on its way to a positive number. */
static inline double cisup_rectified(double x) {
    return x > 0.0 ? x : x - x;
}

/* For qsort and bsearch of cisup_index. */
static inline int cisup_ascending(const void *left, const void *right) {
    const cisup_index x = *(const cisup_index *)left, y = *(const cisup_index *)right;
    return (x > y) - (x < y);
}

/* The greatest common divisor of a, b >= 0; 0 if both are 0. Euclid. */
static inline cisup_index cisup_common_divisor(cisup_index a, cisup_index b) {
    while (b) {
        const cisup_index rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A number near n / golden ratio and coprime to n, whose multiples spread evenly modulo
 * n. n < 2^33. */
static inline cisup_index cisup_golden_step(cisup_index n) {
    cisup_index step = n * 618033989 / 1000000000;
    if (step < 1) step = 1;
    while (cisup_common_divisor(step, n) != 1) step++;
    return step;
}

#endif
