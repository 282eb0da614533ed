/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/network_error.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/schemes.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

void cisup_network_error_free(cisup_network_error *e) {
    cisup_allocation_free(&e->base);
    cisup_cycle_free(&e->cycle);
    cisup_circuits_free(&e->circuits);
}

/* Allocation and circuits for T, kept for the next call. */
static cisup_status prepare(cisup_network_error *e, cisup_index T,
                            const cisup_watcher *watcher, cisup_error *err) {
    if (e->base.T == T) return CISUP_OK;
    cisup_allocation_options o = e->allocation;
    o.watcher = watcher;
    cisup_network_error_free(e);
    cisup_status status;
    const cisup_index c = e->x.network.carrying.cycle;
    if (c) {
        CISUP_TRY(cisup_cycle_make(&e->cycle, e->N, e->S, c, T, err));
        CISUP_TRY(cisup_cycle_store(&e->cycle, &e->base, err));
    } else {
        CISUP_TRY(cisup_allocation_make(&e->base, e->N, e->S, T, &o, err));
    }
    if (e->x.circuits)
        CISUP_TRY(cisup_circuits_repeat(&e->circuits, e->x.circuits, T, err));
done:
    if (status != CISUP_OK) cisup_network_error_free(e);
    return status;
}

cisup_status cisup_network_error_measure(void *context, cisup_index T, cisup_index first,
                                         cisup_index count, double *y, cisup_error *err) {
    cisup_network_error *e = context;
    cisup_vigil vigil;
    cisup_vigil_part part = {&vigil, 0.0};
    cisup_status status;
    CISUP_TRY(cisup_vigil_begin(&vigil, e->x.watcher, (double)count, err));
    const cisup_watcher watcher = cisup_vigil_watcher(&part);
    CISUP_TRY(prepare(e, T, &watcher, err));
    cisup_experiment x = e->x;
    part.share = 1.0;
    x.watcher = &watcher;
    x.base = &e->base;
    x.cycle = x.network.carrying.cycle ? &e->cycle : NULL;
    x.circuits = e->x.circuits ? &e->circuits : NULL;
    x.z = &e->z;
    x.z_count = 1;
    x.networks = 1;
    for (cisup_index k = 0; k < count; k++) {
        cisup_report report;
        x.seed = e->seed + (uint64_t)(first + k) * UINT64_C(0x9E3779B97F4A7C15);
        CISUP_TRY(cisup_experiment_run(&x, &report, err));
        const cisup_index cell = cisup_cell(report.L, (int)e->state, (int)e->quantity);
        const cisup_result *r = &report.result[0];
        y[k] = e->measure == CISUP_WORST ? r->worst[cell] : r->mse[cell].mean;
        if (isnan(y[k])) y[k] = (double)INFINITY;
        cisup_report_free(&report);
        CISUP_TRY(cisup_vigil_advance(&vigil, 1.0, err));
    }
    CISUP_TRY(cisup_vigil_end(&vigil, err));
done:
    return status;
}
