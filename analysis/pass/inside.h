/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_INSIDE_H
#define CISUP_ANALYSIS_INSIDE_H

#include <cisup/sparse/network/wiring.h>

/* K^l: the neurons of the active circuits in layer l, increasing; returns how many.
 *
 *   active   [z]
 *   inside   [z S]
 *
 * O(z S log(z S)). */
cisup_index cisup_inside_list(const cisup_wiring *w, cisup_index l,
                              const cisup_index *active, cisup_index z, int32_t *inside);

/* Where a neuron is in an increasing list, or -1. O(log count). */
cisup_index cisup_inside_find(const int32_t *list, cisup_index count, int32_t n);

#endif
