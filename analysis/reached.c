/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/reached.h>

#include <cisup/core/memory.h>

#include <string.h>

void cisup_reached_free(cisup_reached *r) {
    cisup_release(r->y);
    cisup_release(r->stamp);
    cisup_release(r->list);
    *r = (cisup_reached){0};
}

static size_t number_size(const cisup_reached *r) {
    return r->is_single ? sizeof(float) : sizeof(double);
}

cisup_status cisup_reached_init(cisup_reached *r, cisup_index N, cisup_index S,
                                cisup_index d, bool is_single, cisup_error *err) {
    *r = (cisup_reached){.N = N, .S = S, .d = d, .is_single = is_single};
    const double bytes = (double)N * (4.0 + (double)d * (double)number_size(r));
    cisup_status status;
    CISUP_TRY(cisup_memory_require(bytes, "the neurons of a pass", err));
    CISUP_TRY(cisup_new(&r->y, N * d, number_size(r), err));
    CISUP_TRY(cisup_new(&r->stamp, N, sizeof *r->stamp, err));
done:
    if (status != CISUP_OK) cisup_reached_free(r);
    return status;
}

void cisup_reached_start(cisup_reached *r) {
    if (r->serial > UINT32_MAX / 2) {
        memset(r->stamp, 0, (size_t)r->N * sizeof *r->stamp);
        r->serial = 0;
    }
    r->first = ++r->serial;
    r->count = 0;
}

static void add(cisup_reached *r, cisup_index n, const double *x) {
    if (r->is_single) {
        float *y = (float *)r->y + n * r->d;
        for (cisup_index i = 0; i < r->d; i++) y[i] += (float)x[i];
    } else {
        double *y = (double *)r->y + n * r->d;
        for (cisup_index i = 0; i < r->d; i++) y[i] += x[i];
    }
}

cisup_status cisup_reached_add(cisup_reached *r, cisup_index rows, const int32_t *row,
                               const double *image, const double *once,
                               cisup_error *err) {
    const cisup_index slots = rows * r->S;
    const size_t bytes = (size_t)r->d * number_size(r);
    const cisup_status status =
        cisup_grow(&r->list, &r->room, r->count + slots, sizeof *r->list, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < slots; k++) cisup_reached_prefetch(r, row[k]);
    for (cisup_index k = 0; k < slots; k++) {
        const int32_t n = row[k];
        if (r->stamp[n] < r->first) {
            memset((char *)r->y + (size_t)n * bytes, 0, bytes);
            r->list[r->count++] = n;
        }
        add(r, n, image + k / r->S * r->d);
        if (r->stamp[n] != r->serial && once) add(r, n, once);
        r->stamp[n] = r->serial;
    }
    return CISUP_OK;
}

void cisup_reached_get(const cisup_reached *r, int32_t n, const double *level,
                       double *out) {
    const cisup_index d = r->d;
    const bool has_sum = r->stamp[n] >= r->first;
    for (cisup_index i = 0; i < d; i++) {
        const double sum = !has_sum       ? 0.0
                           : r->is_single ? (double)((float *)r->y)[n * d + i]
                                          : ((double *)r->y)[n * d + i];
        out[i] = sum + level[i];
    }
}
