/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/reached.h>

#include <cisup/core/memory.h>

void cisup_reached_free(cisup_reached *r) {
    cisup_release(r->cell);
    cisup_release(r->list);
    *r = (cisup_reached){0};
}

cisup_status cisup_reached_init(cisup_reached *r, cisup_index N, cisup_index S,
                                cisup_index d, bool is_single, cisup_error *err) {
    *r = (cisup_reached){.N = N, .S = S, .d = d, .is_single = is_single};
    r->stride = (size_t)(d + 1) * (is_single ? sizeof(float) : sizeof(double));
    const cisup_status status = cisup_new(&r->cell, N, r->stride, err);
    if (status != CISUP_OK) cisup_reached_free(r);
    return status;
}

static uint32_t *stamp_of(const cisup_reached *r, cisup_index n) {
    return (uint32_t *)(r->cell + (size_t)n * r->stride);
}

void cisup_reached_start(cisup_reached *r) {
    if (r->serial > UINT32_MAX / 2) {
        for (cisup_index n = 0; n < r->N; n++) *stamp_of(r, n) = 0;
        r->serial = 0;
    }
    r->first = ++r->serial;
    r->count = 0;
}

/* A cell's sums = x or += x. */
static inline void set(bool is_single, cisup_index d, uint32_t *stamp, const double *x) {
    float *f = (float *)(stamp + 1);
    double *y = (double *)(stamp + 2);
    for (cisup_index i = 0; i < d; i++)
        if (is_single)
            f[i] = (float)x[i];
        else
            y[i] = x[i];
}

static inline void add(bool is_single, cisup_index d, uint32_t *stamp, const double *x) {
    float *f = (float *)(stamp + 1);
    double *y = (double *)(stamp + 2);
    for (cisup_index i = 0; i < d; i++)
        if (is_single)
            f[i] += (float)x[i];
        else
            y[i] += x[i];
}

/* With d and is_single constants, cells are added to in a register or two. */
static inline __attribute__((always_inline)) void
add_rows(cisup_reached *r, cisup_index slots, const int32_t *row, const double *image,
         const double *once, bool is_single, cisup_index d) {
    for (cisup_index k = 0; k < slots; k++) {
        const int32_t n = row[k];
        const double *x = image + k / r->S * d;
        uint32_t *stamp = stamp_of(r, n);
        if (*stamp < r->first) {
            set(is_single, d, stamp, x);
            r->list[r->count++] = n;
        } else {
            add(is_single, d, stamp, x);
        }
        if (*stamp != r->serial && once) add(is_single, d, stamp, once);
        *stamp = r->serial;
    }
}

cisup_status cisup_reached_add(cisup_reached *r, cisup_index rows, const int32_t *row,
                               const double *image, const double *once,
                               cisup_error *err) {
    const cisup_index slots = rows * r->S;
    const cisup_status status =
        cisup_grow(&r->list, &r->room, r->count + slots, sizeof *r->list, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < slots; k++) cisup_reached_prefetch(r, row[k]);
    if (r->d == 4 && r->is_single)
        add_rows(r, slots, row, image, once, true, 4);
    else if (r->d == 4)
        add_rows(r, slots, row, image, once, false, 4);
    else
        add_rows(r, slots, row, image, once, r->is_single, r->d);
    return CISUP_OK;
}

void cisup_reached_get(const cisup_reached *r, int32_t n, const double *level,
                       double *out) {
    const uint32_t *stamp = stamp_of(r, n);
    const bool has_sum = *stamp >= r->first;
    for (cisup_index i = 0; i < r->d; i++) {
        const double sum = r->is_single ? (double)((const float *)(stamp + 1))[i]
                                        : ((const double *)(stamp + 2))[i];
        out[i] = (has_sum ? sum : 0.0) + level[i];
    }
}
