/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PLAN_PROOF_H
#define CISUP_CORE_PLAN_PROOF_H

#include <cisup/core/packing/packing_plan.h>

/* Why no two blocks of a plan share two points, step by step: a theorem for each node of
 * the plan, and whether its hypotheses hold there. What the theorems say is in
 * docs/allocations.md. */
typedef struct {
    const char *word; /* of the plan's text: "td" */
    const char *theorem, *source;
} cisup_plan_theorem;

/* What a node of a plan with blocks rests on. */
const cisup_plan_theorem *cisup_plan_theorem_of(const cisup_plan_node *node);

enum { CISUP_MOST_STEP_HYPOTHESES = 8 };

typedef struct {
    const cisup_plan_node *node; /* borrowed from the plan */
    const cisup_plan_theorem *theorem;
    cisup_index child[3]; /* the steps that it is filled by, from 1; 0: none */
    int count, holds;     /* hypotheses; all of them hold */
    struct {
        const char *what;
        int holds;
    } hypothesis[CISUP_MOST_STEP_HYPOTHESES];
} cisup_plan_step;

typedef struct {
    int count, holds;
    cisup_plan_step *step; /* [count], from the whole to its parts; owned */
} cisup_plan_proof;

/* Verifies each step of a plan:
 *
 *   td, vmt, gdd, product   blocks of different groups: differences x_i - x_j are units,
 *                   those of a V(m,t) vector lie in different classes, fields are fields;
 *                   groups with the shared points are filled by steps of their sizes, of
 *                   which one alone covers pairs of shared points
 *   ag, pg, unital, denniston   x v = y v only for x = y or v = 0 in the field
 *   dual            no point of the packing is on more than S blocks
 *   pad, holed      sizes
 *   cyclic, unital, denniston, sts   the blocks are built and all pairs looked at, for
 * sts up to 10^8
 *
 * and everywhere that there are as many blocks as the plan says.
 *
 *   p   uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL, ENOMEM. Time: that of the fields (core/scheme_proof.h) and of the
 * pairs looked at. */
CISUP_MUST_CHECK cisup_status cisup_plan_verify(const cisup_packing_plan *plan,
                                                cisup_plan_proof *p, cisup_error *err);
void cisup_plan_proof_free(cisup_plan_proof *p);

#endif
