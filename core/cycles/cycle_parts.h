/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CYCLE_PARTS_H
#define CISUP_CORE_CYCLE_PARTS_H

#include <cisup/core/cycle.h>

/* For every neuron of `from` and every one of `to`, of the same part or another, the one
 * circuit that has both, or -1; of a neuron and itself -1.
 *
 *   circuit   [from.count][to.count]
 *
 * Computed: some nanoseconds each where q is prime to (c S - 1)!, some tens else. Stored:
 * O(load). */
void cisup_cycle_through(const cisup_cycle *x, cisup_places from, cisup_places to,
                         cisup_index *circuit);

/* The circuits on neuron n of part h, increasing; returns how many. circuit: room for
 * x->most. O(load). */
cisup_index cisup_cycle_circuits(const cisup_cycle *x, cisup_index h, cisup_index n,
                                 cisup_index *circuit);

/* How many those are. O(1). */
cisup_index cisup_cycle_load(const cisup_cycle *x, cisup_index h, cisup_index n);

/* The rows of the joined allocation, computed whenever they are asked for; borrows x. */
cisup_rows cisup_cycle_rows(const cisup_cycle *x);

/* Stores the rows of all parts one after the other, as networks take them
 * (sparse/network.h): that of circuit t in part h is row h T + t of *rows, whose T is
 * that of x. *rows is uninitialised on entry, empty after a failure. Errors: ENOMEM. O(c
 * T S). */
CISUP_MUST_CHECK cisup_status cisup_cycle_store(const cisup_cycle *x,
                                                cisup_allocation *rows, cisup_error *err);

/* Stores the parts of a joined allocation, such as cisup_cycle_rows or those of a file.
 *
 *   part   [c], uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL (c < 2, or c does not divide the rows' N and S); EINVARIANT when a
 * circuit has not S/c neurons in a part, naming both; EFORMAT when a row is not strictly
 * increasing within [0, N); ENOMEM; those of the rows. O(T S). */
CISUP_MUST_CHECK cisup_status cisup_cycle_split(const cisup_rows *rows, cisup_index c,
                                                cisup_allocation *part, cisup_error *err);

/* Looks for the first circuit, and its first part, with another number of neurons than
 * circuit 0 has in part 0: parts of N neurons each, c of them; neurons from c N on are of
 * no part.
 *
 *   parts   uninitialised on entry; all zero after a failure
 *
 * Errors: EINVAL (c < 2, N < 1, c N above the rows' N, T or S < 1); EFORMAT when a row is
 * not strictly increasing within [0, rows->N); ENOMEM; those of the rows. O(T S). */
CISUP_MUST_CHECK cisup_status cisup_cycle_parts_check(const cisup_rows *rows,
                                                      cisup_index c, cisup_index N,
                                                      cisup_cycle_parts *parts,
                                                      cisup_error *err);

#endif
