/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_OPEN_SAMPLES_H
#define CISUP_ANALYSIS_OPEN_SAMPLES_H

#include <cisup/analysis/pass/open_pass.h>
#include <cisup/analysis/pass/samples.h>

/* cisup_samples_run through open neurons: s->open is not NULL, and nothing is asked but
 * the measurement. Sample by sample; circuits that touch no open neuron count with their
 * common read-out, and quantiles are of all read-outs, however many. Memory of each
 * thread: that of a pass. Errors: those of cisup_open_pass_new and _run. */
CISUP_MUST_CHECK cisup_status cisup_open_samples_run(const cisup_samples *s,
                                                     cisup_watch *watch, int threads,
                                                     double *column, cisup_error *err);

#endif
