/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <cisup/analysis/measure/term_sums.h>

#include <math.h>

static cisup_status term_json(FILE *to, const cisup_result *r, cisup_index l, int state,
                              int term, cisup_error *err) {
    const cisup_index cell = cisup_term_cell(l, state, term);
    return emit_line_to(
        to,
        json_pack("{ss,sI,sI,ss,ss,so,so,so,so,so}", "record", "term", "z", r->z, "layer",
                  l, "state", cisup_state_name((cisup_state_kind)state), "term",
                  cisup_term_name((cisup_term)term), "mean_square",
                  emit_number(r->term[cell].mean), "lo", emit_number(r->term[cell].low),
                  "hi", emit_number(r->term[cell].high), "correlation_with_total",
                  emit_number(r->correlation[cell]), "residual",
                  emit_number(r->residual)),
        err);
}

cisup_status terms_json(FILE *to, const finished_run *run, const cisup_result *r,
                        cisup_error *err) {
    if (!run->experiment->terms) return CISUP_OK;
    for (cisup_index l = 1; l <= run->report->L; l++)
        for (int state = 0; state <= CISUP_INACTIVE; state++)
            for (int term = 0; term < CISUP_TERM_TOTAL; term++) {
                const cisup_status status = term_json(to, r, l, state, term, err);
                if (status != CISUP_OK) return status;
            }
    return CISUP_OK;
}

void terms_text(const finished_run *run, const cisup_result *r) {
    if (!run->experiment->terms) return;
    printf(
        "\nparts of the errors, mean squares (in brackets: correlation with the error; "
        "residual of the sum %.2g)\n"
        "layer  circuits           overlap       propagation        activation"
        "        weight corr.      read-out corr.       prop.+weight\n",
        r->residual);
    for (cisup_index l = 1; l <= run->report->L; l++)
        for (int state = 0; state <= CISUP_INACTIVE; state++) {
            printf("%5" PRId64 "  %-8s", l, cisup_state_name((cisup_state_kind)state));
            for (int term = 0; term < CISUP_TERM_TOTAL; term++) {
                const cisup_index cell = cisup_term_cell(l, state, term);
                cell_text(r->term[cell].mean);
                if (r->term[cell].mean >= 1e-20 && isfinite(r->correlation[cell]))
                    printf(" (%5.2f)", r->correlation[cell]);
                else
                    printf(" (  -  )");
            }
            putchar('\n');
        }
}
