/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "help.h"

#include "wrap.h"

#include <string.h>

/* What an option does begins here; names that are longer have a line of their own. */
enum { TEXT_AT = 30 };

static const char *const titles[OPTION_GROUPS] = {
    [GROUP_NONE] = "Options",
    [GROUP_NETWORK] = "Network",
    [GROUP_ALLOCATION] = "Allocation",
    [GROUP_MASKS] = "Masks (with --construction masks)",
    [GROUP_CIRCUITS] = "Circuits",
    [GROUP_MEASUREMENT] = "Measurement",
    [GROUP_OUTPUT] = "Output",
};

void options_usage(FILE *to, const char *name, const char *usage) {
    fprintf(to, "Usage: %s [OPTION...]%s%s\n", name, *usage ? " " : "", usage);
}

/* "a|b|c" as "; a, b or c". */
static void words_text(const char *words, char *out, size_t room) {
    char word[OPTION_WORD_ROOM];
    const char *before = "; ";
    while (option_next_word(&words, word)) {
        const size_t used = strlen(out);
        (void)snprintf(out + used, room - used, "%s%s", before, word);
        before = strchr(words, '|') ? ", " : " or ";
    }
}

static void option_text(FILE *to, const option_row *row) {
    char name[128], text[512];
    const int has_value = !option_is_flag(row->kind);
    const char *letter =
        row->letter ? (const char[]){'-', (char)row->letter, ',', ' ', 0} : "    ";
    int length = snprintf(name, sizeof name, "  %s--%s%s%s", letter, row->name,
                          has_value ? "=" : "", has_value ? row->argument : "");
    (void)snprintf(text, sizeof text, "%s", row->help);
    if ((row->kind == OPTION_CHOICE || row->kind == OPTION_CHOICES) &&
        length > TEXT_AT - 2) {
        length = snprintf(name, sizeof name, "  %s--%s=WORD", letter, row->name);
        words_text(row->argument, text, sizeof text);
    }
    if (length > TEXT_AT - 2)
        fprintf(to, "%s\n%*s", name, TEXT_AT, "");
    else
        fprintf(to, "%-*s", TEXT_AT, name);
    wrap(to, text, TEXT_AT, TEXT_AT);
}

static int group_text(FILE *to, const option_row *table, const void *base, int group) {
    option o;
    int count = 0;
    for (int k = 0; (o = option_at(table, base, k)).row; k++) {
        if ((int)o.group != group) continue;
        if (!count++) fprintf(to, "\n%s\n", titles[group]);
        option_text(to, o.row);
    }
    return count;
}

static void examples_text(FILE *to, const char *examples) {
    fprintf(to, "\nExamples\n");
    for (const char *at = examples; *at;) {
        const size_t length = strcspn(at, "\n");
        fprintf(to, "  %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
}

void options_help(FILE *to, const char *name, const char *usage, const char *text,
                  const option_row *table, const void *base) {
    char about[1024];
    const size_t length = strcspn(text, "\v");
    options_usage(to, name, usage);
    (void)snprintf(about, sizeof about, "%.*s", (int)length, text);
    wrap(to, about, 0, 0);
    for (int group = GROUP_NETWORK; group < OPTION_GROUPS; group++)
        (void)group_text(to, table, base, group);
    (void)group_text(to, table, base, GROUP_NONE);
    if (text[length]) examples_text(to, text + length + 1);
    fprintf(to,
            "\nDefaults are in brackets. -h or --help prints this; 'cisup help terms' "
            "explains\nthe words.\n");
}
