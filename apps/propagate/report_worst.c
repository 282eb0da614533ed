/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

static json_t *neighbours_json(const cisup_culprit *c) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < c->neighbours; k++)
        emit_append(&list, json_pack("{sI,sI,so}", "circuit", c->neighbour[k].circuit,
                                     "neuron", c->neighbour[k].neuron, "mean_square",
                                     emit_number(c->neighbour[k].mean_square)));
    return list;
}

static json_t *neurons_json(const cisup_culprit *c) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < c->neurons; k++)
        emit_append(&list,
                    json_pack("{sI,so}", "neuron", c->neuron[k].neuron, "mean_square",
                              emit_number(c->neuron[k].mean_square)));
    return list;
}

cisup_status worst_json(FILE *to, const finished_run *run, const cisup_result *r,
                        cisup_error *err) {
    for (cisup_index k = 0; k < run->experiment->worst; k++) {
        const cisup_culprit *c = &r->culprit[k];
        const cisup_status status = emit_line_to(
            to,
            json_pack("{ss,sI,sI,sI,sI,so,so,so,sI,so,so}", "record", "worst", "z", r->z,
                      "rank", k + 1, "network", c->who.network, "circuit", c->who.circuit,
                      "mse", emit_number(c->who.mse), "mse_active",
                      emit_number(c->who.mse_active), "mse_inactive",
                      emit_number(c->who.mse_inactive), "times_active", c->who.active,
                      "neighbours", neighbours_json(c), "neurons", neurons_json(c)),
            err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

void worst_text(const finished_run *run, const cisup_result *r) {
    if (!run->experiment->worst) return;
    printf("\nworst circuits by the mean square error of layer %" PRId64
           "; neighbours by what they send, neurons by their share\n"
           "network  circuit       mse    active  inactive\n",
           run->report->L);
    for (cisup_index k = 0; k < run->experiment->worst; k++) {
        const cisup_culprit *c = &r->culprit[k];
        printf("%7" PRId64 "  %7" PRId64, c->who.network, c->who.circuit);
        cell_text(c->who.mse);
        cell_text(c->who.mse_active);
        cell_text(c->who.mse_inactive);
        printf("\n           neighbours");
        for (cisup_index j = 0; j < c->neighbours; j++)
            printf("%s %" PRId64 " on %" PRId64 ": %.3g", j ? "," : "",
                   c->neighbour[j].circuit, c->neighbour[j].neuron,
                   c->neighbour[j].mean_square);
        printf("%s\n           neurons", c->neighbours ? "" : " none");
        for (cisup_index j = 0; j < c->neurons; j++)
            printf("%s %" PRId64 ": %.3g", j ? "," : "", c->neuron[j].neuron,
                   c->neuron[j].mean_square);
        putchar('\n');
    }
}

/* The list of one network, or of all. */
static json_t *excluded_line(const cisup_exclusion *e, cisup_index network) {
    json_t *list = json_array();
    for (cisup_index k = 0; k < e->count; k++)
        emit_append(&list, json_integer(
                               e->circuit[(e->by_network ? network * e->count : 0) + k]));
    return json_pack("{ss,so,so}", "record", "excluded", "network",
                     e->by_network ? json_integer(network) : json_null(), "circuits",
                     list);
}

cisup_status excluded_json(FILE *to, const finished_run *run, cisup_error *err) {
    const cisup_exclusion *e = &run->experiment->exclude;
    const cisup_index lists = !e->count ? 0 : e->by_network ? run->report->networks : 1;
    for (cisup_index k = 0; k < lists; k++) {
        const cisup_status status = emit_line_to(to, excluded_line(e, k), err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

void excluded_text(const finished_run *run) {
    const cisup_exclusion *e = &run->experiment->exclude;
    if (!e->count) return;
    printf("%" PRId64 " circuits are left out%s\n", e->count,
           e->by_network ? ": of each network the worst" : "");
}
