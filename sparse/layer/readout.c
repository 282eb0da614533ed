/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/readout.h>

void cisup_readout_totals(const cisup_readout *r, const double *a, double *total) {
    const cisup_index N = r->base->N;
    for (cisup_index i = 0; i < r->d; i++) {
        cisup_lanes_zero(total + i * CISUP_LANES);
        for (cisup_index n = 0; n < N; n++)
            cisup_lanes_add(total + i * CISUP_LANES, a + (i * N + n) * CISUP_LANES);
    }
}

void cisup_readout_center(const cisup_readout *r, const double *y, const double *total,
                          double *est) {
    const double c = r->center, own = 1.0 + c * (double)r->base->S;
    for (cisup_index k = 0; k < r->d * CISUP_LANES; k++)
        est[k] = own * y[k] - c * total[k];
}

CISUP_VECTOR
void cisup_readout_all(const cisup_readout *r, const double *a, double *work,
                       const cisup_reader *reader) {
    if (!reader->visit) return;
    const cisup_index width = r->d * CISUP_LANES;
    double *y = work, *est = work + width, *total = work + 2 * width;
    if (r->center != 0.0) cisup_readout_totals(r, a, total);
    for (cisup_index t = 0; t < r->base->T; t++) {
        cisup_readout_circuit(r, a, t, y);
        if (r->center != 0.0) cisup_readout_center(r, y, total, est);
        reader->visit(reader->context, t, r->center != 0.0 ? est : y);
    }
}
