/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/inside.h>

#include <stdlib.h>

static int ascending(const void *left, const void *right) {
    const int32_t x = *(const int32_t *)left, y = *(const int32_t *)right;
    return (x > y) - (x < y);
}

cisup_index cisup_inside_list(const cisup_wiring *w, cisup_index l,
                              const cisup_index *active, cisup_index z, int32_t *inside) {
    const cisup_index all = z * w->S;
    cisup_index count = 0;
    for (cisup_index k = 0; k < z; k++)
        cisup_wiring_neurons(w, l, active[k], inside + k * w->S);
    qsort(inside, (size_t)all, sizeof *inside, ascending);
    for (cisup_index k = 0; k < all; k++)
        if (k == 0 || inside[k] != inside[k - 1]) inside[count++] = inside[k];
    return count;
}

cisup_index cisup_inside_find(const int32_t *list, cisup_index count, int32_t n) {
    const int32_t *at = bsearch(&n, list, (size_t)count, sizeof n, ascending);
    return at ? at - list : -1;
}
