/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A closed neuron shows no sum. But what it would be follows from the read-outs of the
 * layer before: it is that of w_t uhat_t + beta_t khat_t over all circuits on it. */
#include <cisup/analysis/experiment/pilot.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

enum { BATCHES = CISUP_PILOT_SAMPLES / CISUP_LANES };

/* Passes add up in another order: their sums differ by roundings. */
static const double rounding = 1e-12;

typedef struct {
    const cisup_network *net;
    const cisup_batch *batch;
    double *sum; /* [N d][LANES] of the next layer */
    cisup_pilot *pilot;
} observation;

/* a: [d N][LANES], block after block, of layer l. */
static void look(void *context, cisup_index l, const double *a,
                 const unsigned char *in_active) {
    const observation *o = context;
    const cisup_circuits *c = o->net->circuits;
    const cisup_index N = o->net->base->N, first = cisup_circuits_first(c);
    const int is_signed = l > 0 && c->is_signed && c->is_signed[l - 1];
    for (cisup_index k = first * N; l > 0 && k < c->d * N; k++)
        for (cisup_index lane = 0; lane < o->batch->used; lane++) {
            const cisup_index at = k * CISUP_LANES + lane;
            const double sum = l > 1 ? o->sum[at] : a[at];
            if (!in_active[k % N * CISUP_LANES + lane])
                o->pilot->strength = fmax(o->pilot->strength, l > 1 ? sum : 0.0);
            else if (is_signed)
                o->pilot->offset = fmax(o->pilot->offset, -sum);
        }
    memset(o->sum, 0, (size_t)(c->d * N * CISUP_LANES) * sizeof *o->sum);
}

/* What circuit t sends to its neurons of the next layer. */
static void send(void *context, cisup_index l, cisup_index t, const double *est) {
    const observation *o = context;
    const cisup_circuits *c = o->net->circuits;
    const cisup_index N = o->net->base->N, S = o->net->base->S, d = c->d;
    if (l == c->L) return;
    const double *w = cisup_circuits_weights(c, l + 1, t);
    const int32_t *row = cisup_network_row(o->net, l + 1, t);
    for (cisup_index i = cisup_circuits_first(c); i < d; i++) {
        double image[CISUP_LANES] = {0};
        for (cisup_index j = 0; j < d; j++)
            CISUP_EACH_LANE(m) image[m] += w[i * d + j] * est[j * CISUP_LANES + m];
        for (cisup_index s = 0; s < S; s++) CISUP_EACH_LANE(m)
        o->sum[(i * N + row[s]) * CISUP_LANES + m] += image[m];
    }
}

static cisup_status run_network(const cisup_experiment *x, cisup_index network,
                                cisup_vigil *vigil, cisup_pilot *pilot,
                                cisup_error *err) {
    cisup_specimen made = {0};
    cisup_forward forward = {0};
    cisup_batch batch = {0};
    observation o = {.batch = &batch, .pilot = pilot};
    const cisup_observer observer = {&o, look, send};
    cisup_status status;
    CISUP_TRY(cisup_specimen_make(&made, x, network, err));
    o.net = &made.net;
    const cisup_index numbers = made.net.circuits->d * x->base->N * CISUP_LANES;
    CISUP_TRY(cisup_new(&o.sum, numbers, sizeof *o.sum, err));
    CISUP_TRY(cisup_forward_init(&forward, o.net, err));
    CISUP_TRY(cisup_batch_init(&batch, x->z[0], o.net->circuits, err));
    batch.sets = x->active;
    for (cisup_index b = 0; b < BATCHES; b++) {
        cisup_batch_draw(&batch, o.net->circuits, x->seed, network, b * CISUP_LANES,
                         CISUP_LANES);
        cisup_forward_run(&forward, o.net, CISUP_MODE_RELU, &batch, &observer);
        CISUP_TRY(cisup_vigil_advance(vigil, 1.0, err));
    }
done:
    cisup_batch_free(&batch);
    cisup_forward_free(&forward);
    cisup_release(o.sum);
    cisup_specimen_free(&made);
    return status;
}

cisup_status cisup_pilot_run(const cisup_experiment *x, cisup_pilot *pilot,
                             cisup_error *err) {
    cisup_experiment small = *x;
    cisup_index most = 0;
    cisup_vigil vigil;
    cisup_status status;
    *pilot = (cisup_pilot){0};
    if (!x->cycle || cisup_experiment_is_computed(x))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a pilot run is of stored networks that carry masks");
    for (cisup_index k = 0; k < x->z_count; k++)
        if (x->z[k] > most) most = x->z[k];
    small.z = &most;
    small.z_count = 1;
    small.engine = CISUP_ENGINE_BATCHED;
    small.exclude = (cisup_exclusion){0};
    small.seed = CISUP_PILOT_SEED;
    small.terms = 0;
    CISUP_TRY(cisup_vigil_begin(&vigil, x->watcher, CISUP_PILOT_NETWORKS * BATCHES, err));
    for (cisup_index network = 0; network < CISUP_PILOT_NETWORKS; network++)
        CISUP_TRY(run_network(&small, network, &vigil, pilot, err));
    CISUP_TRY(cisup_vigil_end(&vigil, err));
    pilot->offset *= 1.0 + rounding;
    pilot->strength *= 1.0 + rounding;
done:
    return status;
}
