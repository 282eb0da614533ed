/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each thread counts and writes the keys of its own share of the rows, to places of its
 * own in every bucket, and then takes whole buckets. Rounds take as many buckets each as
 * there is room for. A bucket that does not fit alone is marked straight from the rows.
 */
#include <cisup/core/overlap/overlap_partition.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <omp.h>
#include <string.h>

/* Bits of a bitmap unless one neuron needs more: measured; smaller ones are nearer to the
 * processor but make more buckets, which are then far apart while keys are written. */
static const double map_bits = 1 << 20;

/* Narrow keys of a round that stay near the processors, and rounds beyond which reading
 * the rows again costs more than that gains: measured. */
static const double near_bytes = 3.5e6;
static const double most_rounds = 8.0;

/* With the least memory there are about so many rounds, unless one of so many keys does.
 */
static const double slowest_rounds = 1024.0, fewest_keys = 4096.0;

/* What a block takes besides its bytes, and blocks of a share. */
enum { block_bytes = 160, share_blocks = 8 };

/* --- sizes --------------------------------------------------------------------- */

static double share_bytes(const cisup_partition *p) {
    const double slots = (double)(p->step * p->rows->S + p->form->run);
    const bool is_narrow = p->form == &cisup_narrow_keys;
    return (double)sizeof *p->share + share_blocks * block_bytes +
           16.0 * (double)p->buckets + 8.0 * (double)p->mark_words + 4.0 * slots +
           (is_narrow ? 2.0 * slots : 4.0 * (double)p->rows->N) +
           cisup_pairs_bytes(p->rows, p->keep);
}

/* Everything but the keys. */
static double fixed_bytes(const cisup_partition *p) {
    const double slots = (double)(p->step * p->rows->S);
    const double tables = p->form == &cisup_narrow_keys ? 2.0 * slots + slots / 8.0 : 0.0;
    return (double)p->threads * share_bytes(p) + tables + 4 * block_bytes;
}

static void set_shift(cisup_partition *p, int shift) {
    const cisup_index N = p->rows->N;
    p->shift = shift;
    p->buckets = ((N - 1) >> shift) + 1;
    p->mark_words = p->form == &cisup_narrow_keys ? N / 8 + 1 : (N << shift) / 64 + 1;
}

/* Wide buckets as large as a bitmap allows, or smaller ones if that leaves less than half
 * of the memory for keys, or those that take least. */
static void choose_shift(cisup_partition *p, double memory) {
    int shift = 0, best = 0;
    while ((double)(p->rows->N << (shift + 1)) <= map_bits && p->rows->N >> shift > 1)
        shift++;
    double least = -1.0;
    for (; shift >= 0; shift--) {
        set_shift(p, shift);
        const double bytes = fixed_bytes(p);
        if (least < 0.0 || bytes < least) best = shift;
        if (least < 0.0 || bytes < least) least = bytes;
        if (bytes <= memory / 2.0) break;
    }
    set_shift(p, best);
}

static cisup_partition layout(const cisup_rows *rows, int threads, cisup_index keep,
                              double memory) {
    cisup_partition p = {.rows = rows, .threads = threads, .keep = keep};
    p.form = cisup_keys_are_narrow(rows) ? &cisup_narrow_keys : &cisup_wide_keys;
    p.step = rows->S < p.form->chunk_slots ? p.form->chunk_slots / rows->S : 1;
    if (p.step > rows->T) p.step = rows->T;
    set_shift(&p, 0);
    if (p.form == &cisup_wide_keys) choose_shift(&p, memory);
    return p;
}

double cisup_partition_bytes(const cisup_rows *rows, int threads, cisup_index pairs) {
    const cisup_partition p = layout(rows, threads, pairs, 0.0);
    const double all = 0.5 * (double)rows->T * (double)rows->S * (double)(rows->S - 1);
    return fixed_bytes(&p) +
           (double)p.form->key_bytes * (all / slowest_rounds + fewest_keys);
}

/* --- making -------------------------------------------------------------------- */

