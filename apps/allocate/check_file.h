/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CHECK_FILE_H
#define CISUP_APPS_CHECK_FILE_H

#include "check_report.h"
#include "common/options.h"

#include <cisup/core/schemes.h>

/* What `cisup check` is asked for. */
typedef struct {
    cisup_index S, neurons, D, d, threads, sample, cycle;
    cisup_index lambda; /* neurons that two circuits may share; 0: 1 */
    index_list T;
    cisup_scheme scheme; /* NO_SCHEME: a file */
    double memory;
    uint64_t seed; /* unset_seed: not given */
    int json, quiet, lenient, algebra, one_based, transposed;
    const char *path;
} check_request;

/* Reads and examines the file. EINVARIANT when columns differ in their counts. */
CISUP_MUST_CHECK cisup_status check_file(const check_request *r, findings *f,
                                         cisup_error *err);

/* Looks at all pairs. held: bytes that the rows take; added: neurons beyond those of the
 * file, of a circuit each. */
CISUP_MUST_CHECK cisup_status check_rows(const check_request *r, const cisup_rows *rows,
                                         double held, cisup_index added, findings *f,
                                         cisup_error *err);

#endif
