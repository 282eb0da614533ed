/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_H
#define CISUP_CORE_OVERLAP_H

#include <cisup/core/allocation.h>

/* What the check of an allocation found. */
typedef struct {
    int holds;                       /* any two circuits share at most one neuron */
    cisup_index max_overlap;         /* largest number of neurons two circuits share */
    int max_overlap_exact;           /* 0: a lower bound only (see below) */
    cisup_index witness_circuits[2]; /* t < u sharing both of */
    cisup_index witness_neurons[2];  /* n < m; -1 when the property holds */
    double pairs;                    /* pairs of neurons looked at, T S(S-1)/2 */
} cisup_overlap_report;

/* Verifies that any two circuits share at most one neuron.
 *
 *   report   uninitialised on entry; all zero (holds = 0) after a failure
 *
 * The witness is canonical: the smallest neurons (n, m), n first, that lie together in
 * two circuits, and the two smallest such circuits.
 *
 * Method: two circuits share two neurons iff some pair of neurons occurs in two
 * circuits. For each neuron n the circuits through it mark their larger neurons m in
 * one array of length N. If a pair occurs twice, the overlap is then followed into
 * triples, quadruples, ... to its maximum; that search is bounded by 64 T S^2 steps
 * and reports a lower bound when it is cut off.
 *
 * Time O(N + T S^2), memory O(N + T S).
 * Errors: EFORMAT when a row is not strictly increasing within [0, N); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_overlap_check(const cisup_allocation *a,
                                                  cisup_overlap_report *report,
                                                  cisup_error *err);

#endif
