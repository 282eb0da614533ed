/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include "wrap.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_NOTE = 12, NOTE_INDENT = 6 };

text_table *table_begin(const char *align) {
    static text_table table;
    table.align = align;
    table.rows = 0;
    return &table;
}

void table_add(text_table *t, const char *note, const char *format, ...) {
    char line[TABLE_COLUMNS * TABLE_CELL], *rest = line;
    assert(t->rows < TABLE_ROWS);
    if (t->rows == TABLE_ROWS) return;
    va_list values;
    va_start(values, format);
    (void)vsnprintf(line, sizeof line, format, values);
    va_end(values);
    for (int k = 0; t->align[k] && rest; k++)
        (void)snprintf(t->cell[t->rows][k], TABLE_CELL, "%s", strsep(&rest, "\t"));
    t->note[t->rows++] = note;
}

static int columns_of(const char *text) {
    return wrap_columns(text, strlen(text));
}

static int widest(const text_table *t, int k) {
    int most = 0;
    for (int r = 0; r < t->rows; r++) {
        const int columns = columns_of(t->cell[r][k]);
        if (columns > most) most = columns;
    }
    return most;
}

/* A note behind `at` columns, of which `all` are the row's. */
static void print_note(const char *note, int at, int all, int columns) {
    if (!*note) {
        putchar('\n');
    } else if (all + 2 + columns_of(note) <= columns || columns - all - 2 >= LEAST_NOTE) {
        printf("%*s", all + 2 - at, "");
        wrap_to(stdout, columns, note, all + 2, all + 2);
    } else {
        printf("\n%*s", NOTE_INDENT, "");
        wrap_to(stdout, columns, note, NOTE_INDENT, NOTE_INDENT);
    }
}

void table_print(const text_table *t, int columns) {
    int width[TABLE_COLUMNS] = {0}, count = (int)strlen(t->align), all = count - 1;
    for (int k = 0; k < count; k++) all += width[k] = widest(t, k);
    for (int r = 0; r < t->rows; r++) {
        int at = 0, end = 0; /* blanks are printed when something follows */
        for (int k = 0; k < count; k++) {
            const char *cell = t->cell[r][k];
            const int wide = columns_of(cell);
            const int begin = end + (t->align[k] == 'r' ? width[k] - wide : 0);
            if (wide) {
                printf("%*s%s", begin - at, "", cell);
                at = begin + wide;
            }
            end += width[k] + 1;
        }
        print_note(t->note[r], at, all, columns);
    }
}
