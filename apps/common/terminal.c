/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terminal.h"

#include "wrap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

terminal terminal_of_output(int no_color) {
    const char *type = getenv("TERM"), *unwanted = getenv("NO_COLOR");
    struct winsize size;
    terminal t = {.columns = TEXT_COLUMNS};
    if (!isatty(STDOUT_FILENO)) return t;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        t.columns = size.ws_col;
    t.has_color = !no_color && !(unwanted && *unwanted) && type && strcmp(type, "dumb");
    return t;
}

const char *terminal_begin(const terminal *t, text_kind kind) {
    static const char *const code[] = {"", "\033[1m", "\033[31m"};
    return t->has_color ? code[kind] : "";
}

const char *terminal_end(const terminal *t, text_kind kind) {
    return t->has_color && kind != TEXT_PLAIN ? "\033[0m" : "";
}
