/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_H
#define CISUP_CORE_OVERLAP_H

#include <cisup/core/rows.h>
#include <cisup/core/watcher.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the check of an allocation found. */
typedef struct {
    int holds;                       /* any two circuits share at most one neuron */
    cisup_index max_overlap;         /* largest number of neurons two circuits share */
    int max_overlap_exact;           /* 0: a lower bound only (see below) */
    cisup_index witness_circuits[2]; /* t < u sharing both of */
    cisup_index witness_neurons[2];  /* n < m; -1 when the property holds */
    double pairs;                    /* pairs of neurons looked at, T S(S-1)/2 */
} cisup_overlap_report;

typedef struct {
    double memory;                /* bytes for all of the check, the load below included,
                                     not the rows; 0 (default): an eighth of what is
                                     available, at most 500 MB, or the least possible */
    int threads;                  /* at most, as in core/threads.h; 0 (default): all */
    cisup_index *load;            /* NULL (default), or [N]: filled with c_n */
    const cisup_watcher *watcher; /* NULL (default): nobody */
} cisup_overlap_options;

/* Verifies that any two circuits share at most one neuron.
 *
 *   options  NULL: the defaults
 *   report   uninitialised on entry; all zero (holds = 0) after a failure
 *
 * The witness is canonical: the smallest neurons (n, m), n first, that lie together in
 * two circuits, and the two smallest such circuits. The report depends not on
 * threads, and on memory only in that a largest overlap may be cut off.
 *
 * Method: two circuits share two neurons iff some pair of neurons occurs in two
 * circuits, so every pair is marked once. Pairs are written as keys to the bucket of
 * their smaller neuron, in rounds over the neurons so that a round's pairs fit in
 * `memory`, and then marked bucket by bucket in marks that fit in a core's cache. Keys
 * have 32 bits; for N <= 65536 and T S >= 4 N a neuron is a bucket and a key the larger
 * neuron in 16 bits.
 * Rows are read once a round and once before.
 *
 * If pairs occur twice, the circuits that hold such pairs are compared pair by pair, or,
 * when they are more than 4 S, followed into triples, quadruples, ... to the largest
 * overlap. That search is bounded by 64 T S^2 steps, the 2^18 smallest such pairs, 2^22
 * slots of the circuits and 64 bytes for each of these, or what `memory` has room for; a
 * lower bound is reported when it is cut off.
 *
 * Time O(N + T S^2), times rounds for reading rows. Memory: never more than `memory`;
 * threads that do not fit are left out. Bytes, apart from some 100 kB a thread:
 *   marking     8 N, and for each thread 17 N (keys of 16 bits) or at least 6 N, and keys
 *   overlaps    at least 3 kB a thread; to keep all of the above 330 MB, 10 MB a thread
 * Errors: EFORMAT when a row is not strictly increasing within [0, N), naming the first
 * circuit; EINVAL (N < S, S or T < 1, N over 2^31-1, T over 2^32-1, negative options);
 * ENOMEM, also when `memory` is too small, saying how much is needed; ESTOPPED; those of
 * the rows. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_overlap_check_rows(const cisup_rows *rows, const cisup_overlap_options *options,
                         cisup_overlap_report *report, cisup_error *err);

/* The same for a stored allocation and the defaults. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_overlap_check(const cisup_allocation *a,
                                                            cisup_overlap_report *report,
                                                            cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
