/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/correction.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/readout.h>
#include <cisup/sparse/matrix/products.h>

#include <string.h>

void cisup_correction_free(cisup_correction *c) {
    cisup_csc_free(&c->excess);
    cisup_release(c->kappa);
    *c = (cisup_correction){0};
}

static cisup_status find_kappa(cisup_correction *c, cisup_error *err) {
    const cisup_index N = c->x.base->N;
    cisup_csc g = {0};
    double kappa;
    cisup_status status;
    CISUP_TRY(cisup_meetings(&c->x, &g, err));
    CISUP_TRY(cisup_excess(&g, &c->excess, err));
    CISUP_TRY(cisup_new(&c->kappa, N, sizeof *c->kappa, err));
    if (c->x.options.kappa == CISUP_KAPPA_ROWS) {
        CISUP_TRY(cisup_kappa_rows(&c->x, c->kappa, err));
        goto done;
    }
    CISUP_TRY(cisup_kappa(&c->x, &g, &kappa, err));
    for (cisup_index n = 0; n < N; n++) c->kappa[n] = kappa;
done:
    cisup_csc_free(&g);
    return status;
}

cisup_status cisup_correction_make(cisup_correction *out, const cisup_transition *x,
                                   cisup_error *err) {
    const cisup_allocation *base = x->base;
    *out = (cisup_correction){
        .x = *x, .center = cisup_center(base->N, base->S, base->T, &x->options)};
    if (x->options.scheme != CISUP_WEIGHTS_CAPPED) return CISUP_OK;
    const cisup_status status = find_kappa(out, err);
    if (status != CISUP_OK) cisup_correction_free(out);
    return status;
}

cisup_index cisup_correction_work(cisup_index d, cisup_index N) {
    return CISUP_LANES * (4 * d + (2 * d + 1) * N);
}

/* The parts of `work`, all 0 at first. */
typedef struct {
    double *y, *image, *total, *pool; /* [d][CISUP_LANES] */
    double *sum, *extra;              /* [d N][CISUP_LANES] */
    double *channel;                  /* [N][CISUP_LANES] */
} scratch;

static scratch divide(const cisup_correction *c, double *work) {
    const cisup_index width = c->x.d * CISUP_LANES, block = c->x.base->N * CISUP_LANES;
    memset(work, 0, (size_t)cisup_correction_work(c->x.d, c->x.base->N) * sizeof *work);
    double *fields = work + 4 * width;
    return (scratch){work,
                     work + width,
                     work + 2 * width,
                     work + 3 * width,
                     fields,
                     fields + c->x.d * block,
                     fields + 2 * c->x.d * block};
}

/* y += sum_t E_t (factor v_t U_t a); the same is added up without E_t in s->pool.
 * v: [T][d][d] or, with stride 0, one d x d matrix for all. */
static void add_circuits(const cisup_correction *c, double factor, const double *v,
                         cisup_index stride, const double *a, double *y,
                         const scratch *s) {
    const cisup_index d = c->x.d, N = c->x.base->N, S = c->x.base->S;
    const cisup_readout in = {c->x.base, c->x.from, d, 0.0};
    for (cisup_index t = 0; t < c->x.base->T; t++) {
        const int32_t *row = cisup_allocation_row(c->x.base, c->x.to[t]);
        cisup_readout_circuit(&in, a, t, s->y);
        cisup_lanes_map(d, v + t * stride, s->y, s->image);
        for (cisup_index i = 0; i < d; i++) {
            const double *x = s->image + i * CISUP_LANES;
            cisup_lanes_add_scaled(s->pool + i * CISUP_LANES, factor, x);
            for (cisup_index k = 0; k < S; k++)
                cisup_lanes_add_scaled(y + (i * N + row[k]) * CISUP_LANES, factor, x);
        }
    }
}

/* Balanced and split. */
static void apply_centered(const cisup_correction *c, const double *a, double *y,
                           const scratch *s) {
    const cisup_index d = c->x.d, N = c->x.base->N;
    const int split = c->x.options.scheme == CISUP_WEIGHTS_SPLIT;
    add_circuits(c, c->center * (double)c->x.base->S, split ? c->x.wbar : c->x.w,
                 split ? 0 : d * d, a, y, s);
    for (cisup_index k = 0; k < d * N; k++)
        cisup_lanes_add_scaled(y + k * CISUP_LANES, -1.0, s->pool + k / N * CISUP_LANES);
}

/* y += (1/S) wbar F a. */
static void add_excess(const cisup_correction *c, const double *a, double *y,
                       const scratch *s) {
    const cisup_index d = c->x.d, N = c->x.base->N, block = N * CISUP_LANES;
    const double share = 1.0 / (double)c->x.base->S;
    for (cisup_index j = 0; j < d; j++) {
        memset(s->channel, 0, (size_t)block * sizeof *s->channel);
        cisup_csc_apply(&c->excess, CISUP_LANES, a + j * block, s->channel);
        for (cisup_index i = 0; i < d; i++)
            for (cisup_index n = 0; n < N; n++)
                cisup_lanes_add_scaled(y + i * block + n * CISUP_LANES,
                                       share * c->x.wbar[i * d + j],
                                       s->channel + n * CISUP_LANES);
    }
}

static void apply_capped(const cisup_correction *c, const double *a, double *y,
                         const scratch *s) {
    const cisup_index d = c->x.d, N = c->x.base->N;
    const cisup_readout in = {c->x.base, c->x.from, d, 0.0};
    const double share = 1.0 / (double)c->x.base->S;
    add_circuits(c, 1.0, c->x.wbar, 0, a, s->sum, s);
    add_excess(c, a, s->extra, s);
    cisup_readout_totals(&in, a, s->total);
    cisup_lanes_map(d, c->x.wbar, s->total, s->image);
    for (cisup_index k = 0; k < d * N; k++) {
        const double *extra = s->extra + k * CISUP_LANES;
        const double *sum = s->sum + k * CISUP_LANES;
        const double *background = s->image + k / N * CISUP_LANES;
        const double kappa = c->kappa[k % N];
        double *out = y + k * CISUP_LANES;
        CISUP_EACH_LANE(m)
        out[m] += kappa * (sum[m] - extra[m] - share * background[m]) - extra[m];
    }
}

CISUP_VECTOR
void cisup_correction_apply(const cisup_correction *c, const double *a, double *y,
                            double *work) {
    const scratch s = divide(c, work);
    if (c->x.options.scheme == CISUP_WEIGHTS_CAPPED)
        apply_capped(c, a, y, &s);
    else if (c->center != 0.0)
        apply_centered(c, a, y, &s);
}
