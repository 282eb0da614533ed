/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each circuit with a neuron above the mean load tries the poorest neurons in its place;
 * a bitmap of the pairs in use answers S-1 questions a try. Passes end once fewer than
 * one circuit in a thousand changed. */
#include <cisup/core/allocation/even_out.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/memory.h>

#include <string.h>

enum {
    most_passes = 16,
    most_tries = 48, /* poor neurons looked at for one circuit */
    some = 64        /* circuits between two questions */
};
static const double mark_share = 0.2; /* of the work: marking, then passes */

typedef struct {
    cisup_allocation *a;
    uint64_t *met;     /* [N*words] bit m of row n: some circuit holds both */
    cisup_index words; /* of a row */
    cisup_index *load; /* [N] */
    int32_t *poor;     /* [N] the neurons below the mean load, poorest first */
    cisup_index poors;
    cisup_index mean;   /* load, rounded down */
    cisup_index *first; /* [mean+1] where those of a load begin among the poor */
    cisup_vigil vigil;
} evening;

static int are_met(const evening *e, int32_t n, int32_t m) {
    return (int)(e->met[n * e->words + m / 64] >> (m % 64) & 1u);
}

static void flip(evening *e, int32_t n, int32_t m) {
    e->met[n * e->words + m / 64] ^= UINT64_C(1) << (m % 64);
    e->met[m * e->words + n / 64] ^= UINT64_C(1) << (n % 64);
}

/* All pairs of a row but those of position `skip`, and `z` in its place. */
static void flip_pairs(evening *e, const int32_t *row, cisup_index skip, int32_t z) {
    for (cisup_index k = 0; k < e->a->S; k++)
        if (k != skip) flip(e, row[k], z);
}

/* Whether z can take the place of position `skip`: it is not in the row, and its pairs
 * with the others are free. */
static int can_enter(const evening *e, const int32_t *row, cisup_index skip, int32_t z) {
    for (cisup_index k = 0; k < e->a->S; k++)
        if (row[k] == z || (k != skip && are_met(e, row[k], z))) return 0;
    return 1;
}

/* The poorest neuron that can enter and has a load at least two smaller; -1 if none. */
static int32_t replacement(const evening *e, const int32_t *row, cisup_index at) {
    const cisup_index most = e->load[row[at]] - 2;
    for (cisup_index k = 0; k < e->poors && k < most_tries; k++) {
        if (e->load[e->poor[k]] > most) break;
        if (can_enter(e, row, at, e->poor[k])) return e->poor[k];
    }
    return -1;
}

/* The position of the largest load in the row. */
static cisup_index richest(const evening *e, const int32_t *row) {
    cisup_index at = 0;
    for (cisup_index k = 1; k < e->a->S; k++)
        if (e->load[row[k]] > e->load[row[at]]) at = k;
    return at;
}

/* Keeps the list of poor neurons sorted after the load of the one at `k` grew. */
static void sink(evening *e, cisup_index k) {
    for (; k + 1 < e->poors && e->load[e->poor[k + 1]] < e->load[e->poor[k]]; k++) {
        const int32_t z = e->poor[k];
        e->poor[k] = e->poor[k + 1];
        e->poor[k + 1] = z;
    }
}

static void exchange(evening *e, int32_t *row, cisup_index at, int32_t z) {
    const int32_t x = row[at];
    flip_pairs(e, row, at, x);
    flip_pairs(e, row, at, z);
    row[at] = z;
    e->load[x]--;
    e->load[z]++;
    for (cisup_index k = 0; k < e->poors; k++)
        if (e->poor[k] == z) {
            sink(e, k);
            break;
        }
    cisup_row_sort(row, e->a->S);
}

