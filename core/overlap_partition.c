/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Partitioned marking. Neurons are split into buckets of 2^shift neighbours, few enough
 * for a bitmap of all pairs (n in the bucket, m) to stay in a core's cache. A pair n < m
 * becomes the 32-bit key (n mod 2^shift) N + m in the bucket of n; a row writes its keys
 * as runs, one for each of its neurons. Then every bucket is marked in one loop.
 *
 * Each thread counts and writes the keys of its own share of the rows, to places of its
 * own in every bucket, and then takes whole buckets. When keys need more memory than
 * there is, rounds take as many buckets each as fit. A bucket that does not fit alone
 * is marked straight from the rows. */
#include <cisup/core/overlap_parts.h>

#include <cisup/core/memory.h>
#include <cisup/core/vector.h>

#include <omp.h>
#include <string.h>

/* Bits of a bitmap unless one neuron needs more: measured; smaller ones are nearer to the
 * processor but make more buckets, which are then far apart while keys are written. */
enum { few_neurons = 1 << 15, map_bits_few = 1 << 19, map_bits_many = 1 << 20 };

/* Keys that are written at a time: there is so much room behind each place. */
enum { run = 8 };

/* One thread's share. */
typedef struct {
    cisup_index first, last; /* its rows, last excluded */
    int32_t *chunk;          /* rows worked on, and `run` slots that are read beyond */
    uint32_t *load;          /* [N] */
    cisup_index *count;      /* [buckets] keys its rows have in each bucket */
    uint32_t **end;          /* [buckets] where its next key goes in this round */
    uint64_t *map;           /* [map_words], zero between buckets */
    cisup_pairs repeat;
    cisup_status status;
    cisup_error err;
} worker;

typedef struct {
    const cisup_rows *rows;
    cisup_index step; /* rows of a chunk */
    int shift;
    cisup_index buckets, map_words;
    int threads;
    worker *worker; /* [threads] */
    uint32_t *key;  /* [room] */
    cisup_index room;
} partition;

static void partition_free(partition *p) {
    for (int w = 0; p->worker && w < p->threads; w++) {
        worker *x = &p->worker[w];
        cisup_release(x->chunk);
        cisup_release(x->load);
        cisup_release(x->count);
        cisup_release(x->end);
        cisup_release(x->map);
        cisup_pairs_free(&x->repeat);
    }
    cisup_release(p->worker);
    cisup_release(p->key);
}

static cisup_status worker_init(worker *x, const partition *p, int w, cisup_error *err) {
    const cisup_rows *rows = p->rows;
    x->first = (cisup_index)((double)rows->T / p->threads * w);
    x->last = w + 1 == p->threads ? rows->T
                                  : (cisup_index)((double)rows->T / p->threads * (w + 1));
    cisup_status status;
    CISUP_TRY(cisup_new(&x->chunk, p->step * rows->S + run, sizeof *x->chunk, err));
    CISUP_TRY(cisup_new(&x->load, rows->N, sizeof *x->load, err));
    CISUP_TRY(cisup_new(&x->count, p->buckets, sizeof *x->count, err));
    CISUP_TRY(cisup_new(&x->end, p->buckets, sizeof *x->end, err));
    CISUP_TRY(cisup_new(&x->map, p->map_words, sizeof *x->map, err));
done:
    return status;
}

/* Sizes of buckets: a bitmap takes at most an eighth of the memory. */
static cisup_status partition_init(partition *p, const cisup_marking *k,
                                   cisup_error *err) {
    const cisup_rows *rows = k->rows;
    *p = (partition){.rows = rows, .threads = k->threads};
    const double most = rows->N <= few_neurons ? map_bits_few : map_bits_many;
    const double bits = k->memory < most ? k->memory : most;
    while ((double)(rows->N << (p->shift + 1)) <= bits && rows->N >> p->shift > 1)
        p->shift++;
    p->buckets = ((rows->N - 1) >> p->shift) + 1;
    p->map_words = (rows->N << p->shift) / 64 + 1;
    p->step = cisup_chunk_rows(rows->S);
    cisup_status status;
    CISUP_TRY(cisup_new(&p->worker, p->threads, sizeof *p->worker, err));
    for (int w = 0; w < p->threads; w++) CISUP_TRY(worker_init(&p->worker[w], p, w, err));
done:
    return status;
}

/* The first failure in the order of the rows. */
static cisup_status first_failure(const partition *p, cisup_error *err) {
    for (int w = 0; w < p->threads; w++)
        if (p->worker[w].status != CISUP_OK) {
            if (err) *err = p->worker[w].err;
            return p->worker[w].status;
        }
    return CISUP_OK;
}

