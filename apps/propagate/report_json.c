/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <cisup/core/memory.h>

#include <cisup/analysis/measure/measure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/schemes.h>

static json_t *number_list(const double *x, cisup_index count) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < count; k++) emit_append(&list, emit_number(x[k]));
    return list;
}

/* The files that circuits of the user's own came from. */
static void add_own_files(json_t **params, const setup *s) {
    if (!s->circuits_path) return;
    emit_set(params, "circuit_file", json_string(s->circuits_path));
    emit_set(params, "gate", json_boolean(s->gate));
    emit_set(params, "input_file",
             s->inputs_path ? json_string(s->inputs_path) : json_null());
}

json_t *setup_json(const setup *s, const cisup_shape *n) {
    json_t *p = json_pack(
        "{sI,sI,sI,sI,sI,ss,ss,sb,ss,sf,sb,ss,sf,sb,ss,ss,sf,so,ss,sI}", "D", n->D, "d",
        n->d, "T", n->T, "S", n->S, "L", n->L, "scheme",
        cisup_scheme_name((cisup_scheme)s->allocation.scheme), "hop",
        allocation_hop_name(s->allocation.hop), "reflect", s->allocation.reflect,
        "even_out", allocation_even_out_name(s->allocation.even_out), "effort",
        s->allocation.effort, "reshuffle", !s->keep_order, "family",
        s->circuits_path ? "own" : cisup_family_name((cisup_family)s->family), "margin",
        s->margin, "fresh", s->fresh, "weights",
        cisup_weight_scheme_name((cisup_weight_scheme)s->weights), "kappa",
        setup_kappa_name(s->kappa), "w_correction", s->correction, "center",
        emit_number(s->center), "engine", cisup_pass_name((cisup_pass)s->engine), "seed",
        (json_int_t)s->seed);
    add_own_files(&p, s);
    return p;
}

/* Every parameter of a run, also those that have no effect on it. */
static json_t *params_json(const finished_run *run) {
    const cisup_experiment *x = run->experiment;
    json_t *z = json_array(), *p = setup_json(run->setup, &run->shape);
    for (cisup_index k = 0; k < x->z_count; k++) emit_append(&z, json_integer(x->z[k]));
    json_t *more =
        json_pack("{so,ss,ss,sI,sI,sb,sb,sI}", "z", z, "mode", cisup_mode_name(x->mode),
                  "precision", cisup_precision_name(x->precision), "networks",
                  x->networks, "samples", x->inputs, "implicit", x->computed != NULL,
                  "terms", x->terms, "worst", x->worst);
    emit_merge(&p, more);
    if (run->excluded) emit_set(&p, "exclude", json_string(run->excluded));
    return p;
}

static json_t *run_json(const finished_run *run) {
    const cisup_report *report = run->report;
    const int capped = run->setup->weights == CISUP_WEIGHTS_CAPPED;
    json_t *g = json_array(), *engines = json_array(), *shares = json_array();
    for (cisup_index k = 0; k < report->z_count; k++) {
        const cisup_result *r = &report->result[k];
        emit_append(&g, emit_number(r->feedback));
        emit_append(&engines, json_string(cisup_pass_name(r->engine)));
        emit_append(&shares, emit_number(r->share));
    }
    return json_pack("{ss,ss,ss,so,sI,so,so,so,so,sf,sI,so,so}", "record", "run",
                     "schema", "cisup.run/1", "version", CISUP_VERSION, "params",
                     params_json(run), "N", run->shape.N, "P",
                     emit_number(report->stats.P), "p", emit_number(report->stats.p), "g",
                     g, "kappa", number_list(report->kappa, capped ? report->L - 1 : 0),
                     "kappa_error", report->kappa_error, "networks_done",
                     report->networks, "engines", engines, "open_shares", shares);
}

static json_t *error_json(const cisup_result *r, cisup_index l, int state, int quantity) {
    const cisup_index cell = cisup_cell(l, state, quantity);
    const cisup_prediction *theory = &r->theory[cell];
    const double signal = r->mse[cisup_cell(l, CISUP_SIGNAL, quantity)].mean;
    return json_pack(
        "{ss,sI,sI,ss,ss,so,so,so,so,so,so,so,s{so,so,so}}", "record", "error", "z", r->z,
        "layer", l, "state", cisup_state_name((cisup_state_kind)state), "quantity",
        cisup_quantity_name((cisup_quantity)quantity), "mse",
        emit_number(r->mse[cell].mean), "mse_lo", emit_number(r->mse[cell].low), "mse_hi",
        emit_number(r->mse[cell].high), "median", emit_number(r->median[cell]), "q99",
        emit_number(r->q99[cell]), "worst", emit_number(r->worst[cell]), "signal",
        emit_number(signal), "theory", "post", emit_number(theory->post), "followup",
        emit_number(theory->followup), "refined", emit_number(theory->refined));
}

