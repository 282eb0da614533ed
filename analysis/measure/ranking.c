/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/ranking.h>

#include <cisup/analysis/measure/ranking_list.h>

#include <math.h>

int cisup_ranked_is_worse(const cisup_ranked *x, const cisup_ranked *y) {
    const double a = isnan(x->mse) ? (double)INFINITY : x->mse;
    const double b = isnan(y->mse) ? (double)INFINITY : y->mse;
    if (a != b) return a > b;
    if (x->network != y->network) return x->network < y->network;
    return x->circuit < y->circuit;
}

void cisup_ranking_insert(cisup_ranked *list, cisup_index *count, cisup_index most,
                          const cisup_ranked *one) {
    cisup_index at = *count;
    if (at == most && (most == 0 || !cisup_ranked_is_worse(one, &list[most - 1]))) return;
    if (at == most)
        at--;
    else
        (*count)++;
    for (; at > 0 && cisup_ranked_is_worse(one, &list[at - 1]); at--)
        list[at] = list[at - 1];
    list[at] = *one;
}

void cisup_ranking_take(cisup_ranked *list, cisup_index most, cisup_index network,
                        cisup_index T, const cisup_index *number, const double *sum,
                        cisup_index inputs) {
    cisup_index count = 0;
    for (cisup_index t = 0; t < T; t++) {
        const double active = sum[2 * T + t], inactive = (double)inputs - active;
        const cisup_ranked one = {
            .network = network,
            .circuit = number ? number[t] : t,
            .mse = (sum[t] + sum[T + t]) / (double)inputs,
            .mse_active = active > 0.0 ? sum[t] / active : (double)NAN,
            .mse_inactive = inactive > 0.0 ? sum[T + t] / inactive : (double)NAN,
            .active = (cisup_index)active};
        cisup_ranking_insert(list, &count, most, &one);
    }
}