/* --- counting ------------------------------------------------------------------ */

static void count_rows(const partition *p, worker *x, cisup_index count) {
    const cisup_index S = p->rows->S;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = x->chunk + t * S;
        for (cisup_index i = 0; i < S; i++) {
            x->load[row[i]]++;
            x->count[row[i] >> p->shift] += S - 1 - i;
        }
    }
}

static cisup_status count_share(const partition *p, worker *x) {
    cisup_status status = CISUP_OK;
    for (cisup_index t = x->first; t < x->last; t += p->step) {
        const cisup_index count = x->last - t < p->step ? x->last - t : p->step;
        CISUP_TRY(p->rows->fill(p->rows->from, t, count, x->chunk, &x->err));
        CISUP_TRY(cisup_rows_check(p->rows, t, x->chunk, count, &x->err));
        count_rows(p, x, count);
    }
done:
    return status;
}

static cisup_status count_all(partition *p, cisup_index *load, cisup_error *err) {
#pragma omp parallel for schedule(static, 1) num_threads(p->threads)
    for (int w = 0; w < p->threads; w++)
        p->worker[w].status = count_share(p, &p->worker[w]);
    for (int w = 0; w < p->threads; w++)
        for (cisup_index n = 0; n < p->rows->N; n++) load[n] += p->worker[w].load[n];
    return first_failure(p, err);
}

/* Places that a bucket takes, for all threads. */
static cisup_index places_of(const partition *p, cisup_index b) {
    cisup_index places = 0;
    for (int w = 0; w < p->threads; w++) places += p->worker[w].count[b] + run;
    return places;
}

/* As many places as memory has, and no more than all buckets need. */
static cisup_status take_room(partition *p, double memory, cisup_error *err) {
    double all = 0.0;
    for (cisup_index b = 0; b < p->buckets; b++) all += (double)places_of(p, b);
    const double most = memory / sizeof *p->key;
    p->room = 0;
    return cisup_grow(&p->key, &p->room, (cisup_index)(all < most ? all : most),
                      sizeof *p->key, err);
}

/* --- writing keys -------------------------------------------------------------- */

/* The keys of rows whose smaller neuron is in buckets b0..b1-1. */
CISUP_VECTOR static void write_rows(const partition *p, worker *x, cisup_index count,
                                    cisup_index b0, cisup_index b1) {
    const cisup_index S = p->rows->S, low = b0 << p->shift, high = b1 << p->shift;
    const uint32_t inside = (UINT32_C(1) << p->shift) - 1, N = (uint32_t)p->rows->N;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = x->chunk + t * S;
        cisup_index i = 0;
        for (cisup_index k = 0; k < S; k++) i += row[k] < low;
        for (; i < S - 1 && row[i] < high; i++) {
            uint32_t **end = &x->end[row[i] >> p->shift];
            uint32_t *to = *end;
            const int32_t *from = row + i + 1;
            const uint32_t base = ((uint32_t)row[i] & inside) * N;
            *end += S - 1 - i;
            for (cisup_index j = 0; j < S - 1 - i; j += run)
                for (int m = 0; m < run; m++) to[j + m] = base + (uint32_t)from[j + m];
        }
    }
}

static cisup_status write_share(const partition *p, worker *x, cisup_index b0,
                                cisup_index b1) {
    for (cisup_index t = x->first; t < x->last; t += p->step) {
        const cisup_index count = x->last - t < p->step ? x->last - t : p->step;
        const cisup_status status =
            p->rows->fill(p->rows->from, t, count, x->chunk, &x->err);
        if (status != CISUP_OK) return status;
        write_rows(p, x, count, b0, b1);
    }
    return CISUP_OK;
}

