/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_COMPUTED_H
#define CISUP_ANALYSIS_COMPUTED_H

#include <cisup/analysis/pass/open_pass.h>

/* A network of which nothing of size T is stored: allocation, permutations and circuits
 * are computed whenever they are needed. Parts point to each other: it must stay where
 * it was made. Start from {0}. */
typedef struct {
    cisup_wiring wiring;
    cisup_circuits circuits;
    double *kappa; /* [L-1] of layers 2..L, estimated; 0 unless capped */
    double *error; /* [L-1] their standard errors */
    cisup_open_network open;
} cisup_computed;

/* Makes one of the circuits of a family.
 *
 *   base, cycle   one of the two, the other NULL; must outlive it
 *   o         weights, keep_order, seed and network of the permutations
 *   is_single 1: sums in the neurons as float
 *
 * kappa is that of (4.5) in its symmetric form (sparse/network/wiring.h), over all
 * neurons for N <= 4096, else from 64 of them. Errors: those of cisup_circuits_compute
 * and cisup_wiring_kappa. */
CISUP_MUST_CHECK cisup_status cisup_computed_make(
    cisup_computed *c, const cisup_incidence *base, const cisup_cycle *cycle,
    cisup_index d, cisup_index L, const cisup_family_options *family,
    const cisup_network_options *o, int is_single, cisup_error *err);
void cisup_computed_free(cisup_computed *c);

#endif
