/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_ACTIVE_SETS_H
#define CISUP_ANALYSIS_ACTIVE_SETS_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which circuits are active, in place of sets that are drawn: sample m = 0, 1, ... of
 * every network has set m mod count. Sets may differ in size and be empty. Borrowed. */
typedef struct {
    const cisup_index *start;   /* [count+1], from 0, ascending */
    const cisup_index *circuit; /* set k: start[k] .. start[k+1]-1, strictly ascending */
    cisup_index count;          /* >= 1 */
} cisup_active_sets;

#ifdef __cplusplus
}
#endif

#endif
