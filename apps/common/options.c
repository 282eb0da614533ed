/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include "guess.h"
#include "help.h"
#include "program.h"
#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/threads.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 1000000 };

typedef struct {
    const char *name, *usage, *text; /* as for options_parse */
    const option_row *table;
    void *base;
    const char **operands;
    int operand_count;
} parser_context;

cisup_status index_list_set(index_list *list, cisup_index value, cisup_error *err) {
    cisup_index *room;
    const cisup_status status = cisup_new(&room, 1, sizeof *room, err);
    if (status != CISUP_OK) return status;
    cisup_release(list->value);
    *list = (index_list){room, 1};
    room[0] = value;
    return CISUP_OK;
}

cisup_status index_list_copy(index_list *to, const index_list *from, cisup_error *err) {
    *to = (index_list){0};
    if (!from->count) return CISUP_OK;
    const cisup_status status =
        cisup_new(&to->value, from->count, sizeof *to->value, err);
    if (status != CISUP_OK) return status;
    memcpy(to->value, from->value, (size_t)from->count * sizeof *to->value);
    to->count = from->count;
    return CISUP_OK;
}

cisup_status index_list_single(const index_list *list, const char *name,
                               cisup_error *err) {
    if (list->count == 1) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--%s: %" PRId64 " values; one is needed", name,
                      list->count);
}

int index_list_is_max(const index_list *list) {
    return list->count == 1 && list->value[0] == INDEX_MAX_WORD;
}

/* An integer from `least` to `most`. */
static cisup_status parse_size(const char *text, cisup_index least, cisup_index most,
                               cisup_index *out, cisup_error *err) {
    cisup_index value;
    const cisup_status status = cisup_parse_index(text, "value", &value, err);
    if (status != CISUP_OK) return status;
    if (value < least || value > most)
        return CISUP_FAIL(err, CISUP_EINVAL, "%" PRId64 " is %s %" PRId64, value,
                          value < least ? "below" : "above",
                          value < least ? least : most);
    *out = value;
    return CISUP_OK;
}

static cisup_status append_range(index_list *list, cisup_index *room, cisup_index first,
                                 cisup_index last, cisup_index step, cisup_error *err) {
    for (cisup_index value = first;; value += step) {
        if (list->count == MOST_VALUES)
            return CISUP_FAIL(err, CISUP_EINVAL, "more than %d values", MOST_VALUES);
        const cisup_status status =
            cisup_grow(&list->value, room, list->count + 1, sizeof *list->value, err);
        if (status != CISUP_OK) return status;
        list->value[list->count++] = value;
        if (value > last - step) return CISUP_OK;
    }
}

/* One part of a list: "7", "first:last:step" (":step" may be missing) or, where it is
 * allowed, "max". */
static cisup_status append_part(index_list *list, cisup_index *room, char *part,
                                int allow_max, cisup_error *err) {
    if (allow_max && strcmp(part, "max") == 0)
        return append_range(list, room, INDEX_MAX_WORD, INDEX_MAX_WORD, 1, err);
    cisup_index bound[3] = {0, 0, 1};
    int fields = 0;
    char *rest = part;
    while (rest && fields < 3) {
        char *field = strsep(&rest, ":");
        const cisup_status status =
            parse_size(field, 1, INT64_MAX, &bound[fields++], err);
        if (status != CISUP_OK) return status;
    }
    if (fields == 1) bound[1] = bound[0];
    if (rest || bound[1] < bound[0])
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "not a value or a range first:last:step with first <= last");
    return append_range(list, room, bound[0], bound[1], bound[2], err);
}

static cisup_status parse_list(const char *text, int allow_max, index_list *out,
                               cisup_error *err) {
    index_list list = {0};
    cisup_index room = 0;
    char *copy = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&copy, (cisup_index)strlen(text) + 1, 1, err));
    memcpy(copy, text, strlen(text));
    char *rest = copy;
    while (rest) CISUP_TRY(append_part(&list, &room, strsep(&rest, ","), allow_max, err));
    cisup_release(out->value);
    *out = list;
    list = (index_list){0};
done:
    cisup_release(copy);
    cisup_release(list.value);
    return status;
}

static cisup_status parse_seed(const char *text, uint64_t *out, cisup_error *err) {
    char *end;
    if (text[0] >= '0' && text[0] <= '9') {
        const unsigned long long value = strtoull(text, &end, 10);
        if (*end == 0 && value <= INT64_MAX) {
            *out = value;
            return CISUP_OK;
        }
    }
    return CISUP_FAIL(err, CISUP_EINVAL, "not an integer in [0, 2^63)");
}

