/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SCHEMES_H
#define CISUP_CORE_SCHEMES_H

#include <cisup/core/allocation.h>
#include <cisup/core/watcher.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The schemes of docs/math.md, section 2. */
typedef enum {
    CISUP_SCHEME_PRIME,  /* progressions with steps free of primes < S */
    CISUP_SCHEME_REF,    /* the same and, for composite S, their multiples by S^k */
    CISUP_SCHEME_GREEDY, /* every step that fits the smaller ones */
    CISUP_SCHEME_RANDOM, /* random S-subsets that keep the property */
    CISUP_SCHEME_TD,     /* lines of transversal designs, groups filled alike */
    CISUP_SCHEME_BEST,   /* the largest construction known */
    CISUP_SCHEME_PAIRS,  /* S = 2: all pairs, by rounds */
    CISUP_SCHEME_STS,    /* S = 3: Steiner triple systems and what is next to them */
    CISUP_SCHEME_AFFINE, /* S a prime power: lines of affine spaces, less some points */
    CISUP_SCHEME_PROJECTIVE, /* S-1 a prime power: the same of projective spaces */
    CISUP_SCHEME_DESIGN,     /* the largest of these, unitals and maximal arcs */
} cisup_scheme;

/* How far the next progression of a residue class starts behind the last one. */
typedef enum {
    CISUP_HOP_S,       /* S steps: progressions of one class are disjoint */
    CISUP_HOP_S_LESS_1 /* S-1 steps: neighbours share an end neuron */
} cisup_hop;

/* Whether loads are evened out after the circuits are placed. */
typedef enum {
    CISUP_EVEN_OUT_AUTO, /* for best, N <= 32768 and T S <= 10^7: 128 MB, seconds */
    CISUP_EVEN_OUT_YES,
    CISUP_EVEN_OUT_NO
} cisup_even_out_when;

typedef struct {
    cisup_scheme scheme;          /* default CISUP_SCHEME_BEST */
    cisup_hop hop;                /* of the progression schemes; default CISUP_HOP_S */
    int reflect;                  /* 1: n -> N-1-n in every second step; default 0 */
    cisup_even_out_when even_out; /* default CISUP_EVEN_OUT_AUTO */
    double effort;                /* of best: local search for more circuits, in units of
                                     core/packing/local_search.h; default 0 */
    uint64_t seed; /* of CISUP_SCHEME_RANDOM and the local search; default 1 */
    const cisup_watcher *watcher; /* NULL (default): nobody; else of what takes long:
                                     random, the local search, evening out */
} cisup_allocation_options;

CISUP_API cisup_allocation_options cisup_allocation_defaults(void);

/* "prime", "ref", ..., "design"; cisup_scheme_find returns -1 if unknown. */
CISUP_API const char *cisup_scheme_name(cisup_scheme scheme);
CISUP_API int cisup_scheme_find(const char *name);

/* Places T circuits with redundancy S on N neurons so that any two share at most one.
 * The first T of a scheme do not depend on T, apart from td, which has a more even form
 * and a larger one (core/computed/implicit.h), and from best, which takes the former as
 * long as it holds T circuits.
 *
 *   a   uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL as above; EINFEASIBLE when the scheme places fewer than T, naming
 * how many it places and the packing bound; ENOMEM; ESTOPPED.
 * Time O(T S) for td and the progressions, O(T S N/64) for random.
 * Source: [CIS2] section "Construction"; docs/math.md 2.1-2.3 (theorem 1). */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_allocation_make(cisup_allocation *a, cisup_index N, cisup_index S, cisup_index T,
                      const cisup_allocation_options *options, cisup_error *err);

/* How many circuits a scheme places, (2.1), without constructing them (random: by
 * constructing; the number depends on the seed). S = 1 has no limit: INT64_MAX.
 * Errors: EINVAL; ENOMEM; ESTOPPED. Time O(N/S) for progressions. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_allocation_capacity(
    cisup_index N, cisup_index S, const cisup_allocation_options *options,
    cisup_index *capacity, cisup_error *err);

/* Whether a scheme places T circuits, as far as that is known without placing them;
 * of scheme random only the packing bound is asked. With scheme best quick for every T
 * that its storage-free form holds. Errors: EINVAL; EINFEASIBLE naming how many the
 * scheme places and the packing bound; ENOMEM; ESTOPPED. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_allocation_fits(cisup_index N, cisup_index S, cisup_index T,
                      const cisup_allocation_options *options, cisup_error *err);

/* The construction behind a scheme that has a plan, or td, as an expression in the words
 * of docs/allocations.md, and how many circuits it holds. *text is NULL after a failure;
 * the caller gives it to cisup_release. Errors: those of cisup_allocation_plan. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_allocation_describe(cisup_index N, cisup_index S, cisup_scheme which, char **text,
                          cisup_index *circuits, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
