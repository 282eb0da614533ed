/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_BIJECTION_H
#define CISUP_CORE_BIJECTION_H

#include <cisup/core/status.h>

/* A pseudo-random permutation of {0, ..., T-1}, computed in both directions without a
 * table: a Feistel network on the rectangle Z_A x Z_B with A B >= T, A = ceil(sqrt T),
 * B = ceil(T/A), whose half rounds are x += F(y) mod A and y += F(x) mod B. The fewer
 * than A numbers beyond T are walked through: the next image is taken until it is
 * below T, which happens at most once in T/A turns on average.
 *
 * One of at most 2^384 permutations, chosen by the keys; for T up to some hundred
 * prefer cisup_rng_permutation, which takes all T! alike. A plain value; nothing to
 * free.
 * Source: J. Black, P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002,
 * LNCS 2271, 114-130, doi:10.1007/3-540-45760-7_9 (generalised Feistel, cycle walking).
 */
enum { CISUP_BIJECTION_ROUNDS = 6 };

typedef struct {
    uint64_t T, A, B;
    uint64_t key[CISUP_BIJECTION_ROUNDS];
} cisup_bijection;

/* pi_l of a network for T circuits, 1 <= T < 2^62: keys from the stream that the stored
 * permutation of the layer would be drawn from. */
void cisup_bijection_init(cisup_bijection *b, cisup_index T, uint64_t seed,
                          cisup_index network, cisup_index l);

/* The image of t, and the r with image t; 0 <= t < T. O(1) on average. */
cisup_index cisup_bijection_apply(const cisup_bijection *b, cisup_index t);
cisup_index cisup_bijection_invert(const cisup_bijection *b, cisup_index t);

/* The same for t[0..count-1], whose rounds overlap: some four times faster. out: [count],
 * may be t. */
void cisup_bijection_apply_all(const cisup_bijection *b, cisup_index count,
                               const cisup_index *t, cisup_index *out);
void cisup_bijection_invert_all(const cisup_bijection *b, cisup_index count,
                                const cisup_index *t, cisup_index *out);

#endif
