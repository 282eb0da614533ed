/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "allocation_options.h"

#include <cisup/core/schemes/schemes_parts.h>

#include <string.h>

allocation_choice allocation_choice_defaults(void) {
    const cisup_allocation_options o = cisup_allocation_defaults();
    return (allocation_choice){
        .scheme = -1, .hop = (int)o.hop, .even_out = (int)o.even_out, .seed = o.seed};
}

cisup_status allocation_choice_complete(allocation_choice *choice, cisup_scheme scheme,
                                        cisup_error *err) {
    if (choice->scheme < 0) choice->scheme = (int)scheme;
    const char *name = cisup_scheme_name((cisup_scheme)choice->scheme);
    const int has_steps = choice->scheme == CISUP_SCHEME_PRIME ||
                          choice->scheme == CISUP_SCHEME_REF ||
                          choice->scheme == CISUP_SCHEME_GREEDY;
    if (!has_steps && (choice->reflect || choice->hop != CISUP_HOP_S))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--%s: scheme %s has no steps; ref, prime and greedy have",
                          choice->reflect ? "reflect" : "hop S-1", name);
    if (choice->scheme != CISUP_SCHEME_BEST && choice->effort > 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL, "--effort: of scheme best, not of %s", name);
    return CISUP_OK;
}

cisup_allocation_options allocation_choice_options(const allocation_choice *choice) {
    return (cisup_allocation_options){.scheme = (cisup_scheme)choice->scheme,
                                      .hop = (cisup_hop)choice->hop,
                                      .reflect = choice->reflect,
                                      .even_out = (cisup_even_out_when)choice->even_out,
                                      .effort = choice->effort,
                                      .seed = choice->seed};
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

int allocation_hop_find(const char *word) {
    if (strcmp(word, "S") == 0) return CISUP_HOP_S;
    return strcmp(word, "S-1") == 0 ? (int)CISUP_HOP_S_LESS_1 : -1;
}

const char *allocation_hop_name(int hop) {
    return hop == CISUP_HOP_S ? "S" : "S-1";
}

static const char *const even_out_words[] = {"auto", "yes", "no"};

int allocation_even_out_find(const char *word) {
    for (int k = 0; k < 3; k++)
        if (strcmp(word, even_out_words[k]) == 0) return k;
    return -1;
}

const char *allocation_even_out_name(int even_out) {
    return even_out_words[even_out];
}
