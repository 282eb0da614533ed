/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycle.h>

#include <cisup/core/memory.h>

/* Names the first part of a circuit that has another number of neurons than S. row:
 * [c*S], strictly increasing. */
static bool find_bad(const int32_t *row, cisup_index N, cisup_index S, cisup_index c,
                     cisup_cycle_report *report) {
    const cisup_index slots = c * S;
    cisup_index k = 0;
    for (cisup_index h = 0; h < c; h++) {
        cisup_index count = 0;
        for (; k < slots && row[k] < (h + 1) * N; k++) count++;
        if (count == S) continue;
        report->bad_part = h;
        report->bad_count = count;
        return true;
    }
    return false;
}

/* Row by row, some at a time. */
static cisup_status parts_check(const cisup_rows *rows, cisup_index c,
                                cisup_cycle_report *report, cisup_error *err) {
    const cisup_index N = rows->N / c, S = rows->S / c;
    const cisup_index most = rows->S < 2048 ? 4096 / rows->S : 1;
    int32_t *slot = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&slot, most * rows->S, sizeof *slot, err));
    for (cisup_index first = 0; first < rows->T && report->bad_circuit < 0;
         first += most) {
        const cisup_index left = rows->T - first, count = left < most ? left : most;
        CISUP_TRY(rows->fill(rows->from, first, count, slot, err));
        CISUP_TRY(cisup_rows_check(rows, first, slot, count, err));
        for (cisup_index t = 0; t < count && report->bad_circuit < 0; t++)
            if (find_bad(slot + t * rows->S, N, S, c, report))
                report->bad_circuit = first + t;
    }
done:
    cisup_release(slot);
    return status;
}

cisup_status cisup_cycle_check(const cisup_rows *rows, cisup_index c,
                               const cisup_overlap_options *options,
                               cisup_cycle_report *report, cisup_error *err) {
    *report = (cisup_cycle_report){.bad_circuit = -1, .bad_part = -1};
    cisup_status status;
    if (c < 2 || rows->N % c || rows->S % c)
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "%" PRId64 " neurons, %" PRId64
                             " of them a circuit, are no cycle of %" PRId64 " parts",
                             rows->N, rows->S, c));
    CISUP_TRY(cisup_overlap_check_rows(rows, options, &report->overlap, err));
    CISUP_TRY(parts_check(rows, c, report, err));
    report->holds = report->overlap.holds && report->bad_circuit < 0;
done:
    if (status != CISUP_OK) *report = (cisup_cycle_report){0};
    return status;
}
