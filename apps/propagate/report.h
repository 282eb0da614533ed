/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_REPORT_H
#define CISUP_APPS_REPORT_H

#include "common/emit.h"
#include "common/setup.h"

#include <cisup/analysis/experiment.h>
#include <cisup/core/assumptions.h>

/* One finished run: what was asked for and what came out. */
typedef struct {
    const setup *setup;
    const cisup_experiment *experiment;
    cisup_shape shape;
    const cisup_report *report;
    const char *excluded;          /* as the user said it, or NULL */
    const char *active;            /* the same */
    char offset[32], strength[32]; /* of a pilot run, else "" */
} finished_run;

/* docs/formats.md, "propagate": the records that depend on the parameters alone, and
 * these on standard output with the timing behind them. */
CISUP_MUST_CHECK cisup_status report_records(const finished_run *run, FILE *to,
                                             cisup_error *err);
CISUP_MUST_CHECK cisup_status report_json(const finished_run *run, cisup_error *err);
void report_text(const finished_run *run);
/* The columns, the last of which say of what the figures are. */
#define REPORT_CSV_ORIGIN ",construction,scheme,weights,mode,family,seed,version"
extern const char report_csv_header[];
void report_csv(const finished_run *run, csv_sink *csv);

/* Which assumptions circuits of the user's own meet. */
CISUP_MUST_CHECK cisup_status assumptions_json(const cisup_assumptions *a,
                                               cisup_error *err);
void assumptions_text(const cisup_assumptions *a);

#endif
