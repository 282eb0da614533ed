/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_FLINT_FIELDS_H
#define CISUP_CORE_FLINT_FIELDS_H

#include <cisup/core/status.h>

/* What the library takes from FLINT; no other file includes its headers. FLINT stops
 * the process on a wrong argument, so these take only checked ones. */

/* The prime powers p^e that exactly divide a number; at most 15 fit in 63 bits. */
typedef struct {
    int count;
    cisup_index p[16];
    int e[16];
} cisup_factors;

/* Factors n >= 1. */
cisup_factors cisup_factor(cisup_index n);

/* The field of p^e elements as polynomials in t of degree < e over Z_p, written as the
 * number whose base-p digits are the coefficients:
 *
 *   product[i*e + j] = i * t^j,   i < count, j < e
 *
 * p prime, e >= 1, count <= p^e < 2^31. Time O(count e). Cannot fail but for memory
 * that FLINT takes itself (some kilobytes). */
void cisup_field_products(cisup_index p, int e, cisup_index count, int32_t *product);

/* The powers of a generator of the same field's nonzero elements: power[k] = g^k,
 * k < p^e - 1. Time O(p^e) multiplications for each element tried, some few. */
void cisup_field_powers(cisup_index p, int e, int32_t *power);

#endif
