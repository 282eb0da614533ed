/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_EXPERIMENT_PART_H
#define CISUP_ANALYSIS_EXPERIMENT_PART_H

#include <cisup/analysis/experiment.h>

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An experiment in parts: some of its networks each, measured anywhere, written to files,
 * read, merged in any order and reported as if one run had measured all of them. Nothing
 * that depends on the order is added before all are there: means stay by network. */

/* What the networks of one z gave. cells = cisup_cell(L+1, 0, 0). */
typedef struct {
    cisup_index z;
    cisup_engine engine;       /* CISUP_ENGINE_AUTO until it is chosen, by network 0 */
    double share;              /* of open neurons, that decided it; else NaN */
    double *mean;              /* [columns][networks] */
    cisup_ranked *ranked;      /* [networks][worst] */
    struct cisup_tally *tally; /* [cells] over the networks, or NULL: none yet; private */
    struct cisup_open_count *open; /* [L][d], or NULL with tally; private */
    double residual;               /* largest, with terms */
} cisup_part_of_z;

/* Figures that must be the same for two parts to belong together: all that the networks
 * and what is measured in them depend on, arrays by a hash. */
enum { CISUP_PART_KEYS = 40 };

/* Some networks of an experiment. Owns its arrays. Start from {0}. */
typedef struct {
    uint64_t key[CISUP_PART_KEYS];
    cisup_index L, d, columns, z_count;
    cisup_index networks, worst; /* networks: of the whole experiment */
    unsigned char *has;          /* [networks] 1: is in this part */
    double *kappa;               /* [networks][L-1] */
    double kappa_error;          /* largest */
    double build_s, run_s;
    cisup_part_of_z *of; /* [z_count] */
} cisup_part;

CISUP_API void cisup_part_free(cisup_part *part);

/* Measures the networks first, first + step, first + 2 step, ... below x->networks.
 *
 *   first   >= 0; beyond the networks: the part has none
 *   step    >= 1
 *   part    uninitialised on entry, empty after a failure
 *
 * Part k of n is first = k, step = n. x->watcher counts the networks of the part; after
 * an end on request the part has those that are whole, or, if none is, the status is
 * ESTOPPED. A part without network 0 makes that, too, if it takes it to choose an engine.
 * Errors and threads: cisup_experiment_run; EINVAL for first and step. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_experiment_part(const cisup_experiment *x,
                                                              cisup_index first,
                                                              cisup_index step,
                                                              cisup_part *part,
                                                              cisup_error *err);

/* Adds the networks of `from` to `into`, in any order, with the same result.
 *
 *   into   unchanged after a failure, but for ENOMEM: then it is still a part of what it
 *          was
 *
 * Errors: EFORMAT naming what differs when they are of different experiments; EINVAL when
 * both have the same network; ENOMEM. O(z (columns networks + cells)). */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_part_merge(cisup_part *into,
                                                         const cisup_part *from,
                                                         cisup_error *err);

/* The report of a part that has all networks of x: but for the times, the bytes that
 * cisup_experiment_run(x) gives.
 *
 *   report   uninitialised on entry, empty after a failure
 *
 * The worst circuits are looked at in networks that are made again; x->watcher may end
 * that, which leaves the culprits found so far. Errors: EFORMAT naming what differs when
 * the part is not of x; EINVAL naming a network that is missing; as cisup_experiment_run.
 */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_part_report(const cisup_experiment *x,
                                                          const cisup_part *part,
                                                          cisup_report *report,
                                                          cisup_error *err);

/* Writes a part: docs/formats.md. The bytes depend on the part alone, not on the machine.
 * Errors: EIO; ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_part_write(const cisup_part *part, FILE *to,
                                                         cisup_error *err);

/* Reads one part of x; what follows it in the stream is left there.
 *
 *   part   uninitialised on entry, empty after a failure
 *
 * No more memory is taken than a part of x can need, whatever the file says. Errors:
 * EFORMAT (no part; of another version; damaged or cut off; of another experiment, naming
 * what differs); EIO; ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_part_read(const cisup_experiment *x,
                                                        FILE *from, cisup_part *part,
                                                        cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
