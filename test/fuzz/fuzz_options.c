/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of options on the command line: one letter for the kind, F to S in the order of
 * option_kind, then the text. */
#include "fuzz.h"

#include "common/options.h"

#include <math.h>

typedef union {
    int word;
    cisup_index index;
    uint64_t seed;
    double number;
    index_list list;
    choice_list choices;
    const char *text;
} value;

enum { KINDS = OPTION_CHOICES + 1, MOST_PRINTED = 1000 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static int find(const char *word) {
    return strcmp(word, "a") == 0 ? 0 : strcmp(word, "bc") == 0 ? 7 : -1;
}

static int is_list(option_kind kind) {
    return kind == OPTION_LIST || kind == OPTION_LIST_OR_MAX;
}

/* The list written out is the same list. */
static void check_list(option o, const index_list *list) {
    static char text[MOST_PRINTED * 21 + 1];
    value again = {.list = {0}};
    cisup_error err = {0};
    char *at = text;
    FUZZ_CHECK(list->count >= 1, "an empty list");
    for (cisup_index k = 0; k < list->count; k++)
        FUZZ_CHECK(list->value[k] >= 1 || (o.row->kind == OPTION_LIST_OR_MAX &&
                                           list->value[k] == INDEX_MAX_WORD),
                   "%" PRId64, list->value[k]);
    if (list->count > MOST_PRINTED) return;
    for (cisup_index k = 0; k < list->count; k++)
        at += list->value[k] == INDEX_MAX_WORD
                  ? sprintf(at, "%smax", k ? "," : "")
                  : sprintf(at, "%s%" PRId64, k ? "," : "", list->value[k]);
    o.target = &again;
    FUZZ_CHECK(option_store(&o, text, &err) == CISUP_OK, "%s: %s", text, err.text);
    FUZZ_CHECK(again.list.count == list->count, "%s", text);
    FUZZ_CHECK(
        !memcmp(again.list.value, list->value, (size_t)list->count * sizeof *list->value),
        "%s", text);
    cisup_release(again.list.value);
}

static void check_value(option o, const value *v) {
    if (o.row->kind == OPTION_INDEX) FUZZ_CHECK(v->index >= 0, "%" PRId64, v->index);
    if (o.row->kind == OPTION_SIZE) FUZZ_CHECK(v->index >= 1, "%" PRId64, v->index);
    if (o.row->kind == OPTION_SEED) FUZZ_CHECK(v->seed <= INT64_MAX, "%" PRIu64, v->seed);
    if (o.row->kind == OPTION_NUMBER) FUZZ_CHECK(isfinite(v->number), "%g", v->number);
    if (o.row->kind == OPTION_BYTES)
        FUZZ_CHECK(v->number > 0.0 && v->number <= 1e18, "%g", v->number);
    if (o.row->kind == OPTION_CHOICE)
        FUZZ_CHECK(v->word == 0 || v->word == 7, "%d", v->word);
    if (o.row->kind == OPTION_CHOICES) {
        const choice_list *c = &v->choices;
        FUZZ_CHECK(c->count >= 1 && c->count <= 2, "%d words", c->count);
        for (int k = 0; k < c->count; k++)
            FUZZ_CHECK(c->value[k] == 0 || c->value[k] == 7, "%d", c->value[k]);
        FUZZ_CHECK(c->count < 2 || c->value[0] != c->value[1], "%d twice", c->value[0]);
    }
    if (is_list(o.row->kind)) check_list(o, &v->list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const option_kind kind = (option_kind)(fuzz_take(&data, &size) % KINDS);
    char *text = strndup((const char *)data, size);
    value v = {.list = {0}};
    const option_row row = {"option", 0,      NULL, kind, 0,
                            "A",      "help", find, NULL, GROUP_NONE};
    const option o = {&row, &v, GROUP_NONE};
    cisup_error err = {0};
    FUZZ_CHECK(text, "no memory");
    const cisup_status status = option_store(&o, text, &err);
    if (status == CISUP_OK)
        check_value(o, &v);
    else
        fuzz_check_error(status, &err);
    if (is_list(kind)) cisup_release(v.list.value);
    free(text);
    fuzz_end();
    return 0;
}
