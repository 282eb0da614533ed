/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CYCLE_H
#define CISUP_CORE_CYCLE_H

#include <cisup/core/cycle_plan.h>
#include <cisup/core/overlap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A cycle of c >= 2 allocations ("parts") of the same T circuits over N neurons each, S
 * neurons a circuit in every part: two circuits meet in at most one neuron of all parts
 * together, so that circuits that share a neuron in one part share none in any other.
 *
 * Its joined allocation has c N neurons, those of part h from h N on, and c S a circuit.
 * That is what lies in a file (docs/formats.md), and the property is that of an
 * allocation, with S neurons of every circuit in each part.
 *
 * Computed (q > 0): circuit t = b q + a is the line of slope sigma(b), group g = h S .. h
 * S + S-1 of TD(c S, q) is the neurons (g - h S) q + y of part h; nothing grows with T.
 * Any first T circuits are whole parallel classes and a part of one, whose slopes
 * sigma(b) are drawn, the same always: slopes in a row make errors return in step where S
 * <= 2 (docs/math.md 20.5); loads of the S q neurons that carry circuits differ by at
 * most 1. Stored (q = 0): any other, ours or foreign. After it is made it is only read,
 * by any number of threads. Start from {0}. */
typedef struct {
    cisup_index N, S, c, T, q;
    cisup_index most; /* circuits on a neuron, the largest number */
    double P; /* (2.8) mean over parts and pairs of circuits of the neurons they share;
                 NaN for T = 1 */
    double r; /* (2.9) t != u, n of t in one part, m of u in another, m not of t, n not of
                 u: the chance that a circuit has both; NaN if there are no such */
    struct cisup_cycle_form *form; /* private */
} cisup_cycle;

/* The first T circuits for N, S, c: computed for T <= q^2 of the plan, otherwise stored,
 * of the plan's recipe.
 *
 *   x   uninitialised on entry, empty after a failure
 *
 * P is exact. r is exact where T is a multiple of q, or the cycle is stored; otherwise
 * the mean over the lines that the last class may have, off by O(1/T). Memory O(c S +
 * fields of the ring), and 8 q bytes up to q = 4096, time their tables; stored O(T c S)
 * and, where the recipe has no parallel classes, time O(n^3) for n points a group.
 * Errors: those of the plan; EINVAL (T < 1); EINFEASIBLE when the plan has fewer, naming
 * how many and the bound. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_cycle_make(cisup_cycle *x, cisup_index N,
                                                         cisup_index S, cisup_index c,
                                                         cisup_index T, cisup_error *err);

/* A stored cycle of one's own, borrowed: the parts must outlive x and stay as they are.
 * That no two circuits meet twice is not looked at: cisup_cycle_check.
 *
 *   part   [c], c >= 2, of the same N, S, T
 *
 * Time and memory O(c (N + T S)). Errors: EINVAL (c < 2); ESHAPE; EFORMAT when a row is
 * not strictly increasing within [0, N); ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_cycle_of(cisup_cycle *x,
                                                       const cisup_allocation *part,
                                                       cisup_index c, cisup_error *err);
CISUP_API void cisup_cycle_free(cisup_cycle *x);

/* The S neurons of circuit t in part h, increasing. row: [S]. O(S). */
CISUP_API void cisup_cycle_row(const cisup_cycle *x, cisup_index h, cisup_index t,
                               int32_t *row);

/* Neurons of a part. */
typedef struct {
    cisup_index part;
    const int32_t *neuron; /* [count] */
    cisup_index count;
} cisup_places;

/* How the neurons of circuits lie in the parts of a joined allocation. */
typedef struct {
    cisup_index N, S; /* neurons of a part; neurons of circuit 0 in part 0 */
    cisup_index bad_circuit, bad_part; /* the first that has not S in a part, or -1 */
    cisup_index bad_count;             /* how many it has there */
} cisup_cycle_parts;

/* What the check of a cycle found. */
typedef struct {
    int holds; /* as many neurons in every part, and no two circuits meet twice */
    cisup_cycle_parts parts;
    cisup_overlap_report overlap; /* of the joined allocation: neurons are h N + n */
} cisup_cycle_report;

/* Verifies a joined allocation of c parts with rows->N / c neurons each: every circuit
 * has as many neurons in each part, any two circuits share one neuron of all at most.
 *
 *   options  NULL: the defaults
 *   report   uninitialised on entry; all zero after a failure
 *
 * Errors: EINVAL (c does not divide the rows' N); those of cisup_cycle_parts_check and
 * cisup_overlap_check_rows. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_cycle_check(
    const cisup_rows *rows, cisup_index c, const cisup_overlap_options *options,
    cisup_cycle_report *report, cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
