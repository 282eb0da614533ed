/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_ALLOCATION_OPTIONS_H
#define CISUP_APPS_ALLOCATION_OPTIONS_H

#include "options.h"

#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

/* The scheme until allocation_complete when none is named. */
#define NO_SCHEME ((cisup_scheme)-1)

#define SCHEME_WORDS "best|td|pairs|sts|affine|projective|design|ref|prime|greedy|random"

/* The options of every command that makes an allocation: rows of
 * cisup_allocation_options, the scheme first, without the seed. */
extern const option_row allocation_options[];

/* The library's, with NO_SCHEME. */
cisup_allocation_options allocation_defaults(void);

/* Takes `scheme` where none is named. Errors: EINVAL for an option that the scheme does
 * not have. */
CISUP_MUST_CHECK cisup_status allocation_complete(cisup_allocation_options *options,
                                                  cisup_scheme scheme, cisup_error *err);

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

#endif
