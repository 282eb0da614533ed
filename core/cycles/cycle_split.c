/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycle.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>

/* Copies circuit t to all parts. row: [c*S], increasing. */
static cisup_status split_row(const int32_t *row, cisup_index t, cisup_index c,
                              cisup_allocation *part, cisup_error *err) {
    const cisup_index N = part->N, S = part->S;
    for (cisup_index h = 0; h < c; h++, row += S) {
        if (row[0] < h * N || row[S - 1] >= (h + 1) * N)
            return CISUP_FAIL(err, CISUP_EINVARIANT,
                              "circuit %" PRId64 " has not S = %" PRId64
                              " neurons in part %" PRId64,
                              t, S, h);
        for (cisup_index k = 0; k < S; k++)
            part[h].slot[t * S + k] = (int32_t)(row[k] - h * N);
    }
    return CISUP_OK;
}

static cisup_status split_all(const cisup_rows *rows, cisup_index c,
                              cisup_allocation *part, cisup_error *err) {
    const cisup_index most = rows->S < 2048 ? 4096 / rows->S : 1;
    int32_t *slot = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&slot, most * rows->S, sizeof *slot, err));
    for (cisup_index first = 0; first < rows->T; first += most) {
        const cisup_index left = rows->T - first, count = left < most ? left : most;
        CISUP_TRY(rows->fill(rows->from, first, count, slot, err));
        CISUP_TRY(cisup_rows_check(rows, first, slot, count, err));
        for (cisup_index t = 0; t < count; t++)
            CISUP_TRY(split_row(slot + t * rows->S, first + t, c, part, err));
    }
done:
    cisup_release(slot);
    return status;
}

cisup_status cisup_cycle_split(const cisup_rows *rows, cisup_index c,
                               cisup_allocation *part, cisup_error *err) {
    if (c < 2 || rows->N % c || rows->S % c)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%" PRId64 " neurons, %" PRId64
                          " of them a circuit, are not %" PRId64 " parts, 2 or more",
                          rows->N, rows->S, c);
    cisup_index made = 0;
    cisup_status status;
    do {
        status =
            cisup_allocation_init(&part[made++], rows->N / c, rows->S / c, rows->T, err);
    } while (status == CISUP_OK && made < c);
    if (status == CISUP_OK) status = split_all(rows, c, part, err);
    while (status != CISUP_OK && made > 0) cisup_allocation_free(&part[--made]);
    return status;
}

cisup_status cisup_cycle_store(const cisup_cycle *x, cisup_allocation *rows,
                               cisup_error *err) {
    *rows = (cisup_allocation){0};
    cisup_index count;
    if (!cisup_multiply_sizes(x->c, x->T, &count)) count = INT64_MAX;
    const cisup_status status = cisup_allocation_init(rows, x->N, x->S, count, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < count; k++)
        cisup_cycle_row(x, k / x->T, k % x->T, rows->slot + k * x->S);
    rows->T = x->T;
    return CISUP_OK;
}