static void partition_free(cisup_partition *p) {
    for (int w = 0; p->share && w < p->threads; w++) {
        cisup_share *x = &p->share[w];
        cisup_release(x->chunk);
        cisup_release(x->picked);
        cisup_release(x->load);
        cisup_release(x->count);
        cisup_release(x->at);
        cisup_release(x->marks);
        cisup_pairs_free(&x->repeat);
    }
    cisup_release(p->share);
    cisup_release(p->tail);
    cisup_release(p->has_tail);
    cisup_release(p->key);
}

static cisup_status share_init(cisup_share *x, const cisup_partition *p, int w,
                               cisup_error *err) {
    const cisup_rows *rows = p->rows;
    const cisup_index slots = p->step * rows->S + p->form->run;
    const double part = (double)rows->T / p->threads;
    x->repeat.most = p->keep;
    x->first = (cisup_index)(part * w);
    x->last = w + 1 == p->threads ? rows->T : (cisup_index)(part * (w + 1));
    cisup_status status;
    CISUP_TRY(cisup_new(&x->chunk, slots, sizeof *x->chunk, err));
    CISUP_TRY(cisup_new(&x->count, p->buckets, sizeof *x->count, err));
    CISUP_TRY(cisup_new(&x->at, p->buckets, sizeof *x->at, err));
    CISUP_TRY(cisup_new(&x->marks, p->mark_words, sizeof *x->marks, err));
    if (p->form == &cisup_narrow_keys) {
        CISUP_TRY(cisup_new(&x->picked, slots, sizeof *x->picked, err));
    } else {
        CISUP_TRY(cisup_new(&x->load, rows->N, sizeof *x->load, err));
    }
done:
    return status;
}

static cisup_status make_tails(cisup_partition *p, cisup_error *err) {
    const cisup_index S = p->rows->S, slots = p->step * S;
    cisup_status status;
    CISUP_TRY(cisup_new(&p->tail, slots, sizeof *p->tail, err));
    CISUP_TRY(cisup_new(&p->has_tail, slots / 16 + 1, sizeof *p->has_tail, err));
    for (cisup_index k = 0; k < slots; k++) {
        p->tail[k] = (uint16_t)(S - 1 - k % S);
        p->has_tail[k / 16] |= (uint16_t)((unsigned)(p->tail[k] > 0) << k % 16);
    }
done:
    return status;
}

static cisup_status partition_init(cisup_partition *p, const cisup_marking *k,
                                   cisup_error *err) {
    *p = layout(k->rows, k->threads, k->keep.pairs, k->memory);
    p->vigil = k->vigil;
    cisup_status status;
    CISUP_TRY(cisup_new(&p->share, p->threads, sizeof *p->share, err));
    for (int w = 0; w < p->threads; w++) CISUP_TRY(share_init(&p->share[w], p, w, err));
    if (p->form == &cisup_narrow_keys) CISUP_TRY(make_tails(p, err));
done:
    return status;
}

/* The first failure in the order of the rows. */
static cisup_status first_failure(const cisup_partition *p, cisup_error *err) {
    for (int w = 0; w < p->threads; w++)
        if (p->share[w].status != CISUP_OK) {
            if (err) *err = p->share[w].err;
            return p->share[w].status;
        }
    return CISUP_OK;
}

/* Rows t .. t+count-1, in place where `beyond` slots behind them may be read. */
static cisup_status get_rows(const cisup_partition *p, cisup_share *x, cisup_index t,
                             cisup_index count, const int32_t **slot) {
    const cisup_rows *rows = p->rows;
    if (rows->slot && (rows->T - t - count) * rows->S >= p->form->beyond) {
        *slot = rows->slot + t * rows->S;
        return CISUP_OK;
    }
    *slot = x->chunk;
    return rows->fill(rows->from, t, count, x->chunk, &x->err);
}

/* --- counting ------------------------------------------------------------------ */

static cisup_status count_share(const cisup_partition *p, cisup_share *x) {
    const double each = CISUP_SHARE_COUNT / (double)p->rows->T;
    cisup_status status = CISUP_OK;
    for (cisup_index t = x->first; t < x->last; t += p->step) {
        const cisup_index count = x->last - t < p->step ? x->last - t : p->step;
        const int32_t *slot;
        CISUP_TRY(get_rows(p, x, t, count, &slot));
        CISUP_TRY(cisup_rows_check(p->rows, t, slot, count, &x->err));
        p->form->count(p, x, slot, count);
        CISUP_TRY(cisup_vigil_advance(p->vigil, each * (double)count, &x->err));
    }
done:
    return status;
}

