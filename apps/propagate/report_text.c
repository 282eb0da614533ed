/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "common/wrap.h"

#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/report.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char report_csv_header[] =
    "record,D,d,T,S,L,z,layer,state,quantity,mse,mse_lo,mse_"
    "hi,median,q99,worst,signal,post,"
    "followup,refined,block,fraction,wrong_fraction,networks_done" REPORT_CSV_ORIGIN;

/* Where the rows of a run go, as text or CSV. */
typedef struct {
    const finished_run *run;
    csv_sink *csv;
    cisup_index rows; /* that went there */
} output;

static int csv_of_row(void *context, const cisup_record *row) {
    const output *o = context;
    const cisup_shape *n = &o->run->shape;
    cisup_record r = {0};
    setup_record(o->run->setup, n, &r);
    RECORD_ADD(&r, "D d T S L networks_done mode version", V(n->D), V(n->d), V(n->T),
               V(n->S), V(n->L), V(o->run->report->networks),
               V(cisup_mode_name(o->run->experiment->mode)), V(CISUP_VERSION));
    if (!o->run->setup->construction.masks)
        RECORD_ADD(&r, "construction", V("published"));
    record_join(&r, row, 0);
    csv_row(o->csv, &r);
    return 0;
}

void report_csv(const finished_run *run, csv_sink *csv) {
    output o = {.run = run, .csv = csv};
    cisup_report_rows rows = {.kinds = CISUP_ROWS_ERROR | CISUP_ROWS_OPEN};
    for (cisup_index k = 0; k < run->report->z_count; k++)
        for (rows.layer = 1; rows.layer <= run->report->L; rows.layer++) {
            rows.result = &run->report->result[k];
            (void)cisup_report_each(run->report, &rows, csv_of_row, &o);
        }
}

static void show_worst(const cisup_record *r) {
    emit_text(r, "{network:7}  {circuit:7} {mse:~9.3g} {mse_active:~9.3g} "
                 "{mse_inactive:~9.3g}\n           neighbours");
    emit_text_list(r, "neighbours", ", {circuit} on {neuron}: {mean_square:.3g}");
    const cisup_field *all = cisup_record_find(r, "neighbours");
    emit_text(r, all->value.list.count ? "\n           neurons"
                                       : " none\n           neurons");
    emit_text_list(r, "neurons", ", {neuron}: {mean_square:.3g}");
    putchar('\n');
}

static void show_term(const cisup_record *r, int is_first, int is_last) {
    const double size = cisup_record_find(r, "mean_square")->value.number;
    if (is_first) emit_text(r, "{layer:5}  {state:-8}");
    emit_text(r, " {mean_square:~9.3g}");
    emit_text(r, size >= 1e-20 ? " ({correlation_with_total:5.2f|  -  })" : " (  -  )");
    if (is_last) putchar('\n');
}

static int row_is(const cisup_record *row, const char *name, const char *text) {
    return strcmp(cisup_record_find(row, name)->value.text, text) == 0;
}

static int text_of_row(void *context, const cisup_record *row) {
    output *o = context;
    const cisup_index terms = CISUP_TERM_TOTAL, k = o->rows++;
    const cisup_index d = o->run->report->d - o->run->report->masks;
    switch (row->field[0].value.text[0]) {
    case 'e': /* x of carried circuits is the read-out */
        if (o->run->experiment->cycle && row_is(row, "quantity", "x")) break;
        emit_text(row, "{layer:5}  {state:-8}  {quantity:-7} {mse:~9.3g} {mse_lo:~9.3g} "
                       "{mse_hi:~9.3g} {post:~9.3g} {followup:~9.3g} {refined:~9.3g} "
                       "{median:~9.3g} {q99:~9.3g} {worst:~9.3g}\n");
        break;
    case 't':
        show_term(row, k % terms == 0, k % terms == terms - 1);
        break;
    case 'o': /* no fraction: the activations are not finite, or none is free */
        if (k % d == 0) emit_text(row, "{layer:5} ");
        emit_text(row, "  {fraction:6.4f} ({wrong_fraction:.4f})");
        if (k % d == d - 1) putchar('\n');
        break;
    default:
        show_worst(row);
    }
    return 0;
}

/* One kind of row below its head. */
static void rows_text(const finished_run *run, const cisup_result *result,
                      unsigned kind) {
    const cisup_report_rows rows = {.kinds = kind, .result = result};
    output o = {.run = run};
    (void)cisup_report_each(run->report, &rows, text_of_row, &o);
}

