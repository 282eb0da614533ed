/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include "common/wrap.h"
#include "verdict.h"

#include <math.h>
#include <string.h>

void screen_terms(const finished_run *run, const cisup_result *r) {
    const verdict v = verdict_of(run, r);
    static const int term[] = {
        CISUP_TERM_OVERLAP, CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION,
        CISUP_TERM_ACTIVATION, CISUP_TERM_READOUT_CORRECTION, CISUP_TERM_TOTAL};
    cisup_index layer[SCREEN_LAYERS];
    const int count = screen_layers(v.L, v.look, layer);
    printf("\nparts of the read-out errors of active circuits, root mean squares\n"
           "layer    overlap  propagation + weights  activation  read-out corr.     whole"
           "\n");
    for (int k = 0; k < count; k++) {
        static const int width[] = {11, 23, 12, 16, 10};
        printf("%5" PRId64, layer[k]);
        for (int c = 0; c < 5; c++) {
            const cisup_index at = cisup_term_cell(layer[k], CISUP_ACTIVE, term[c]);
            const double size = sqrt(r->term[at].mean);
            printf("%*.3g", width[c], size < 1e-10 ? 0.0 : size);
        }
        putchar('\n');
    }
}

void screen_worst(const finished_run *run, const cisup_result *r) {
    char text[600];
    printf("\nworst circuits by the error of layer %" PRId64
           ", who disturbs them and where\n",
           run->report->L);
    for (cisup_index k = 0; k < run->report->worst; k++) {
        const cisup_culprit *c = &r->culprit[k];
        size_t used = (size_t)snprintf(
            text, sizeof text, "network %" PRId64 ", circuit %" PRId64 ": rms %.3g",
            c->who.network, c->who.circuit, sqrt(c->who.mse));
        for (cisup_index j = 0; j < c->neighbours; j++) {
            const cisup_neighbour *n = &c->neighbour[j];
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "%s %" PRId64 " on neuron %" PRId64 " (%.2g)",
                                     j ? "," : "; from", n->circuit, n->neuron,
                                     sqrt(n->mean_square));
        }
        for (cisup_index j = 0; j < c->neurons; j++) {
            const cisup_disturbed *n = &c->neuron[j];
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "%s %" PRId64 " (%.2g)", j ? "," : "; in neurons",
                                     n->neuron, sqrt(n->mean_square));
        }
        wrap(stdout, text, 4, 0);
    }
}
