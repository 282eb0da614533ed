/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SCHEME_PROOF_H
#define CISUP_CORE_SCHEME_PROOF_H

#include <cisup/core/incidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why any two circuits of a computed allocation share at most one neuron, without
 * looking at all pairs: a theorem and whether its hypotheses hold here. td has more of
 * them, level by level: core/proof/td_proof.h. */
enum { CISUP_MOST_HYPOTHESES = 4 };

typedef struct {
    const char *theorem; /* lines that end with \n */
    int holds;           /* all hypotheses do */
    int count;
    struct {
        const char *what;
        int holds;
    } hypothesis[CISUP_MOST_HYPOTHESES];
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
 * coordinate there 0, lines {b + x u} through the same two points are the same: their
 * difference is (x - y) u = (x' - y') u', so u and u' lead at the same coordinate, x - y
 * = x' - y', u = u', and x, the point's coordinate there, gives b.
 *
 *   Theorem (projective). Affine lines, each with its direction as a further point, meet
 *   at most once: those of one direction only there, others only before. A line at
 *   infinity has no affine point and one direction at most with each of them; the lines
 * at infinity are a space of one dimension less.
 *
 * for the T circuits of x. Leaving lines or points out changes nothing. The theorems are
 * about the constructions; that the code follows them is what tests and
 * cisup_overlap_sample look at.
 *
 *   p   uninitialised on entry
 *
 * Errors: EINVAL where there is no such theorem here (td, stored, triples); ENOMEM.
 * Time O(1) for pairs, O(q^2) for the multiplications of a field of q elements, O(q log
 * q) for prime q. docs/allocations.md. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_scheme_verify(const cisup_incidence *x,
                                                            cisup_scheme_proof *p,
                                                            cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
