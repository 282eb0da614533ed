/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_WRAP_H
#define CISUP_APPS_WRAP_H

#include <stdio.h>

/* Text in lines of at most TEXT_COLUMNS columns, broken at blanks; a word that is longer
 * has a line of its own. Bytes count as columns, the first byte of a character alone. */
enum { TEXT_COLUMNS = 80 };

/* Prints text as one paragraph with its end of line, each line but the first behind
 * `indent` blanks; at: the column that has been reached. */
void wrap(FILE *to, const char *text, int indent, int at);

/* Columns that `length` bytes of UTF-8 take. */
int wrap_columns(const char *text, size_t length);

#endif
