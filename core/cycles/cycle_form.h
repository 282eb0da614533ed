/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CYCLE_FORM_H
#define CISUP_CORE_CYCLE_FORM_H

#include <cisup/core/base/bijection.h>
#include <cisup/core/cycle.h>
#include <cisup/core/cycles/ring.h>

/* The circuits on every neuron of a part. */
typedef struct {
    cisup_index *start;   /* [N+1] */
    cisup_index *circuit; /* [T*S], increasing for each neuron */
} cisup_cycle_lists;

/* Up to this q slopes are looked up, which takes a third of the time of drawing them. */
enum { CISUP_SLOPES_HELD = 4096 };

struct cisup_cycle_form {
    cisup_ring ring;              /* of a computed cycle, else {0} */
    cisup_bijection slopes;       /* of its classes: apply(b); q = 1: unused */
    int32_t *slope, *class_of;    /* [q], it and its inverse, or NULL: computed */
    const cisup_allocation *part; /* [c], of a stored one */
    cisup_allocation *own;        /* [c] or NULL: part is borrowed */
    cisup_cycle_lists *lists;     /* [c] */
};

/* Errors: EINVAL as for the plan. */
CISUP_MUST_CHECK cisup_status cisup_cycle_sizes_check(cisup_index N, cisup_index S,
                                                      cisup_index c, cisup_error *err);

/* Builds the plan's cycle: the first T circuits, into part[c], uninitialised on entry and
 * empty after a failure. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_cycle_build(const cisup_cycle_plan *plan,
                                                cisup_index T, cisup_allocation *part,
                                                cisup_error *err);

#endif
