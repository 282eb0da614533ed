/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/seating.h>

#include <cisup/core/base/start_threads.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/threads.h>

#include <string.h>

void cisup_seating_free(cisup_seating *s) {
    cisup_release(s->first);
    cisup_release(s->who);
    cisup_release(s->to);
}

cisup_status cisup_seating_make(cisup_seating *s, const cisup_transition *x,
                                cisup_error *err) {
    const cisup_index N = x->base->N, S = x->base->S, T = x->base->T;
    *s = (cisup_seating){.N = N, .S = S, .T = T, .threads = x->threads};
    cisup_status status;
    CISUP_TRY(cisup_new(&s->first, N + 1, sizeof *s->first, err));
    CISUP_TRY(cisup_new(&s->who, T * S, sizeof *s->who, err));
    CISUP_TRY(cisup_new(&s->to, T * S, sizeof *s->to, err));
    for (cisup_index t = 0; t < T; t++) {
        const int32_t *row = cisup_allocation_row(x->base, x->from[t]);
        for (cisup_index k = 0; k < S; k++) s->first[row[k] + 1]++;
    }
    for (cisup_index m = 0; m < N; m++) s->first[m + 1] += s->first[m];
    for (cisup_index t = 0; t < T; t++) {
        const int32_t *row = cisup_allocation_row(x->base, x->from[t]);
        for (cisup_index k = 0; k < S; k++) s->who[s->first[row[k]]++] = t;
        memcpy(s->to + t * S, cisup_allocation_row(x->base, x->to[t]),
               (size_t)S * sizeof *s->to);
    }
    for (cisup_index m = N; m > 0; m--) s->first[m] = s->first[m - 1];
    s->first[0] = 0;
done:
    return status;
}

int cisup_seating_team(const cisup_seating *s, cisup_index numbers) {
    const double million = 1e-6 * (double)(s->T * s->S * s->S) * (double)numbers;
    const cisup_index work = million < 1e6 ? (cisup_index)million : 1000000;
    return cisup_threads_count(s->threads, work);
}

void cisup_sum_lengths(cisup_csc *a) {
    for (cisup_index j = 0; j < a->ncol; j++) a->p[j + 1] += a->p[j];
}

cisup_status cisup_take_entries(cisup_csc *a, cisup_error *err) {
    const cisup_index nnz = a->p[a->ncol];
    cisup_index room = 0;
    const double bytes = (double)nnz * (double)(sizeof *a->i + sizeof *a->x);
    cisup_status status;
    if (bytes > 1e6) /* asking takes longer than writing so little */
        CISUP_TRY(cisup_memory_require(bytes, "the entries of a sparse matrix", err));
    CISUP_TRY(cisup_grow(&a->i, &room, nnz, sizeof *a->i, err));
    room = 0;
    CISUP_TRY(cisup_grow(&a->x, &room, nnz, sizeof *a->x, err));
done:
    return status;
}
