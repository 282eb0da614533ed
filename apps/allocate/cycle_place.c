/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cycle_place.h"

#include "origin.h"

#include "common/emit.h"
#include "common/guard.h"
#include "common/options.h"
#include "common/program.h"

#include <cisup/core/base/storage.h>
#include <cisup/core/cycle.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/allocation_file.h>

/* The parts as one allocation. */
static cisup_status join(const cisup_cycle *x, cisup_allocation *all, cisup_error *err) {
    const cisup_rows rows = cisup_cycle_rows(x);
    cisup_status status;
    CISUP_TRY(cisup_allocation_init(all, rows.N, rows.S, rows.T, err));
    CISUP_TRY(rows.fill(rows.from, 0, rows.T, all->slot, err));
done:
    return status;
}

static void add_plan(cisup_record *r, const cisup_cycle_plan *p) {
    RECORD_ADD(r, "plan order q capacity bound ratio", V(p->recipe), V(p->order),
               V_IF(p->q > 0, p->q), V(p->T), V(p->bound),
               V((double)p->T / (double)p->bound));
}

static const char plan_text[] =
    "plan      {plan}, computed for q = {q}\n"
    "capacity  {capacity} circuits; no cycle has more than {bound}\n";

static cisup_status show_plan(const cycle_request *r, const cisup_cycle_plan *plan,
                              cisup_index T, cisup_error *err) {
    const double bytes = 4.0 * (double)T * (double)r->S * (double)r->c;
    cisup_record record = {0};
    RECORD_ADD(&record, "record parts N S circuits", V("cycle-plan"), V(r->c), V(r->N),
               V(r->S), V(T));
    add_plan(&record, plan);
    RECORD_ADD(&record, "bytes", V(bytes));
    if (r->json) return emit(&record, err);
    char size[16];
    cisup_bytes_text(bytes, size);
    emit_text(&record, plan_text);
    emit_text(&record, "would place {circuits} circuits in {parts} parts, N = {N}, "
                       "S = {S}");
    printf(", %s\n", size);
    return CISUP_OK;
}

/* load: [c*N] */
static void figures_record(const cisup_cycle *x, const cisup_cycle_plan *plan,
                           const cisup_index *load, cisup_record *r) {
    const cisup_allocation_stats stats =
        cisup_allocation_statistics(load, x->c * x->N, x->c * x->S, x->T);
    RECORD_ADD(r, "record parts N S circuits", V("cycle"), V(x->c), V(x->N), V(x->S),
               V(x->T));
    add_plan(r, plan);
    RECORD_ADD(r, "computed load_min load_max load_cv P r", V(x->q > 0),
               V(stats.load_min), V(stats.load_max), V(stats.load_cv), V(x->P), V(x->r));
}

static const char csv_header[] = "record,parts,N,S,circuits,plan,order,q,capacity,bound,"
                                 "ratio,computed,load_min,load_max,load_cv,P,r";

static void figures_text(const cisup_record *r) {
    emit_text(r,
              "circuits  {circuits} in {parts} parts, N = {N} neurons, S = {S} each\n");
    emit_text(r, plan_text);
    emit_text(r, "load      {load_min} to {load_max} circuits a neuron, cv "
                 "{load_cv:.3f}\n"
                 "chances   P = {P:.6g}, r = {r:.6g}\n");
}

static cisup_status write_joined(const cycle_request *r, const cisup_cycle *x,
                                 const cisup_allocation *all, const char *recipe,
                                 cisup_error *err) {
    if (!r->output) return CISUP_OK;
    char *metadata;
    const origin o = {.D = r->D,
                      .d = r->d,
                      .N = x->N,
                      .S = x->S,
                      .T = x->T,
                      .cycle = x->c,
                      .recipe = recipe};
    cisup_status status = origin_text(&o, &metadata, err);
    if (status != CISUP_OK) return status;
    status = cisup_allocation_file_write(r->output, all, metadata, r->overwrite, err);
    cisup_release(metadata);
    return status;
}

/* Both files, or none of them; then the report. */
static cisup_status finish(const cycle_request *r, const cisup_cycle *x,
                           const cisup_allocation *all, const cisup_record *figures,
                           cisup_error *err) {
    csv_sink csv;
    cisup_status status;
    CISUP_TRY(csv_open(&csv, r->csv, csv_header, r->overwrite, err));
    csv_row(&csv, figures);
    char computed[64];
    (void)snprintf(computed, sizeof computed, "td(%" PRId64 ",%" PRId64 ")", x->c * x->S,
                   x->q);
    const char *recipe = cisup_record_find(figures, "plan")->value.text;
    CISUP_TRY(write_joined(r, x, all, x->q > 0 ? computed : recipe, err));
    CISUP_TRY(csv_commit(&csv, err));
    if (r->json)
        CISUP_TRY(emit(figures, err));
    else if (!r->quiet && !is_stdout(r->output) && !is_stdout(r->csv))
        figures_text(figures);
done:
    csv_discard(&csv);
    return status;
}

cisup_status cycle_place(const cycle_request *r, cisup_error *err) {
    cisup_cycle_plan plan;
    cisup_cycle x = {0};
    cisup_allocation all = {0};
    cisup_index *load = NULL;
    cisup_record figures = {0};
    cisup_status status;
    CISUP_TRY(cisup_cycle_plan_make(&plan, r->N, r->S, r->c, err));
    const cisup_index T = r->T == INDEX_MAX_WORD ? plan.T : r->T;
    if (r->dry_run && T <= plan.T) return show_plan(r, &plan, T, err);
    CISUP_TRY(cisup_cycle_make(&x, r->N, r->S, r->c, T, err));
    CISUP_TRY(join(&x, &all, err));
    CISUP_TRY(cisup_new(&load, all.N, sizeof *load, err));
    cisup_allocation_loads(&all, load);
    figures_record(&x, &plan, load, &figures);
    CISUP_TRY(finish(r, &x, &all, &figures, err));
done:
    cisup_release(load);
    cisup_allocation_free(&all);
    cisup_cycle_free(&x);
    return status;
}
