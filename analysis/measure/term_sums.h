/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_TERM_SUMS_H
#define CISUP_ANALYSIS_TERM_SUMS_H

#include <cisup/analysis/measure/terms.h>

/* Sums over circuits and samples of a batch: squares of each part of the errors, and its
 * products with the whole error. One for each thread. Start from {0}. */
typedef struct {
    cisup_terms terms;
    cisup_index L;
    double *sum; /* [2][cells][LANES]: squares, products */
} cisup_term_sums;

/* Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_term_sums_init(cisup_term_sums *s,
                                                   const cisup_network *net,
                                                   cisup_error *err);
void cisup_term_sums_free(cisup_term_sums *s);

/* Prepares for a batch and clears the sums; see cisup_terms_start. */
cisup_observer cisup_term_sums_start(cisup_term_sums *s, const cisup_network *net,
                                     const cisup_correction *correction, cisup_mode mode,
                                     const cisup_batch *batch);

/* The sums of the last batch. out: [2][cells], squares first. */
void cisup_term_sums_read(const cisup_term_sums *s, double *out);

#endif
