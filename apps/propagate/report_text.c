/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <cisup/analysis/measure/measure.h>

#include <math.h>

const char report_csv_header[] =
    "record,D,d,T,S,L,z,layer,state,quantity,mse,mse_lo,mse_"
    "hi,median,q99,worst,signal,post,"
    "followup,refined,block,fraction,wrong_fraction,networks_done";

static void csv_place(csv_sink *csv, const char *record, const cisup_shape *n,
                      cisup_index z, cisup_index l) {
    csv_text(csv, record);
    csv_index(csv, n->D);
    csv_index(csv, n->d);
    csv_index(csv, n->T);
    csv_index(csv, n->S);
    csv_index(csv, n->L);
    csv_index(csv, z);
    csv_index(csv, l);
}

static void csv_error(csv_sink *csv, const finished_run *run, const cisup_result *r,
                      cisup_index l, int state, int quantity) {
    const cisup_index cell = cisup_cell(l, state, quantity);
    csv_place(csv, "error", &run->shape, r->z, l);
    csv_text(csv, cisup_state_name((cisup_state_kind)state));
    csv_text(csv, cisup_quantity_name((cisup_quantity)quantity));
    csv_number(csv, r->mse[cell].mean);
    csv_number(csv, r->mse[cell].low);
    csv_number(csv, r->mse[cell].high);
    csv_number(csv, r->median[cell]);
    csv_number(csv, r->q99[cell]);
    csv_number(csv, r->worst[cell]);
    csv_number(csv, r->mse[cisup_cell(l, CISUP_SIGNAL, quantity)].mean);
    csv_number(csv, r->theory[cell].post);
    csv_number(csv, r->theory[cell].followup);
    csv_number(csv, r->theory[cell].refined);
    csv_skip(csv, 3);
    csv_index(csv, run->report->networks);
    csv_end_row(csv);
}

static void csv_open_row(csv_sink *csv, const finished_run *run, const cisup_result *r,
                         cisup_index l, cisup_index block) {
    const cisup_index k = (l - 1) * run->report->d + block;
    csv_place(csv, "open", &run->shape, r->z, l);
    csv_skip(csv, 12);
    csv_index(csv, block);
    csv_number(csv, r->open[k]);
    csv_number(csv, r->wrong[k]);
    csv_index(csv, run->report->networks);
    csv_end_row(csv);
}

void report_csv(const finished_run *run, csv_sink *csv) {
    for (cisup_index k = 0; k < run->report->z_count; k++) {
        const cisup_result *r = &run->report->result[k];
        for (cisup_index l = 1; l <= run->report->L; l++) {
            for (int state = 0; state <= CISUP_INACTIVE; state++)
                for (int q = 0; q < CISUP_QUANTITIES; q++)
                    if (cisup_quantity_exists(run->circuits, (cisup_quantity)q))
                        csv_error(csv, run, r, l, state, q);
            for (cisup_index i = 0; i < run->report->d; i++)
                csv_open_row(csv, run, r, l, i);
        }
    }
}

static void error_row(const cisup_result *r, cisup_index l, int state, int quantity) {
    const cisup_index cell = cisup_cell(l, state, quantity);
    const cisup_prediction *theory = &r->theory[cell];
    printf("%5" PRId64 "  %-8s  %-7s", l, cisup_state_name((cisup_state_kind)state),
           cisup_quantity_name((cisup_quantity)quantity));
    const double shown[] = {r->mse[cell].mean, r->mse[cell].low, r->mse[cell].high,
                            theory->post,      theory->followup, theory->refined,
                            r->median[cell],   r->q99[cell],     r->worst[cell]};
    for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) cell_text(shown[k]);
    putchar('\n');
}

static void errors_text(const finished_run *run, const cisup_result *r) {
    printf("\nz = %" PRId64 " active circuits, feedback g = %.3g\n", r->z, r->feedback);
    printf("%35s theory of masked networks     norm of the error\n", "");
    printf("layer  circuits  error        mse    95 %% interval         post  followup"
           "   refined    median       q99     worst\n");
    for (cisup_index l = 1; l <= run->report->L; l++)
        for (int state = 0; state <= CISUP_INACTIVE; state++)
            for (int q = 0; q < CISUP_QUANTITIES; q++)
                if (cisup_quantity_exists(run->circuits, (cisup_quantity)q))
                    error_row(r, l, state, q);
}

