/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_DESIGNS_H
#define CISUP_CORE_DESIGNS_H

#include <cisup/core/computed/geometry.h>
#include <cisup/core/packing/packing_plan.h>

/* The designs with block size S of the families in the mask (bit 1 << family): how many
 * were written to list, at most `most`. Spaces of every dimension that have at most
 * 2^31-1 points; unitals and arcs of at most 4096. */
int cisup_designs_list(cisup_index S, unsigned families, cisup_design *list, int most);

/* The lines of an affine or projective space, less some points of one line. False for
 * other designs. */
bool cisup_design_is_geometry(const cisup_design *design);
CISUP_MUST_CHECK cisup_status cisup_design_geometry(const cisup_design *design,
                                                    cisup_index less, cisup_geometry *g,
                                                    cisup_error *err);

/* All blocks of a design, each pair of points in exactly one, in the order of the lines
 * of core/computed/geometry.h.
 *
 *   row    [blocks*S], filled with points 0..points-1, each row increasing
 *
 * Time O(blocks S m) for spaces; O(q^3) and memory O(q^2) for what lies in a plane of
 * order q.
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
