/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/measure/circuit_sums.h>

#include <cisup/core/memory.h>

#include <string.h>

cisup_status cisup_circuit_sums_init(cisup_circuit_sums *s, const cisup_network *net,
                                     cisup_error *err) {
    const cisup_circuits *c = net->circuits;
    *s = (cisup_circuit_sums){.T = c->T, .L = c->L, .d = c->d, .first = c->biased};
    return cisup_new(&s->sum, 3 * s->T, sizeof *s->sum, err);
}

void cisup_circuit_sums_free(cisup_circuit_sums *s) {
    cisup_release(s->sum);
    *s = (cisup_circuit_sums){0};
}

static void on_layer(void *context, cisup_index l, const double *a,
                     const unsigned char *in_active) {
    cisup_circuit_sums *s = context;
    (void)l;
    (void)a;
    (void)in_active;
    s->walk = (cisup_batch_walk){0};
}

static void on_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    cisup_circuit_sums *s = context;
    if (l < s->L) return;
    cisup_index k[CISUP_LANES];
    cisup_batch_find(s->batch, &s->walk, t, k);
    for (cisup_index lane = 0; lane < s->batch->used; lane++) {
        const double *state =
            k[lane] < 0 ? NULL : cisup_batch_state(s->batch, lane, k[lane], l);
        double square = 0.0;
        for (cisup_index i = s->first; i < s->d; i++) {
            const double e = est[i * CISUP_LANES + lane] - (state ? state[i] : 0.0);
            square += e * e;
        }
        s->sum[state ? t : s->T + t] += square;
        s->sum[2 * s->T + t] += state ? 1.0 : 0.0;
    }
}

cisup_observer cisup_circuit_sums_start(cisup_circuit_sums *s, const cisup_batch *batch) {
    s->batch = batch;
    s->walk = (cisup_batch_walk){0};
    memset(s->sum, 0, (size_t)(3 * s->T) * sizeof *s->sum);
    return (cisup_observer){s, on_layer, on_readout};
}
