/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/forward.h>

#include <cisup/analysis/pass/bulk.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>
#include <cisup/sparse/network/relu_layers.h>

#include <string.h>

struct cisup_forward_lines {
    cisup_bulk_plan plan;
    cisup_bulk bulk;
};

static cisup_status make_lines(cisup_forward *f, const cisup_network *net,
                               cisup_error *err) {
    const cisup_bulk_kernel *kernel = cisup_bulk_kernel_best(CISUP_PRECISION_DOUBLE);
    cisup_status status;
    CISUP_TRY(cisup_new(&f->lines, 1, sizeof *f->lines, err));
    CISUP_TRY(cisup_bulk_plan_make(&f->lines->plan, net, kernel, 1, err));
    CISUP_TRY(cisup_bulk_init(&f->lines->bulk, &f->lines->plan, true, err));
done:
    return status;
}

static cisup_status make_relu(cisup_forward *f, const cisup_relu_layers *x,
                              cisup_error *err) {
    cisup_index widest = x->inputs;
    for (cisup_index l = 1; l <= x->L; l++)
        if (x->layer[l - 1].D > widest) widest = x->layer[l - 1].D;
    cisup_status status;
    CISUP_TRY(cisup_new(&f->in, widest * CISUP_LANES, sizeof *f->in, err));
    CISUP_TRY(cisup_new(&f->out, widest * CISUP_LANES, sizeof *f->out, err));
done:
    return status;
}

cisup_status cisup_forward_init(cisup_forward *f, const cisup_network *net,
                                cisup_error *err) {
    *f = (cisup_forward){0};
    const cisup_index N = net->base->N, d = net->circuits->d;
    const cisup_index numbers = d * N * CISUP_LANES;
    cisup_status status;
    if (cisup_network_is_factored(net)) {
        CISUP_TRY(make_lines(f, net, err));
        goto done;
    }
    CISUP_TRY(cisup_new(&f->a, numbers, sizeof *f->a, err));
    if (net->relu)
        CISUP_TRY(make_relu(f, net->relu, err));
    else
        CISUP_TRY(cisup_new(&f->pre, numbers, sizeof *f->pre, err));
    CISUP_TRY(cisup_new(&f->work, 3 * d * CISUP_LANES, sizeof *f->work, err));
    CISUP_TRY(cisup_new(&f->in_active, N * CISUP_LANES, 1, err));
done:
    if (status != CISUP_OK) cisup_forward_free(f);
    return status;
}

void cisup_forward_free(cisup_forward *f) {
    if (f->lines) {
        cisup_bulk_free(&f->lines->bulk);
        cisup_bulk_plan_free(&f->lines->plan);
    }
    cisup_release(f->lines);
    cisup_release(f->a);
    cisup_release(f->pre);
    cisup_release(f->in);
    cisup_release(f->out);
    cisup_release(f->work);
    cisup_release(f->in_active);
    *f = (cisup_forward){0};
}

/* K^l, lane by lane. */
static void mark_active(cisup_forward *f, const cisup_network *net, cisup_index l,
                        const cisup_batch *b) {
    memset(f->in_active, 0, (size_t)net->base->N * CISUP_LANES);
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->count[lane]; k++) {
            const int32_t *row = cisup_network_row(net, l, b->active[lane * b->z + k]);
            for (cisup_index s = 0; s < net->base->S; s++)
                f->in_active[(cisup_index)row[s] * CISUP_LANES + lane] = 1;
        }
}

/* a = M (pre + B) for one neuron, whose bias is b. lost: NaN in the lanes where some
 * Pre + B so far was not finite, else 0. */
static inline void activate(cisup_mode mode, double b, const unsigned char *in_active,
                            const double *pre, double *a, double *lost) {
    CISUP_EACH_LANE(m) {
        const double x = pre[m] + b, positive = x > 0.0 ? x : 0.0;
        lost[m] += x - x;
        switch (mode) {
        case CISUP_MODE_RELU:
            a[m] = positive;
            break;
        case CISUP_MODE_MASKED_LINEAR:
            a[m] = in_active[m] ? x : 0.0;
            break;
        case CISUP_MODE_MASKED_RELU:
            a[m] = in_active[m] ? positive : 0.0;
            break;
        case CISUP_MODE_LINEAR:
            a[m] = x;
            break;
        }
    }
}

/* The samples that are lost have NaN for all activations: neither ReLU nor masks may make
 * a number of what ran over, and all ways through a network agree on what is left. */
static void spoil(double *a, cisup_index numbers, const double *lost) {
    double sum = 0.0;
    for (int m = 0; m < CISUP_LANES; m++) sum += lost[m];
    if (sum == 0.0) return;
    for (cisup_index k = 0; k < numbers; k++)
        CISUP_EACH_LANE(m) a[k * CISUP_LANES + m] += lost[m];
}

