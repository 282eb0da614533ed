/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_TABLE_H
#define CISUP_APPS_TABLE_H

#include <cisup/core/status.h>

/* Rows of text in columns as wide as what is in them, each with a note behind it. */
enum { TABLE_ROWS = 64, TABLE_COLUMNS = 12, TABLE_CELL = 48 };
typedef struct {
    const char *align; /* 'l' or 'r' for each column */
    int rows;
    char cell[TABLE_ROWS][TABLE_COLUMNS][TABLE_CELL];
    const char *note[TABLE_ROWS]; /* must outlive the table */
} text_table;

/* The one table, empty: too large for a small stack, and no two are made at a time. */
text_table *table_begin(const char *align);

/* A row, its cells separated by tabs; there are at most TABLE_ROWS (asserted in Debug).
 */
void table_add(text_table *t, const char *note, const char *format, ...)
    CISUP_PRINTF(3, 4);

/* Prints the rows in lines of at most `columns` columns. A note that does not fit goes on
 * in lines below its own beginning or, where there is no room for that, below its row. */
void table_print(const text_table *t, int columns);

#endif
