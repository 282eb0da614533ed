/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap/overlap_most.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/memory.h>

#include <string.h>

/* Lists of whom each of `count` meets: member[start[k]..start[k+1]), increasing. */
typedef struct {
    cisup_index count;
    cisup_index *start; /* [count+1] */
    uint32_t *member;
} lists;

static cisup_status lists_new(lists *l, cisup_index count, cisup_index members,
                              cisup_error *err) {
    l->count = count;
    cisup_status status;
    CISUP_TRY(cisup_new(&l->start, count + 1, sizeof *l->start, err));
    CISUP_TRY(cisup_new(&l->member, members, sizeof *l->member, err));
done:
    return status;
}

static void lists_free(lists *l) {
    cisup_release(l->start);
    cisup_release(l->member);
}

static cisup_status neurons_of(const cisup_rows *rows, lists *x, cisup_error *err) {
    const cisup_status status = lists_new(x, rows->T, rows->T * rows->S, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t <= rows->T; t++) x->start[t] = t * rows->S;
    return rows->fill(rows->from, 0, rows->T, (int32_t *)(void *)x->member, err);
}

/* The same incidences seen from the other side. */
static cisup_status circuits_on(const lists *x, cisup_index N, lists *y,
                                cisup_error *err) {
    const cisup_index seats = x->start[x->count];
    const cisup_status status = lists_new(y, N, seats, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < seats; k++) y->start[x->member[k] + 1]++;
    for (cisup_index n = 0; n < N; n++) y->start[n + 1] += y->start[n];
    for (cisup_index t = x->count - 1; t >= 0; t--) /* ends move down to the starts */
        for (cisup_index k = x->start[t]; k < x->start[t + 1]; k++)
            y->member[--y->start[x->member[k] + 1]] = (uint32_t)t;
    memmove(y->start, y->start + 1, (size_t)N * sizeof *y->start);
    y->start[N] = seats;
    return CISUP_OK;
}

/* For every a of x those b > a of x that share members with it, counted through y. */
static cisup_status meet(const lists *x, const lists *y, uint32_t *met,
                         cisup_vigil *vigil, cisup_meeting *most, cisup_error *err) {
    *most = (cisup_meeting){0, -1, -1};
    for (cisup_index a = 0; a < x->count; a++) {
        const cisup_status status =
            cisup_vigil_advance(vigil, 1.0 / (double)x->count, err);
        if (status != CISUP_OK) return status;
        for (int is_second = 0; is_second < 2; is_second++)
            for (cisup_index i = x->start[a]; i < x->start[a + 1]; i++) {
                const cisup_index back = x->member[i];
                for (cisup_index k = y->start[back + 1] - 1; k >= y->start[back]; k--) {
                    const cisup_index b = y->member[k], times = met[b];
                    if (b <= a) break;
                    met[b] = is_second ? 0 : met[b] + 1;
                    if (!is_second) continue;
                    if (times > most->times ||
                        (times == most->times && a == most->a && times && b < most->b))
                        *most = (cisup_meeting){times, a, b};
                }
            }
    }
    return CISUP_OK;
}

double cisup_overlap_most_steps(const cisup_rows *rows, const cisup_index *load) {
    double steps = (double)rows->T * (double)rows->S * (double)rows->S;
    for (cisup_index n = 0; n < rows->N; n++) steps += (double)load[n] * (double)load[n];
    return steps;
}

cisup_status cisup_overlap_most_find(const cisup_rows *rows, double memory,
                                     const cisup_watcher *watcher,
                                     cisup_overlap_most *most, cisup_error *err) {
    const cisup_index larger = rows->N > rows->T ? rows->N : rows->T;
    const double bytes = 8.0 * (double)rows->T * (double)rows->S +
                         8.0 * (double)(rows->N + rows->T + 2) + 4.0 * (double)larger;
    lists x = {0}, y = {0};
    uint32_t *met = NULL;
    cisup_vigil vigil;
    cisup_status status;
    if (memory > 0.0 && bytes > memory) {
        char need[16], have[16];
        cisup_bytes_text(bytes, need);
        cisup_bytes_text(memory, have);
        return CISUP_FAIL(err, CISUP_ENOMEM, "the largest overlap takes %s; %s are left",
                          need, have);
    }
    CISUP_TRY(cisup_memory_require(bytes, "the largest overlap", err));
    CISUP_TRY(cisup_vigil_begin(&vigil, watcher, 2.0, err));
    CISUP_TRY(cisup_new(&met, larger, sizeof *met, err));
    CISUP_TRY(neurons_of(rows, &x, err));
    CISUP_TRY(circuits_on(&x, rows->N, &y, err));
    CISUP_TRY(meet(&x, &y, met, &vigil, &most->circuits, err));
    CISUP_TRY(meet(&y, &x, met, &vigil, &most->neurons, err));
    CISUP_TRY(cisup_vigil_end(&vigil, err));
done:
    lists_free(&x);
    lists_free(&y);
    cisup_release(met);
    return status;
}