static cisup_status count_all(cisup_partition *p, cisup_index *load, cisup_error *err) {
#pragma omp parallel for schedule(static, 1) num_threads(p->threads)
    for (int w = 0; w < p->threads; w++)
        p->share[w].status = count_share(p, &p->share[w]);
    for (int w = 0; w < p->threads; w++) p->form->settle(p, &p->share[w], load);
    return first_failure(p, err);
}

/* Places that a bucket takes, for all threads. */
static cisup_index places_of(const cisup_partition *p, cisup_index b) {
    cisup_index places = 0;
    for (int w = 0; w < p->threads; w++) places += p->share[w].count[b] + p->form->run;
    return places;
}

/* As many places as memory has, no more than all buckets need, and for narrow keys no
 * more than stay near. */
static cisup_status take_room(cisup_partition *p, double memory, cisup_error *err) {
    const double size = (double)p->form->key_bytes;
    double most = (memory - fixed_bytes(p)) / size, all = 0.0;
    for (cisup_index b = 0; b < p->buckets; b++) all += (double)places_of(p, b);
    p->places = all;
    if (p->form == &cisup_narrow_keys) {
        double near = near_bytes / size;
        if (near < all / most_rounds) near = all / most_rounds;
        if (near < most) most = near;
    }
    if (all < most) most = all;
    cisup_index room = 0;
    p->room = most > 0.0 ? (cisup_index)most : 0;
    return cisup_grow(&p->key, &room, p->room, p->form->key_bytes, err);
}

/* --- rounds -------------------------------------------------------------------- */

static cisup_status write_share(const cisup_partition *p, cisup_share *x, cisup_index b0,
                                cisup_index b1) {
    const double each = 0.5 * p->part / (double)p->rows->T;
    for (cisup_index t = x->first; t < x->last; t += p->step) {
        const cisup_index count = x->last - t < p->step ? x->last - t : p->step;
        const int32_t *slot;
        cisup_status status = get_rows(p, x, t, count, &slot);
        if (status == CISUP_OK)
            status = cisup_vigil_advance(p->vigil, each * (double)count, &x->err);
        if (status != CISUP_OK) return status;
        p->form->write(p, x, slot, count, b0, b1);
    }
    return CISUP_OK;
}

/* Gives every thread its places in buckets b0..b1-1. */
static void share_places(cisup_partition *p, cisup_index b0, cisup_index b1) {
    cisup_index place = 0;
    for (cisup_index b = b0; b < b1; b++)
        for (int w = 0; w < p->threads; w++) {
            p->share[w].at[b] = place;
            place += p->share[w].count[b] + p->form->run;
        }
}

/* Marks one pair of bucket b; a repeat if it is marked already. */
static cisup_status meet(const cisup_partition *p, cisup_share *x, cisup_index n,
                         cisup_index m) {
    const cisup_index inside = (INT64_C(1) << p->shift) - 1;
    const cisup_index key = (n & inside) * p->rows->N + m;
    const uint64_t bit = UINT64_C(1) << (key & 63);
    cisup_status status = CISUP_OK;
    if (x->marks[key >> 6] & bit) status = cisup_pairs_add(&x->repeat, n, m, &x->err);
    x->marks[key >> 6] |= bit;
    return status;
}

static cisup_index key_at(const cisup_partition *p, cisup_index place) {
    return p->form == &cisup_narrow_keys ? ((const uint16_t *)p->key)[place]
                                         : ((const uint32_t *)p->key)[place];
}

/* The keys of bucket b that come again become repeats. */
static cisup_status add_repeats(const cisup_partition *p, cisup_share *x, cisup_index b) {
    const cisup_index N = p->rows->N, low = b << p->shift;
    for (int w = 0; w < p->threads; w++) {
        const cisup_index end = p->share[w].at[b];
        for (cisup_index k = end - p->share[w].count[b]; k < end; k++) {
            const cisup_index key = key_at(p, k);
            const cisup_status status = meet(p, x, low + key / N, key % N);
            if (status != CISUP_OK) return status;
        }
    }
    return CISUP_OK;
}

