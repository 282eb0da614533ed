/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_SEATING_H
#define CISUP_SPARSE_SEATING_H

#include <cisup/sparse/layer/transition.h>

/* What the direct assembly of sparse/layer/assembly.h starts from: which circuits sit in
 * a neuron of layer l-1, and where these sit in layer l. Owns its arrays. Start from {0}.
 */
typedef struct {
    cisup_index N, S, T;
    int threads;        /* of the transition: at most so many, 0: all */
    cisup_index *first; /* [N+1] */
    cisup_index *who;   /* [T S]: the circuits in neuron m of layer l-1, increasing, are
                           who[first[m]] to who[first[m+1]-1] */
    int32_t *to;        /* [T][S]: the neurons of circuit t in layer l */
} cisup_seating;

/* *s is uninitialised on entry; to be freed also after a failure. Errors: ENOMEM.
 * O(N + T S). */
CISUP_MUST_CHECK cisup_status cisup_seating_make(cisup_seating *s,
                                                 const cisup_transition *x,
                                                 cisup_error *err);
void cisup_seating_free(cisup_seating *s);

/* Threads to work with on sums over the circuits of matrices with `numbers` entries: at
 * most one for each million of multiplications, which is what starting one costs, and
 * s->threads; one inside a parallel region, which has its own. */
int cisup_seating_team(const cisup_seating *s, cisup_index numbers);

/* Circuits are met in no order, so that what is read of them is asked for early: the
 * neurons of the circuit some places behind who[e]. A macro, because gcc 12 takes a
 * function that only prefetches for one without effect. */
enum { CISUP_AHEAD = 16 };
#define CISUP_ASK_FOR_ROW(s, e, end)                                                     \
    do {                                                                                 \
        if ((e) + CISUP_AHEAD < (end))                                                   \
            __builtin_prefetch((s)->to + (s)->who[(e) + CISUP_AHEAD] * (s)->S);          \
    } while (0)

/* Makes starts of the lengths of the columns, which stand in p[1..ncol]. */
void cisup_sum_lengths(cisup_csc *a);

/* Room for as many entries as p says, which are about to be written: not set to 0
 * first, which would take as long as the rest. Errors: ENOMEM, before anything is taken
 * when both arrays do not fit. */
CISUP_MUST_CHECK cisup_status cisup_take_entries(cisup_csc *a, cisup_error *err);

#endif
