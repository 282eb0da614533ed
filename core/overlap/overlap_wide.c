/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of 32 bits: a pair n < m is (n mod 2^shift) N + m in the bucket of n, and the
 * marks are a bitmap of all keys of a bucket. */
#include <cisup/core/overlap/overlap_partition.h>

#include <cisup/core/base/vector.h>

#include <string.h>

enum { run = 8, chunk_slots = 1 << 12 };

static void count_rows(const cisup_partition *p, cisup_share *x, const int32_t *slot,
                       cisup_index count) {
    const cisup_index S = p->rows->S;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = slot + t * S;
        for (cisup_index i = 0; i < S; i++) {
            x->load[row[i]]++;
            x->count[row[i] >> p->shift] += S - 1 - i;
        }
    }
}

static void settle(const cisup_partition *p, cisup_share *x, cisup_index *load) {
    for (cisup_index n = 0; n < p->rows->N; n++) load[n] += x->load[n];
}

CISUP_VECTOR static void write_rows(const cisup_partition *p, cisup_share *x,
                                    const int32_t *slot, cisup_index count,
                                    cisup_index b0, cisup_index b1) {
    const cisup_index S = p->rows->S, low = b0 << p->shift, high = b1 << p->shift;
    const uint32_t inside = (UINT32_C(1) << p->shift) - 1, N = (uint32_t)p->rows->N;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = slot + t * S;
        cisup_index i = 0;
        for (cisup_index k = 0; k < S; k++) i += row[k] < low;
        for (; i < S - 1 && row[i] < high; i++) {
            cisup_index *at = &x->at[row[i] >> p->shift];
            uint32_t *to = (uint32_t *)p->key + *at;
            const int32_t *from = row + i + 1;
            const uint32_t base = ((uint32_t)row[i] & inside) * N;
            *at += S - 1 - i;
            for (cisup_index j = 0; j < S - 1 - i; j += run)
                for (int m = 0; m < run; m++) to[j + m] = base + (uint32_t)from[j + m];
        }
    }
}

/* --- marking ------------------------------------------------------------------- */

static bool marks_again(uint64_t *map, const uint32_t *key, cisup_index count) {
    uint64_t again = 0;
    for (cisup_index k = 0; k < count; k++) {
        const uint64_t old = map[key[k] >> 6];
        again += old >> (key[k] & 63) & 1;
        map[key[k] >> 6] = old | UINT64_C(1) << (key[k] & 63);
    }
    return again != 0;
}

static const uint32_t *keys_of(const cisup_partition *p, int w, cisup_index b) {
    return (const uint32_t *)p->key + p->share[w].at[b] - p->share[w].count[b];
}

/* Zeroes the bitmap: all of it, or where few keys have been. */
static void clear_map(const cisup_partition *p, cisup_share *x, cisup_index b,
                      cisup_index keys) {
    if (keys >= p->mark_words / 4) {
        memset(x->marks, 0, (size_t)p->mark_words * sizeof *x->marks);
        return;
    }
    for (int w = 0; w < p->threads; w++) {
        const uint32_t *key = keys_of(p, w, b);
        for (cisup_index k = 0; k < p->share[w].count[b]; k++) x->marks[key[k] >> 6] = 0;
    }
}

static bool is_met_twice(const cisup_partition *p, cisup_share *x, cisup_index b) {
    cisup_index keys = 0;
    bool again = false;
    for (int w = 0; w < p->threads; w++) {
        const cisup_index count = p->share[w].count[b];
        again |= marks_again(x->marks, keys_of(p, w, b), count);
        keys += count;
    }
    clear_map(p, x, b, keys);
    return again;
}

const cisup_key_form cisup_wide_keys = {
    .key_bytes = sizeof(uint32_t),
    .run = run,
    .beyond = run,
    .chunk_slots = chunk_slots,
    .count = count_rows,
    .settle = settle,
    .write = write_rows,
    .is_met_twice = is_met_twice,
};
