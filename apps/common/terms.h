/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_TERMS_H
#define CISUP_APPS_TERMS_H

#include <stdio.h>

/* Prints what every word of the program's output means: docs/glossary.md, in Markdown and
 * in lines of at most TEXT_COLUMNS (wrap.h) columns. */
void terms_text(FILE *to);

#endif
