/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * W is assembled row by row, each row written once while it is in the nearest cache:
 * first the common part wbar C, then the few entries of each circuit that sits in the
 * row's neuron. Read-outs and squares are taken for DENSE_BLOCK inputs at a time, whose
 * activations fit the second cache, with the sums in registers. */
#include "dense.h"

#include "bench.h"
#include "dense_masks.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <cblas.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DENSE_BLOCK = 64,  /* inputs side by side in a loop over circuits */
    DENSE_SLAB = 256,  /* circuits read out by one sgemm */
    DENSE_BATCH = 512, /* inputs of one sgemm of dense_forward */
};

/* A stride of whole cache lines in odd number: neighbours differ in their cache set. */
static cisup_index stride_for(cisup_index inputs) {
    const cisup_index blocks = (inputs - 1) / DENSE_BLOCK + 1;
    return blocks * DENSE_BLOCK + 16;
}

cisup_status dense_init(dense *q, const problem *p, dense_readout readout,
                        cisup_error *err) {
    const cisup_shape *s = &p->size.shape;
    const int has_masks = p->size.cycle > 0;
    const cisup_index data = s->d * s->N, stride = stride_for(p->size.inputs);
    const cisup_index D = has_masks ? dense_masks_width(p) : data;
    *q = (dense){.p = p, .readout = readout, .D = D, .data = data, .stride = stride};
    q->parts = has_masks ? p->size.cycle : 1;
    q->w = bench_floats((size_t)((s->L - 1) * D * D));
    q->a = bench_floats((size_t)(D * stride));
    q->pre = bench_floats((size_t)(D * stride));
    q->y = has_masks ? bench_floats((size_t)(data * stride)) : q->a;
    int complete = q->w && q->a && q->pre && q->y;
    if (readout == DENSE_PRODUCT) {
        q->u = bench_floats((size_t)(q->parts * s->T * s->d * data));
        q->est = bench_floats((size_t)(DENSE_SLAB * s->d * stride));
        complete = complete && q->u && q->est;
    }
    if (complete) return CISUP_OK;
    dense_free(q);
    return CISUP_FAIL(err, CISUP_ENOMEM, "the dense network");
}

void dense_free(dense *q) {
    free(q->w);
    free(q->u);
    if (q->y != q->a) free(q->y);
    free(q->a);
    free(q->pre);
    free(q->est);
    *q = (dense){0};
}

/* Which rows of the allocation use a neuron, for all neurons. */
typedef struct {
    cisup_index *start; /* [N+1] */
    cisup_index *row;   /* [T S] */
    cisup_index *who;   /* [T]: the circuit that sits in a row in the layer at hand */
    float *common;      /* [N]: a row of C, (4.5) */
} lists;

static void lists_free(lists *on) {
    cisup_release(on->start);
    cisup_release(on->row);
    cisup_release(on->who);
    cisup_release(on->common);
}

static cisup_status lists_init(lists *on, const cisup_allocation *base,
                               cisup_error *err) {
    const cisup_index N = base->N, uses = base->T * base->S;
    *on = (lists){0};
    cisup_status status;
    CISUP_TRY(cisup_new(&on->start, N + 2, sizeof *on->start, err));
    CISUP_TRY(cisup_new(&on->row, uses, sizeof *on->row, err));
    CISUP_TRY(cisup_new(&on->who, base->T, sizeof *on->who, err));
    CISUP_TRY(cisup_new(&on->common, N, sizeof *on->common, err));
    for (cisup_index k = 0; k < uses; k++) on->start[base->slot[k] + 2]++;
    for (cisup_index n = 2; n < N + 2; n++) on->start[n] += on->start[n - 1];
    for (cisup_index k = 0; k < uses; k++)
        on->row[on->start[base->slot[k] + 1]++] = k / base->S;
done:
    if (status != CISUP_OK) lists_free(on);
    return status;
}

/* The row of C for neuron n of layer l: 1 where a circuit leads here, else -kappa. */
static void common_row(const dense *q, const lists *on, cisup_index l, cisup_index n) {
    const cisup_index N = q->p->base.N, S = q->p->base.S;
    const float kappa = (float)q->p->kappa[l - 2];
    for (cisup_index m = 0; m < N; m++) on->common[m] = -kappa;
    for (cisup_index c = on->start[n]; c < on->start[n + 1]; c++) {
        const int32_t *from = problem_row(q->p, l - 1, on->who[on->row[c]]);
        for (cisup_index k = 0; k < S; k++) on->common[from[k]] = 1.0F;
    }
}