static void result_text(const finished_run *run, const cisup_result *r) {
    printf("\nz = %" PRId64 " active circuits, feedback g = %.3g\n", r->z, r->feedback);
    printf("%35s theory of masked networks     norm of the error\n", "");
    printf("layer  circuits  error        mse    95 %% interval         post  followup"
           "   refined    median       q99     worst\n");
    rows_text(run, r, CISUP_ROWS_ERROR);
    if (run->report->terms)
        printf("\nparts of the errors, mean squares (in brackets: correlation with the "
               "error; residual of the sum %.2g)\n"
               "layer  circuits           overlap       propagation        activation"
               "        weight corr.      read-out corr.       prop.+weight\n",
               r->residual);
    rows_text(run, r, CISUP_ROWS_TERM);
    printf("\nopen neurons by block (in brackets: of those no active circuit uses)\n");
    rows_text(run, r, CISUP_ROWS_OPEN);
    if (run->report->worst)
        printf("\nworst circuits by the mean square error of layer %" PRId64
               "; neighbours by what they send, neurons by their share\n"
               "network  circuit       mse    active  inactive\n",
               run->report->L);
    rows_text(run, r, CISUP_ROWS_WORST);
}

static void head_text(const finished_run *run) {
    const setup *s = run->setup;
    const cisup_experiment *x = run->experiment;
    const cisup_allocation_stats *stats = &run->report->stats;
    cisup_record r = {0};
    setup_record(s, &run->shape, &r);
    if (x->circuits) RECORD_ADD(&r, "family", V(s->circuits_path));
    char placed[80];
    const char *preset = s->preset >= 0 ? "preset published" : "no preset";
    if (s->construction.masks)
        (void)snprintf(placed, sizeof placed, "%s, cycle of %" PRId64 " allocations",
                       preset, s->construction.cycle);
    else
        (void)snprintf(placed, sizeof placed, "%s, allocation %s", preset,
                       cisup_scheme_name(s->allocation.scheme));
    RECORD_ADD(&r, "placed N mode load_min load_max load_cv P p samples networks",
               V((const char *)placed), V(run->shape.N), V(cisup_mode_name(x->mode)),
               V(stats->load_min), V(stats->load_max), V(stats->load_cv), V(stats->P),
               V(stats->p), V(x->inputs), V(run->report->networks));
    emit_text(&r, "{T} circuits ({family}, d = {d}) in D = {D}: N = {N} neurons a block, "
                  "S = {S}, {weights}, {mode}\n"
                  "{placed}: load {load_min} to {load_max} (cv {load_cv:.3f})");
    if (run->shape.T > 1) emit_text(&r, ", P = {P:.4g}, p = {p:.4g}");
    if (run->offset[0]) printf(", offset %.4g by a pilot run", strtod(run->offset, NULL));
    if (run->strength[0])
        printf(", strength %.4g by a pilot run", strtod(run->strength, NULL));
    emit_text(&r, "\n{networks} networks x {samples} samples, seed ");
    printf("%" PRIu64 "\n", x->seed);
}

void report_text(const finished_run *run) {
    const cisup_exclusion *e = &run->experiment->exclude;
    head_text(run);
    if (e->count)
        printf("%" PRId64 " circuits are left out%s\n", e->count,
               e->by_network ? ": of each network the worst" : "");
    for (cisup_index k = 0; k < run->report->z_count; k++)
        result_text(run, &run->report->result[k]);
}

static const char *verdict(int holds) {
    return holds ? "holds" : "fails";
}

/* A line of its own for each assumption; text: what stands behind the verdict. */
static void show_assumption(const char *name, int holds, const char *text) {
    char line[640];
    (void)snprintf(line, sizeof line, "%s: %s", verdict(holds), text);
    wrap(stdout, line, 23, printf("%-23s", name));
}

void assumptions_text(const cisup_assumptions *a) {
    char text[400], most[80] = "", pair[80] = "";
    show_assumption("A1 at most z active", 1, "a run draws exactly z");
    if (a->on_tolerance == (double)INFINITY)
        (void)snprintf(most, sizeof most, ", of the on-indicator alone any");
    else if (!isnan(a->on_tolerance))
        (void)snprintf(most, sizeof most, ", of the on-indicator alone up to %.4g",
                       a->on_tolerance);
    if (a->weakest_circuit < 0)
        (void)snprintf(text, sizeof text,
                       "inactive circuits ignore any noise (no data neuron reads "
                       "another)%s",
                       most);
    else
        (void)snprintf(text, sizeof text,
                       "inactive circuits ignore noise up to %.4g a neuron (weakest: "
                       "circuit %" PRId64 ", layer %" PRId64 ")%s",
                       a->noise_tolerance, a->weakest_circuit, a->weakest_layer, most);
    show_assumption("A2 ignores noise", a->a2_holds, text);
    (void)snprintf(text, sizeof text, "largest bias %.4g", a->largest_bias);
    show_assumption("A3 stays off", a->a3_holds, text);
    if (a->correlated[0] >= 0)
        (void)snprintf(pair, sizeof pair, " (circuits %" PRId64 " and %" PRId64 ")",
                       a->correlated[0], a->correlated[1]);
    (void)snprintf(text, sizeof text,
                   "common part %.3f of the weights, largest correlation %.3f%s%s",
                   a->common_part, a->largest_correlation, pair,
                   a->a4_holds ? ""
                               : "; plain weights would add the common parts up: take "
                                 "balanced, split or capped (the default)");
    show_assumption("A4 uncorrelated", a->a4_holds, text);
    putchar('\n');
}
