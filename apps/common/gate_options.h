/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GATE_OPTIONS_H
#define CISUP_APPS_GATE_OPTIONS_H

#include "options.h"

#include <cisup/core/circuits.h>

/* The options of every command with gates: rows of cisup_gate_step. */
extern const option_row gate_options[];

/* The published step, whose values the options have when they are not given. */
cisup_gate_step gate_step_defaults(void);
int gate_step_is_default(const cisup_gate_step *step);

/* Errors: EINVAL naming the option. */
CISUP_MUST_CHECK cisup_status gate_step_check(const cisup_gate_step *step,
                                              cisup_error *err);

#endif