/* The neurons below the mean load, by counting. */
static void list_poor(evening *e) {
    const cisup_index mean = e->mean;
    memset(e->first, 0, (size_t)(mean + 1) * sizeof *e->first);
    for (cisup_index n = 0; n < e->a->N; n++)
        if (e->load[n] < mean) e->first[e->load[n] + 1]++;
    for (cisup_index c = 0; c < mean; c++) e->first[c + 1] += e->first[c];
    e->poors = e->first[mean];
    for (cisup_index n = 0; n < e->a->N; n++)
        if (e->load[n] < mean) e->poor[e->first[e->load[n]]++] = (int32_t)n;
    if (e->poors > 0) return;
    /* then only a neuron at the mean can take from one above */
    for (cisup_index n = 0; n < e->a->N; n++)
        if (e->load[n] == mean) e->poor[e->poors++] = (int32_t)n;
}

static cisup_status one_pass(evening *e, cisup_index *exchanges, cisup_error *err) {
    const double each = (1.0 - mark_share) / most_passes / (double)(e->a->T / some + 1);
    *exchanges = 0;
    list_poor(e);
    for (cisup_index t = 0; t < e->a->T && e->poors > 0; t++) {
        if (t % some == 0) {
            const cisup_status status = cisup_vigil_advance(&e->vigil, each, err);
            if (status != CISUP_OK) return status;
        }
        int32_t *row = e->a->slot + t * e->a->S;
        const cisup_index at = richest(e, row);
        const cisup_index excess = e->load[row[at]] - e->load[e->poor[0]];
        if (excess < 2 || e->load[row[at]] <= e->mean) continue;
        const int32_t z = replacement(e, row, at);
        if (z < 0) continue;
        exchange(e, row, at, z);
        ++*exchanges;
    }
    return CISUP_OK;
}

static cisup_status mark_all(evening *e, cisup_error *err) {
    const double each = mark_share / (double)(e->a->T / some + 1);
    for (cisup_index t = 0; t < e->a->T; t++) {
        if (t % some == 0) {
            const cisup_status status = cisup_vigil_advance(&e->vigil, each, err);
            if (status != CISUP_OK) return status;
        }
        const int32_t *row = cisup_allocation_row(e->a, t);
        for (cisup_index k = 0; k < e->a->S; k++)
            for (cisup_index j = 0; j < k; j++)
                if (!are_met(e, row[k], row[j])) flip(e, row[k], row[j]);
    }
    return CISUP_OK;
}

/* Whether no exchange could make the loads more even. */
static int is_even(const evening *e) {
    cisup_index least = e->load[0], most = e->load[0];
    for (cisup_index n = 1; n < e->a->N; n++) {
        if (e->load[n] < least) least = e->load[n];
        if (e->load[n] > most) most = e->load[n];
    }
    return most - least <= 1;
}

cisup_status cisup_even_out(cisup_allocation *a, const cisup_watcher *watcher,
                            cisup_error *err) {
    evening e = {
        .a = a, .words = (a->N + 63) / 64, .mean = a->N ? a->T * a->S / a->N : 0};
    cisup_status status;
    cisup_index exchanges;
    CISUP_TRY(cisup_vigil_begin(&e.vigil, watcher, 1.0, err));
    if (a->S < 2) return cisup_vigil_end(&e.vigil, err);
    CISUP_TRY(cisup_new(&e.load, a->N, sizeof *e.load, err));
    cisup_allocation_loads(a, e.load);
    if (is_even(&e)) {
        status = cisup_vigil_end(&e.vigil, err);
        goto done;
    }
    CISUP_TRY(cisup_memory_require((double)a->N * (double)e.words * 8.0,
                                   "the pairs of neurons to even out", err));
    CISUP_TRY(cisup_new(&e.met, a->N * e.words, sizeof *e.met, err));
    CISUP_TRY(cisup_new(&e.poor, a->N, sizeof *e.poor, err));
    CISUP_TRY(cisup_new(&e.first, e.mean + 1, sizeof *e.first, err));
    CISUP_TRY(mark_all(&e, err));
    for (int pass = 0; pass < most_passes; pass++) {
        CISUP_TRY(one_pass(&e, &exchanges, err));
        if (exchanges <= a->T / 1000) break;
    }
    CISUP_TRY(cisup_vigil_end(&e.vigil, err));
done:
    cisup_release(e.met);
    cisup_release(e.load);
    cisup_release(e.poor);
    cisup_release(e.first);
    return status;
}
