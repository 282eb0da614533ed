/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wrap.h"

#include <string.h>

int wrap_columns(const char *text, size_t length) {
    int columns = 0;
    for (size_t k = 0; k < length; k++)
        columns += ((unsigned char)text[k] & 0xc0) != 0x80;
    return columns;
}

void wrap_to(FILE *to, int columns, const char *text, int indent, int at) {
    int is_first = 1; /* word of its line */
    while (*(text += strspn(text, " \n"))) {
        const size_t length = strcspn(text, " \n");
        const int wide = wrap_columns(text, length);
        if (!is_first && at + 1 + wide > columns) {
            fprintf(to, "\n%*s", indent, "");
            at = indent;
            is_first = 1;
        }
        at += fprintf(to, "%s%.*s", is_first ? "" : " ", (int)length, text) -
              ((int)length - wide);
        is_first = 0;
        text += length;
    }
    (void)putc('\n', to);
}

void wrap(FILE *to, const char *text, int indent, int at) {
    wrap_to(to, TEXT_COLUMNS, text, indent, at);
}
