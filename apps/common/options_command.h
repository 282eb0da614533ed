/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_OPTIONS_COMMAND_H
#define CISUP_APPS_OPTIONS_COMMAND_H

#include "options.h"

#include <stdio.h>

/* A command line that is printed word by word, in lines of at most 80 columns that a
 * shell takes as one. Start with command_start. */
typedef struct {
    FILE *to;
    int column, indent;
} command_line;

/* Begins with a label of the command and its first words, none of them broken. */
command_line command_start(FILE *to, const char *label, const char *words);

/* One word and more; printf's format. They stay in one line. */
void command_word(command_line *c, const char *format, ...) CISUP_PRINTF(2, 3);

/* The options of a table whose values at `base` are not those at `plain`, but for those
 * whose names are in `others`, separated and framed by blanks. */
void command_options(command_line *c, const option_row *table, const void *base,
                     const void *plain, const char *others);

void command_end(command_line *c);

#endif
