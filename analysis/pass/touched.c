/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/touched.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <string.h>

enum { FEWEST_SLOTS = 1024 };

void cisup_touched_free(cisup_touched *x) {
    cisup_release(x->circuit);
    cisup_release(x->sum);
    cisup_release(x->slot);
    *x = (cisup_touched){0};
}

cisup_status cisup_touched_init(cisup_touched *x, cisup_index d, cisup_error *err) {
    cisup_status status = CISUP_OK;
    x->d = d;
    if (!x->slot) {
        CISUP_TRY(cisup_new(&x->slot, FEWEST_SLOTS, sizeof *x->slot, err));
        x->slots = FEWEST_SLOTS;
    }
    cisup_touched_clear(x);
done:
    return status;
}

static cisup_index slot_of(const cisup_touched *x, cisup_index t) {
    const uint64_t mask = (uint64_t)x->slots - 1;
    uint64_t at = (uint64_t)t * UINT64_C(0x9e3779b97f4a7c15);
    for (at = (at ^ at >> 32) & mask;; at = (at + 1) & mask)
        if (!x->slot[at] || x->circuit[x->slot[at] - 1] == t) return (cisup_index)at;
}

cisup_index cisup_touched_find(const cisup_touched *x, cisup_index t) {
    return x->slot[slot_of(x, t)] - 1;
}

/* A few circuits are taken out one by one, many by clearing all slots. */
void cisup_touched_clear(cisup_touched *x) {
    if (x->count < x->slots / 64) {
        for (cisup_index k = x->count - 1; k >= 0; k--)
            x->slot[slot_of(x, x->circuit[k])] = 0;
    } else {
        memset(x->slot, 0, (size_t)x->slots * sizeof *x->slot);
    }
    x->count = 0;
}

static cisup_status widen(cisup_touched *x, cisup_error *err) {
    int32_t *wider;
    const cisup_index slots = 4 * x->slots;
    if (x->count >= 1 << 30)
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "open neurons touch more than 2^30 circuits");
    const cisup_status status = cisup_new(&wider, slots, sizeof *wider, err);
    if (status != CISUP_OK) return status;
    cisup_release(x->slot);
    x->slot = wider;
    x->slots = slots;
    for (cisup_index k = 0; k < x->count; k++)
        x->slot[slot_of(x, x->circuit[k])] = (int32_t)(k + 1);
    return CISUP_OK;
}

cisup_status cisup_touched_add(cisup_touched *x, cisup_index t, const double *a,
                               cisup_error *err) {
    cisup_status status = CISUP_OK;
    if (2 * (x->count + 1) > x->slots) CISUP_TRY(widen(x, err));
    const cisup_index at = slot_of(x, t);
    if (!x->slot[at]) {
        const cisup_index k = x->count;
        CISUP_TRY(cisup_grow(&x->circuit, &x->room, k + 1, sizeof *x->circuit, err));
        CISUP_TRY(cisup_grow(&x->sum, &x->sum_room, (k + 1) * x->d, sizeof *x->sum, err));
        x->circuit[k] = t;
        memset(x->sum + k * x->d, 0, (size_t)x->d * sizeof *x->sum);
        x->slot[at] = (int32_t)++x->count;
    }
    double *sum = x->sum + (x->slot[at] - 1) * x->d;
    for (cisup_index i = 0; a && i < x->d; i++) sum[i] += a[i];
done:
    return status;
}
