/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_OPTIONS_H
#define CISUP_APPS_OPTIONS_H

#include <cisup/core/status.h>

/* What an option's value is and where it goes. */
typedef enum {
    OPTION_FLAG,        /* int: set to 1, no value */
    OPTION_INDEX,       /* cisup_index >= 0 */
    OPTION_SIZE,        /* cisup_index >= 1 */
    OPTION_THREADS,     /* cisup_index, 0 (all) to CISUP_THREADS_MOST */
    OPTION_SEED,        /* uint64_t below 2^63: JSON has no larger integers here */
    OPTION_NUMBER,      /* double, finite */
    OPTION_BYTES,       /* double > 0: 2000000, 500k, 500M or 2G, in powers of 1000 */
    OPTION_LIST,        /* index_list of sizes: 3 or 1,2,3 or 200:600:100 */
    OPTION_LIST_OR_MAX, /* the same; the word max may be among them */
    OPTION_TEXT,        /* const char * */
    OPTION_CHOICE,      /* int: what find() gives for the word */
} option_kind;

/* One option of a command. The short form may be 0. */
typedef struct {
    const char *name; /* without the two hyphens */
    int letter;
    option_kind kind;
    void *target;
    const char *argument; /* its name in the help */
    const char *help;
    int (*find)(const char *word); /* of OPTION_CHOICE: -1 for an unknown word */
} option;

/* A list of sizes; `max` among them stands for "as many as fit" (-T max). */
typedef struct {
    cisup_index *value; /* cisup_release frees */
    cisup_index count;
} index_list;

#define INDEX_MAX_WORD INT64_C(-1)

/* A list of one value, replacing what the list held. */
CISUP_MUST_CHECK cisup_status index_list_set(index_list *list, cisup_index value,
                                             cisup_error *err);

/* Whether a list is the single word max. */
int index_list_is_max(const index_list *list);

/* Gives one option its value as the command line does; text is not used for a flag and
 * must outlive the target of OPTION_TEXT. Errors: EINVAL and EFORMAT saying what is wrong
 * with the text; ENOMEM. */
CISUP_MUST_CHECK cisup_status option_store(const option *o, const char *text,
                                           cisup_error *err);

enum { OPERANDS_MOST = 1 };

/* Parses argv[1..] of a command by its table. Writes operands (file names) and
 * returns how many there were. On a bad option prints what is wrong with it and ends
 * the program with exit code 2; --help prints and ends it with 0. Long options are not
 * abbreviated. Without memory it ends with 4.
 *
 *   name     "cisup check"
 *   usage    what follows the name, for example "FILE"
 *   text     what the command does, for the help */
int options_parse(const char *name, const char *usage, const char *text,
                  const option *table, int count, int argc, char **argv,
                  const char **operands);

#endif
