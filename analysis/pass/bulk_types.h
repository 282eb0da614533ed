/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bulk_kernel.h for both types of number; the kernels of one instruction set, by
 * precision, are then KERNELS. Included by bulk_plain.c and its like, which set
 * VECTOR_BYTES and KERNELS. */
#include <cisup/analysis/pass/bulk_parts.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

/* Where a circuit of d neurons sits in a layer: S times each. */
typedef struct {
    const int32_t *place; /* [S] first lines */
    cisup_index S, d;
} seat;

#define REAL double
#define BITS int64_t
#define BITS_MOST INT64_MAX
#define MANTISSA 52
#define BIAS 1023
#define TYPED(name) name##_double
#define STRETCH CISUP_BULK_BLOCK
#define POURS 0
#include "bulk_kernel.h"
#undef REAL
#undef BITS
#undef TYPED
#undef BITS_MOST
#undef MANTISSA
#undef BIAS
#undef STRETCH
#undef POURS

#define REAL float
#define BITS int32_t
#define BITS_MOST INT32_MAX
#define MANTISSA 23
#define BIAS 127
#define TYPED(name) name##_single
#define STRETCH CISUP_BULK_SUM
#define POURS 1
#include "bulk_kernel.h"

const cisup_bulk_kernel KERNELS[CISUP_PRECISIONS] = {
    [CISUP_PRECISION_DOUBLE] = {CISUP_LINE_BYTES / sizeof(double), sizeof(double),
                                embed_double, visit_double, settle_double},
    [CISUP_PRECISION_SINGLE] = {CISUP_LINE_BYTES / sizeof(float), sizeof(float),
                                embed_single, visit_single, settle_single},
};
