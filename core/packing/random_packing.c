/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/random_packing.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/memory.h>

#include <stdbool.h>
#include <string.h>

enum { attempts_before_full = 200 };

/* Row n of `met` has bit m set once some circuit holds both n and m (or m = n). */
typedef struct {
    cisup_index words; /* 64-bit words a row */
    uint64_t *met;     /* [N][words] */
    uint64_t *open;    /* [words]: neurons that may still join the circuit */
} pairs;

static void set_bit(uint64_t *row, cisup_index m) {
    row[m >> 6] |= UINT64_C(1) << (m & 63);
}

static void open_all(pairs *p, cisup_index N) {
    memset(p->open, 0, (size_t)p->words * sizeof *p->open);
    for (cisup_index n = 0; n < N; n++) set_bit(p->open, n);
}

/* The k-th set bit of `open`. */
static cisup_index kth_open(const pairs *p, cisup_index k) {
    for (cisup_index w = 0;; w++) {
        uint64_t word = p->open[w];
        const cisup_index here = __builtin_popcountll(word);
        if (k >= here) {
            k -= here;
            continue;
        }
        while (k-- > 0) word &= word - 1;
        return w * 64 + __builtin_ctzll(word);
    }
}

/* Draws one neuron among the open ones and closes those it has met; -1 if none. */
static cisup_index draw(pairs *p, cisup_rng *rng) {
    cisup_index count = 0;
    for (cisup_index w = 0; w < p->words; w++) count += __builtin_popcountll(p->open[w]);
    if (count == 0) return -1;
    const cisup_index n = kth_open(p, (cisup_index)cisup_rng_below(rng, (uint64_t)count));
    const uint64_t *met = p->met + n * p->words;
    for (cisup_index w = 0; w < p->words; w++) p->open[w] &= ~met[w];
    return n;
}

/* One attempt at a circuit; false at a dead end. */
static bool attempt(pairs *p, cisup_rng *rng, cisup_index N, cisup_index S,
                    int32_t *row) {
    open_all(p, N);
    for (cisup_index k = 0; k < S; k++) {
        const cisup_index n = draw(p, rng);
        if (n < 0) return false;
        row[k] = (int32_t)n;
    }
    cisup_row_sort(row, S);
    return true;
}

static void remember(pairs *p, const int32_t *row, cisup_index S) {
    for (cisup_index i = 0; i < S; i++)
        for (cisup_index j = 0; j < S; j++) set_bit(p->met + row[i] * p->words, row[j]);
}

cisup_status cisup_random_packing(cisup_allocation *a, uint64_t seed,
                                  const cisup_watcher *watcher, cisup_index *placed,
                                  cisup_error *err) {
    cisup_vigil vigil;
    pairs p = {.words = (a->N + 63) / 64};
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_ALLOCATION, 0, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_vigil_begin(&vigil, watcher, (double)a->T, err));
    CISUP_TRY(cisup_memory_require((double)a->N * (double)p.words * 8.0,
                                   "the pairs met by a random allocation", err));
    CISUP_TRY(cisup_new(&p.met, a->N * p.words, sizeof *p.met, err));
    CISUP_TRY(cisup_new(&p.open, p.words, sizeof *p.open, err));
    for (cisup_index n = 0; n < a->N; n++) set_bit(p.met + n * p.words, n);

    cisup_index t = 0;
    for (int dead_ends = 0; t < a->T && dead_ends < attempts_before_full;) {
        int32_t *row = a->slot + t * a->S;
        if (attempt(&p, &rng, a->N, a->S, row)) {
            remember(&p, row, a->S);
            t++;
            dead_ends = 0;
        } else {
            dead_ends++;
        }
        CISUP_TRY(cisup_vigil_advance(&vigil, dead_ends ? 0.0 : 1.0, err));
    }
    CISUP_TRY(cisup_vigil_end(&vigil, err));
    *placed = t;
done:
    cisup_release(p.met);
    cisup_release(p.open);
    return status;
}
