/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/network_run.h>

#include <cisup/analysis/pass/forward.h>
#include <cisup/analysis/pass/run_check.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/core/threads.h>

#include <omp.h>
#include <string.h>

cisup_status cisup_run_check(const cisup_run_samples *s, cisup_index T,
                             cisup_error *err) {
    if (s->count < 1 || s->z < 1 || s->z > T)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%" PRId64 " samples of %" PRId64
                          " active circuits of %" PRId64,
                          s->count, s->z, T);
    cisup_index *last; /* [T]: 1 + the last sample that has the circuit */
    cisup_status status = cisup_new(&last, T, sizeof *last, err);
    for (cisup_index k = 0; status == CISUP_OK && k < s->count * s->z; k++) {
        const cisup_index sample = k / s->z, t = s->active[k];
        if (t < 0 || t >= T || last[t] == sample + 1)
            status = CISUP_FAIL(err, CISUP_EINVAL,
                                "sample %" PRId64 " has circuit %" PRId64
                                ", which is out of range or there already",
                                sample, t);
        else
            last[t] = sample + 1;
    }
    cisup_release(last);
    return status;
}

cisup_status cisup_run_inputs(const cisup_circuits *c, const cisup_run_samples *s,
                              uint64_t seed, cisup_index network, double *input,
                              cisup_error *err) {
    const cisup_status status = cisup_run_check(s, c->T, err);
    for (cisup_index k = 0; status == CISUP_OK && k < s->count * s->z; k++)
        cisup_circuits_input(c, seed, network, k / s->z, s->active[k], input + k * c->d);
    return status;
}

/* What one thread runs with. */
typedef struct {
    const struct crew *crew;
    cisup_index first; /* the sample in lane 0 */
    cisup_batch batch;
    cisup_forward forward;
} runner;

/* What the threads share. */
typedef struct crew {
    const cisup_network *net;
    const cisup_run_samples *samples;
    cisup_run_options o; /* D settled */
    const cisup_run_results *out;
    runner *runner; /* [threads] */
} crew;

static void crew_free(crew *c, int threads) {
    for (int k = 0; c->runner && k < threads; k++) {
        cisup_batch_free(&c->runner[k].batch);
        cisup_forward_free(&c->runner[k].forward);
    }
    cisup_release(c->runner);
}

static cisup_status crew_init(crew *c, int threads, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&c->runner, threads, sizeof *c->runner, err));
    for (int k = 0; k < threads; k++) {
        runner *r = &c->runner[k];
        r->crew = c;
        CISUP_TRY(cisup_batch_init(&r->batch, c->samples->z, c->net->circuits, err));
        CISUP_TRY(cisup_forward_init(&r->forward, c->net, err));
    }
done:
    return status;
}

static cisup_status options_check(crew *c, cisup_error *err) {
    const cisup_index dN = c->net->circuits->d * c->net->base->N, L = c->net->circuits->L;
    cisup_run_options *o = &c->o;
    if (o->D == 0) o->D = dN;
    if (o->D < dN || o->mode < CISUP_MODE_RELU || o->mode > CISUP_MODE_LINEAR)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "D = %" PRId64 " for d N = %" PRId64 ", mode %d", o->D, dN,
                          (int)o->mode);
    if (c->net->relu && o->mode != CISUP_MODE_RELU)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "mode %s: the layers of a network that carries masks, "
                          "assembled, have the mode relu only",
                          cisup_mode_name(o->mode));
    if (c->net->coded && c->samples->z > c->net->coded)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%" PRId64
                          " active circuits: the codes of the network's masks allow "
                          "%" PRId64,
                          c->samples->z, c->net->coded);
    for (cisup_index k = 0; k < o->layer_count; k++)
        if (o->layers[k] < 0 || o->layers[k] > L)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "layer %" PRId64 " is wanted of 0..%" PRId64, o->layers[k],
                              L);
    return CISUP_OK;
}

static void keep_layer(void *context, cisup_index l, const double *a,
                       const unsigned char *in_active) {
    const runner *r = context;
    const crew *c = r->crew;
    const cisup_index dN = r->batch.d * c->net->base->N, D = c->o.D;
    (void)in_active;
    for (cisup_index k = 0; k < c->o.layer_count; k++) {
        if (c->o.layers[k] != l) continue;
        for (cisup_index lane = 0; lane < r->batch.used; lane++) {
            double *out =
                c->out->activations + (k * c->samples->count + r->first + lane) * D;
            for (cisup_index n = 0; n < dN; n++) out[n] = a[n * CISUP_LANES + lane];
            memset(out + dN, 0, (size_t)(D - dN) * sizeof *out);
        }
    }
}

static void keep_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    const runner *r = context;
    const crew *c = r->crew;
    const cisup_index d = r->batch.d, T = c->net->circuits->T;
    for (cisup_index lane = 0; lane < r->batch.used; lane++) {
        const cisup_index sample = (l - 1) * c->samples->count + r->first + lane;
        double *out = c->out->readout + (sample * T + t) * d;
        for (cisup_index i = 0; i < d; i++) out[i] = est[i * CISUP_LANES + lane];
    }
}

/* A pass does not ask for ascending circuits. */
static void fill_batch(runner *r) {
    const cisup_run_samples *s = r->crew->samples;
    cisup_batch *b = &r->batch;
    const cisup_index z = s->z, d = b->d, first = r->first * z,
                      left = s->count - r->first;
    b->used = left < CISUP_LANES ? left : CISUP_LANES;
    memcpy(b->active, s->active + first, (size_t)(b->used * z) * sizeof *b->active);
    for (cisup_index k = 0; k < b->used * z; k++)
        memcpy(cisup_batch_state(b, k / z, k % z, 0), s->input + (first + k) * d,
               (size_t)d * sizeof(double));
    cisup_batch_states(b, r->crew->net->circuits);
}

static void keep_states(const runner *r) {
    const cisup_batch *b = &r->batch;
    const cisup_index size = b->z * (b->L + 1) * b->d;
    memcpy(r->crew->out->states + r->first * size, b->state,
           (size_t)(b->used * size) * sizeof(double));
}

static void run_batch(runner *r) {
    const crew *c = r->crew;
    const cisup_observer observer = {
        r, c->out->activations && c->o.layer_count > 0 ? keep_layer : NULL,
        c->out->readout ? keep_readout : NULL};
    fill_batch(r);
    if (c->out->states) keep_states(r);
    if (observer.layer || observer.readout)
        cisup_forward_run(&r->forward, c->net, c->o.mode, &r->batch, &observer);
}

cisup_status cisup_network_run(const cisup_network *net, const cisup_run_samples *samples,
                               const cisup_run_options *options,
                               const cisup_run_results *out, cisup_error *err) {
    crew c = {.net = net, .samples = samples, .out = out};
    if (options) c.o = *options;
    int threads = 0;
    cisup_status status;
    CISUP_TRY(options_check(&c, err));
    CISUP_TRY(cisup_run_check(samples, net->circuits->T, err));
    const cisup_index batches = (samples->count - 1) / CISUP_LANES + 1;
    CISUP_TRY(cisup_threads_take(c.o.threads, batches, &threads, err));
    CISUP_TRY(crew_init(&c, threads, err));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (cisup_index b = 0; b < batches; b++) {
        runner *r = &c.runner[omp_get_thread_num()];
        r->first = b * CISUP_LANES;
        run_batch(r);
    }
done:
    crew_free(&c, threads);
    return status;
}
