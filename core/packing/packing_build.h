/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PACKING_BUILD_H
#define CISUP_CORE_PACKING_BUILD_H

#include <cisup/core/allocation.h>
#include <cisup/core/packing/packing_plan.h>

/* The first T blocks of a plan as an allocation.
 *
 *   a   uninitialised on entry, empty after a failure
 *
 * Blocks across groups come first, by whole parallel classes where there are such, so
 * that a prefix loads the points of the groups evenly; then the fillings, one block of
 * each group in turn. The first T do not depend on T.
 * Time O(T S) and what the stored designs need; memory T S slots and a fraction 1/S.
 * Errors: EINVAL (T < 1); EINFEASIBLE when T exceeds plan->blocks, naming both and
 * Johnson's bound; ENOMEM.
 * Source: docs/allocations.md. */
CISUP_MUST_CHECK cisup_status cisup_packing_build(cisup_allocation *a,
                                                  const cisup_packing_plan *plan,
                                                  cisup_index T, cisup_error *err);

#endif
