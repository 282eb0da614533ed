/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_MEMORY_H
#define CISUP_CORE_OVERLAP_MEMORY_H

#include <cisup/core/rows.h>

/* The least `memory` these rows are checked with, in about 1000 rounds; sizes as for the
 * check. */
double cisup_overlap_memory(const cisup_rows *rows);

#endif
