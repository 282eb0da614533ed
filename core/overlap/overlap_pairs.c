/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap/overlap_parts.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <stdlib.h>

int cisup_pair_order(const void *left, const void *right) {
    const uint64_t *x = left, *y = right;
    return (*x > *y) - (*x < *y);
}

void cisup_pairs_settle(cisup_pairs *p) {
    if (p->count == 0) return;
    qsort(p->pair, (size_t)p->count, sizeof *p->pair, cisup_pair_order);
    cisup_index kept = 1;
    for (cisup_index k = 1; k < p->count; k++)
        if (p->pair[k] != p->pair[kept - 1]) p->pair[kept++] = p->pair[k];
    if (kept > p->most) {
        kept = p->most;
        p->is_cut = true;
    }
    p->count = kept;
}

/* Twice the most: what is added until the list is settled. Growing and sorting need what
 * there is once more. */
double cisup_pairs_bytes(const cisup_rows *rows, cisup_index most) {
    const double all = 0.5 * (double)rows->T * (double)rows->S * (double)(rows->S - 1);
    const double held = all < 2.0 * (double)most ? all : 2.0 * (double)most;
    return 20.0 * held + 512.0;
}

static cisup_status add(cisup_pairs *p, uint64_t pair, cisup_error *err) {
    if (p->count == 2 * p->most) cisup_pairs_settle(p);
    const cisup_status status =
        cisup_grow(&p->pair, &p->room, p->count + 1, sizeof *p->pair, err);
    if (status == CISUP_OK) p->pair[p->count++] = pair;
    return status;
}

cisup_status cisup_pairs_add(cisup_pairs *p, cisup_index n, cisup_index m,
                             cisup_error *err) {
    return add(p, (uint64_t)n << 32 | (uint64_t)m, err);
}

cisup_status cisup_pairs_merge(cisup_pairs *p, const cisup_pairs *other,
                               cisup_error *err) {
    for (cisup_index k = 0; k < other->count; k++) {
        const cisup_status status = add(p, other->pair[k], err);
        if (status != CISUP_OK) return status;
    }
    p->is_cut |= other->is_cut;
    return CISUP_OK;
}

void cisup_pairs_free(cisup_pairs *p) {
    cisup_release(p->pair);
    *p = (cisup_pairs){0};
}
