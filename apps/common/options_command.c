/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options_command.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 80, WORD_ROOM = 512 };

command_line command_start(FILE *to, const char *label, const char *words) {
    command_line c = {.to = to, .indent = 8};
    c.column = fprintf(to, "  %-15s%s", label, words);
    return c;
}

void command_word(command_line *c, const char *format, ...) {
    char text[WORD_ROOM];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (c->column + (int)strlen(text) > COLUMNS - 3) { /* a blank before, " \" behind */
        fprintf(c->to, " \\\n%*s", c->indent - 1, "");
        c->column = c->indent - 1;
    }
    c->column += fprintf(c->to, " %s", text);
}

void command_end(command_line *c) {
    fprintf(c->to, "\n");
}

static int is_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int is_same_list(const index_list *a, const index_list *b) {
    return a->count == b->count &&
           (!a->count ||
            !memcmp(a->value, b->value, (size_t)a->count * sizeof *a->value));
}

static int is_same(option_kind kind, const void *a, const void *b) {
    switch (kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
    case OPTION_CHOICE:
        return *(const int *)a == *(const int *)b;
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
        return *(const cisup_index *)a == *(const cisup_index *)b;
    case OPTION_SEED:
        return *(const uint64_t *)a == *(const uint64_t *)b;
    case OPTION_NUMBER:
    case OPTION_SHARE:
    case OPTION_BYTES:
        return !(*(const double *)a < *(const double *)b ||
                 *(const double *)a > *(const double *)b) &&
               isnan(*(const double *)a) == isnan(*(const double *)b);
    case OPTION_LIST:
    case OPTION_LIST_OR_MAX:
        return is_same_list(a, b);
    case OPTION_CHOICES:
        return !memcmp(a, b, sizeof(choice_list));
    case OPTION_TEXT:
        return is_same_text(*(const char *const *)a, *(const char *const *)b);
    }
    return 1;
}

static void write_option(command_line *c, const option *o) {
    const char *name = o->row->name;
    char word[OPTION_WORD_ROOM];
    int value;
    switch (o->row->kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
        command_word(c, "--%s", name);
        break;
    case OPTION_CHOICE:
        memcpy(&value, o->target, sizeof value);
        option_word(o->row, value, word);
        command_word(c, "--%s %s", name, word);
        break;
    case OPTION_INDEX:
    case OPTION_SIZE:
    case OPTION_THREADS:
        command_word(c, "--%s %" PRId64, name, *(const cisup_index *)o->target);
        break;
    case OPTION_SEED:
        command_word(c, "--%s %" PRIu64, name, *(const uint64_t *)o->target);
        break;
    case OPTION_NUMBER:
    case OPTION_SHARE:
    case OPTION_BYTES:
        command_word(c, "--%s %.15g", name, *(const double *)o->target);
        break;
    case OPTION_LIST:
    case OPTION_LIST_OR_MAX:
        command_word(c, "--%s %" PRId64, name, *((const index_list *)o->target)->value);
        break;
    case OPTION_CHOICES:
        option_word(o->row, *((const choice_list *)o->target)->value, word);
        command_word(c, "--%s %s", name, word);
        break;
    case OPTION_TEXT:
        command_word(c, "--%s %s", name, *(const char *const *)o->target);
        break;
    }
}

void command_options(command_line *c, const option_row *table, const void *base,
                     const void *plain, const char *others) {
    option o;
    for (int k = 0; (o = option_at(table, base, k)).row; k++) {
        char name[64];
        (void)snprintf(name, sizeof name, " %s ", o.row->name);
        const option same = option_at(table, plain, k);
        if (!strstr(others, name) && !is_same(o.row->kind, o.target, same.target))
            write_option(c, &o);
    }
}
