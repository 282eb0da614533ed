/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/reached.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/base/vector.h>
#include <cisup/core/memory.h>

#include <float.h>
#include <math.h>

#define LISTED UINT32_C(0x80000000)

void cisup_reached_free(cisup_reached *r) {
    cisup_release(r->cell);
    cisup_release(r->need);
    cisup_release(r->both);
    cisup_release(r->list);
    *r = (cisup_reached){0};
}

cisup_status cisup_reached_init(cisup_reached *r, cisup_index N, cisup_index S,
                                cisup_index d, bool is_single, cisup_error *err) {
    *r = (cisup_reached){.N = N, .S = S, .d = d, .is_single = is_single};
    r->stride = (size_t)(d + 1) * (is_single ? sizeof(float) : sizeof(double));
    cisup_status status;
    CISUP_TRY(cisup_new(&r->cell, N, r->stride, err));
    CISUP_TRY(cisup_new(&r->need, d, sizeof *r->need, err));
    CISUP_TRY(cisup_new(&r->both, d, sizeof *r->both, err));
done:
    if (status != CISUP_OK) cisup_reached_free(r);
    return status;
}

static uint32_t *stamp_of(const cisup_reached *r, cisup_index n) {
    return (uint32_t *)(r->cell + (size_t)n * r->stride);
}

void cisup_reached_start(cisup_reached *r, cisup_index senders) {
    if ((cisup_index)r->last + senders >= CISUP_REACHED_SERIALS) {
        for (cisup_index n = 0; n < r->N; n++) *stamp_of(r, n) = 0;
        r->last = 0;
    }
    r->first = r->last + 1;
    r->last += (uint32_t)senders;
    r->count = 0;
    r->size = 0.0;
    for (cisup_index i = 0; i < r->d; i++) r->need[i] = -(double)INFINITY;
}

/* A cell's sums: x alone if it is fresh, else added. Whether one is above need. */
static inline bool add(bool is_single, cisup_index d, uint32_t *stamp, bool is_fresh,
                       const double *x, const double *need) {
    float *f = (float *)(stamp + 1);
    double *y = (double *)(stamp + 2);
    int above = 0;
    for (cisup_index i = 0; i < d; i++)
        if (is_single) {
            f[i] = is_fresh ? (float)x[i] : f[i] + (float)x[i];
            above |= (double)f[i] > need[i];
        } else {
            y[i] = is_fresh ? x[i] : y[i] + x[i];
            above |= y[i] > need[i];
        }
    return above;
}

/* The same for four sums, which stay in a register or two: no branch, no loop. */
typedef double four_doubles __attribute__((vector_size(32), aligned(8), may_alias));
typedef float four_floats __attribute__((vector_size(16), aligned(4), may_alias));
typedef int64_t four_masks __attribute__((vector_size(32)));
typedef int32_t four_small_masks __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) bool add_four(bool is_single,
                                                           uint32_t *stamp, bool is_fresh,
                                                           const double *x,
                                                           const double *need) {
    const four_doubles wide = *(const four_doubles *)x;
    four_masks is_above;
    if (is_single) {
        four_floats *f = (four_floats *)(stamp + 1);
        const int32_t keep = (int32_t)is_fresh - 1;
        const four_floats old = (four_floats)((four_small_masks)*f & keep);
        const four_floats sum = old + __builtin_convertvector(wide, four_floats);
        is_above =
            __builtin_convertvector(sum, four_doubles) > *(const four_doubles *)need;
        *f = sum;
    } else {
        four_doubles *y = (four_doubles *)(stamp + 2);
        const int64_t keep = (int64_t)is_fresh - 1;
        const four_doubles sum = (four_doubles)((four_masks)*y & keep) + wide;
        is_above = sum > *(const four_doubles *)need;
        *y = sum;
    }
    return (is_above[0] | is_above[1] | is_above[2] | is_above[3]) != 0;
}

/* With d and is_single constants. both: [d], image and once together. */
static inline __attribute__((always_inline)) void
add_rows(cisup_reached *r, const cisup_rows_sent *rows, const double *once, double *both,
         bool is_single, cisup_index d) {
    const uint32_t first = r->first;
    const cisup_index S = r->S;
    const size_t stride = r->stride;
    const double *need = r->need;
    char *cell = r->cell;
    double size = r->size;
    for (cisup_index c = 0; c < rows->count; c++) {
        const uint32_t serial = first + (uint32_t)rows->sender[c];
        const double *image = rows->image + c * d;
        const int32_t *neuron = rows->neuron + c * S;
        for (cisup_index i = 0; i < d; i++) {
            both[i] = once ? image[i] + once[rows->sender[c] * d + i] : image[i];
            size += fabs(image[i]) + fabs(both[i]);
        }
        for (cisup_index k = 0; k < S; k++) {
            uint32_t *stamp = (uint32_t *)(cell + (size_t)neuron[k] * stride);
            const uint32_t seen = *stamp & ~LISTED;
            uint32_t listed = seen < first ? 0 : *stamp & LISTED;
            const double *x = seen == serial ? image : both;
            const bool is_above = d == 4
                                      ? add_four(is_single, stamp, seen < first, x, need)
                                      : add(is_single, d, stamp, seen < first, x, need);
            if (is_above && !listed) {
                r->list[r->count++] = neuron[k];
                listed = LISTED;
            }
            *stamp = serial | listed;
        }
    }
    r->size = size;
}

CISUP_VECTOR
static void add_all(cisup_reached *r, const cisup_rows_sent *rows, const double *once,
                    double *both) {
    if (r->d == 4 && r->is_single)
        add_rows(r, rows, once, both, true, 4);
    else if (r->d == 4)
        add_rows(r, rows, once, both, false, 4);
    else if (r->d == 2 && r->is_single)
        add_rows(r, rows, once, both, true, 2);
    else if (r->d == 2)
        add_rows(r, rows, once, both, false, 2);
    else
        add_rows(r, rows, once, both, r->is_single, r->d);
}

cisup_status cisup_reached_add(cisup_reached *r, const cisup_rows_sent *rows,
                               const double *once, cisup_error *err) {
    const cisup_status status = cisup_grow(
        &r->list, &r->room, r->count + rows->count * r->S, sizeof *r->list, err);
    if (status != CISUP_OK) return status;
    add_all(r, rows, once, r->both);
    return CISUP_OK;
}

void cisup_reached_get(const cisup_reached *r, int32_t n, const double *level,
                       double *out) {
    const uint32_t *stamp = stamp_of(r, n);
    const bool has_sum = (*stamp & ~LISTED) >= r->first;
    for (cisup_index i = 0; i < r->d; i++) {
        const double sum = r->is_single ? (double)((const float *)(stamp + 1))[i]
                                        : ((const double *)(stamp + 2))[i];
        out[i] = (has_sum ? sum : 0.0) + level[i];
    }
}

bool cisup_reached_is_finite(const cisup_reached *r, const double *level) {
    const double most = r->is_single ? (double)FLT_MAX : DBL_MAX;
    double size = r->size;
    for (cisup_index i = 0; i < r->d; i++) size += fabs(level[i]);
    if (size < 0.5 * most) return true;
    for (cisup_index n = 0; n < r->N; n++) {
        cisup_reached_get(r, (int32_t)n, level, r->both);
        for (cisup_index i = 0; i < r->d; i++)
            if (!(fabs(r->both[i]) <= most)) return false;
    }
    return true;
}