static cisup_status parse_bytes(const char *text, double *out, cisup_error *err) {
    static const char units[] = "kMGT";
    char *end;
    const char *unit = NULL;
    if (text[0] >= '0' && text[0] <= '9') {
        double bytes = (double)strtoull(text, &end, 10);
        if (*end && (unit = strchr(units, *end)) != NULL) {
            for (const char *u = units; u <= unit; u++) bytes *= 1000.0;
            end++;
        }
        if (*end == 0 && bytes > 0.0 && bytes <= 1e18) {
            *out = bytes;
            return CISUP_OK;
        }
    }
    return CISUP_FAIL(err, CISUP_EINVAL, "not a number of bytes such as 500M or 2G");
}

int option_next_word(const char **words, char word[OPTION_WORD_ROOM]) {
    const size_t length = strcspn(*words, "|");
    (void)snprintf(word, OPTION_WORD_ROOM, "%.*s", (int)length, *words);
    *words += length + ((*words)[length] == '|');
    return length > 0;
}

static int find_word(const option_row *row, const char *text) {
    const char *words = row->argument;
    char word[OPTION_WORD_ROOM];
    if (row->find) return row->find(text);
    for (int k = 0; option_next_word(&words, word); k++)
        if (strcmp(word, text) == 0) return k;
    return -1;
}

void option_word(const option_row *row, int value, char word[OPTION_WORD_ROOM]) {
    const char *words = row->argument;
    for (int k = 0; option_next_word(&words, word); k++)
        if ((row->find ? row->find(word) : k) == value) return;
}

/* A number, or one of hundredths: 10%. */
static cisup_status parse_share(const char *text, double *out, cisup_error *err) {
    const size_t length = strlen(text);
    char number[64];
    if (length == 0 || text[length - 1] != '%' || length > sizeof number)
        return cisup_parse_number(text, "value", out, err);
    memcpy(number, text, length - 1);
    number[length - 1] = 0;
    const cisup_status status = cisup_parse_number(number, "value", out, err);
    if (status == CISUP_OK) *out /= 100.0;
    return status;
}

static cisup_status parse_word(const option_row *row, const char *text, int *value,
                               cisup_error *err) {
    *value = find_word(row, text);
    if (*value >= 0) return CISUP_OK;
    guess g = guess_start(text);
    const char *words = row->argument;
    char word[OPTION_WORD_ROOM];
    while (option_next_word(&words, word)) guess_offer(&g, word);
    return CISUP_FAIL(err, CISUP_EINVAL, "not one of %s%s", row->argument,
                      guess_text(&g, ""));
}

/* An enumeration here is as wide as an int, and has no values below 0. */
static cisup_status parse_choice(const option *o, const char *text, cisup_error *err) {
    int value;
    const cisup_status status = parse_word(o->row, text, &value, err);
    if (status == CISUP_OK) memcpy(o->target, &value, sizeof value);
    return status;
}

static cisup_status parse_choices(const option *o, const char *text, cisup_error *err) {
    choice_list list = {0};
    char word[OPTION_WORD_ROOM];
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        int value;
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
        const cisup_status status = parse_word(o->row, word, &value, err);
        if (status != CISUP_OK) return status;
        for (int k = 0; k < list.count; k++)
            if (list.value[k] == value)
                return CISUP_FAIL(err, CISUP_EINVAL, "%s is in the list twice", word);
        list.value[list.count++] = value; /* there are no more words than places */
    }
    *(choice_list *)o->target = list;
    return CISUP_OK;
}

int option_is_flag(option_kind kind) {
    return kind == OPTION_FLAG || kind == OPTION_UNSET;
}

cisup_status option_store(const option *o, const char *text, cisup_error *err) {
    switch (o->row->kind) {
    case OPTION_FLAG:
    case OPTION_UNSET:
        *(int *)o->target = o->row->kind == OPTION_FLAG;
        return CISUP_OK;
    case OPTION_INDEX:
        return parse_size(text, 0, INT64_MAX, o->target, err);
    case OPTION_SIZE:
        return parse_size(text, 1, INT64_MAX, o->target, err);
    case OPTION_THREADS:
        return parse_size(text, 0, CISUP_THREADS_MOST, o->target, err);
    case OPTION_SEED:
        return parse_seed(text, o->target, err);
    case OPTION_NUMBER:
        return cisup_parse_number(text, "value", o->target, err);
    case OPTION_SHARE:
        return parse_share(text, o->target, err);
    case OPTION_BYTES:
        return parse_bytes(text, o->target, err);
    case OPTION_LIST:
        return parse_list(text, 0, o->target, err);
    case OPTION_LIST_OR_MAX:
        return parse_list(text, 1, o->target, err);
    case OPTION_TEXT:
        *(const char **)o->target = text;
        return CISUP_OK;
    case OPTION_CHOICE:
        return parse_choice(o, text, err);
    case OPTION_CHOICES:
        return parse_choices(o, text, err);
    }
    return CISUP_OK;
}

static int is_end(const option_row *row) {
    return !row->name && !row->others && !row->group;
}

