/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "allocation_options.h"

#include <string.h>

allocation_choice allocation_choice_defaults(void) {
    const cisup_allocation_options o = cisup_allocation_defaults();
    return (allocation_choice){(int)o.scheme, (int)o.hop, o.reflect, o.seed};
}

cisup_allocation_options allocation_choice_options(const allocation_choice *choice) {
    return (cisup_allocation_options){.scheme = (cisup_scheme)choice->scheme,
                                      .hop = (cisup_hop)choice->hop,
                                      .reflect = choice->reflect,
                                      .seed = choice->seed};
}

int allocation_hop_find(const char *word) {
    if (strcmp(word, "S") == 0) return CISUP_HOP_S;
    return strcmp(word, "S-1") == 0 ? (int)CISUP_HOP_S_LESS_1 : -1;
}

const char *allocation_hop_name(int hop) {
    return hop == CISUP_HOP_S ? "S" : "S-1";
}
