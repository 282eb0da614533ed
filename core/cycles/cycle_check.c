/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycle.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>

/* The neurons of part h among those of a row from *at on, which is moved behind them. */
static cisup_index count_in(const int32_t *row, cisup_index S, cisup_index end,
                            cisup_index *at) {
    const cisup_index first = *at;
    while (*at < S && row[*at] < end) ++*at;
    return *at - first;
}

/* Names the first part of a circuit that has not as many neurons as circuit 0 has in
 * part 0. row: [S], increasing. */
static void look_at(const int32_t *row, cisup_index S, cisup_index c, cisup_index t,
                    cisup_cycle_parts *parts) {
    cisup_index at = 0;
    for (cisup_index h = 0; h < c && parts->bad_circuit < 0; h++) {
        const cisup_index count = count_in(row, S, (h + 1) * parts->N, &at);
        if (t == 0 && h == 0) parts->S = count;
        if (count > 0 && count == parts->S) continue;
        parts->bad_circuit = t;
        parts->bad_part = h;
        parts->bad_count = count;
    }
}

cisup_status cisup_cycle_parts_check(const cisup_rows *rows, cisup_index c, cisup_index N,
                                     cisup_cycle_parts *parts, cisup_error *err) {
    *parts = (cisup_cycle_parts){.N = N, .bad_circuit = -1, .bad_part = -1};
    int32_t *slot = NULL;
    cisup_status status;
    if (c < 2 || N < 1 || N > rows->N / c || rows->T < 1 || rows->S < 1)
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "%" PRId64 " circuits on %" PRId64
                             " neurons are no cycle of %" PRId64 " parts",
                             rows->T, rows->N, c));
    const cisup_index most = rows->S < 2048 ? 4096 / rows->S : 1;
    CISUP_TRY(cisup_new(&slot, most * rows->S, sizeof *slot, err));
    for (cisup_index first = 0; first < rows->T && parts->bad_circuit < 0;
         first += most) {
        const cisup_index left = rows->T - first, count = left < most ? left : most;
        CISUP_TRY(rows->fill(rows->from, first, count, slot, err));
        CISUP_TRY(cisup_rows_check(rows, first, slot, count, err));
        for (cisup_index t = 0; t < count; t++)
            look_at(slot + t * rows->S, rows->S, c, first + t, parts);
    }
done:
    cisup_release(slot);
    if (status != CISUP_OK) *parts = (cisup_cycle_parts){0};
    return status;
}

cisup_status cisup_cycle_check(const cisup_rows *rows, cisup_index c,
                               const cisup_overlap_options *options,
                               cisup_cycle_report *report, cisup_error *err) {
    *report = (cisup_cycle_report){0};
    cisup_status status;
    if (c < 2 || rows->N % c)
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "%" PRId64 " neurons are not %" PRId64 " parts, 2 or more",
                             rows->N, c));
    CISUP_TRY(cisup_cycle_parts_check(rows, c, rows->N / c, &report->parts, err));
    CISUP_TRY(cisup_overlap_check_rows(rows, options, &report->overlap, err));
    report->holds = report->overlap.holds && report->parts.bad_circuit < 0;
done:
    if (status != CISUP_OK) *report = (cisup_cycle_report){0};
    return status;
}
