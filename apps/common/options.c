/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include "program.h"
#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/threads.h>

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_KEY = 1000, MOST_VALUES = 1000000 };

typedef struct {
    const char *name; /* "cisup check" */
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

/* The next of "a|b|c"; 0 at the end. */
static int next_word(const char **words, char word[OPTION_WORD_ROOM]) {
    const size_t length = strcspn(*words, "|");
    (void)snprintf(word, OPTION_WORD_ROOM, "%.*s", (int)length, *words);
    *words += length + ((*words)[length] == '|');
    return length > 0;
}

static int find_word(const option_row *row, const char *text) {
    const char *words = row->argument;
    char word[OPTION_WORD_ROOM];
    if (row->find) return row->find(text);
    for (int k = 0; next_word(&words, word); k++)
        if (strcmp(word, text) == 0) return k;
    return -1;
}

void option_word(const option_row *row, int value, char word[OPTION_WORD_ROOM]) {
    const char *words = row->argument;
    for (int k = 0; next_word(&words, word); k++)
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

/* An enumeration here is as wide as an int, and has no values below 0. */
static cisup_status parse_choice(const option *o, const char *text, cisup_error *err) {
    const int value = find_word(o->row, text);
    if (value < 0)
        return CISUP_FAIL(err, CISUP_EINVAL, "not one of %s", o->row->argument);
    memcpy(o->target, &value, sizeof value);
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
    }
    return CISUP_OK;
}

/* Ends the program like argp_error, with the prefix of all other messages. */
static void refuse(const struct argp_state *state, const char *format, ...)
    CISUP_PRINTF(2, 3);
static void refuse(const struct argp_state *state, const char *format, ...) {
    char text[480]; /* as long as the text of a cisup_error */
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    cisup_text_harmless(text);
    fprintf(stderr, "cisup: %s\n", text);
    argp_state_help(state, stderr, ARGP_HELP_STD_ERR);
}

/* Counts k down over the options that are passed. */
static option count_down(const option_row *row, const char *base, int *k) {
    option o = {0};
    for (; !o.row && (row->name || row->others); row++) {
        const char *at = base + row->offset;
        if (row->others)
            o = count_down(row->others, at, k);
        else if ((*k)-- == 0)
            o = (option){row, (void *)at};
    }
    return o;
}

option option_at(const option_row *table, const void *base, int k) {
    return count_down(table, base, &k);
}

/* By its name or, with name NULL, its letter. */
static const option_row *find_row(const parser_context *c, const char *name,
                                  size_t length, int letter) {
    const option_row *row;
    for (int k = 0; (row = option_at(c->table, c->base, k).row); k++)
        if (name ? strlen(row->name) == length && !strncmp(name, row->name, length)
                 : row->letter == letter)
            break;
    return row;
}

/* What is wrong with "--name" or "--name=value", or "". Names are written out, as
 * getopt_long does not ask for: an abbreviation means something else once there is
 * another option, or in another command. */
static int check_long(const parser_context *c, const char *word, int is_last,
                      char fault[128]) {
    const size_t length = strcspn(word + 2, "=");
    const option_row *o = find_row(c, word + 2, length, 0);
    const int has_value = word[2 + length] == '=';
    if (!strcmp(word, "--help") || !strcmp(word, "--usage")) return 0;
    if (!o)
        (void)snprintf(fault, 128, "unrecognized option '%.90s'", word);
    else if (option_is_flag(o->kind) && has_value)
        (void)snprintf(fault, 128, "option '--%s' doesn't allow an argument", o->name);
    else if (!option_is_flag(o->kind) && !has_value && is_last)
        (void)snprintf(fault, 128, "option '--%s' requires an argument", o->name);
    return o && !option_is_flag(o->kind) && !has_value;
}

/* The same of "-xyz"; both say whether the value is the next word. */
static int check_short(const parser_context *c, const char *word, int is_last,
                       char fault[128]) {
    for (const char *letter = word + 1; *letter; letter++) {
        const option_row *o = find_row(c, NULL, 0, *letter);
        if (*letter == '?') return 0; /* help */
        if (!o) {
            (void)snprintf(fault, 128, "invalid option -- '%c'", *letter);
            return 0;
        }
        if (option_is_flag(o->kind)) continue;
        if (!letter[1] && is_last)
            (void)snprintf(fault, 128, "option requires an argument -- '%c'", *letter);
        return !letter[1];
    }
    return 0;
}

/* Before argp, whose messages begin otherwise than all others. */
static void check_words(const parser_context *c, int argc, char **argv) {
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++) {
        char fault[128] = "";
        if (argv[k][0] != '-' || !argv[k][1]) continue;
        const int is_last = k + 1 == argc, is_long = argv[k][1] == '-';
        const int skip = (is_long ? check_long : check_short)(c, argv[k], is_last, fault);
        if (fault[0]) {
            fprintf(stderr,
                    "cisup: %s\nTry `%s --help' or `%s --usage' for more information.\n",
                    fault, c->name, c->name);
            exit(EXIT_USAGE);
        }
        k += skip;
    }
}

static int key_of(const option_row *row, int k) {
    return row->letter ? row->letter : FIRST_KEY + k;
}

static error_t on_option(int key, char *text, struct argp_state *state) {
    parser_context *c = state->input;
    if (key == ARGP_KEY_ARG) {
        if (c->operand_count == OPERANDS_MOST || !c->operands)
            refuse(state, "unexpected argument '%s'", text);
        c->operands[c->operand_count++] = text;
        return 0;
    }
    option o;
    for (int k = 0; (o = option_at(c->table, c->base, k)).row; k++) {
        if (key != key_of(o.row, k)) continue;
        cisup_error err = {0};
        const cisup_status status = option_store(&o, text, &err);
        if (status == CISUP_ENOMEM) exit(fail_with(&err));
        if (status != CISUP_OK)
            refuse(state, "--%s '%s': %s", o.row->name, text, err.text);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

int options_parse(const char *name, const char *usage, const char *text,
                  const option_row *table, void *base, int argc, char **argv,
                  const char **operands) {
    struct argp_option *list;
    const option_row *row;
    cisup_error err = {0};
    int count = 0;
    while (option_at(table, base, count).row) count++;
    if (cisup_new(&list, count + 1, sizeof *list, &err) != CISUP_OK)
        exit(fail_with(&err));
    for (int k = 0; (row = option_at(table, base, k).row); k++)
        list[k] = (struct argp_option){
            .name = row->name,
            .key = key_of(row, k),
            .arg = option_is_flag(row->kind) ? NULL : row->argument,
            .doc = row->help,
        };
    const struct argp parser = {list, on_option, usage, text, NULL, NULL, NULL};
    parser_context context = {name, table, base, operands, 0};
    char *title;
    argv[0] = (title = strdup(name)) ? title : argv[0];
    argp_err_exit_status = EXIT_USAGE;
    check_words(&context, argc, argv);
    const error_t failed = argp_parse(&parser, argc, argv, 0, NULL, &context);
    free(title);
    cisup_release(list);
    if (failed) {
        (void)CISUP_FAIL(&err, CISUP_ENOMEM, "the options of %s: %s", name,
                         strerror(failed));
        exit(fail_with(&err));
    }
    return context.operand_count;
}
