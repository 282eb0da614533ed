/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/report.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <string.h>

/* Where the rows of a run go, and what became of it. */
typedef struct {
    const finished_run *run;
    FILE *to;
    cisup_status status;
    cisup_error *err;
} output;

/* Every parameter of a run, also those that have no effect on it. */
static void add_head(const finished_run *run, cisup_record *r) {
    const cisup_experiment *x = run->experiment;
    RECORD_ADD(r, "schema version", V("cisup.run/1"), V(CISUP_VERSION));
    setup_record(run->setup, &run->shape, r);
    if (run->offset[0]) RECORD_ADD(r, "params: offset", V((const char *)run->offset));
    if (run->strength[0])
        RECORD_ADD(r, "params: strength", V((const char *)run->strength));
    RECORD_ADD(r, "params: z mode precision networks samples implicit terms worst",
               V_INDICES(x->z, x->z_count), V(cisup_mode_name(x->mode)),
               V(cisup_precision_name(x->precision)), V(x->networks), V(x->inputs),
               V(cisup_experiment_is_computed(x)), V(x->terms), V(x->worst));
    if (run->excluded) RECORD_ADD(r, "params: exclude", V(run->excluded));
    if (x->noise > 0.0)
        RECORD_ADD(r, "params: input_noise robust_masks", V(x->noise),
                   V(x->robust_masks));
    if (run->active) RECORD_ADD(r, "params: active_file", V(run->active));
    RECORD_ADD(r, "N", V(run->shape.N));
}

static int emit_row(void *context, const cisup_record *row) {
    output *o = context;
    cisup_record run = {0};
    if (strcmp(row->field[0].value.text, "run") == 0) {
        RECORD_ADD(&run, "record", V("run"));
        add_head(o->run, &run);
        record_join(&run, row, 1);
    }
    o->status = emit_to(o->to, run.fields ? &run : row, o->err);
    return o->status != CISUP_OK;
}

/* The list of one network, or of all. */
static cisup_status emit_excluded(const output *o) {
    const cisup_exclusion *e = &o->run->experiment->exclude;
    const cisup_index lists = !e->count       ? 0
                              : e->by_network ? o->run->report->networks
                                              : 1;
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < lists && status == CISUP_OK; k++)
        status = emit_to(o->to,
                         RECORD_OF("record network circuits", V("excluded"),
                                   V_IF(e->by_network, k),
                                   V_INDICES(e->circuit + k * e->count, e->count)),
                         o->err);
    return status;
}

cisup_status report_records(const finished_run *run, FILE *to, cisup_error *err) {
    output o = {run, to, CISUP_OK, err};
    const cisup_report_rows head = {.kinds = CISUP_ROWS_RUN},
                            rows = {.kinds = ~head.kinds};
    if (cisup_report_each(run->report, &head, emit_row, &o) == 0 &&
        (o.status = emit_excluded(&o)) == CISUP_OK)
        (void)cisup_report_each(run->report, &rows, emit_row, &o);
    return o.status;
}

cisup_status report_json(const finished_run *run, cisup_error *err) {
    const cisup_status status = report_records(run, stdout, err);
    if (status != CISUP_OK) return status;
    return emit(RECORD_OF("record build_s run_s peak_bytes", V("timing"),
                          V(run->report->build_s), V(run->report->run_s),
                          V((cisup_index)cisup_memory_peak())),
                err);
}

/* The figures that a verdict rests on come along; of a number that nobody sets, -1. */
cisup_status assumptions_json(const cisup_assumptions *a, cisup_error *err) {
    const cisup_index *pair = a->correlated;
    const int is_weak = a->weakest_circuit >= 0;
    cisup_status status;
    CISUP_TRY(emit(RECORD_OF("record name holds", V("assumption"), V("A1"), V(1)), err));
    CISUP_TRY(
        emit(RECORD_OF("record name holds noise_tolerance weakest_circuit weakest_layer "
                       "on_tolerance",
                       V("assumption"), V("A2"), V(a->a2_holds), V(a->noise_tolerance),
                       V_IF(is_weak, a->weakest_circuit),
                       V_IF(a->weakest_layer >= 0, a->weakest_layer), V(a->on_tolerance)),
             err));
    CISUP_TRY(emit(RECORD_OF("record name holds largest_bias", V("assumption"), V("A3"),
                             V(a->a3_holds), V(a->largest_bias)),
                   err));
    CISUP_TRY(
        emit(RECORD_OF("record name holds common_part largest_correlation correlated "
                       "compared",
                       V("assumption"), V("A4"), V(a->a4_holds), V(a->common_part),
                       V(a->largest_correlation),
                       cisup_value_if(pair[0] >= 0, V_INDICES(pair, 2)), V(a->compared)),
             err));
done:
    return status;
}
