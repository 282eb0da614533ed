/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_RANKING_LIST_H
#define CISUP_ANALYSIS_RANKING_LIST_H

#include <cisup/analysis/ranking.h>

/* Whether x is worse than y: a larger mse (NaN is the largest), then the smaller network
 * and circuit. */
int cisup_ranked_is_worse(const cisup_ranked *x, const cisup_ranked *y);

/* Keeps the `most` worst of all that are inserted, the worst first. list: [most], count:
 * how many it holds. O(most). */
void cisup_ranking_insert(cisup_ranked *list, cisup_index *count, cisup_index most,
                          const cisup_ranked *one);

/* The worst of T circuits of a network, from their sums over `inputs` samples (sum:
 * [3][T] as in cisup_circuit_sums). list: [most], most <= T, the worst first. number:
 * [T], of each circuit in the list, or NULL: t itself. O(T most). */
void cisup_ranking_take(cisup_ranked *list, cisup_index most, cisup_index network,
                        cisup_index T, const cisup_index *number, const double *sum,
                        cisup_index inputs);

#endif
