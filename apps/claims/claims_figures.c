/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_study.h"

static double square(const cisup_report *r, cisup_index l, int state, int quantity) {
    return r->result[0].mse[cisup_cell(l, state, quantity)].mean;
}

double cisup_figure_active_error(const cisup_report *r, cisup_index l) {
    return square(r, l, CISUP_ACTIVE, CISUP_READOUT) /
           square(r, l, CISUP_SIGNAL, CISUP_READOUT);
}

double cisup_figure_inactive_error(const cisup_report *r, cisup_index l) {
    return square(r, l, CISUP_INACTIVE, CISUP_READOUT) /
           square(r, l, CISUP_SIGNAL, CISUP_READOUT);
}

double cisup_figure_active_x(const cisup_report *r, cisup_index l) {
    return square(r, l, CISUP_ACTIVE, CISUP_X);
}

double cisup_figure_inactive_x(const cisup_report *r, cisup_index l) {
    return square(r, l, CISUP_INACTIVE, CISUP_X);
}

double cisup_figure_inactive_square(const cisup_report *r, cisup_index l) {
    return square(r, l, CISUP_INACTIVE, CISUP_READOUT);
}

double cisup_figure_open(const cisup_report *r, cisup_index l) {
    double open = 0.0;
    for (cisup_index i = 0; i < r->d; i++)
        open += r->result[0].open[(l - 1) * r->d + i] / (double)r->d;
    return open;
}

double cisup_figure_wrong(const cisup_report *r, cisup_index l) {
    double wrong = 0.0;
    for (cisup_index i = 0; i < r->d; i++)
        wrong += r->result[0].wrong[(l - 1) * r->d + i] / (double)r->d;
    return wrong;
}

double cisup_figure_active_worst(const cisup_report *r, cisup_index l) {
    return r->result[0].worst[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)];
}

double cisup_figure_x_worst(const cisup_report *r, cisup_index l) {
    return r->result[0].worst[cisup_cell(l, CISUP_ACTIVE, CISUP_X)];
}
