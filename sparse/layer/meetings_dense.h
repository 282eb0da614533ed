/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_MEETINGS_DENSE_H
#define CISUP_SPARSE_MEETINGS_DENSE_H

#include <cisup/sparse/layer/transition.h>

/* G of (4.5) with a byte for each pair of neurons, for networks in which so many meet
 * that lists of them would be longer: G_nm stands in count[m * stride + n]. Owns its
 * array. Start from {0}. */
typedef struct {
    cisup_index N, stride; /* stride: N rounded up to whole cache lines; the rest is 0 */
    uint8_t *count;        /* [N][stride] */
} cisup_dense_meetings;

/* Whether bytes are to be preferred and suffice: T S^2 >= N^2/8, N <= 8192, S and the
 * load of every neuron <= 255. O(T S). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_meetings_are_dense(const cisup_transition *x,
                                                       int *are_dense, cisup_error *err);

/* *g is uninitialised on entry and empty after a failure. Errors: ENOMEM. O(T S^2 + N^2).
 */
CISUP_MUST_CHECK cisup_status cisup_dense_meetings_make(cisup_dense_meetings *g,
                                                        const cisup_transition *x,
                                                        cisup_error *err);
void cisup_dense_meetings_free(cisup_dense_meetings *g);

/* The same as cisup_excess and cisup_kappa of the CSC form; the second leaves min(1, G)
 * behind. Errors: ENOMEM. The excess takes O(N^2 / 8), kappa O(T S N / 64). */
CISUP_MUST_CHECK cisup_status cisup_dense_excess(const cisup_dense_meetings *g,
                                                 cisup_csc *out, cisup_error *err);
CISUP_MUST_CHECK cisup_status cisup_dense_kappa(const cisup_transition *x,
                                                cisup_dense_meetings *g, double *kappa,
                                                cisup_error *err);

#endif