/* Row i N + n of W^l, (4.4): [D]. */
static void fill_row(const dense *q, const lists *on, cisup_index l, cisup_index i,
                     cisup_index n, float *row) {
    const cisup_index N = q->p->base.N, S = q->p->base.S, d = q->p->circuits.d;
    const double *wbar = cisup_circuits_common(&q->p->circuits, l) + i * d;
    const double share = 1.0 / (double)S;
    for (cisup_index j = 0; j < d; j++) {
        const float f = (float)(share * wbar[j]);
        for (cisup_index m = 0; m < N; m++) row[j * N + m] = f * on->common[m];
    }
    for (cisup_index c = on->start[n]; c < on->start[n + 1]; c++) {
        const cisup_index t = on->who[on->row[c]];
        const int32_t *from = problem_row(q->p, l - 1, t);
        const double *w = cisup_circuits_weights(&q->p->circuits, l, t) + i * d;
        for (cisup_index j = 0; j < d; j++) {
            const float f = (float)(share * (w[j] - wbar[j]));
            for (cisup_index k = 0; k < S; k++) row[j * N + from[k]] += f;
        }
    }
}

static void fill_unembedding(const dense *q) {
    const cisup_allocation *base = &q->p->base;
    const cisup_index d = q->p->circuits.d;
    const float share = (float)(1.0 / (double)base->S);
    const cisup_index rows = q->parts * base->T;
    memset(q->u, 0, (size_t)(rows * d * q->data) * sizeof *q->u);
    for (cisup_index r = 0; r < rows; r++)
        for (cisup_index i = 0; i < d; i++)
            for (cisup_index k = 0; k < base->S; k++)
                q->u[(r * d + i) * q->data + i * base->N +
                     cisup_allocation_row(base, r)[k]] = share;
}

static cisup_status fill_layers(const dense *q, cisup_error *err) {
    const cisup_allocation *base = &q->p->base;
    const cisup_index N = base->N, d = q->p->circuits.d;
    lists on;
    const cisup_status status = lists_init(&on, base, err);
    if (status != CISUP_OK) return status;
    for (cisup_index l = 2; l <= q->p->circuits.L; l++) {
        float *w = q->w + (l - 2) * q->D * q->D;
        for (cisup_index t = 0; t < base->T; t++)
            on.who[q->p->row_of[(l - 1) * base->T + t]] = t;
        for (cisup_index n = 0; n < N; n++) {
            common_row(q, &on, l, n);
            for (cisup_index i = 0; i < d; i++)
                fill_row(q, &on, l, i, n, w + (i * N + n) * q->D);
        }
    }
    lists_free(&on);
    return CISUP_OK;
}

cisup_status dense_build(dense *q, cisup_error *err) {
    if (q->u) fill_unembedding(q);
    if (!q->p->size.cycle) return fill_layers(q, err);
    dense_masks_fill(q);
    return CISUP_OK;
}

/* (6.1): pre = sum over active t of E_t^1 w_t^1 a_t^0. */
static void embed_inputs(const dense *q) {
    const problem *p = q->p;
    if (p->size.cycle) {
        dense_masks_embed(q);
        return;
    }
    const cisup_index N = p->base.N, S = p->base.S, d = p->circuits.d;
    const cisup_index z = p->size.shape.z;
    memset(q->pre, 0, (size_t)(q->D * q->stride) * sizeof *q->pre);
    for (cisup_index input = 0; input < p->size.inputs; input++)
        for (cisup_index k = 0; k < z; k++) {
            const cisup_index t = p->active[input * z + k];
            const double *w = cisup_circuits_weights(&p->circuits, 1, t);
            const double *a = problem_state(p, input, k, 0);
            const int32_t *row = problem_row(p, 1, t);
            for (cisup_index i = 0; i < d; i++) {
                double sum = 0.0;
                for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * a[j];
                for (cisup_index s = 0; s < S; s++)
                    q->pre[(i * N + row[s]) * q->stride + input] += (float)sum;
            }
        }
}

/* a = ReLU(pre + B). */
static void activate(const dense *q, cisup_index l) {
    if (q->p->size.cycle) {
        dense_masks_activate(q, l);
        return;
    }
    const cisup_index N = q->p->base.N, stride = q->stride;
    for (cisup_index i = 0; i < q->p->circuits.d; i++) {
        const float b = (float)cisup_circuits_bias(&q->p->circuits, l)[i];
        const float *restrict pre = q->pre + i * N * stride;
        float *restrict a = q->a + i * N * stride;
        for (cisup_index k = 0; k < N * stride; k++) {
            const float x = pre[k] + b;
            a[k] = x > 0.0F ? x : 0.0F;
        }
    }
}

