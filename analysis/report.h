/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_REPORT_H
#define CISUP_ANALYSIS_REPORT_H

#include <cisup/analysis/experiment.h>
#include <cisup/core/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The rows of a report are the records of docs/formats.md, "propagate", by the same
 * names. "run" is what comes from the report alone: P, p, g, kappa, kappa_error,
 * networks_done, engines and open_shares. */
typedef enum {
    CISUP_ROWS_RUN = 1,
    CISUP_ROWS_ERROR = 2,
    CISUP_ROWS_TERM = 4,
    CISUP_ROWS_OPEN = 8,
    CISUP_ROWS_WORST = 16
} cisup_row_kind;

/* Which rows; {0}: all. */
typedef struct {
    unsigned kinds;             /* a sum of cisup_row_kind; 0: all */
    const cisup_result *result; /* those of this z of the report; NULL: of every z */
    cisup_index layer;          /* errors, terms and open neurons of it; 0: of all */
} cisup_report_rows;

/* Receives one row, whose first field is "record", its kind. It lives until the visitor
 * returns, its texts as long as the program; lists look into the report. Other than 0
 * ends the visit. */
typedef int cisup_report_visitor(void *context, const cisup_record *row);

/* Visits the run, then of every z the errors (layer, state, quantity), terms (layer,
 * state, term), open neurons (layer, block) and worst circuits, each in this order.
 * which: NULL: all. Returns what the visitor returned last, 0 without rows. O(rows);
 * nothing is allocated, the report is only read. */
CISUP_API int cisup_report_each(const cisup_report *report,
                                const cisup_report_rows *which,
                                cisup_report_visitor *visit, void *context);

#ifdef __cplusplus
}
#endif

#endif
