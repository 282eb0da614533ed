/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "allocation_options.h"

#include <string.h>

allocation_choice allocation_choice_defaults(void) {
    const cisup_allocation_options o = cisup_allocation_defaults();
    return (allocation_choice){
        .scheme = (int)o.scheme, .hop = (int)o.hop, .seed = o.seed};
}

cisup_allocation_options allocation_choice_options(const allocation_choice *choice) {
    return (cisup_allocation_options){.scheme = (cisup_scheme)choice->scheme,
                                      .hop = (cisup_hop)choice->hop,
                                      .reflect = choice->reflect,
                                      .even_out = choice->even_out,
                                      .effort = choice->effort,
                                      .seed = choice->seed};
}

cisup_status allocation_fits(cisup_index N, cisup_index S,
                             const cisup_allocation_options *options, cisup_index *T,
                             cisup_index *capacity, cisup_error *err) {
    const int is_max = *T == INDEX_MAX_WORD;
    if (is_max && S == 1)
        return CISUP_FAIL(err, CISUP_EINVAL, "S = 1 has no largest T; give -T a number");
    if (options->scheme == CISUP_SCHEME_RANDOM && !is_max && !capacity) return CISUP_OK;
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
