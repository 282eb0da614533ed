/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SCHEME_PROOF_H
#define CISUP_CORE_SCHEME_PROOF_H

#include <cisup/core/cycle.h>
#include <cisup/core/incidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why any two circuits of a computed allocation share at most one neuron, without
 * looking at all pairs: a theorem and whether its hypotheses hold here. Those of td are
 * about one level of the construction each. */
enum { CISUP_MOST_PROOF_LEVELS = 32, CISUP_MOST_HYPOTHESES = 128 };

typedef struct {
    char what[56];   /* in words */
    const char *key; /* in one word; NULL unless there are levels */
    int level;       /* that it is about, from 0 */
    int holds;
} cisup_hypothesis;

typedef struct {
    char what[64]; /* its sizes in words, and one by one */
    int sizes;
    struct {
        const char *key;
        cisup_index value;
    } size[5];
} cisup_proof_level;

typedef struct {
    const char *theorem; /* lines that end with \n */
    int holds;           /* all hypotheses do */
    int count;
    cisup_hypothesis hypothesis[CISUP_MOST_HYPOTHESES]; /* level by level */
    int levels;                                         /* 0 unless td */
    cisup_proof_level level[CISUP_MOST_PROOF_LEVELS];
} cisup_scheme_proof;

/* Verifies the hypotheses of
 *
 *   Theorem (S = 1). Two circuits share at most one neuron: they have no more.
 *
 *   Theorem (pairs). For odd m the pairs {r + i, r - i} mod m, 0 < i < m/2, all differ:
 *   their sum 2r gives r and then their difference 2i gives i, 2 being a unit; so do the
 *   pairs {r, m}. Two different pairs share at most one neuron.
 *
 *   Theorem (affine). Over a field, with u's first nonzero coordinate 1 and b's
 *   coordinate there 0, lines {b + x u} through the same two points are the same: their
 *   difference is (x - y) u = (x' - y') u', so u and u' lead at the same coordinate,
 *   x - y = x' - y', u = u', and x, the point's coordinate there, gives b.
 *
 *   Theorem (projective). Affine lines, each with its direction as a further point, meet
 *   at most once: those of one direction only there, others only before. A line at
 *   infinity has no affine point and one direction at most with each of them; the lines
 *   at infinity are a space of one dimension less.
 *
 *   Theorem (td). Let x_0..x_S be elements of a ring R of q elements whose differences
 *   are units. Two lines (a, b) != (a', b') meet in at most one of the points
 *   (i, a + x_i b): if a + x_i b = a' + x_i b' and a + x_j b = a' + x_j b', then
 *   (x_i - x_j)(b - b') = 0, so b = b' and a = a'. Lines use no two points of a group,
 *   circuits inside a group no two of different groups: the groups may be filled alike,
 *   and left-over points that are put injectively into group S change nothing.
 *
 * for the T circuits of x. Leaving lines or points out changes nothing. The theorems are
 * about the constructions; that the code follows them is what tests and
 * cisup_overlap_sample look at. Hypotheses of td, for each level l with lines, have keys:
 *
 *   units     x_i - x_j is a unit for all i < j <= S: gcd(j - i, m) = 1, and
 *             (x_i - x_j) b != 0 for all b != 0 of every field
 *   lines     |R| = m p_1^e_1 ... = q and gcd(step, q) = 1: all lines differ
 *   injects   left-over points y < joining are different points S q + y of the level,
 *             none of them the shared one
 *   is_inner  n_{l+1} = q + shared, S times as many copies, numbered behind
 *
 * and for the last, whose b circuits have points of their own:
 *
 *   fits      b <= S + 1, b S - b(b-1)/2 <= n_L
 *
 * p->holds says for td also that 1 <= T <= T_max and that level 0 is all neurons.
 *
 *   p   uninitialised on entry
 *
 * Errors: EINVAL where there is no such theorem here (stored, triples); ENOMEM.
 * Time O(1) for pairs, O(q^2) for the multiplications of a field of q elements, O(q log
 * q) for prime q, O(S^2 (log q + size of the fields)) a level of td.
 * docs/allocations.md. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_scheme_verify(const cisup_incidence *x,
                                                            cisup_scheme_proof *p,
                                                            cisup_error *err);

#ifdef __cplusplus
}
#endif

/* Verifies that two circuits of a computed cycle meet in one neuron of all parts at most:
 * the theorem td for the c S groups of its one transversal design, of which every part
 * has S. The hypotheses, without levels: differences are units, the ring has q elements,
 * c S groups, S q <= N, 1 <= T <= q^2.
 *
 *   p   uninitialised on entry
 *
 * Errors: EINVAL (a stored cycle). Time O((c S)^2 size of the fields + c S log q). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_cycle_verify(const cisup_cycle *x,
                                                           cisup_scheme_proof *p,
                                                           cisup_error *err);

#endif
