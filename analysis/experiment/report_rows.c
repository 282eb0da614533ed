/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/report.h>
#include <cisup/core/base/record_make.h>

#define V CISUP_VALUE
#define V_LIST cisup_value_list
#define RECORD_ADD(r, names, ...) cisup_record_add(r, names, CISUP_VALUES(__VA_ARGS__))
#define VISIT(t, names, ...) visit_row(t, names, CISUP_VALUES(__VA_ARGS__))

typedef struct {
    const cisup_report *report;
    const cisup_report_rows *which;
    cisup_report_visitor *visit;
    void *context;
} tour;

static int visit_row(const tour *t, const char *names, const cisup_field *value,
                     int count) {
    cisup_record row;
    row.fields = row.used = 0;
    cisup_record_add(&row, names, value, count);
    return t->visit(t->context, &row);
}

static void number_item(const void *of, cisup_index k, cisup_record *item) {
    RECORD_ADD(item, "", V(((const double *)of)[k]));
}

static void feedback_item(const void *of, cisup_index k, cisup_record *item) {
    RECORD_ADD(item, "", V(((const cisup_result *)of)[k].feedback));
}

static void engine_item(const void *of, cisup_index k, cisup_record *item) {
    RECORD_ADD(item, "", V(cisup_engine_name(((const cisup_result *)of)[k].engine)));
}

static void share_item(const void *of, cisup_index k, cisup_record *item) {
    RECORD_ADD(item, "", V(((const cisup_result *)of)[k].share));
}

static int visit_run(const tour *t) {
    const cisup_report *r = t->report;
    return VISIT(t,
                 "record P p g kappa kappa_error networks_done engines "
                 "open_shares",
                 V("run"), V(r->stats.P), V(r->stats.p),
                 V_LIST(r->result, r->z_count, feedback_item),
                 V_LIST(r->kappa, r->kappas, number_item), V(r->kappa_error),
                 V(r->networks), V_LIST(r->result, r->z_count, engine_item),
                 V_LIST(r->result, r->z_count, share_item));
}

/* Row k of a layer. */
typedef int visit_one(const tour *t, const cisup_result *r, cisup_index l, int k);

static int visit_error(const tour *t, const cisup_result *r, cisup_index l, int k) {
    const int state = k / CISUP_QUANTITIES, quantity = k % CISUP_QUANTITIES;
    const cisup_index cell = cisup_cell(l, state, quantity);
    const cisup_prediction *theory = &r->theory[cell];
    if (!t->report->has[quantity]) return 0;
    return VISIT(t,
                 "record z layer state quantity mse mse_lo mse_hi median q99 "
                 "worst signal theory.post theory.followup theory.refined",
                 V("error"), V(r->z), V(l), V(cisup_state_name((cisup_state_kind)state)),
                 V(cisup_quantity_name((cisup_quantity)quantity)), V(r->mse[cell].mean),
                 V(r->mse[cell].low), V(r->mse[cell].high), V(r->median[cell]),
                 V(r->q99[cell]), V(r->worst[cell]),
                 V(r->mse[cisup_cell(l, CISUP_SIGNAL, quantity)].mean), V(theory->post),
                 V(theory->followup), V(theory->refined));
}

static int visit_term(const tour *t, const cisup_result *r, cisup_index l, int k) {
    const int state = k / CISUP_TERM_TOTAL, term = k % CISUP_TERM_TOTAL;
    const cisup_index cell = cisup_term_cell(l, state, term);
    return VISIT(t,
                 "record z layer state term mean_square lo hi "
                 "correlation_with_total residual",
                 V("term"), V(r->z), V(l), V(cisup_state_name((cisup_state_kind)state)),
                 V(cisup_term_name((cisup_term)term)), V(r->term[cell].mean),
                 V(r->term[cell].low), V(r->term[cell].high), V(r->correlation[cell]),
                 V(r->residual));
}

static int visit_open(const tour *t, const cisup_result *r, cisup_index l, int block) {
    const cisup_index k = (l - 1) * t->report->d + t->report->masks + block;
    if (r->breaches)
        return VISIT(t, "record z layer block fraction wrong_fraction breaches",
                     V("open"), V(r->z), V(l), V((cisup_index)block), V(r->open[k]),
                     V(r->wrong[k]), V((cisup_index)r->breaches[k]));
    return VISIT(t, "record z layer block fraction wrong_fraction", V("open"), V(r->z),
                 V(l), V((cisup_index)block), V(r->open[k]), V(r->wrong[k]));
}

static void neighbour_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_neighbour *n = (const cisup_neighbour *)of + k;
    RECORD_ADD(item, "circuit neuron mean_square", V(n->circuit), V(n->neuron),
               V(n->mean_square));
}

static void neuron_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_disturbed *n = (const cisup_disturbed *)of + k;
    RECORD_ADD(item, "neuron mean_square", V(n->neuron), V(n->mean_square));
}

static int visit_worst(const tour *t, const cisup_result *r, cisup_index l, int k) {
    const cisup_culprit *c = &r->culprit[k];
    (void)l;
    return VISIT(t,
                 "record z rank network circuit mse mse_active mse_inactive "
                 "times_active neighbours neurons",
                 V("worst"), V(r->z), V((cisup_index)k + 1), V(c->who.network),
                 V(c->who.circuit), V(c->who.mse), V(c->who.mse_active),
                 V(c->who.mse_inactive), V(c->who.active),
                 V_LIST(c->neighbour, c->neighbours, neighbour_item),
                 V_LIST(c->neuron, c->neurons, neuron_item));
}

static int is_asked(const tour *t, unsigned kind) {
    return t->which->kinds == 0 || (t->which->kinds & kind);
}

/* One kind of row, `count` of each layer; the worst circuits are of the last alone. */
static int visit_kind(const tour *t, const cisup_result *r, unsigned kind,
                      cisup_index count, visit_one *one) {
    const cisup_index L = t->report->L, only = t->which->layer;
    const cisup_index first = kind == CISUP_ROWS_WORST ? L : only ? only : 1;
    const cisup_index last = kind != CISUP_ROWS_WORST && only ? only : L;
    int end = 0;
    for (cisup_index l = first; is_asked(t, kind) && l <= last; l++)
        for (int k = 0; k < count && !end; k++) end = one(t, r, l, k);
    return end;
}

int cisup_report_each(const cisup_report *report, const cisup_report_rows *which,
                      cisup_report_visitor *visit, void *context) {
    const cisup_report_rows all = {0};
    const tour t = {report, which ? which : &all, visit, context};
    const int terms = report->terms ? 2 * CISUP_TERM_TOTAL : 0;
    int end = is_asked(&t, CISUP_ROWS_RUN) ? visit_run(&t) : 0;
    for (cisup_index k = 0; k < report->z_count && !end; k++) {
        const cisup_result *r = &report->result[k];
        if (t.which->result && t.which->result != r) continue;
        end = visit_kind(&t, r, CISUP_ROWS_ERROR, 2 * CISUP_QUANTITIES, visit_error);
        if (!end) end = visit_kind(&t, r, CISUP_ROWS_TERM, terms, visit_term);
        if (!end)
            end =
                visit_kind(&t, r, CISUP_ROWS_OPEN, report->d - report->masks, visit_open);
        if (!end) end = visit_kind(&t, r, CISUP_ROWS_WORST, report->worst, visit_worst);
    }
    return end;
}