/* Counts k down over the options that are passed. */
static option count_down(const option_row *row, const char *base, option_group group,
                         int *k) {
    option o = {0};
    for (; !o.row && !is_end(row); row++) {
        const char *at = base + row->offset;
        if (row->group)
            group = row->group;
        else if (row->others)
            o = count_down(row->others, at, group, k);
        else if ((*k)-- == 0)
            o = (option){row, (void *)at, group};
    }
    return o;
}

option option_at(const option_row *table, const void *base, int k) {
    return count_down(table, base, GROUP_NONE, &k);
}

/* Says what is wrong and ends the program. */
static void refuse(const parser_context *c, const char *format, ...) CISUP_PRINTF(2, 3);
static void refuse(const parser_context *c, const char *format, ...) {
    char text[640]; /* a cisup_error, the option and what was given for it */
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    cisup_text_harmless(text);
    fprintf(stderr, "cisup: %s\nTry `%s --help' for more information.\n", text, c->name);
    exit(EXIT_USAGE);
}

/* By its name or, with name NULL, its letter; row NULL: there is none. */
static option find_option(const parser_context *c, const char *name, size_t length,
                          int letter) {
    option o;
    for (int k = 0; (o = option_at(c->table, c->base, k)).row; k++)
        if (name ? strlen(o.row->name) == length && !strncmp(name, o.row->name, length)
                 : o.row->letter == letter)
            break;
    return o;
}

static void store(const parser_context *c, const option *o, const char *text) {
    cisup_error err = {0};
    const cisup_status status = option_store(o, text, &err);
    if (status == CISUP_ENOMEM) exit(fail_with(&err));
    if (status != CISUP_OK) refuse(c, "--%s '%s': %s", o->row->name, text, err.text);
}

static void print_help(const parser_context *c) {
    options_help(stdout, c->name, c->usage, c->text, c->table, c->base);
    exit(EXIT_HOLDS);
}

static void refuse_unknown(const parser_context *c, const char *word, size_t length) {
    char name[OPTION_WORD_ROOM];
    (void)snprintf(name, sizeof name, "%.*s", (int)length, word + 2);
    guess g = guess_start(name);
    option o;
    for (int k = 0; (o = option_at(c->table, c->base, k)).row; k++)
        guess_offer(&g, o.row->name);
    refuse(c, "unrecognized option '%.90s'%s", word, guess_text(&g, "--"));
}

/* "--name" or "--name=value"; next: the word behind it, or NULL. Says whether that is its
 * value. Names are written out: an abbreviation means something else once there is
 * another option, or in another command. */
static int take_long(const parser_context *c, const char *word, const char *next) {
    const size_t length = strcspn(word + 2, "=");
    const option o = find_option(c, word + 2, length, 0);
    const char *value = word[2 + length] == '=' ? word + 3 + length : NULL;
    if (!strcmp(word, "--help")) print_help(c);
    if (!strcmp(word, "--usage")) {
        options_usage(stdout, c->name, c->usage);
        exit(EXIT_HOLDS);
    }
    if (!o.row) refuse_unknown(c, word, length);
    const char *name = o.row->name;
    const int is_flag = option_is_flag(o.row->kind);
    if (is_flag && value) refuse(c, "option '--%s' doesn't allow an argument", name);
    if (!is_flag && !value && !next)
        refuse(c, "option '--%s' requires an argument", name);
    store(c, &o, value ? value : next);
    return !is_flag && !value;
}

/* The same of "-xyz". */
static int take_short(const parser_context *c, const char *word, const char *next) {
    for (const char *letter = word + 1; *letter; letter++) {
        const option o = find_option(c, NULL, 0, *letter);
        if (*letter == '?' || *letter == 'h') print_help(c);
        if (!o.row) refuse(c, "invalid option -- '%c'", *letter);
        const int is_flag = option_is_flag(o.row->kind), is_last = !letter[1];
        if (!is_flag && is_last && !next)
            refuse(c, "option requires an argument -- '%c'", *letter);
        store(c, &o, is_flag ? NULL : is_last ? next : letter + 1);
        if (!is_flag) return is_last;
    }
    return 0;
}

int options_parse(const char *name, const char *usage, const char *text,
                  const option_row *table, void *base, int argc, char **argv,
                  const char **operands) {
    parser_context c = {name, usage, text, table, base, operands, 0};
    int is_over = 0; /* options, by "--" */
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k], *next = k + 1 < argc ? argv[k + 1] : NULL;
        if (is_over || word[0] != '-' || !word[1]) {
            if (c.operand_count == OPERANDS_MOST || !operands)
                refuse(&c, "unexpected argument '%s'", word);
            operands[c.operand_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            is_over = 1;
        } else {
            k += (word[1] == '-' ? take_long : take_short)(&c, word, next);
        }
    }
    return c.operand_count;
}
