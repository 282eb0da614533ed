/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CHECK_REPORT_H
#define CISUP_APPS_CHECK_REPORT_H

#include <cisup/core/overlap.h>
#include <cisup/core/overlap_sample.h>
#include <cisup/core/proof/td_proof.h>
#include <cisup/core/scheme_proof.h>

#include <jansson.h>

/* All that `cisup check` reports: one of overlap, sample and proof. */
typedef struct {
    cisup_index circuits, neurons, redundancy;
    cisup_index bad_circuit; /* sits in bad_count neurons, not in redundancy; or -1 */
    cisup_index bad_count;
    cisup_overlap_report overlap;
    cisup_allocation_stats stats;
    cisup_index *load; /* [neurons], perhaps more */
    cisup_index *bins; /* [load_max+1]: neurons of each load; NULL: not counted */
    cisup_overlap_sample_report sample;
    cisup_td_proof proof;            /* holds: whichever of the two it is */
    cisup_scheme_proof scheme_proof; /* of other schemes than td */
    double seconds;
} findings;

json_t *findings_json(const findings *f);
void findings_text(const findings *f);
json_t *sample_json(const findings *f);
void sample_text(const findings *f);
json_t *proof_json(const findings *f, const cisup_implicit *m);
void proof_text(const findings *f, const cisup_implicit *m);

json_t *scheme_proof_json(const findings *f);
void scheme_proof_text(const findings *f);

#endif
