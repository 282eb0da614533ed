/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_PARTS_H
#define CISUP_CORE_OVERLAP_PARTS_H

#include <cisup/core/base/vigil.h>
#include <cisup/core/overlap.h>

#include <stdbool.h>

/* The parts of core/overlap.h; for core alone. */

/* Pairs of neurons n < m met twice, n 2^32 + m: the `most` smallest different ones of all
 * that were added, in whatever order. Owns pair. Start from {.most = ...}. */
typedef struct {
    cisup_index most;
    uint64_t *pair; /* increasing after cisup_pairs_settle */
    cisup_index count, room;
    bool is_cut; /* larger ones were left out */
} cisup_pairs;

CISUP_MUST_CHECK cisup_status cisup_pairs_add(cisup_pairs *p, cisup_index n,
                                              cisup_index m, cisup_error *err);
/* Adds those of another list. */
CISUP_MUST_CHECK cisup_status cisup_pairs_merge(cisup_pairs *p, const cisup_pairs *other,
                                                cisup_error *err);
/* Sorts and removes repetitions. */
void cisup_pairs_settle(cisup_pairs *p);
/* For bsearch of settled ones. */
int cisup_pair_order(const void *left, const void *right);
void cisup_pairs_free(cisup_pairs *p);

/* What is kept of overlaps; it depends on rows and memory alone. */
typedef struct {
    cisup_index pairs; /* met twice, >= 1 */
    cisup_index slots; /* of the circuits that hold them, >= 2 S */
} cisup_keeping;

/* Most bytes of one list of pairs of these rows, sorting included. */
double cisup_pairs_bytes(const cisup_rows *rows, cisup_index most);

/* What marking takes and gives. */
typedef struct {
    const cisup_rows *rows;
    cisup_keeping keep;
    int threads;        /* >= 1 */
    double memory;      /* bytes for marking, no fewer than it takes at least */
    cisup_index *load;  /* [N], zeroed: receives c_n */
    cisup_pairs repeat; /* receives the pairs met twice */
    cisup_vigil *vigil;
} cisup_marking;

/* Shares of a check: reading rows for the first time, all that marks pairs, and, where
 * pairs were met twice, collecting their circuits and comparing these. */
#define CISUP_SHARE_COUNT 0.2
#define CISUP_SHARE_MARK 0.6
#define CISUP_SHARE_COLLECT 0.1
#define CISUP_SHARE_COMPARE 0.1

/* Marks all pairs. Errors: those of cisup_overlap_check_rows. */
CISUP_MUST_CHECK cisup_status cisup_mark_partition(cisup_marking *k, cisup_error *err);

/* The bytes that it takes at least. */
double cisup_partition_bytes(const cisup_rows *rows, int threads, cisup_index pairs);

/* Rows that are worked on at a time: about 16 kB. */
static inline cisup_index cisup_chunk_rows(cisup_index S) {
    return S < 2048 ? 4096 / S : 1;
}

/* Names the witness and finds the largest overlap, when pairs were met twice. No more
 * than `slots` of circuits are looked at, 2 S or more. */
CISUP_MUST_CHECK cisup_status cisup_overlap_follow(const cisup_rows *rows,
                                                   const cisup_pairs *repeat,
                                                   cisup_index slots, cisup_vigil *vigil,
                                                   cisup_overlap_report *report,
                                                   cisup_error *err);

/* Most bytes that takes. */
double cisup_follow_bytes(const cisup_rows *rows, cisup_index slots);

#endif