/* Marks bucket b; a second time, slowly, if a pair was met twice. */
static cisup_status mark_bucket(const cisup_partition *p, cisup_share *x, cisup_index b) {
    if (!p->form->is_met_twice(p, x, b)) return CISUP_OK;
    const cisup_status status = add_repeats(p, x, b);
    memset(x->marks, 0, (size_t)p->mark_words * sizeof *x->marks);
    return status;
}

/* The same for a bucket whose keys do not fit: straight from the rows. */
static cisup_status mark_directly(const cisup_partition *p, cisup_share *x,
                                  cisup_index b) {
    const cisup_index S = p->rows->S, low = b << p->shift, high = low + (1 << p->shift);
    const int32_t *slot;
    cisup_status status = CISUP_OK;
    for (cisup_index t = 0; t < p->rows->T; t += p->step) {
        const cisup_index left = p->rows->T - t, count = left < p->step ? left : p->step;
        CISUP_TRY(get_rows(p, x, t, count, &slot));
        CISUP_TRY(cisup_vigil_advance(
            p->vigil, p->part * (double)count / (double)p->rows->T, &x->err));
        for (cisup_index k = 0; k < count * S; k++) {
            const int32_t *end = slot + (k / S + 1) * S;
            if (slot[k] < low || slot[k] >= high) continue;
            for (const int32_t *m = slot + k + 1; m < end; m++)
                CISUP_TRY(meet(p, x, slot[k], *m));
        }
    }
    memset(x->marks, 0, (size_t)p->mark_words * sizeof *x->marks);
done:
    return status;
}

static int all_is_well(const cisup_partition *p) {
    for (int w = 0; w < p->threads; w++)
        if (p->share[w].status != CISUP_OK) return 0;
    return 1;
}

static cisup_status run_round(cisup_partition *p, cisup_index b0, cisup_index b1,
                              cisup_error *err) {
    const cisup_index step = 1 + (b1 - b0) / (32 * p->threads);
    const double each = 0.5 * p->part / (double)(b1 - b0);
    int is_written = 0;
    share_places(p, b0, b1);
#pragma omp parallel num_threads(p->threads)
    {
#pragma omp for schedule(static, 1)
        for (int w = 0; w < p->threads; w++)
            p->share[w].status = write_share(p, &p->share[w], b0, b1);
#pragma omp single
        is_written = all_is_well(p); /* no bucket has keys that nobody wrote */
#pragma omp for schedule(dynamic, step)
        for (cisup_index b = b0; b < b1; b++) {
            cisup_share *x = &p->share[omp_get_thread_num()];
            if (!is_written) continue;
            if (x->status == CISUP_OK)
                x->status = cisup_vigil_advance(p->vigil, each, &x->err);
            if (x->status == CISUP_OK) x->status = mark_bucket(p, x, b);
        }
    }
    return first_failure(p, err);
}

static cisup_status run_rounds(cisup_partition *p, cisup_error *err) {
    for (cisup_index b0 = 0, b1; b0 < p->buckets; b0 = b1) {
        cisup_index places = 0, taken = 0;
        for (b1 = b0; b1 < p->buckets; b1++) {
            places += places_of(p, b1);
            if (places > p->room) break;
            taken = places;
        }
        p->part = CISUP_SHARE_MARK * (double)(taken ? taken : places) / p->places;
        cisup_status status;
        if (b1 > b0) {
            status = run_round(p, b0, b1, err);
        } else {
            p->share[0].status = mark_directly(p, &p->share[0], b1++);
            status = first_failure(p, err);
        }
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

cisup_status cisup_mark_partition(cisup_marking *k, cisup_error *err) {
    cisup_partition p;
    cisup_status status;
    CISUP_TRY(partition_init(&p, k, err));
    CISUP_TRY(count_all(&p, k->load, err));
    CISUP_TRY(take_room(&p, k->memory, err));
    CISUP_TRY(run_rounds(&p, err));
    for (int w = 0; w < p.threads; w++)
        CISUP_TRY(cisup_pairs_merge(&k->repeat, &p.share[w].repeat, err));
done:
    partition_free(&p);
    return status;
}
