/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_INCIDENCE_H
#define CISUP_CORE_INCIDENCE_H

#include <cisup/core/rows.h>
#include <cisup/core/schemes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The incidence structure of T circuits and N neurons, each circuit on S neurons and
 * any two on at most one together, asked in both directions:
 *
 *   circuit t -> its neurons        cisup_incidence_row
 *   neuron n  -> its circuits       cisup_incidence_through, cisup_through_next
 *
 * behind one interface for allocations that are computed (a formula and tables of some
 * S^2 words) and such that are stored. Start from {0}. After it is made it is only
 * read, by any number of threads. */
typedef struct {
    cisup_index N, S, T;
    struct cisup_incidence_form *form; /* private: core/schemes/incidence_form.h */
} cisup_incidence;

/* The first T circuits of a scheme, computed: those that cisup_allocation_make stores
 * without even_out.
 *
 *   x   uninitialised on entry, empty after a failure
 *
 * Memory O(S^2), time that of its tables; nothing grows with N or T.
 * Errors: EINVAL (S < 1, N < S, N over 2^31-1, T < 1; a scheme without a computed form,
 * or not with this S); EINFEASIBLE when the scheme places fewer than T; ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_incidence_make(cisup_incidence *x,
                                                             cisup_index N, cisup_index S,
                                                             cisup_index T,
                                                             cisup_scheme scheme,
                                                             cisup_error *err);

/* A stored allocation, borrowed: it must outlive x and stay as it is.
 *
 *   x   uninitialised on entry, empty after a failure
 *
 * Time and memory O(N + T S). Errors: EFORMAT when a row is not strictly increasing
 * within [0, N); ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_incidence_of(cisup_incidence *x,
                                                           const cisup_allocation *a,
                                                           cisup_error *err);

CISUP_API void cisup_incidence_free(cisup_incidence *x);

/* The S neurons of circuit t, increasing. row: [S]; 0 <= t < T. O(S + levels) for td,
 * O(S) otherwise. */
CISUP_API void cisup_incidence_row(const cisup_incidence *x, cisup_index t, int32_t *row);

/* Stores the T circuits.
 *
 *   a   uninitialised on entry, empty after a failure
 *
 * Errors: ENOMEM. O(T S). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_incidence_store(const cisup_incidence *x,
                                                              cisup_allocation *a,
                                                              cisup_error *err);

enum { CISUP_THROUGH_WORDS = 72 };

/* The circuits t < T through a neuron, one by one, each once. The order is that of the
 * form: increasing where it is stored, of no meaning otherwise.
 *
 *   cisup_through c = cisup_incidence_through(&x, n);
 *   for (cisup_index t; (t = cisup_through_next(&c)) >= 0;) ...
 *
 * A plain value that only reads x: the walk may be copied, and left at any time. */
typedef struct {
    const cisup_incidence *x;
    int64_t state[CISUP_THROUGH_WORDS]; /* private: the form's own walk */
} cisup_through;

/* 0 <= n < N. O(1). */
CISUP_API cisup_through cisup_incidence_through(const cisup_incidence *x, cisup_index n);

/* The next circuit, or -1 after the last and ever after. Cost: the form's header. */
CISUP_API cisup_index cisup_through_next(cisup_through *c);

#ifdef __cplusplus
}
#endif

#endif
