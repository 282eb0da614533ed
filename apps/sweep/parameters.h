/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PARAMETERS_H
#define CISUP_APPS_PARAMETERS_H

#include "propagate/propagation.h"

#include <jansson.h>

/* Gives one parameter of a run its value from JSON. Names are those of the params record
 * (docs/formats.md) and `preset`; types are strict: a number is no string. z may be a
 * list of different integers. Strings are borrowed: the JSON must outlive p.
 *
 * Errors: EFORMAT for an unknown name, another type, a value out of range, without the
 * name; ENOMEM. */
CISUP_MUST_CHECK cisup_status parameter_set(propagation *p, const char *name,
                                            const json_t *value, cisup_error *err);

/* The same for every member of an object; the text then begins with the name. */
CISUP_MUST_CHECK cisup_status parameters_set(propagation *p, const json_t *object,
                                             cisup_error *err);

/* One text for all ways to write a value: 1 and 1.0 of a number, 1 and [1] of z; free()
 * frees. NULL for want of memory. The value must be one that parameter_set takes. */
char *parameter_text(const char *name, const json_t *value);

#endif
