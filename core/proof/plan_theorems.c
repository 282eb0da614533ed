/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/plan_proof.h>

#include <stddef.h>

#define MACNEISH "H. F. MacNeish, Ann. of Math. 23 (1922) 221-227, doi:10.2307/1967919"
#define BOSE                                                                             \
    "R. C. Bose, Ann. of Eugenics 9 (1939) 353-399, "                                    \
    "doi:10.1111/j.1469-1809.1939.tb02219.x"
#define WILSON                                                                           \
    "R. M. Wilson, J. Combin. Theory A 13 (1972) 220-245, "                              \
    "doi:10.1016/0097-3165(72)90028-3"
#define DENNISTON                                                                        \
    "R. H. F. Denniston, J. Combin. Theory 6 (1969) 317-319, "                           \
    "doi:10.1016/S0021-9800(69)80095-5"
#define HANDBOOK "Handbook of Combinatorial Designs (2007), doi:10.1201/9781420010541"
#define OURS "docs/allocations.md"

static const cisup_plan_theorem of_kind[] = {
    [CISUP_PLAN_EMPTY] = {"empty", "no blocks", OURS},
    [CISUP_PLAN_PAIRS] = {"pairs", "different pairs share at most one point", OURS},
    [CISUP_PLAN_TRIPLES] =
        {"sts",
         "{(x,i), (y,i), (x o y, i+1)} on Q x Z_3 is a Steiner triple system, for "
         "quasigroups of Bose and Skolem",
         BOSE "; C. C. Lindner, C. A. Rodger, Design Theory (2009), 1.2-1.4"},
    [CISUP_PLAN_TRANSVERSAL] =
        {"td",
         "lines a + x_i b over a ring with unit differences x_i - x_j meet at most once",
         MACNEISH},
    [CISUP_PLAN_INCOMPLETE] =
        {"vmt",
         "a V(m,t) vector, its turns and multiples developed modulo mt+1, is an "
         "incomplete transversal design",
         HANDBOOK ", III.3.6"},
    [CISUP_PLAN_BLOWUP] =
        {"gdd",
         "points of a truncated TD(S+1, t) become S-1 each, its blocks affine planes "
         "less a point or TD(S, S-1)",
         WILSON},
    [CISUP_PLAN_PRODUCT] =
        {"product",
         "points of a Steiner system become groups, its blocks transversal designs",
         WILSON},
    [CISUP_PLAN_CYCLIC] = {"cyclic",
                           "base blocks found by search, developed modulo n: stored data",
                           "data/small_cyclic_packings.txt"},
    [CISUP_PLAN_DUAL] =
        {"dual",
         "points and blocks exchanged: two points of a packing are on one block at most",
         OURS},
    [CISUP_PLAN_PAD] = {"pad", "points in no block are added", OURS},
    [CISUP_PLAN_HOLED] =
        {"holed", "the points of a block taken out, or of an open pair, are a hole",
         OURS},
};

static const cisup_plan_theorem of_family[] = {
    [CISUP_DESIGN_AFFINE] =
        {"ag", "two lines of an affine space over a field meet at most once", BOSE},
    [CISUP_DESIGN_PROJECTIVE] =
        {"pg", "two lines of a projective space over a field meet at most once", BOSE},
    [CISUP_DESIGN_UNITAL] =
        {"unital",
         "lines of the plane of order k^2 cut to the points of a Hermitian curve",
         HANDBOOK},
    [CISUP_DESIGN_DENNISTON] = {"denniston",
                                "lines of the plane of order 2^s cut to a maximal arc",
                                DENNISTON},
};

const cisup_plan_theorem *cisup_plan_theorem_of(const cisup_plan_node *node) {
    return node->kind == CISUP_PLAN_DESIGN ? &of_family[node->design.family]
                                           : &of_kind[node->kind];
}
