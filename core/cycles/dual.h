/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_DUAL_H
#define CISUP_CORE_DUAL_H

#include <cisup/core/allocation.h>
#include <cisup/core/cycle_plan.h>

/* Cycles with fewer than c S - 1 neurons a circuit and part, from cyclic packings of
 * data/small_cyclic_packings.txt whose points are the circuits and whose blocks are the
 * neurons: with k points a block, the v blocks of an orbit give every circuit k neurons,
 * floor(S/k) orbits a part and neurons of its own the S it has. */

/* Puts the one with the most circuits into the plan if it has more than that. */
void cisup_dual_try(cisup_cycle_plan *plan);

/* Fills the rows of the parts, which have room for T circuits. part: [c]. Errors: EINVAL
 * if the plan has no dual. */
CISUP_MUST_CHECK cisup_status cisup_dual_fill(const cisup_cycle_plan *plan,
                                              cisup_allocation *part, cisup_error *err);

#endif
