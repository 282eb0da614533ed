/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/forward.h>

#include <cisup/core/memory.h>

#include <string.h>

cisup_status cisup_forward_init(cisup_forward *f, const cisup_network *net,
                                cisup_error *err) {
    *f = (cisup_forward){0};
    const cisup_index N = net->base->N, d = net->circuits->d;
    const cisup_index numbers = d * N * CISUP_LANES;
    cisup_index work = 3 * d * CISUP_LANES; /* of the read-out of the last layer */
    for (cisup_index l = 2; l <= net->circuits->L; l++) {
        const cisup_index need = cisup_operator_work(&net->layers[l - 2]);
        if (need > work) work = need;
    }
    cisup_status status;
    CISUP_TRY(cisup_new(&f->a, numbers, sizeof *f->a, err));
    CISUP_TRY(cisup_new(&f->pre, numbers, sizeof *f->pre, err));
    CISUP_TRY(cisup_new(&f->work, work, sizeof *f->work, err));
    CISUP_TRY(cisup_new(&f->in_active, N * CISUP_LANES, 1, err));
done:
    if (status != CISUP_OK) cisup_forward_free(f);
    return status;
}

void cisup_forward_free(cisup_forward *f) {
    cisup_release(f->a);
    cisup_release(f->pre);
    cisup_release(f->work);
    cisup_release(f->in_active);
    *f = (cisup_forward){0};
}

/* K^l, lane by lane. */
static void mark_active(cisup_forward *f, const cisup_network *net, cisup_index l,
                        const cisup_batch *b) {
    memset(f->in_active, 0, (size_t)net->base->N * CISUP_LANES);
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < b->z; k++) {
            const int32_t *row = cisup_network_row(net, l, b->active[lane * b->z + k]);
            for (cisup_index s = 0; s < net->base->S; s++)
                f->in_active[(cisup_index)row[s] * CISUP_LANES + lane] = 1;
        }
}

/* a = M (pre + B) for one block, whose bias is b. */
static void activate(cisup_mode mode, cisup_index count, double b,
                     const unsigned char *in_active, const double *pre, double *a) {
    for (cisup_index k = 0; k < count; k++) {
        const double x = pre[k] + b, positive = x > 0.0 ? x : 0.0;
        switch (mode) {
        case CISUP_MODE_RELU:
            a[k] = positive;
            break;
        case CISUP_MODE_MASKED_LINEAR:
            a[k] = in_active[k] ? x : 0.0;
            break;
        case CISUP_MODE_MASKED_RELU:
            a[k] = in_active[k] ? positive : 0.0;
            break;
        case CISUP_MODE_LINEAR:
            a[k] = x;
            break;
        }
    }
}

/* Hands an operator's read-outs on with the layer they belong to. */
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

void cisup_forward_run(cisup_forward *f, const cisup_network *net, cisup_mode mode,
                       const cisup_batch *batch, const cisup_observer *observer) {
    const cisup_index N = net->base->N, d = batch->d, L = batch->L;
    const cisup_index block = N * CISUP_LANES;
    layer_reader context = {observer, 0};
    const cisup_reader reader = {observer->readout ? forward_readout : NULL, &context};
    mark_active(f, net, 1, batch);
    cisup_batch_embed(net, batch, 1, f->a);
    show_layer(observer, 0, f);
    for (cisup_index l = 1; l <= L; l++) {
        if (l == 1) {
            memcpy(f->pre, f->a, (size_t)(d * block) * sizeof *f->pre);
        } else {
            context.l = l - 1;
            memset(f->pre, 0, (size_t)(d * block) * sizeof *f->pre);
            cisup_operator_apply(&net->layers[l - 2], f->a, f->pre, f->work, &reader);
            mark_active(f, net, l, batch);
        }
        const double *bias = cisup_circuits_bias(net->circuits, l);
        for (cisup_index i = 0; i < d; i++)
            activate(mode, block, bias[i], f->in_active, f->pre + i * block,
                     f->a + i * block);
        show_layer(observer, l, f);
    }
    context.l = L;
    const cisup_readout last = cisup_network_readout(net, L);
    cisup_readout_all(&last, f->a, f->work, &reader);
}
