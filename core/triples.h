/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_TRIPLES_H
#define CISUP_CORE_TRIPLES_H

#include <cisup/core/status.h>

/* How many triples cisup_triples_build writes: the most that pack n points. */
cisup_index cisup_triples_count(cisup_index n);

/* A largest packing of n >= 3 points with triples, any two sharing at most one point:
 * Bose's systems for n = 6k+3, Skolem's for 6k+1, systems with one block of five for
 * 6k+5, and these less one point.
 *
 *   row   [3 count], points of each triple in no order
 *
 * Time O(count). Source: C. C. Lindner, C. A. Rodger, Design Theory, 2nd ed. (2009),
 * sections 1.2-1.4; docs/allocations.md. */
void cisup_triples_build(cisup_index n, int32_t *row);

#endif
