/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dense_masks.h"

#include <string.h>

cisup_index dense_masks_width(const problem *p) {
    cisup_index most = 0;
    for (cisup_index l = 0; l < p->relu.L; l++)
        if (p->relu.layer[l].D > most) most = p->relu.layer[l].D;
    return most;
}

void dense_masks_fill(const dense *q) {
    for (cisup_index l = 2; l <= q->p->relu.L; l++) {
        const cisup_csc *w = &q->p->relu.layer[l - 1].w;
        float *to = q->w + (l - 2) * q->D * q->D;
        for (cisup_index column = 0; column < w->ncol; column++)
            for (cisup_index e = w->p[column]; e < w->p[column + 1]; e++)
                to[w->i[e] * q->D + column] = (float)w->x[e];
    }
}

/* A column of W^1 times one number of one input. */
static void add_column(const dense *q, cisup_index column, cisup_index input, double x) {
    const cisup_csc *w = &q->p->relu.layer[0].w;
    for (cisup_index e = w->p[column]; e < w->p[column + 1]; e++)
        q->pre[w->i[e] * q->stride + input] += (float)(x * w->x[e]);
}

void dense_masks_embed(const dense *q) {
    const problem *p = q->p;
    const cisup_index z = p->size.shape.z, d = p->relu.d;
    memset(q->pre, 0, (size_t)(q->D * q->stride) * sizeof *q->pre);
    for (cisup_index input = 0; input < p->size.inputs; input++)
        for (cisup_index k = 0; k < z; k++) {
            const double *a = problem_state(p, input, k, 0);
            const cisup_index t = p->active[input * z + k];
            add_column(q, t * (d + 1), input, 1.0);
            for (cisup_index j = 0; j < d; j++)
                add_column(q, t * (d + 1) + 1 + j, input, a[j]);
        }
}

static void rectify(const dense *q, cisup_index l) {
    const cisup_relu_layer *of = &q->p->relu.layer[l - 1];
    for (cisup_index n = 0; n < of->D; n++) {
        const float b = (float)of->b[n];
        const float *restrict pre = q->pre + n * q->stride;
        float *restrict a = q->a + n * q->stride;
        for (cisup_index k = 0; k < q->stride; k++) {
            const float x = pre[k] + b;
            a[k] = x > 0.0F ? x : 0.0F;
        }
    }
}

void dense_masks_activate(const dense *q, cisup_index l) {
    const problem *p = q->p;
    const cisup_index N = p->base.N;
    const cisup_index mask = cisup_relu_mask_block(&p->relu, l, (l - 1) % p->relu.cycle);
    const float o = (float)p->offset[l - 1], carried = l > 1 ? o : 0.0F;
    rectify(q, l);
    for (cisup_index n = 0; n < q->data; n++) {
        const float *restrict a = q->a + n * q->stride;
        const float *restrict kb = q->a + (mask * N + n % N) * q->stride;
        float *restrict y = q->y + n * q->stride;
        for (cisup_index k = 0; k < q->stride; k++) y[k] = a[k] - o + carried * kb[k];
    }
}
