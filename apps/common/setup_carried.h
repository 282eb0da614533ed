/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SETUP_CARRIED_H
#define CISUP_APPS_SETUP_CARRIED_H

#include "setup.h"

/* What of setup_complete and setup_shape is about networks that carry masks. */

/* Errors: EINVAL naming an option that such networks do not have. */
CISUP_MUST_CHECK cisup_status setup_carried_check(const setup *s, cisup_error *err);

/* N of D neurons in the widest layer, and T of INDEX_MAX_WORD; that T circuits fit.
 * Errors: EINVAL; EINFEASIBLE naming how many the cycle places and its bound; ENOMEM. */
CISUP_MUST_CHECK cisup_status setup_carried_shape(const setup *s, cisup_shape *shape,
                                                  cisup_error *err);

#endif
