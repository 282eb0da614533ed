/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_ORIGIN_H
#define CISUP_APPS_ORIGIN_H

#include <cisup/core/schemes.h>

/* Where the circuits of a file come from. */
typedef struct {
    cisup_index D, d, N, S, T;
    cisup_index cycle; /* parts; 0: one allocation */
    int is_evened;
    cisup_scheme scheme;                     /* of one allocation */
    const cisup_allocation_options *options; /* the same */
    const char *recipe;                      /* of a cycle */
} origin;

/* The metadata of a file: sizes, scheme, version and the command that makes it again, in
 * one line; the plan, if there is one and it fits, in another. The same circuits, the
 * same bytes, whatever file they go to. The caller gives *text to cisup_release. Errors:
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status origin_text(const origin *o, char **text, cisup_error *err);

#endif
