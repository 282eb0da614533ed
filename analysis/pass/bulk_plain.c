/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of bulk.h for any machine. */
#define VECTOR_BYTES 16
#define KERNELS cisup_bulk_kernels_plain
#include "bulk_types.h"
