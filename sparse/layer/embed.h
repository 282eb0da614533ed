/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_EMBED_H
#define CISUP_SPARSE_EMBED_H

#include <cisup/sparse/embedding.h>

/* The embedding of one layer in slot form: N x T, column t holds 1 in the S neurons
 * of circuit t, which are row permutation[t] of the allocation (NULL: row t).
 * Exactly S nonzeros a column. Errors: ENOMEM. O(T S).
 * Source: docs/math.md 2.6, e_t^l. */
CISUP_MUST_CHECK cisup_status cisup_embedding_slots(const cisup_allocation *a,
                                                    const cisup_index *permutation,
                                                    cisup_csc *e, cisup_error *err);

/* The full embedding (3.1): E_t = I_d (x) e_t side by side, D x T d. Column t*d + j
 * holds the S neurons j*N + n of circuit neuron j of circuit t.
 *
 *   slots   N x T from cisup_embedding_slots
 *   D       rows, >= d N; those from d N on stay empty
 *
 * Errors: EINVAL; ENOMEM. O(T d S). */
CISUP_MUST_CHECK cisup_status cisup_embedding_blocks(const cisup_csc *slots,
                                                     cisup_index d, cisup_index D,
                                                     cisup_csc *e, cisup_error *err);

#endif