/* Sums of squares over circuits, input by input. */
typedef struct {
    float of[CISUP_QUANTITIES][DENSE_BLOCK];
} squares;

/* Neurons of layer l. */
static int neurons_of(const dense *q, cisup_index l) {
    return (int)(q->p->size.cycle ? q->p->relu.layer[l - 1].D : q->D);
}

/* pre = W^l a for `count` inputs from `first` on. */
static void multiply(const dense *q, cisup_index l, cisup_index first, int count) {
    const int stride = (int)q->stride;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, neurons_of(q, l), count,
                neurons_of(q, l - 1), 1.0F, q->w + (l - 2) * q->D * q->D, (int)q->D,
                q->a + first, stride, 0.0F, q->pre + first, stride);
}

/* Adds the squared norms of a block of read-outs, of their on-value and of their x.
 * est: d rows, `stride` apart. */
static inline void add_squares(const cisup_circuits *c, const float *restrict est,
                               cisup_index stride, squares *restrict sum) {
    const float offset = (float)c->offset;
    float on[DENSE_BLOCK] = {0};
    for (cisup_index i = 0; i < c->on_count; i++)
        for (int m = 0; m < DENSE_BLOCK; m++)
            on[m] += i == 0 ? est[m] : -est[i * stride + m];
    for (int m = 0; m < DENSE_BLOCK; m++) sum->of[CISUP_ON][m] += on[m] * on[m];
    for (cisup_index i = 0; i < c->d; i++) {
        const float *e = est + i * stride;
        for (int m = 0; m < DENSE_BLOCK; m++) sum->of[CISUP_READOUT][m] += e[m] * e[m];
        if (i < c->on_count) continue;
        for (int m = 0; m < DENSE_BLOCK; m++) {
            const float x = e[m] - offset * on[m];
            sum->of[CISUP_X][m] += x * x;
        }
    }
}

/* est = U A, slab by slab. sum: one for each block of inputs. */
static void read_by_product(const dense *q, cisup_index l, squares *sum) {
    const cisup_circuits *c = &q->p->circuits;
    const float *u = q->u + problem_first_row(q->p, l) * c->d * q->data;
    const int data = (int)q->data, stride = (int)q->stride,
              inputs = (int)q->p->size.inputs;
    for (cisup_index first = 0; first < c->T; first += DENSE_SLAB) {
        const cisup_index left = c->T - first;
        const cisup_index count = left < DENSE_SLAB ? left : DENSE_SLAB;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(count * c->d),
                    inputs, data, 1.0F, u + first * c->d * q->data, data, q->y, stride,
                    0.0F, q->est, stride);
        for (cisup_index r = 0; r < count; r++)
            for (cisup_index b = 0; b * DENSE_BLOCK < inputs; b++)
                add_squares(c, q->est + r * c->d * q->stride + b * DENSE_BLOCK, q->stride,
                            &sum[b]);
    }
}

/* The same circuit by circuit from the neurons. */
static void read_by_gather(const dense *q, cisup_index l, float *restrict est,
                           squares *sum) {
    const cisup_allocation *base = &q->p->base;
    const cisup_index from = problem_first_row(q->p, l);
    const float share = (float)(1.0 / (double)base->S);
    for (cisup_index b = 0; b * DENSE_BLOCK < q->p->size.inputs; b++)
        for (cisup_index r = 0; r < base->T; r++) {
            const int32_t *row = cisup_allocation_row(base, from + r);
            for (cisup_index i = 0; i < q->p->circuits.d; i++) {
                const float *a = q->y + i * base->N * q->stride + b * DENSE_BLOCK;
                float one[DENSE_BLOCK] = {0};
                for (cisup_index k = 0; k < base->S; k++)
                    for (int m = 0; m < DENSE_BLOCK; m++)
                        one[m] += a[row[k] * q->stride + m];
                for (int m = 0; m < DENSE_BLOCK; m++)
                    est[i * DENSE_BLOCK + m] = share * one[m];
            }
            add_squares(&q->p->circuits, est, DENSE_BLOCK, &sum[b]);
        }
}

