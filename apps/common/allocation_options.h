/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_ALLOCATION_OPTIONS_H
#define CISUP_APPS_ALLOCATION_OPTIONS_H

#include "options.h"

#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

/* The options of every command that makes an allocation. */
typedef struct {
    int scheme; /* -1 until allocation_choice_complete when none is named */
    int hop, reflect, even_out;
    double effort;
    uint64_t seed;
} allocation_choice;

allocation_choice allocation_choice_defaults(void);

/* Takes `scheme` where none is named. Errors: EINVAL for an option that the scheme does
 * not have. */
CISUP_MUST_CHECK cisup_status allocation_choice_complete(allocation_choice *choice,
                                                         cisup_scheme scheme,
                                                         cisup_error *err);
cisup_allocation_options allocation_choice_options(const allocation_choice *choice);

/* Whether T circuits fit, before anything is placed. *T = INDEX_MAX_WORD becomes the
 * capacity. Scheme random is only asked for its capacity when that is wanted: it has to
 * place the circuits for it.
 *
 *   capacity   NULL, or receives the capacity of the scheme
 *
 * Errors: EINVAL T = max with S = 1, which has no limit; EINFEASIBLE; ENOMEM. */
CISUP_MUST_CHECK cisup_status allocation_fits(cisup_index N, cisup_index S,
                                              const cisup_allocation_options *options,
                                              cisup_index *T, cisup_index *capacity,
                                              cisup_error *err);

/* "S" or "S-1"; -1 otherwise. */
int allocation_hop_find(const char *word);
const char *allocation_hop_name(int hop);

/* "auto", "yes", "no"; -1 otherwise. */
int allocation_even_out_find(const char *word);
const char *allocation_even_out_name(int even_out);

#define ALLOCATION_OPTIONS(choice, scheme_help)                                          \
    {"scheme",                                                                           \
     0,                                                                                  \
     OPTION_CHOICE,                                                                      \
     &(choice).scheme,                                                                   \
     "best|td|pairs|sts|affine|projective|design|ref|prime|greedy|random",               \
     scheme_help,                                                                        \
     cisup_scheme_find},                                                                 \
        {"hop",                                                                          \
         0,                                                                              \
         OPTION_CHOICE,                                                                  \
         &(choice).hop,                                                                  \
         "S|S-1",                                                                        \
         "start of the next progression: S, or S-1 to share an end (S)",                 \
         allocation_hop_find},                                                           \
        {"even-out",                                                                     \
         0,                                                                              \
         OPTION_CHOICE,                                                                  \
         &(choice).even_out,                                                             \
         "auto|yes|no",                                                                  \
         "exchange neurons for more even loads (auto: for best up to N = 32768, T S = "  \
         "10^7)",                                                                        \
         allocation_even_out_find},                                                      \
        {"effort",      0,                                                               \
         OPTION_NUMBER, &(choice).effort,                                                \
         "E",           "of scheme best: search for more circuits, E x 10^5 moves (0)",  \
         NULL},                                                                          \
    {                                                                                    \
        "reflect", 0, OPTION_FLAG, &(choice).reflect, NULL,                              \
            "mirror every second step, for more even loads", NULL                        \
    }

#endif
