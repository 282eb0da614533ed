/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/allocation.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/shape.h>

#include <math.h>

__extension__ typedef unsigned __int128 uint128;

cisup_status cisup_allocation_sizes_check(cisup_index N, cisup_index S,
                                          cisup_error *err) {
    if (S < 1) return CISUP_FAIL(err, CISUP_EINVAL, "S = %" PRId64 " is not positive", S);
    if (N < S)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "S = %" PRId64 " is larger than N = %" PRId64, S, N);
    if (N > CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "N = %" PRId64 " neurons per block; at most %" PRId32, N,
                          CISUP_MOST_NEURONS);
    return CISUP_OK;
}

cisup_status cisup_allocation_init(cisup_allocation *a, cisup_index N, cisup_index S,
                                   cisup_index T, cisup_error *err) {
    *a = (cisup_allocation){0};
    cisup_status status;
    CISUP_TRY(cisup_allocation_sizes_check(N, S, err));
    if (T < 1) return CISUP_FAIL(err, CISUP_EINVAL, "T = %" PRId64 " is not positive", T);
    cisup_index slots;
    if (!cisup_multiply_sizes(T, S, &slots))
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "T = %" PRId64 " circuits with S = %" PRId64
                          " have more than 2^63 slots",
                          T, S);
    CISUP_TRY(
        cisup_memory_require((double)slots * sizeof *a->slot, "the allocation", err));
    CISUP_TRY(cisup_new(&a->slot, slots, sizeof *a->slot, err));
    a->N = N;
    a->S = S;
    a->T = T;
done:
    return status;
}

void cisup_allocation_free(cisup_allocation *a) {
    cisup_release(a->slot);
    *a = (cisup_allocation){0};
}

void cisup_row_sort(int32_t *row, cisup_index S) {
    for (cisup_index k = 1; k < S; k++) {
        const int32_t x = row[k];
        cisup_index j = k;
        for (; j > 0 && row[j - 1] > x; j--) row[j] = row[j - 1];
        row[j] = x;
    }
}

cisup_index cisup_packing_bound(cisup_index N, cisup_index S) {
    if (S < 2) return INT64_MAX;
    if (N < S) return 0;
    const uint128 n = (uint128)N, s = (uint128)S;
    const uint128 bound = n * (n - 1) / (s * (s - 1));
    return bound < INT64_MAX ? (cisup_index)bound : INT64_MAX;
}

void cisup_allocation_loads(const cisup_allocation *a, cisup_index *load) {
    for (cisup_index n = 0; n < a->N; n++) load[n] = 0;
    for (cisup_index k = 0; k < a->T * a->S; k++) load[a->slot[k]]++;
}

cisup_allocation_stats cisup_allocation_statistics(const cisup_index *load, cisup_index N,
                                                   cisup_index S, cisup_index T) {
    cisup_allocation_stats s = {.load_min = load[0], .load_max = load[0]};
    cisup_index square = 0;
    for (cisup_index n = 0; n < N; n++) {
        if (load[n] < s.load_min) s.load_min = load[n];
        if (load[n] > s.load_max) s.load_max = load[n];
        square += load[n] * load[n];
    }
    const double mean = (double)T * (double)S / (double)N;
    const double variance = (double)square / (double)N - mean * mean;
    s.load_cv = variance > 0.0 ? sqrt(variance) / mean : 0.0;
    s.P =
        T < 2 ? (double)NAN : (double)(square - T * S) / ((double)T * ((double)T - 1.0));
    s.p = s.P / ((double)S * (double)S);
    return s;
}

double cisup_even_overlap(cisup_index N, cisup_index S, cisup_index T) {
    if (T < 2 || T * S <= N) return 0.0;
    return (double)S * ((double)T * (double)S / (double)N - 1.0) / ((double)T - 1.0);
}

extern inline const int32_t *cisup_allocation_row(const cisup_allocation *a,
                                                  cisup_index t);
