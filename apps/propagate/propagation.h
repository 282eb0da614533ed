/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PROPAGATION_H
#define CISUP_APPS_PROPAGATION_H

#include "active.h"
#include "common/progress.h"
#include "common/setup.h"
#include "exclude.h"
#include "report.h"

/* The parameters of `cisup propagate`, which a cell of a sweep shares, and the way from
 * them to a report. */
typedef struct {
    setup setup;
    cisup_mode mode;
    cisup_precision precision;
    cisup_index networks, inputs;
    int implicit; /* nothing of size T is stored (analysis/pass/computed.h) */
    double noise; /* on the network's inputs */
    int terms;
    cisup_index worst;
    const char *excluded_text;
    exclusion excluded; /* read by propagation_complete */
    const char *active_text;
    active_file active;    /* the same */
    cisup_index threads;   /* no parameter: results do not depend on it */
    progress_cells *cells; /* that the run is one of, for the progress; or NULL */
} propagation;

propagation propagation_defaults(void);
void propagation_free(propagation *p);

/* Rows of propagation; and all but mode and construction, for a command that takes lists
 * of these. */
extern const option_row propagation_options[], propagation_details[];

#define MODE_WORDS "relu|masked-linear|masked-relu|linear"
#define MODE_HELP "what a neuron does (relu)"

/* setup_complete, and what it does not see. Errors: the same; those of exclusion_read. */
CISUP_MUST_CHECK cisup_status propagation_complete(propagation *p, cisup_error *err);

/* The shape of one point of the grid, with the largest z of the list, and whether it can
 * run. Errors: those of setup_shape, exclusion_check and active_file_check; EINVAL;
 * EINFEASIBLE. */
CISUP_MUST_CHECK cisup_status propagation_shape(const propagation *p, cisup_index D,
                                                cisup_index T, cisup_index S,
                                                cisup_shape *shape, cisup_error *err);

/* Called for every shape of the grid D x S x T, T fastest. */
typedef cisup_status propagation_step(void *context, const cisup_shape *shape,
                                      cisup_error *err);

/* Steps through the grid until a signal has come; the first shape is stepped through
 * whenever it comes. step NULL: finds out whether all shapes can run, before anything
 * does. Errors: those of propagation_shape; what step returns. */
CISUP_MUST_CHECK cisup_status propagation_each(const propagation *p,
                                               propagation_step *step, void *context,
                                               cisup_error *err);

/* The experiment of the parameters, without a base allocation. */
cisup_experiment propagation_experiment(const propagation *p);

/* Receives a finished run, which lives until it returns. */
typedef cisup_status propagation_sink(void *context, const finished_run *run,
                                      cisup_error *err);

/* Makes the allocation of one shape, runs the experiment and hands the report to `sink`;
 * after a signal it is of the networks done so far, of one at least. Errors: those of the
 * library; what sink returns. */
CISUP_MUST_CHECK cisup_status propagation_run(propagation *p, const cisup_shape *shape,
                                              int is_quiet, propagation_sink *sink,
                                              void *context, cisup_error *err);

#endif
