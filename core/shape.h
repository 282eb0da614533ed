/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SHAPE_H
#define CISUP_CORE_SHAPE_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The sizes of a network in superposition, in the letters of docs/math.md. */
typedef struct {
    cisup_index D; /* width of the network, >= d */
    cisup_index d; /* width of a circuit, >= 1 */
    cisup_index T; /* circuits, >= 1 */
    cisup_index S; /* redundancy: network neurons per circuit neuron, 1 <= S <= N */
    cisup_index z; /* circuits active at a time, 1 <= z <= T */
    cisup_index L; /* layers, >= 1 */
    cisup_index N; /* neurons per block, floor(D/d); set by cisup_shape_check */
} cisup_shape;

/* Slots are 32-bit numbers, so this is the largest N. */
#define CISUP_MOST_NEURONS INT32_MAX

/* Validates the six sizes and sets N = floor(D/d).
 * Errors: EINVAL naming the size and its value; ENOMEM when a product of sizes
 * overflows 64 bits. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_shape_check(cisup_shape *shape,
                                                          cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
