/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CHECK_REPORT_H
#define CISUP_APPS_CHECK_REPORT_H

#include <cisup/core/cycle.h>
#include <cisup/core/overlap.h>
#include <cisup/core/overlap/overlap_most.h>
#include <cisup/core/overlap_sample.h>
#include <cisup/core/scheme_proof.h>
#include <cisup/sparse/row_file.h>

#include <jansson.h>

/* All that `cisup check` reports: one of overlap, sample and proof. */
typedef struct {
    cisup_index circuits, neurons, redundancy;
    cisup_index bad_circuit; /* sits in bad_count neurons, not in redundancy; or -1 */
    cisup_index bad_count;
    cisup_index lambda;      /* neurons that two may share; 0: 1 */
    int base;                /* of circuits and neurons as they are told */
    cisup_row_file file;     /* what it says of itself; format 0: no file */
    cisup_index cycle;       /* --cycle: all of this is of the joined allocation; or 0 */
    cisup_cycle_parts parts; /* its parts; N = 0: not looked at */
    cisup_overlap_report overlap;
    cisup_overlap_most most; /* who meets most often; times 0: not counted */
    cisup_index *shared;     /* [most.circuits.times] in the file's base, or NULL */
    cisup_allocation_stats stats;
    cisup_index *load; /* [neurons], perhaps more */
    cisup_index *bins; /* [load_max+1]: neurons of each load; NULL: not counted */
    cisup_overlap_sample_report sample;
    cisup_scheme_proof proof;
    double seconds;
} findings;

/* A line of text behind its label, wrapped below where it begins. */
void report_line(const char *label, const char *text);

/* Each prints what it names, as one JSON line or as text. Errors: ENOMEM; EIO. */
CISUP_MUST_CHECK cisup_status findings_show(const findings *f, int is_json,
                                            cisup_error *err);
CISUP_MUST_CHECK cisup_status sample_show(const findings *f, int is_json,
                                          cisup_error *err);
CISUP_MUST_CHECK cisup_status proof_show(const findings *f, int is_json,
                                         cisup_error *err);

#endif
