/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_WRAP_H
#define CISUP_APPS_WRAP_H

#include <stdio.h>

enum { TEXT_COLUMNS = 80 };

/* Prints text as one paragraph with its end of line, in lines of at most `columns`
 * columns broken at blanks and ends of lines; a word that is longer has a line of its
 * own. Each line but the first begins with `indent` blanks; at: the column that has been
 * reached. */
void wrap_to(FILE *to, int columns, const char *text, int indent, int at);

/* The same for TEXT_COLUMNS. */
void wrap(FILE *to, const char *text, int indent, int at);

/* Columns that `length` bytes of UTF-8 take. */
int wrap_columns(const char *text, size_t length);

#endif
