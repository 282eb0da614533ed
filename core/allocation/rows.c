/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/rows.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/base/vector.h>

#include <string.h>

static cisup_status fill_stored(const void *from, cisup_index first, cisup_index count,
                                int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_allocation *a = from;
    memcpy(out, cisup_allocation_row(a, first), (size_t)(count * a->S) * sizeof *out);
    return CISUP_OK;
}

cisup_rows cisup_rows_stored(const cisup_allocation *a) {
    return (cisup_rows){a->N, a->S, a->T, fill_stored, a, a->slot};
}

/* How many of slot[from..to-1] do not exceed the one before; to - from < 2^31. */
CISUP_VECTOR static int32_t descents_within(const int32_t *slot, cisup_index from,
                                            cisup_index to) {
    int32_t found = 0;
    for (cisup_index k = from; k < to; k++) found += slot[k] <= slot[k - 1];
    return found;
}

/* How many neighbours do not increase, row ends included. */
static cisup_index descents(const int32_t *slot, cisup_index length) {
    const cisup_index most = INT64_C(1) << 30;
    cisup_index found = 0;
    for (cisup_index k = 1; k < length; k += most)
        found += descents_within(slot, k, length - k < most ? length : k + most);
    return found;
}

cisup_index cisup_rows_fault(const int32_t *slot, cisup_index count, cisup_index S,
                             cisup_index N) {
    cisup_index inside = descents(slot, count * S);
    int outside = 0;
    for (cisup_index t = 0; t < count; t++) {
        const int32_t *row = slot + t * S;
        outside |= row[0] < 0 || row[S - 1] >= N;
        inside -= t > 0 && row[0] <= row[-1];
    }
    if (!outside && inside == 0) return -1;
    for (cisup_index k = 0;; k++) {
        const int32_t last = k % S ? slot[k - 1] : -1;
        if (slot[k] <= last || slot[k] >= N) return k;
    }
}

cisup_status cisup_rows_check(const cisup_rows *rows, cisup_index first,
                              const int32_t *slot, cisup_index count, cisup_error *err) {
    const cisup_index k = cisup_rows_fault(slot, count, rows->S, rows->N);
    if (k < 0) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT,
                      "circuit %" PRId64 ": neuron %" PRId32
                      " is not increasing within [0, %" PRId64 ")",
                      first + k / rows->S, slot[k], rows->N);
}
