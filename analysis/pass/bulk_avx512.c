/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of bulk.h for AVX-512. */
#define VECTOR_BYTES 64
#define KERNELS cisup_bulk_kernels_avx512
#include "bulk_types.h"