/* Gives every thread its places in buckets b0..b1-1. */
static void share_places(partition *p, cisup_index b0, cisup_index b1) {
    uint32_t *place = p->key;
    for (cisup_index b = b0; b < b1; b++)
        for (int w = 0; w < p->threads; w++) {
            p->worker[w].end[b] = place;
            place += p->worker[w].count[b] + run;
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

static cisup_status add_repeats(const partition *p, worker *x, cisup_index b,
                                const uint32_t *key, cisup_index count) {
    for (cisup_index k = 0; k < count; k++) {
        const uint64_t bit = UINT64_C(1) << (key[k] & 63);
        if (x->map[key[k] >> 6] & bit) {
            const cisup_index n = (b << p->shift) + key[k] / (uint32_t)p->rows->N;
            const cisup_status status =
                cisup_pairs_add(&x->repeat, n, key[k] % (uint32_t)p->rows->N, &x->err);
            if (status != CISUP_OK) return status;
        }
        x->map[key[k] >> 6] |= bit;
    }
    return CISUP_OK;
}

/* Zeroes the bitmap: all of it, or where few keys have been. */
static void clear_map(const partition *p, worker *x, cisup_index b, cisup_index keys) {
    if (keys >= p->map_words / 4) {
        memset(x->map, 0, (size_t)p->map_words * sizeof *x->map);
        return;
    }
    for (int w = 0; w < p->threads; w++) {
        const uint32_t *end = p->worker[w].end[b];
        for (const uint32_t *k = end - p->worker[w].count[b]; k < end; k++)
            x->map[*k >> 6] = 0;
    }
}

/* Marks bucket b; a second time, slowly, if a pair was met twice. */
static cisup_status mark_bucket(const partition *p, worker *x, cisup_index b) {
    cisup_index keys = 0;
    bool again = false;
    for (int w = 0; w < p->threads; w++) {
        const cisup_index count = p->worker[w].count[b];
        again |= marks_again(x->map, p->worker[w].end[b] - count, count);
        keys += count;
    }
    clear_map(p, x, b, keys);
    if (!again) return CISUP_OK;
    for (int w = 0; w < p->threads; w++) {
        const cisup_index count = p->worker[w].count[b];
        const cisup_status status =
            add_repeats(p, x, b, p->worker[w].end[b] - count, count);
        if (status != CISUP_OK) return status;
    }
    clear_map(p, x, b, keys);
    return CISUP_OK;
}

/* The same for a bucket whose keys do not fit: straight from the rows. */
static cisup_status mark_directly(const partition *p, worker *x, cisup_index b) {
    const cisup_index S = p->rows->S, low = b << p->shift, high = low + (1 << p->shift);
    uint32_t one;
    cisup_status status = CISUP_OK;
    for (cisup_index t = 0; t < p->rows->T; t += p->step) {
        const cisup_index left = p->rows->T - t, count = left < p->step ? left : p->step;
        CISUP_TRY(p->rows->fill(p->rows->from, t, count, x->chunk, &x->err));
        for (cisup_index k = 0; k < count * S; k++) {
            const int32_t *end = x->chunk + (k / S + 1) * S;
            if (x->chunk[k] < low || x->chunk[k] >= high) continue;
            for (const int32_t *m = x->chunk + k + 1; m < end; m++) {
                one = (uint32_t)((x->chunk[k] - low) * p->rows->N + *m);
                CISUP_TRY(add_repeats(p, x, b, &one, 1));
            }
        }
    }
    memset(x->map, 0, (size_t)p->map_words * sizeof *x->map);
done:
    return status;
}

static cisup_status run_round(partition *p, cisup_index b0, cisup_index b1,
                              cisup_error *err) {
    share_places(p, b0, b1);
#pragma omp parallel num_threads(p->threads)
    {
#pragma omp for schedule(static, 1)
        for (int w = 0; w < p->threads; w++)
            p->worker[w].status = write_share(p, &p->worker[w], b0, b1);
#pragma omp for schedule(dynamic, 1)
        for (cisup_index b = b0; b < b1; b++) {
            worker *x = &p->worker[omp_get_thread_num()];
            if (x->status == CISUP_OK) x->status = mark_bucket(p, x, b);
        }
    }
    return first_failure(p, err);
}

static cisup_status run_rounds(partition *p, cisup_error *err) {
    for (cisup_index b0 = 0, b1; b0 < p->buckets; b0 = b1) {
        cisup_index places = 0;
        for (b1 = b0; b1 < p->buckets; b1++) {
            places += places_of(p, b1);
            if (places > p->room) break;
        }
        cisup_status status;
        if (b1 > b0) {
            status = run_round(p, b0, b1, err);
        } else {
            p->worker[0].status = mark_directly(p, &p->worker[0], b1++);
            status = first_failure(p, err);
        }
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

cisup_status cisup_mark_partition(cisup_marking *k, cisup_error *err) {
    partition p;
    cisup_status status;
    CISUP_TRY(partition_init(&p, k, err));
    CISUP_TRY(count_all(&p, k->load, err));
    CISUP_TRY(take_room(&p, k->memory, err));
    CISUP_TRY(run_rounds(&p, err));
    for (int w = 0; w < p.threads; w++)
        CISUP_TRY(cisup_pairs_merge(&k->repeat, &p.worker[w].repeat, err));
done:
    partition_free(&p);
    return status;
}
