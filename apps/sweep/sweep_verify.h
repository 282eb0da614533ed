/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SWEEP_VERIFY_H
#define CISUP_APPS_SWEEP_VERIFY_H

#include "sweep_spec.h"

/* Whether a cell of a journal is what the program has put there. Values are not looked
 * at, nor are the records of a cell told from those of another one. */

/* Errors: EFORMAT when the parameters are not those of cell k of the spec; ENOMEM. */
CISUP_MUST_CHECK cisup_status sweep_verify_parameters(const sweep_spec *s, cisup_index k,
                                                      const char *parameters,
                                                      cisup_error *err);

/* Errors: EFORMAT when the records are not lines of JSON objects, or of each kind not as
 * many as the first one, the run, says. */
CISUP_MUST_CHECK cisup_status sweep_verify_records(cisup_index k, const char *records,
                                                   cisup_error *err);

#endif
