/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marking through lists: the circuits through neuron n mark their larger neurons in an
 * array of length N; mark[m] = n+1 when (n, m) has been met. */
#include <cisup/core/overlap/overlap_parts.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/memory.h>

#include <omp.h>

enum { rows_ahead = 8 }; /* whose memory is asked for before they are needed */

/* The circuits that hold neuron n and a larger one, ascending:
 * through[start[n] .. start[n+1]-1]. */
typedef struct {
    cisup_index *start; /* [N+2] */
    uint32_t *through;  /* [T*(S-1)] */
} incidence;

static void incidence_free(incidence *on) {
    cisup_release(on->start);
    cisup_release(on->through);
    *on = (incidence){0};
}

static cisup_status incidence_init(incidence *on, cisup_marking *k, cisup_error *err) {
    const cisup_index N = k->rows->N, S = k->rows->S, T = k->rows->T;
    const int32_t *slot = k->rows->slot;
    cisup_status status;
    CISUP_TRY(cisup_new(&on->start, N + 2, sizeof *on->start, err));
    CISUP_TRY(cisup_new(&on->through, T * (S - 1), sizeof *on->through, err));
    /* Counting sort: start[n+2] counts n, becomes where n's list begins at [n+1],
     * and has moved to its end, where n+1's begins, once the list is filled. */
    for (cisup_index t = 0; t < T; t++) {
        for (cisup_index i = 0; i < S - 1; i++) on->start[slot[t * S + i] + 2]++;
        k->load[slot[t * S + S - 1]]++;
    }
    for (cisup_index n = 0; n < N; n++) k->load[n] += on->start[n + 2];
    for (cisup_index n = 2; n <= N + 1; n++) on->start[n] += on->start[n - 1];
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index i = 0; i < S - 1; i++)
            on->through[on->start[slot[t * S + i] + 1]++] = (uint32_t)t;
done:
    if (status != CISUP_OK) incidence_free(on);
    return status;
}

static cisup_status mark_neuron(const cisup_rows *rows, const incidence *on,
                                cisup_index n, int32_t *mark, cisup_pairs *repeat,
                                cisup_error *err) {
    const cisup_index S = rows->S, end = on->start[n + 1];
    const int32_t stamp = (int32_t)(n + 1);
    for (cisup_index c = on->start[n]; c < end; c++) {
        const cisup_index ahead = c + rows_ahead < end ? c + rows_ahead : c;
        __builtin_prefetch(rows->slot + on->through[ahead] * S + S - 1);
        const int32_t *row = rows->slot + on->through[c] * S;
        for (cisup_index i = S - 1; row[i] > n; i--) { /* ends at n itself */
            if (mark[row[i]] == stamp) {
                const cisup_status status = cisup_pairs_add(repeat, n, row[i], err);
                if (status != CISUP_OK) return status;
            }
            mark[row[i]] = stamp;
        }
    }
    return CISUP_OK;
}

/* One thread's share. */
typedef struct {
    int32_t *mark; /* [N] */
    cisup_pairs repeat;
    cisup_status status;
    cisup_error err;
} worker;

double cisup_lists_bytes(const cisup_rows *rows, int threads, cisup_index pairs) {
    const double N = (double)rows->N, T = (double)rows->T, S = (double)rows->S;
    const double each =
        (double)sizeof(worker) + 4.0 * N + 160.0 + cisup_pairs_bytes(rows, pairs);
    return 8.0 * (N + 2.0) + 4.0 * T * (S - 1.0) + 640.0 + threads * each;
}

static cisup_status workers_run(worker *workers, const cisup_marking *k,
                                const incidence *on, cisup_error *err) {
    const cisup_index N = k->rows->N, step = 1 + N / (64 * k->threads);
    for (int w = 0; w < k->threads; w++) {
        workers[w].repeat.most = k->keep.pairs;
        const cisup_status status =
            cisup_new(&workers[w].mark, N, sizeof *workers[w].mark, err);
        if (status != CISUP_OK) return status;
    }
#pragma omp parallel for schedule(dynamic, step) num_threads(k->threads)
    for (cisup_index n = 0; n < N; n++) {
        worker *w = &workers[omp_get_thread_num()];
        if (w->status == CISUP_OK)
            w->status = mark_neuron(k->rows, on, n, w->mark, &w->repeat, &w->err);
    }
    return CISUP_OK;
}

/* The workers' finds, or the first failure. */
static cisup_status workers_merge(const worker *workers, cisup_marking *k,
                                  cisup_error *err) {
    for (int w = 0; w < k->threads; w++) {
        if (workers[w].status != CISUP_OK) {
            if (err) *err = workers[w].err;
            return workers[w].status;
        }
        const cisup_status status =
            cisup_pairs_merge(&k->repeat, &workers[w].repeat, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

cisup_status cisup_mark_lists(cisup_marking *k, cisup_error *err) {
    incidence on = {0};
    worker *workers = NULL;
    cisup_status status;
    CISUP_TRY(cisup_rows_check(k->rows, 0, k->rows->slot, k->rows->T, err));
    CISUP_TRY(incidence_init(&on, k, err));
    CISUP_TRY(cisup_new(&workers, k->threads, sizeof *workers, err));
    CISUP_TRY(workers_run(workers, k, &on, err));
    CISUP_TRY(workers_merge(workers, k, err));
done:
    for (int w = 0; workers && w < k->threads; w++) {
        cisup_release(workers[w].mark);
        cisup_pairs_free(&workers[w].repeat);
    }
    cisup_release(workers);
    incidence_free(&on);
    return status;
}
