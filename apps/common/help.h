/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_HELP_H
#define CISUP_APPS_HELP_H

#include "options.h"

#include <stdio.h>

/* The help of a command, in lines of at most TEXT_COLUMNS (wrap.h) columns; arguments as
 * for options_parse. */
void options_help(FILE *to, const char *name, const char *usage, const char *text,
                  const option_row *table, const void *base);

/* Its first line alone. */
void options_usage(FILE *to, const char *name, const char *usage);

#endif
