/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of 16 bits, for N <= 2^16: every neuron n has a bucket of its own, a pair n < m is
 * the key m there, and so a row's keys are the pieces of the row behind each place. The
 * marks are bytes: a bucket stores a 1 for each of its keys and then counts the ones; if
 * they are fewer than the keys, some key came twice. Nothing waits for what a store
 * before it did.
 *
 * Of a chunk of rows the places whose neuron is in this round's buckets are picked first,
 * without a branch, so that rounds may be many and their keys stay near the processor. */
#include <cisup/core/overlap/overlap_partition.h>

#include <cisup/core/base/vector.h>

#include <string.h>

#if defined __x86_64__ && defined __GNUC__
#define HAS_AVX512 1
#include <immintrin.h>
#endif

enum { run = 16, chunk_slots = 1 << 12, few_keys = 32 };

/* Loads above, keys below. */
static void count_rows(const cisup_partition *p, cisup_share *x, const int32_t *slot,
                       cisup_index count) {
    const cisup_index S = p->rows->S;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = slot + t * S;
        for (cisup_index i = 0; i < S; i++)
            x->count[row[i]] += (INT64_C(1) << 32) + (S - 1 - i);
    }
}

static void settle(const cisup_partition *p, cisup_share *x, cisup_index *load) {
    for (cisup_index n = 0; n < p->rows->N; n++) {
        load[n] += x->count[n] >> 32;
        x->count[n] &= UINT32_MAX;
    }
}

/* --- picking ------------------------------------------------------------------- */

/* Writes which of places k0..slots-1 have a tail and a neuron in low .. low+width-1
 * behind the `found` ones; returns how many there are then. */
static cisup_index pick(const cisup_partition *p, const int32_t *slot, cisup_index k0,
                        cisup_index slots, int32_t low, uint32_t width, uint16_t *picked,
                        cisup_index found) {
    for (cisup_index k = k0; k < slots; k++) {
        picked[found] = (uint16_t)k;
        found += ((uint32_t)(slot[k] - low) < width) & (p->tail[k] > 0);
    }
    return found;
}

#ifdef HAS_AVX512
/* The same for all places, sixteen at a time. */
__attribute__((target("avx512f,popcnt"))) static cisup_index
pick_avx512(const cisup_partition *p, const int32_t *slot, cisup_index slots, int32_t low,
            uint32_t width, uint16_t *picked) {
    const __m512i from = _mm512_set1_epi32(low), size = _mm512_set1_epi32((int)width);
    const __m512i next = _mm512_set1_epi32(16);
    __m512i place =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    cisup_index found = 0, k = 0;
    for (; k + 16 <= slots; k += 16) {
        const __m512i neuron = _mm512_sub_epi32(_mm512_loadu_si512(slot + k), from);
        const __mmask16 in =
            (__mmask16)(_mm512_cmplt_epu32_mask(neuron, size) & p->has_tail[k / 16]);
        const __m512i chosen = _mm512_maskz_compress_epi32(in, place);
        _mm256_storeu_si256((__m256i *)(picked + found), _mm512_cvtepi32_epi16(chosen));
        found += __builtin_popcount(in);
        place = _mm512_add_epi32(place, next);
    }
    return pick(p, slot, k, slots, low, width, picked, found);
}
#endif

/* --- writing keys -------------------------------------------------------------- */

/* The tails of the places picked, each to the bucket of its neuron. */
CISUP_VECTOR static void copy_tails(const cisup_partition *p, cisup_share *x,
                                    const int32_t *slot, cisup_index found) {
    uint16_t *const restrict key = p->key;
    const uint16_t *const picked = x->picked, *const tail = p->tail;
    cisup_index *const at = x->at;
    const bool is_long = p->rows->S - 1 > run;
    for (cisup_index q = 0; q < found; q++) {
        const cisup_index k = picked[q], length = tail[k], place = at[slot[k]];
        const int32_t *const from = slot + k + 1;
        uint16_t *const to = key + place;
        at[slot[k]] = place + length;
        for (int m = 0; m < run; m++) to[m] = (uint16_t)from[m];
        for (cisup_index j = run; is_long && j < length; j += run)
            for (int m = 0; m < run; m++) to[j + m] = (uint16_t)from[j + m];
    }
}

static void write_rows(const cisup_partition *p, cisup_share *x, const int32_t *slot,
                       cisup_index count, cisup_index b0, cisup_index b1) {
    const cisup_index slots = count * p->rows->S;
    const int32_t low = (int32_t)b0;
    const uint32_t width = (uint32_t)(b1 - b0);
    cisup_index found;
#ifdef HAS_AVX512
    if (__builtin_cpu_supports("avx512f"))
        found = pick_avx512(p, slot, slots, low, width, x->picked);
    else
#endif
        found = pick(p, slot, 0, slots, low, width, x->picked, 0);
    copy_tails(p, x, slot, found);
}

/* --- marking ------------------------------------------------------------------- */

static const uint16_t *keys_of(const cisup_partition *p, int w, cisup_index b) {
    return (const uint16_t *)p->key + p->share[w].at[b] - p->share[w].count[b];
}

/* Counts bytes that are 1, the others being 0, and zeroes them. */
CISUP_VECTOR static cisup_index take_ones(uint8_t *mark, cisup_index length) {
    enum { block = 64 };
    cisup_index ones = 0, k = 0;
    for (; k + block <= length; k += block) {
        uint8_t sum = 0;
        for (int j = 0; j < block; j++) {
            sum = (uint8_t)(sum + mark[k + j]);
            mark[k + j] = 0;
        }
        ones += sum;
    }
    for (; k < length; k++) {
        ones += mark[k];
        mark[k] = 0;
    }
    return ones;
}

static bool are_many_twice(const cisup_partition *p, uint8_t *mark, cisup_index b,
                           cisup_index keys) {
    for (int w = 0; w < p->threads; w++) {
        const uint16_t *key = keys_of(p, w, b), *end = key + p->share[w].count[b];
        while (key < end) mark[*key++] = 1;
    }
    return take_ones(mark + b + 1, p->rows->N - b - 1) < keys;
}

/* Where keys are so few that looking at all marks would take longer. */
static bool are_few_twice(const cisup_partition *p, uint8_t *mark, cisup_index b) {
    int again = 0;
    for (int w = 0; w < p->threads; w++) {
        const uint16_t *key = keys_of(p, w, b);
        for (cisup_index k = 0; k < p->share[w].count[b]; k++) {
            again |= mark[key[k]];
            mark[key[k]] = 1;
        }
    }
    for (int w = 0; w < p->threads; w++) {
        const uint16_t *key = keys_of(p, w, b);
        for (cisup_index k = 0; k < p->share[w].count[b]; k++) mark[key[k]] = 0;
    }
    return again;
}

static bool is_met_twice(const cisup_partition *p, cisup_share *x, cisup_index b) {
    cisup_index keys = 0;
    for (int w = 0; w < p->threads; w++) keys += p->share[w].count[b];
    uint8_t *mark = (uint8_t *)x->marks;
    return keys * few_keys < p->rows->N - b ? are_few_twice(p, mark, b)
                                            : are_many_twice(p, mark, b, keys);
}

const cisup_key_form cisup_narrow_keys = {
    .key_bytes = sizeof(uint16_t),
    .run = run,
    .beyond = run,
    .chunk_slots = chunk_slots,
    .count = count_rows,
    .settle = settle,
    .write = write_rows,
    .is_met_twice = is_met_twice,
};