static void open_text(const finished_run *run, const cisup_result *r) {
    printf("\nopen neurons by block (in brackets: of those no active circuit uses)\n");
    for (cisup_index l = 1; l <= run->report->L; l++) {
        printf("%5" PRId64 " ", l);
        for (cisup_index i = 0; i < run->report->d; i++) {
            const cisup_index k = (l - 1) * run->report->d + i;
            if (isfinite(r->open[k]))
                printf("  %.4f ", r->open[k]);
            else
                printf("  %6s ", "-"); /* the activations are not */
            if (isfinite(r->wrong[k]))
                printf("(%.4f)", r->wrong[k]);
            else
                printf("(-)"); /* nor are they, or the active circuits use all */
        }
        putchar('\n');
    }
}

static void head_text(const finished_run *run) {
    const setup *s = run->setup;
    const cisup_shape *n = &run->shape;
    const cisup_report *report = run->report;
    printf("%" PRId64 " circuits (%s, d = %" PRId64 ") in D = %" PRId64 ": N = %" PRId64
           " neurons a block, S = %" PRId64 ", %s, %s\n",
           n->T,
           run->experiment->circuits ? s->circuits_path
                                     : cisup_family_name((cisup_family)s->family),
           n->d, n->D, n->N, n->S,
           cisup_weight_scheme_name((cisup_weight_scheme)s->weights),
           cisup_mode_name(run->experiment->mode));
    printf("allocation %s: load %" PRId64 " to %" PRId64 " (cv %.3f)",
           cisup_scheme_name((cisup_scheme)s->allocation.scheme), report->stats.load_min,
           report->stats.load_max, report->stats.load_cv);
    if (n->T > 1) printf(", P = %.4g, p = %.4g", report->stats.P, report->stats.p);
    putchar('\n');
    printf("%" PRId64 " networks x %" PRId64 " samples, seed %" PRIu64 "\n",
           report->networks, run->experiment->inputs, run->experiment->seed);
}

void report_text(const finished_run *run) {
    head_text(run);
    excluded_text(run);
    for (cisup_index k = 0; k < run->report->z_count; k++) {
        errors_text(run, &run->report->result[k]);
        terms_text(run, &run->report->result[k]);
        open_text(run, &run->report->result[k]);
        worst_text(run, &run->report->result[k]);
    }
}

static const char *verdict(int holds) {
    return holds ? "holds" : "fails";
}

void assumptions_text(const cisup_assumptions *a) {
    printf("A1 at most z active    holds (a run draws exactly z)\n");
    printf("A2 ignores noise       %s: inactive circuits ignore ", verdict(a->a2_holds));
    if (a->weakest_circuit < 0)
        printf("any noise (no data neuron reads another)");
    else
        printf("noise up to %.4g a neuron (weakest: circuit %" PRId64 ", layer %" PRId64
               ")",
               a->noise_tolerance, a->weakest_circuit, a->weakest_layer);
    if (a->on_tolerance == (double)INFINITY)
        printf(", of the on-indicator alone any");
    else if (!isnan(a->on_tolerance))
        printf(", of the on-indicator alone up to %.4g", a->on_tolerance);
    printf("\nA3 stays off           %s: largest bias %.4g\n", verdict(a->a3_holds),
           a->largest_bias);
    printf("A4 uncorrelated        %s: common part %.3f of the weights, largest "
           "correlation %.3f",
           verdict(a->a4_holds), a->common_part, a->largest_correlation);
    if (a->correlated[0] >= 0)
        printf(" (circuits %" PRId64 " and %" PRId64 ")", a->correlated[0],
               a->correlated[1]);
    printf("\n%s\n", a->a4_holds ? ""
                                 : "   the common part needs weights balanced, split or "
                                   "capped\n");
}