/* A^l from f->pre, of which the B is missing. */
static void activate_layer(cisup_forward *f, const cisup_network *net, cisup_mode mode,
                           cisup_index l) {
    const cisup_index N = net->base->N, d = net->circuits->d;
    const double *bias = cisup_circuits_bias(net->circuits, l);
    double lost[CISUP_LANES] = {0};
    for (cisup_index i = 0; i < d; i++)
        for (cisup_index n = 0; n < N; n++) {
            const cisup_index at = (i * N + n) * CISUP_LANES;
            activate(mode, bias[i], f->in_active + n * CISUP_LANES, f->pre + at,
                     f->a + at, lost);
        }
    spoil(f->a, d * N, lost);
}

/* Hands read-outs on with the layer they belong to. */
typedef struct {
    const cisup_observer *observer;
    cisup_index l;
} layer_reader;

static void forward_readout(void *context, cisup_index t, const double *est) {
    const layer_reader *r = context;
    r->observer->readout(r->observer->context, r->l, t, est);
}

static void show_layer(const cisup_observer *o, cisup_index l, const cisup_forward *f) {
    if (o->layer) o->layer(o->context, l, f->a, f->in_active);
}

static void show_readouts(const cisup_observer *o, cisup_index l, const cisup_forward *f,
                          const cisup_network *net) {
    const cisup_readout in = cisup_network_readout(net, l);
    layer_reader context = {o, l};
    const cisup_reader reader = {o->readout ? forward_readout : NULL, &context};
    cisup_readout_all(&in, f->a, f->work, &reader);
}

/* --- the true layers of networks that carry masks ---------------------------------- */

static void fill_input(cisup_forward *f, const cisup_network *net, const cisup_batch *b) {
    memset(f->in, 0, (size_t)(net->relu->inputs * CISUP_LANES) * sizeof *f->in);
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->count[lane]; k++)
            cisup_relu_input(net, b->active[lane * b->z + k],
                             cisup_batch_state(b, lane, k, 0), CISUP_LANES, lane, f->in);
}

/* f->a from A^l: data less their offset, which those outside K^l have in layer 1 alone,
 * behind the mask where circuits have one. The last layer may not keep it; then it is K^l
 * itself. */
static void lower(cisup_forward *f, const cisup_network *net, cisup_index l) {
    const cisup_relu_layers *x = net->relu;
    const cisup_index block = x->N * CISUP_LANES;
    const cisup_index mask = cisup_relu_mask_block(x, l, (l - 1) % x->cycle);
    const double *held = mask < 0 ? NULL : f->out + mask * block;
    const double o = net->offset[l - 1];
    const int is_open = x->layer[l - 1].is_open; /* held is K, else 1 - K */
    double *y = f->a;
    if (net->circuits->biased) {
        for (cisup_index k = 0; k < block; k++)
            y[k] = !held ? (double)f->in_active[k] : is_open ? held[k] : 1.0 - held[k];
        y += block;
    }
    for (cisup_index k = 0; k < x->d * block; k++) {
        const double K = !held || l == 1 ? 1.0
                         : is_open       ? held[k % block]
                                         : 1.0 - held[k % block];
        y[k] = f->out[k] - o * K;
    }
}

static void run_relu(cisup_forward *f, const cisup_network *net, const cisup_batch *batch,
                     const cisup_observer *observer) {
    const cisup_index dN = net->circuits->d * net->base->N;
    fill_input(f, net, batch);
    mark_active(f, net, 1, batch);
    cisup_batch_embed(net, batch, 1, f->a);
    show_layer(observer, 0, f);
    for (cisup_index l = 1; l <= batch->L; l++) {
        const cisup_relu_layer *layer = &net->relu->layer[l - 1];
        double lost[CISUP_LANES] = {0}, *swapped = f->in;
        cisup_relu_layer_run(layer, CISUP_LANES, f->in, f->out);
        for (cisup_index k = 0; k < layer->D; k++) CISUP_EACH_LANE(m) {
                const double a = f->out[k * CISUP_LANES + m];
                lost[m] += a - a;
            }
        mark_active(f, net, l, batch);
        lower(f, net, l);
        spoil(f->a, dN, lost);
        spoil(f->out, layer->D, lost);
        show_layer(observer, l, f);
        show_readouts(observer, l, f, net);
        f->in = f->out;
        f->out = swapped;
    }
}

void cisup_forward_run(cisup_forward *f, const cisup_network *net, cisup_mode mode,
                       const cisup_batch *batch, const cisup_observer *observer) {
    const cisup_index L = batch->L;
    const size_t bytes = (size_t)(batch->d * net->base->N * CISUP_LANES) * sizeof *f->pre;
    if (f->lines) {
        cisup_bulk_run(&f->lines->bulk, mode, batch, NULL, observer);
        return;
    }
    if (net->relu) {
        run_relu(f, net, batch, observer);
        return;
    }
    mark_active(f, net, 1, batch);
    cisup_batch_embed(net, batch, 1, f->a);
    show_layer(observer, 0, f);
    memcpy(f->pre, f->a, bytes);
    for (cisup_index l = 1; l <= L; l++) {
        if (l > 1) {
            memset(f->pre, 0, bytes);
            cisup_weights_apply(&net->layers[l - 2].assembled, f->a, f->pre, f->work);
            mark_active(f, net, l, batch);
        }
        activate_layer(f, net, mode, l);
        show_layer(observer, l, f);
        show_readouts(observer, l, f, net);
    }
}
