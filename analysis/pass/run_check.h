/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_RUN_CHECK_H
#define CISUP_ANALYSIS_RUN_CHECK_H

#include <cisup/analysis/network_run.h>

/* Whether each sample has z different circuits of 0..T-1. Errors: EINVAL (count, z or T;
 * the first circuit that is out of range or there already, with its sample); ENOMEM.
 * O(count z + T). */
CISUP_MUST_CHECK cisup_status cisup_run_check(const cisup_run_samples *samples,
                                              cisup_index T, cisup_error *err);

#endif
