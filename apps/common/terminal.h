/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_TERMINAL_H
#define CISUP_APPS_TERMINAL_H

/* Where standard output goes. */
typedef struct {
    int columns;   /* of the terminal; TEXT_COLUMNS (wrap.h) where there is none */
    int has_color; /* a terminal, unless TERM is dumb, NO_COLOR is set or not wanted */
} terminal;

terminal terminal_of_output(int no_color);

/* What begins a kind of text and what ends every one; "" without colour. */
typedef enum { TEXT_PLAIN, TEXT_BOLD, TEXT_RED } text_kind;
const char *terminal_begin(const terminal *t, text_kind kind);
const char *terminal_end(const terminal *t, text_kind kind);

#endif
