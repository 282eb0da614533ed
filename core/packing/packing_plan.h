/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PACKING_PLAN_H
#define CISUP_CORE_PACKING_PLAN_H

#include <cisup/core/status.h>

/* Plans of packings: sets of S-subsets of N points, any two sharing at most one point.
 * The constructions and their theorems are in docs/allocations.md; below, f(n) is the
 * number of blocks planned on n points and h(n; w) that of blocks on n points of which
 * no two lie in a hole of w chosen points. */
typedef enum {
    CISUP_PLAN_EMPTY,       /* fewer points than S: no block */
    CISUP_PLAN_PAIRS,       /* S = 2: all pairs, by rounds */
    CISUP_PLAN_TRIPLES,     /* S = 3: Steiner triple systems and what is next to them */
    CISUP_PLAN_TRANSVERSAL, /* q^2 blocks across S groups of q, from a ring */
    CISUP_PLAN_INCOMPLETE,  /* the same from a V(m,t) vector */
    CISUP_PLAN_BLOWUP,      /* a truncated transversal design with weights S-1 */
    CISUP_PLAN_PRODUCT,     /* a Steiner system with points replaced by groups */
    CISUP_PLAN_DESIGN,      /* a Steiner system less a few points of one block */
    CISUP_PLAN_CYCLIC,      /* stored base blocks, found by search */
    CISUP_PLAN_DUAL,        /* points and blocks of a packing exchanged */
    CISUP_PLAN_PAD,         /* points in no block added */
    CISUP_PLAN_HOLED,       /* a hole made: of a block taken out, or an open pair */
} cisup_plan_kind;

/* Steiner systems S(2,S,v) that exist for prime powers. */
typedef enum {
    CISUP_DESIGN_AFFINE,     /* lines of an affine space of order k = S */
    CISUP_DESIGN_PROJECTIVE, /* of a projective one, k = S-1 */
    CISUP_DESIGN_UNITAL,     /* in the plane of order k^2, k = S-1 */
    CISUP_DESIGN_DENNISTON,  /* in the plane of order k = 2^s, S = 2^m */
} cisup_design_family;

typedef struct {
    cisup_design_family family;
    int dimension;
    cisup_index S, k, points, blocks;
} cisup_design;

/* One step of a plan. The children fill groups: child[0] all groups of full size,
 * child[1] the reduced ones and child[2] the last group, which alone may cover pairs of
 * the shared points; -1 when there is none. Other kinds have child[0] at most.
 * Points are laid out group after group, then the shared ones; the hole, if any, is
 * the last `hole` points. */
typedef struct {
    cisup_plan_kind kind;
    cisup_index S, points, hole, blocks;
    cisup_index groups, size;          /* groups, and points in a full one */
    cisup_index reduced, reduced_size; /* how many groups are smaller, and their size */
    int reduced_last;   /* the smaller groups are the last (1), first (0) */
    cisup_index shared; /* points added to every group */
    cisup_index q;      /* order of the transversal designs */
    int entry;          /* of a stored table */
    cisup_design design;
    int apart; /* of a design: its missing points are of a conic (1), of one block (0) */
    int child[3];
} cisup_plan_node;

/* A plan: node[root] has N points and `blocks` blocks. Owns node. Start from {0}. */
typedef struct {
    cisup_index N, S, blocks;
    int root, nodes;
    cisup_plan_node *node;
} cisup_packing_plan;

typedef struct {
    int searched;      /* 1: use stored base blocks found by search; default 1 */
    unsigned families; /* bit 1 << kind for each kind allowed; default ~0u */
    unsigned designs;  /* bit 1 << family for each family of designs; default ~0u */
    int conics;        /* 1: planes may lose points of a conic; default 1 */
} cisup_plan_options;

cisup_plan_options cisup_plan_defaults(void);

/* The best plan known to the library for S-subsets of N points.
 *
 *   plan     uninitialised on entry, empty after a failure
 *   options  NULL for the defaults
 *
 * plan->blocks is exact. Deterministic. Below one second for N <= 25000, S <= 32; up to
 * some 15 seconds for larger N. Calls nest no deeper than the plan.
 * Errors: EINVAL (S < 2, N < S, N over 2^31-1); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_packing_plan_make(cisup_packing_plan *plan,
                                                      cisup_index N, cisup_index S,
                                                      const cisup_plan_options *options,
                                                      cisup_error *err);
void cisup_packing_plan_free(cisup_packing_plan *plan);

/* The plan as an expression, for example "td(41; 4 shared; groups pad(...))".
 * *text is NULL after a failure; the caller gives it to cisup_release. */
CISUP_MUST_CHECK cisup_status cisup_packing_plan_text(const cisup_packing_plan *plan,
                                                      char **text, cisup_error *err);

#endif