/* Adds sign times the squared norms of est - state. */
static void add_norms(const cisup_circuits *c, const double *est, const double *state,
                      double sign, double *cell) {
    double on = 0.0;
    for (cisup_index i = 0; i < c->on_count; i++)
        on += (i == 0 ? 1.0 : -1.0) * (est[i] - state[i]);
    cell[CISUP_ON] += sign * on * on;
    for (cisup_index i = 0; i < c->d; i++) {
        const double e = est[i] - state[i], x = e - c->offset * on;
        cell[CISUP_READOUT] += sign * e * e;
        if (i >= c->on_count) cell[CISUP_X] += sign * x * x;
    }
}

/* Moves the few active circuits, so far counted as inactive, to where they belong.
 * est: [2 d], scratch. */
static void move_active(const dense *q, cisup_index l, double *est, double *mse) {
    const problem *p = q->p;
    const cisup_index N = p->base.N, S = p->base.S, z = p->size.shape.z,
                      d = p->circuits.d;
    double *nothing = est + d;
    for (cisup_index i = 0; i < d; i++) nothing[i] = 0.0;
    for (cisup_index input = 0; input < p->size.inputs; input++)
        for (cisup_index k = 0; k < z; k++) {
            const int32_t *row = problem_row(p, l, p->active[input * z + k]);
            for (cisup_index i = 0; i < d; i++) {
                est[i] = 0.0;
                for (cisup_index s = 0; s < S; s++)
                    est[i] += (double)q->y[(i * N + row[s]) * q->stride + input];
                est[i] /= (double)S;
            }
            add_norms(&p->circuits, est, nothing, -1.0,
                      mse + cisup_cell(l, CISUP_INACTIVE, 0));
            add_norms(&p->circuits, est, problem_state(p, input, k, l), 1.0,
                      mse + cisup_cell(l, CISUP_ACTIVE, 0));
        }
}

/* Reads out layer l and fills its cells. sum: one for each block of inputs. */
static void measure_layer(const dense *q, cisup_index l, squares *sum, float *scratch,
                          double *est, double *mse) {
    const problem *p = q->p;
    const cisup_index inputs = p->size.inputs, z = p->size.shape.z;
    double *inactive = mse + cisup_cell(l, CISUP_INACTIVE, 0);
    double *active = mse + cisup_cell(l, CISUP_ACTIVE, 0);
    memset(sum, 0, (size_t)((inputs - 1) / DENSE_BLOCK + 1) * sizeof *sum);
    if (q->readout == DENSE_PRODUCT)
        read_by_product(q, l, sum);
    else
        read_by_gather(q, l, scratch, sum);
    for (int quantity = 0; quantity < CISUP_QUANTITIES; quantity++) {
        active[quantity] = inactive[quantity] = 0.0;
        for (cisup_index input = 0; input < inputs; input++)
            inactive[quantity] +=
                (double)sum[input / DENSE_BLOCK].of[quantity][input % DENSE_BLOCK];
    }
    move_active(q, l, est, mse);
    for (int quantity = 0; quantity < CISUP_QUANTITIES; quantity++) {
        active[quantity] /= (double)(z * inputs);
        inactive[quantity] /= (double)((p->base.T - z) * inputs);
    }
}

cisup_status dense_run(dense *q, double *mse, cisup_error *err) {
    const cisup_circuits *c = &q->p->circuits;
    const int inputs = (int)q->p->size.inputs;
    squares *sum = NULL;
    double *est = NULL;
    float *scratch = bench_floats((size_t)(c->d * DENSE_BLOCK));
    cisup_status status;
    CISUP_TRY(cisup_new(&sum, (inputs - 1) / DENSE_BLOCK + 1, sizeof *sum, err));
    CISUP_TRY(cisup_new(&est, 2 * c->d, sizeof *est, err));
    CISUP_TRY(scratch ? CISUP_OK : CISUP_FAIL(err, CISUP_ENOMEM, "read-outs"));
    embed_inputs(q);
    for (cisup_index l = 1; l <= c->L; l++) {
        if (l > 1) multiply(q, l, 0, inputs);
        activate(q, l);
        measure_layer(q, l, sum, scratch, est, mse);
    }
done:
    cisup_release(sum);
    cisup_release(est);
    free(scratch);
    return status;
}

void dense_start(dense *q) {
    embed_inputs(q);
    activate(q, 1);
}

void dense_forward(dense *q) {
    for (cisup_index l = 2; l <= q->p->circuits.L; l++)
        for (cisup_index first = 0; first < q->p->size.inputs; first += DENSE_BATCH) {
            const cisup_index left = q->p->size.inputs - first;
            const int count = (int)(left < DENSE_BATCH ? left : DENSE_BATCH);
            multiply(q, l, first, count);
        }
}
