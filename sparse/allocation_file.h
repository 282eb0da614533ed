/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ALLOCATION_FILE_H
#define CISUP_SPARSE_ALLOCATION_FILE_H

#include <cisup/core/allocation.h>
#include <cisup/core/outfile.h>
#include <cisup/sparse/csc.h>

/* Reads an allocation or embedding, ours or foreign, as a matrix of neurons x circuits
 * whose nonzeros say who sits where.
 *
 *   path      Matrix Market (name ends in .mtx or .mtx.gz, or "-"), else CSV with the
 *             header circuit,neuron, one line for each circuit and neuron, any order
 *   neurons   rows of a CSV file; 0: the largest neuron + 1. Ignored for .mtx
 *   lenient   1: accept foreign Matrix Market habits (sparse/mtx.h)
 *   e         uninitialised on entry, empty after a failure
 *
 * Errors: EIO; ENOMEM; EFORMAT with file, line and value: bad numbers, an index out
 * of range, an entry twice, a circuit without any line. */
CISUP_MUST_CHECK cisup_status cisup_allocation_file_read(const char *path,
                                                         cisup_index neurons, int lenient,
                                                         cisup_csc *e, cisup_error *err);

/* The allocation in a matrix whose columns all have S nonzeros.
 *
 *   S   0: as many as the first column has
 *   a   uninitialised on entry, empty after a failure
 *
 * Errors: EINVARIANT naming the first column with another number; EINVAL for an empty
 * matrix; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_allocation_from_csc(const cisup_csc *e, cisup_index S,
                                                        cisup_allocation *a,
                                                        cisup_error *err);

/* Writes an allocation in one of the two forms, chosen by the name as above ("-": Matrix
 * Market on standard output). metadata as in sparse/mtx.h; CSV has none. Errors: EIO,
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_allocation_file_write(const char *path,
                                                          const cisup_allocation *a,
                                                          const char *metadata,
                                                          cisup_overwrite overwrite,
                                                          cisup_error *err);

#endif
