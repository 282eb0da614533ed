/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "allocation_options.h"

#include <cisup/core/schemes/schemes_parts.h>

#include <string.h>

#define OPTIONS_OF cisup_allocation_options
const option_row allocation_options[] = {
    CHOICE(scheme, "scheme", "scheme", cisup_scheme_find, SCHEME_WORDS,
           "allocation scheme (best)"),
    CHOICE(hop, "hop", "hop", NULL, "S|S-1",
           "start of the next progression: S, or S-1 to share an end (S)"),
    PARAMETER(reflect, "reflect", "reflect", 0, FLAG, NULL,
              "mirror every second step, for more even loads"),
    CHOICE(even_out, "even_out", "even-out", NULL, "auto|yes|no",
           "exchange neurons for more even loads (auto: for best up to N = 32768, T S = "
           "10^7)"),
    PARAMETER(effort, "effort", "effort", 0, NUMBER, "E",
              "of scheme best: search for more circuits, E x 10^5 moves (0)"),
    OPTIONS_END,
};

cisup_allocation_options allocation_defaults(void) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = NO_SCHEME;
    return o;
}

cisup_status allocation_complete(cisup_allocation_options *options, cisup_scheme scheme,
                                 cisup_error *err) {
    if (options->scheme == NO_SCHEME) options->scheme = scheme;
    const char *name = cisup_scheme_name(options->scheme);
    const int has_steps = options->scheme == CISUP_SCHEME_PRIME ||
                          options->scheme == CISUP_SCHEME_REF ||
                          options->scheme == CISUP_SCHEME_GREEDY;
    if (!has_steps && (options->reflect || options->hop != CISUP_HOP_S))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--%s: scheme %s has no steps; ref, prime and greedy have",
                          options->reflect ? "reflect" : "hop S-1", name);
    if (options->scheme != CISUP_SCHEME_BEST && options->effort > 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL, "--effort: of scheme best, not of %s", name);
    return CISUP_OK;
}

cisup_status allocation_fits(cisup_index N, cisup_index S,
                             const cisup_allocation_options *options, cisup_index *T,
                             cisup_index *capacity, cisup_error *err) {
    const int is_max = *T == INDEX_MAX_WORD;
    if (is_max && S == 1)
        return CISUP_FAIL(err, CISUP_EINVAL, "S = 1 has no largest T; give -T a number");
    if (!is_max && !capacity) return cisup_allocation_fits(N, S, *T, options, err);
    cisup_index most;
    const cisup_status status = cisup_allocation_capacity(N, S, options, &most, err);
    if (status != CISUP_OK) return status;
    if (is_max) *T = most;
    if (capacity) *capacity = most;
    if (*T <= most) return CISUP_OK;
    return cisup_allocation_too_many(N, S, *T, options->scheme, most, err);
}
