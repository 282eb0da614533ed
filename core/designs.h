/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_DESIGNS_H
#define CISUP_CORE_DESIGNS_H

#include <cisup/core/packing_plan.h>

/* The designs with block size S and at most 4096 points: how many were written to
 * list, at most `most`. */
int cisup_designs_list(cisup_index S, cisup_design *list, int most);

/* All blocks of a design, each pair of points in exactly one, in an order that spreads
 * every prefix over the points.
 *
 *   row    [blocks*S], filled with points 0..points-1, each row increasing
 *
 * Time O(points^2 S), memory O(points^2 + k^2).
 * Errors: ENOMEM. Source: docs/allocations.md, "Steiner systems". */
CISUP_MUST_CHECK cisup_status cisup_design_build(const cisup_design *design, int32_t *row,
                                                 cisup_error *err);

/* How many points without three on a block are known: a conic's in planes, else 2. */
cisup_index cisup_design_most_apart(const cisup_design *design);

/* Writes e <= cisup_design_most_apart(design) such points to `point`, planes only:
 * (0,0,1) and all (1, t, t^2), of affine planes (t, t^2). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_design_points_apart(const cisup_design *design,
                                                        cisup_index e, int32_t *point,
                                                        cisup_error *err);

#endif
