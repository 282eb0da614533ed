/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_READOUTS_H
#define CISUP_APPS_READOUTS_H

#include "propagation.h"

#include <cisup/sparse/files/npz.h>

/* The file of --readouts: what the first samples of network 0 are and read out, as
 * NumPy's .npz (docs/formats.md). Start from {0}; with path NULL every call does nothing.
 */
typedef struct {
    const char *path;
    cisup_index samples; /* 0: 10, or as many as a network has */
    cisup_npz file;
    int shapes; /* seen by readouts_check */
} readouts;

/* Whether the file can be had for this shape of the parameters; once for each, before
 * anything runs. Errors: EINVAL naming the option that it does not go with (more than one
 * shape, too, and more samples than there are), or how large the file would be. */
CISUP_MUST_CHECK cisup_status readouts_check(readouts *r, const propagation *p,
                                             const cisup_shape *shape, cisup_error *err);

/* Opens the file. Errors: those of cisup_npz_open. */
CISUP_MUST_CHECK cisup_status readouts_open(readouts *r, cisup_overwrite overwrite,
                                            cisup_error *err);

/* Makes network 0 of a finished run again and adds its arrays. Errors: those of
 * cisup_specimen_make, cisup_network_run and cisup_npz_add; ENOMEM before anything is
 * taken. Time of the samples through all layers. */
CISUP_MUST_CHECK cisup_status readouts_add(readouts *r, const finished_run *run,
                                           cisup_error *err);

CISUP_MUST_CHECK cisup_status readouts_commit(readouts *r, cisup_error *err);
void readouts_discard(readouts *r);

#endif
