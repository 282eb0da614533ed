/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_OPTIONS_H
#define CISUP_APPS_OPTIONS_H

#include <cisup/core/record.h>

#include <stddef.h>

/* What an option's value is and where it goes. */
typedef enum {
    OPTION_FLAG,        /* int: set to 1, no value */
    OPTION_UNSET,       /* int: set to 0, no value */
    OPTION_INDEX,       /* cisup_index >= 0 */
    OPTION_SIZE,        /* cisup_index >= 1 */
    OPTION_THREADS,     /* cisup_index, 0 (all) to CISUP_THREADS_MOST */
    OPTION_SEED,        /* uint64_t below 2^63: JSON has no larger integers here */
    OPTION_NUMBER,      /* double, finite */
    OPTION_SHARE,       /* the same; 10% is 0.1 */
    OPTION_BYTES,       /* double > 0: 2000000, 500k, 500M or 2G, in powers of 1000 */
    OPTION_LIST,        /* index_list of sizes: 3 or 1,2,3 or 200:600:100 */
    OPTION_LIST_OR_MAX, /* the same; the word max may be among them */
    OPTION_TEXT,        /* const char * */
    OPTION_CHOICE,      /* int or an enumeration: what the word stands for */
    OPTION_CHOICES,     /* choice_list: one word or more, relu,linear */
} option_kind;

/* Where an option stands in the help. */
typedef enum {
    GROUP_NONE,
    GROUP_NETWORK,
    GROUP_ALLOCATION,
    GROUP_MASKS,
    GROUP_CIRCUITS,
    GROUP_MEASUREMENT,
    GROUP_OUTPUT,
    OPTION_GROUPS
} option_group;

/* One option, at home in a structure that the table it is in belongs to. Options on the
 * command line, their help and the parameters in JSON come from it. */
typedef struct option_row {
    const char *name; /* without the two hyphens */
    int letter;       /* the short form, or 0 */
    const char *key;  /* its name in JSON; NULL: no parameter of a run */
    option_kind kind;
    size_t offset;        /* of the value in the structure */
    const char *argument; /* its name in the help; of choices the words: "a|b" */
    const char *help;
    int (*find)(const char *word);   /* of choices: -1 for an unknown word; NULL:
                                        the place of the word in `argument` */
    const struct option_row *others; /* instead of all this: a table that belongs here */
    option_group group; /* instead of all this: that of the rows behind it in its table
                           and in tables that belong there and do not say */
} option_row;

/* What the words of a list stand for, no two the same. */
enum { CHOICES_MOST = 8 };
typedef struct {
    int count, value[CHOICES_MOST];
} choice_list;

/* Rows of a table for the structure that the macro OPTIONS_OF names; OPTIONS_END is the
 * last. An option; the same as a parameter; a parameter of OPTION_CHOICE (key NULL: an
 * option); an option of OPTION_CHOICES; all options of a structure in this one; another
 * table for the same structure; the group of what follows. */
#define OPTION(field, name, letter, kind, argument, help)                                \
    PARAMETER(field, NULL, name, letter, kind, argument, help)
#define PARAMETER(field, key, name, letter, kind, argument, help)                        \
    {                                                                                    \
        name, letter, key, OPTION_##kind, offsetof(OPTIONS_OF, field), argument, help,   \
            NULL, NULL, GROUP_NONE                                                       \
    }
#define CHOICE(field, key, name, find, words, help)                                      \
    {                                                                                    \
        name, 0, key, OPTION_CHOICE, offsetof(OPTIONS_OF, field), words, help, find,     \
            NULL, GROUP_NONE                                                             \
    }
#define CHOICES(field, name, find, words, help)                                          \
    {                                                                                    \
        name, 0, NULL, OPTION_CHOICES, offsetof(OPTIONS_OF, field), words, help, find,   \
            NULL, GROUP_NONE                                                             \
    }
#define OPTION_TABLE(field, table)                                                       \
    { .offset = offsetof(OPTIONS_OF, field), .others = table }
#define OPTION_MORE(table)                                                               \
    { .others = table }
#define OPTION_GROUP(which)                                                              \
    { .group = GROUP_##which }
#define OPTIONS_END                                                                      \
    { 0 }

/* A row, and its value in one structure. */
typedef struct {
    const option_row *row;
    void *target;
    option_group group;
} option;

/* Option k >= 0 of a table, for the structure at `base`; row NULL: there are not as many.
 * O(k). */
option option_at(const option_row *table, const void *base, int k);

/* A list of sizes; `max` among them stands for "as many as fit" (-T max). */
typedef struct {
    cisup_index *value; /* cisup_release frees */
    cisup_index count;
} index_list;

#define INDEX_MAX_WORD INT64_C(-1)

/* A list of one value, replacing what the list held. */
CISUP_MUST_CHECK cisup_status index_list_set(index_list *list, cisup_index value,
                                             cisup_error *err);

/* A list of the same values, uninitialised on entry. Errors: ENOMEM, then it is empty. */
CISUP_MUST_CHECK cisup_status index_list_copy(index_list *to, const index_list *from,
                                              cisup_error *err);

/* Errors: EINVAL naming the option `name` unless a list has one value. */
CISUP_MUST_CHECK cisup_status index_list_single(const index_list *list, const char *name,
                                                cisup_error *err);

/* Whether a list is the single word max. */
int index_list_is_max(const index_list *list);

/* Whether an option has no value on the command line. */
int option_is_flag(option_kind kind);

/* Gives one option its value as the command line does; text is not used for a flag and
 * must outlive the target of OPTION_TEXT. Errors: EINVAL and EFORMAT saying what is wrong
 * with the text; ENOMEM. */
CISUP_MUST_CHECK cisup_status option_store(const option *o, const char *text,
                                           cisup_error *err);

/* The word of an OPTION_CHOICE with this value; "" if there is none. */
enum { OPTION_WORD_ROOM = 32 };
void option_word(const option_row *row, int value, char word[OPTION_WORD_ROOM]);

/* The next of "a|b|c"; 0 at the end. */
int option_next_word(const char **words, char word[OPTION_WORD_ROOM]);

/* Adds all parameters of a table (rows with a key), with their values in the structure at
 * `base`, to the part "params" of a record; a text that was not given is none. */
void options_record(cisup_record *r, const option_row *table, const void *base);

enum { OPERANDS_MOST = 1 };

/* Parses argv[1..] of a command by its table into the structure at `base`. Writes
 * operands (file names) and returns how many there were. On a bad option prints what is
 * wrong with it, with a guess at what was meant, and ends the program with exit code 2;
 * --help, -h and --usage print and end it with 0. Long options are not abbreviated.
 * Without memory it ends with 4.
 *
 *   name     "cisup check"
 *   usage    what follows the name, for example "FILE"
 *   text     what the command does, and behind a \v its examples, one a line */
int options_parse(const char *name, const char *usage, const char *text,
                  const option_row *table, void *base, int argc, char **argv,
                  const char **operands);

#endif