static cisup_status errors_json(FILE *to, const finished_run *run, const cisup_result *r,
                                cisup_error *err) {
    for (cisup_index l = 1; l <= run->report->L; l++)
        for (int state = 0; state <= CISUP_INACTIVE; state++)
            for (int q = 0; q < CISUP_QUANTITIES; q++) {
                if (!cisup_quantity_exists(run->circuits, (cisup_quantity)q)) continue;
                const cisup_status status =
                    emit_line_to(to, error_json(r, l, state, q), err);
                if (status != CISUP_OK) return status;
            }
    return CISUP_OK;
}

static cisup_status open_json(FILE *to, const finished_run *run, const cisup_result *r,
                              cisup_error *err) {
    const cisup_index d = run->report->d;
    for (cisup_index l = 1; l <= run->report->L; l++)
        for (cisup_index i = 0; i < d; i++) {
            const cisup_index k = (l - 1) * d + i;
            const cisup_status status = emit_line_to(
                to,
                json_pack("{ss,sI,sI,sI,so,so}", "record", "open", "z", r->z, "layer", l,
                          "block", i, "fraction", emit_number(r->open[k]),
                          "wrong_fraction", emit_number(r->wrong[k])),
                err);
            if (status != CISUP_OK) return status;
        }
    return CISUP_OK;
}

cisup_status report_records(const finished_run *run, FILE *to, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(emit_line_to(to, run_json(run), err));
    CISUP_TRY(excluded_json(to, run, err));
    for (cisup_index k = 0; k < run->report->z_count; k++) {
        CISUP_TRY(errors_json(to, run, &run->report->result[k], err));
        CISUP_TRY(terms_json(to, run, &run->report->result[k], err));
        CISUP_TRY(open_json(to, run, &run->report->result[k], err));
        CISUP_TRY(worst_json(to, run, &run->report->result[k], err));
    }
done:
    return status;
}

cisup_status report_json(const finished_run *run, cisup_error *err) {
    const cisup_status status = report_records(run, stdout, err);
    if (status != CISUP_OK) return status;
    return emit_line(json_pack("{ss,so,so,sI}", "record", "timing", "build_s",
                               emit_number(run->report->build_s), "run_s",
                               emit_number(run->report->run_s), "peak_bytes",
                               (json_int_t)cisup_memory_peak()),
                     err);
}

/* 1: holds, 0: does not. The figures that the verdict rests on come along. */
static cisup_status assumption_line(const char *name, int holds, json_t *figures,
                                    cisup_error *err) {
    json_t *line =
        json_pack("{ss,ss,sb}", "record", "assumption", "name", name, "holds", holds);
    emit_merge(&line, figures);
    return emit_line(line, err);
}

/* Of a figure that nobody sets, -1. */
static json_t *number_or_null(cisup_index number) {
    return number < 0 ? json_null() : json_integer(number);
}

/* Two circuits, or null. */
static json_t *pair_or_null(const cisup_index pair[2]) {
    return pair[0] < 0 ? json_null() : json_pack("[II]", pair[0], pair[1]);
}

cisup_status assumptions_json(const cisup_assumptions *a, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(assumption_line("A1", 1, json_object(), err));
    CISUP_TRY(assumption_line(
        "A2", a->a2_holds,
        json_pack("{so,so,so,so}", "noise_tolerance", emit_number(a->noise_tolerance),
                  "weakest_circuit", number_or_null(a->weakest_circuit), "weakest_layer",
                  number_or_null(a->weakest_layer), "on_tolerance",
                  emit_number(a->on_tolerance)),
        err));
    CISUP_TRY(assumption_line(
        "A3", a->a3_holds,
        json_pack("{so}", "largest_bias", emit_number(a->largest_bias)), err));
    CISUP_TRY(assumption_line(
        "A4", a->a4_holds,
        json_pack("{so,so,so,sI}", "common_part", emit_number(a->common_part),
                  "largest_correlation", emit_number(a->largest_correlation),
                  "correlated", pair_or_null(a->correlated), "compared", a->compared),
        err));
done:
    return status;
}
