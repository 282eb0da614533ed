/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of bulk.h for AVX2. */
#define VECTOR_BYTES 32
#define KERNELS cisup_bulk_kernels_avx2
#include "bulk_types.h"
