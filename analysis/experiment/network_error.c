/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/network_error.h>
#include <cisup/core/schemes.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

void cisup_network_error_free(cisup_network_error *e) {
    cisup_allocation_free(&e->base);
    cisup_circuits_free(&e->circuits);
}

/* Allocation and circuits for T, kept for the next call. */
static cisup_status prepare(cisup_network_error *e, cisup_index T, cisup_error *err) {
    if (e->base.T == T) return CISUP_OK;
    cisup_network_error_free(e);
    cisup_status status;
    CISUP_TRY(cisup_allocation_make(&e->base, e->N, e->S, T, &e->allocation, err));
    if (e->x.circuits)
        CISUP_TRY(cisup_circuits_repeat(&e->circuits, e->x.circuits, T, err));
done:
    if (status != CISUP_OK) cisup_network_error_free(e);
    return status;
}

cisup_status cisup_network_error_measure(void *context, cisup_index T, cisup_index first,
                                         cisup_index count, double *y, cisup_error *err) {
    cisup_network_error *e = context;
    const cisup_status status = prepare(e, T, err);
    if (status != CISUP_OK) return status;
    cisup_experiment x = e->x;
    x.base = &e->base;
    x.circuits = e->x.circuits ? &e->circuits : NULL;
    x.z = &e->z;
    x.z_count = 1;
    x.networks = 1;
    for (cisup_index k = 0; k < count; k++) {
        cisup_report report;
        x.seed = e->seed + (uint64_t)(first + k) * UINT64_C(0x9E3779B97F4A7C15);
        const cisup_status run = cisup_experiment_run(&x, &report, err);
        if (run != CISUP_OK) return run;
        const cisup_index cell = cisup_cell(report.L, (int)e->state, (int)e->quantity);
        const cisup_result *r = &report.result[0];
        y[k] = e->measure == CISUP_WORST ? r->worst[cell] : r->mse[cell].mean;
        if (isnan(y[k])) y[k] = (double)INFINITY;
        cisup_report_free(&report);
    }
    return CISUP_OK;
}
