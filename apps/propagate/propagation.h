/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PROPAGATION_H
#define CISUP_APPS_PROPAGATION_H

#include "common/progress.h"
#include "common/setup.h"
#include "exclude.h"
#include "report.h"

/* The parameters of `cisup propagate`, which a cell of a sweep shares, and the way from
 * them to a report. */
typedef struct {
    setup setup;
    int mode, precision;
    cisup_index networks, inputs;
    int implicit; /* nothing of size T is stored (analysis/pass/computed.h) */
    int terms;
    cisup_index worst;
    const char *excluded_text;
    exclusion excluded;    /* read by propagation_complete */
    cisup_index threads;   /* no parameter: results do not depend on it */
    progress_cells *cells; /* that the run is one of, for the progress; or NULL */
} propagation;

propagation propagation_defaults(void);
void propagation_free(propagation *p);

#define PROPAGATION_OPTIONS(p)                                                             \
    SETUP_OPTIONS((p).setup), {"active",     'z', OPTION_LIST,                             \
                               &(p).setup.z, "z", "active circuits (1,2,3)",               \
                               NULL},                                                      \
        {"mode",                                                                           \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(p).mode,                                                                        \
         "relu|masked-linear|masked-relu|linear",                                          \
         "what a neuron does (relu)",                                                      \
         cisup_mode_find},                                                                 \
        {"precision",                                                                      \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(p).precision,                                                                   \
         "double|single",                                                                  \
         "numbers of the passes; what is added up over circuits is double (double)",       \
         cisup_precision_find},                                                            \
        {"networks", 'K', OPTION_SIZE, &(p).networks, "K", "networks (20)", NULL},         \
        {"samples", 'M', OPTION_SIZE, &(p).inputs, "M", "samples a network (500)", NULL},  \
        {"implicit",                                                                       \
         0,                                                                                \
         OPTION_FLAG,                                                                      \
         &(p).implicit,                                                                    \
         NULL,                                                                             \
         "compute allocation, permutations and circuits instead of storing them (td)",     \
         NULL},                                                                            \
        {"terms",    0,    OPTION_FLAG,                                                    \
         &(p).terms, NULL, "split the errors into their parts: overlap, propagation, ...", \
         NULL},                                                                            \
        {"worst",    0,   OPTION_SIZE,                                                     \
         &(p).worst, "K", "name the K worst circuits and who disturbs them",               \
         NULL},                                                                            \
    {                                                                                      \
        "exclude", 0, OPTION_TEXT, &(p).excluded_text, "FILE|K",                           \
            "leave out the circuits in FILE, or the K worst of each network", NULL         \
    }

/* setup_complete, and what it does not see. Errors: the same; those of exclusion_read. */
CISUP_MUST_CHECK cisup_status propagation_complete(propagation *p, cisup_error *err);

/* Called for every shape of the grid D x S x T, T fastest. */
typedef cisup_status propagation_step(void *context, const cisup_shape *shape,
                                      cisup_error *err);

/* Steps through the grid until a signal has come. step NULL: finds out whether all shapes
 * can run, before anything does. Errors: those of setup_shape and exclusion_check; what
 * step returns. */
CISUP_MUST_CHECK cisup_status propagation_each(const propagation *p,
                                               propagation_step *step, void *context,
                                               cisup_error *err);

/* The experiment of the parameters, without a base allocation. */
cisup_experiment propagation_experiment(const propagation *p);

/* Receives a finished run, which lives until it returns. */
typedef cisup_status propagation_sink(void *context, const finished_run *run,
                                      cisup_error *err);

/* Makes the allocation of one shape, runs the experiment and hands the report to `sink`;
 * after a signal it is of the networks done so far. Errors: those of the library; what
 * sink returns. */
CISUP_MUST_CHECK cisup_status propagation_run(propagation *p, const cisup_shape *shape,
                                              int is_quiet, propagation_sink *sink,
                                              void *context, cisup_error *err);

#endif
