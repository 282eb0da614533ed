/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/factored.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/meetings_dense.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

void cisup_factored_free(cisup_factored *f) {
    cisup_release(f->own);
    cisup_release(f->rows);
    cisup_release(f->left);
    cisup_release(f->right);
    cisup_csc_free(&f->excess);
    *f = (cisup_factored){0};
}

/* The row of `right` that row i of wbar is a multiple of, or the next free one. */
static cisup_index basis_row(const cisup_factored *f, const double *row, double *ratio) {
    const cisup_index d = f->in.d;
    cisup_index lead = 0;
    while (lead + 1 < d && row[lead] == 0.0) lead++;
    for (cisup_index r = 0; r < f->rank; r++) {
        const double *basis = f->right + r * d;
        *ratio = row[lead] / basis[lead];
        cisup_index same = 0;
        for (cisup_index j = 0; j < d; j++) same += *ratio * basis[j] == row[j];
        if (same == d) return r;
    }
    *ratio = 1.0;
    return f->rank;
}

/* wbar = left right, with as many rows in right as wbar has that are no multiples of
 * another: one for the rotations and step2. */
static cisup_status factorize(cisup_factored *f, cisup_error *err) {
    const cisup_index d = f->in.d;
    cisup_status status;
    CISUP_TRY(cisup_new(&f->left, d * d, sizeof *f->left, err));
    CISUP_TRY(cisup_new(&f->right, d * d, sizeof *f->right, err));
    for (cisup_index i = 0; i < d; i++) {
        double ratio;
        const cisup_index r = basis_row(f, f->wbar + i * d, &ratio);
        if (r == f->rank)
            memcpy(f->right + f->rank++ * d, f->wbar + i * d,
                   (size_t)d * sizeof *f->right);
        f->left[i * d + r] = ratio;
    }
done:
    return status;
}

/* Excess and kappa by bytes for each pair of neurons, or by lists of those that meet. */
static cisup_status count_dense(cisup_factored *f, const cisup_transition *x,
                                cisup_error *err) {
    cisup_dense_meetings g;
    cisup_status status;
    CISUP_TRY(cisup_dense_meetings_make(&g, x, err));
    CISUP_TRY(cisup_dense_excess(&g, &f->excess, err));
    if (!f->rows) CISUP_TRY(cisup_dense_kappa(x, &g, &f->kappa, err));
done:
    cisup_dense_meetings_free(&g);
    return status;
}

static cisup_status count_lists(cisup_factored *f, const cisup_transition *x,
                                cisup_error *err) {
    cisup_csc g = {0};
    cisup_status status;
    CISUP_TRY(cisup_meetings(x, &g, err));
    CISUP_TRY(cisup_excess(&g, &f->excess, err));
    if (!f->rows) CISUP_TRY(cisup_kappa(x, &g, &f->kappa, err));
done:
    cisup_csc_free(&g);
    return status;
}

static cisup_status find_kappa(cisup_factored *f, const cisup_transition *x,
                               cisup_error *err) {
    int are_dense;
    cisup_status status;
    CISUP_TRY(factorize(f, err));
    if (x->options.kappa == CISUP_KAPPA_ROWS) {
        CISUP_TRY(cisup_new(&f->rows, x->base->N, sizeof *f->rows, err));
        CISUP_TRY(cisup_kappas(x, NULL, f->rows, &f->kappa, err));
    }
    CISUP_TRY(cisup_meetings_are_dense(x, &are_dense, err));
    CISUP_TRY(are_dense ? count_dense(f, x, err) : count_lists(f, x, err));
done:
    return status;
}

cisup_status cisup_factored_make(cisup_factored *out, const cisup_transition *x,
                                 cisup_error *err) {
    const double c = cisup_center(x->base->N, x->base->S, x->base->T, &x->options);
    cisup_mix mix = cisup_mix_of(x);
    *out = (cisup_factored){.in = {x->base, x->from, x->d, c},
                            .to = x->to,
                            .scheme = x->options.scheme,
                            .v = x->w,
                            .w = x->w,
                            .wbar = x->wbar};
    cisup_status status = CISUP_OK;
    if (out->scheme == CISUP_WEIGHTS_PLAIN) return status;
    if (out->scheme == CISUP_WEIGHTS_CAPPED) {
        CISUP_TRY(find_kappa(out, x, err));
        if (!out->rows) mix.shift = out->kappa; /* dw_t + (1+kappa) wbar */
    }
    CISUP_TRY(cisup_mix_circuits(x, mix, &out->own, err));
    out->v = out->own;
done:
    if (status != CISUP_OK) cisup_factored_free(out);
    return status;
}

cisup_index cisup_factored_work(const cisup_factored *f) {
    const cisup_index common = f->rows ? f->in.base->N : 0;
    return CISUP_LANES * (f->in.d * (5 + common) + f->in.base->N);
}

/* The parts of `work`: five vectors [d][CISUP_LANES], and the common part. */
typedef struct {
    double *y, *image, *est, *total, *pool;
    double *channel; /* [N][CISUP_LANES], for the excess */
    double *common;  /* [d N][CISUP_LANES]; only with one kappa a row */
} scratch;

static scratch divide(const cisup_factored *f, double *work) {
    const cisup_index width = f->in.d * CISUP_LANES;
    return (scratch){work,
                     work + width,
                     work + 2 * width,
                     work + 3 * width,
                     work + 4 * width,
                     work + 5 * width,
                     f->rows ? work + 5 * width + f->in.base->N * CISUP_LANES : NULL};
}

/* Whether all of x: [d][CISUP_LANES] is 0. */
static bool all_zero(const double *x, cisup_index d) {
    double size[CISUP_LANES] = {0}, sum = 0.0;
    for (cisup_index i = 0; i < d; i++)
        CISUP_EACH_LANE(m) size[m] += fabs(x[i * CISUP_LANES + m]);
    for (int m = 0; m < CISUP_LANES; m++) sum += size[m];
    return sum == 0.0;
}

/* Adds a circuit's neurons to those it sits in: y += E_t x. */
static void scatter(const cisup_factored *f, cisup_index t, const double *x, double *y) {
    const cisup_index N = f->in.base->N, S = f->in.base->S;
    const int32_t *row = cisup_allocation_row(f->in.base, f->to[t]);
    for (cisup_index i = 0; i < f->in.d; i++)
        for (cisup_index k = 0; k < S; k++)
            cisup_lanes_add(y + (i * N + row[k]) * CISUP_LANES, x + i * CISUP_LANES);
}

/* One circuit: read, show, map, scatter. */
static void pass_circuit(const cisup_factored *f, const double *a, double *y,
                         const scratch *s, cisup_index t, const cisup_reader *reader) {
    const cisup_index d = f->in.d, width = d * CISUP_LANES;
    cisup_readout_circuit(&f->in, a, t, s->y);
    if (reader->visit && f->in.center != 0.0) {
        cisup_readout_center(&f->in, s->y, s->total, s->est);
        reader->visit(reader->context, t, s->est);
    } else if (reader->visit) {
        reader->visit(reader->context, t, s->y);
    }
    if (all_zero(s->y, d)) return;
    cisup_lanes_map(d, f->v + t * d * d, s->y, s->image);
    scatter(f, t, s->image, y);
    if (s->common) {
        cisup_lanes_map(d, f->wbar, s->y, s->image);
        scatter(f, t, s->image, s->common);
    }
    if (f->scheme == CISUP_WEIGHTS_BALANCED)
        cisup_lanes_map(d, f->w + t * d * d, s->y, s->image);
    else if (f->scheme == CISUP_WEIGHTS_SPLIT)
        cisup_lanes_map(d, f->wbar, s->y, s->image);
    else
        return;
    for (cisup_index k = 0; k < width; k++) s->pool[k] += s->image[k];
}

/* y -= (scale/S) wbar (G - min(1,G)) a with wbar = left right: one pass through the
 * excess for each row of right instead of one for each of wbar. */
static void subtract_excess(const cisup_factored *f, double scale, const double *a,
                            double *y, const scratch *s) {
    const cisup_index d = f->in.d, N = f->in.base->N;
    const cisup_csc *e = &f->excess;
    const double factor = -scale / (double)f->in.base->S;
    for (cisup_index r = 0; r < f->rank; r++) {
        memset(s->channel, 0, (size_t)(N * CISUP_LANES) * sizeof *s->channel);
        for (cisup_index m = 0; m < N; m++) {
            if (e->p[m] == e->p[m + 1]) continue;
            cisup_lanes_zero(s->y);
            for (cisup_index j = 0; j < d; j++)
                cisup_lanes_add_scaled(s->y, factor * f->right[r * d + j],
                                       a + (j * N + m) * CISUP_LANES);
            for (cisup_index k = e->p[m]; k < e->p[m + 1]; k++)
                cisup_lanes_add_scaled(s->channel + e->i[k] * CISUP_LANES, e->x[k], s->y);
        }
        for (cisup_index i = 0; i < d; i++)
            for (cisup_index n = 0; n < N && f->left[i * d + r] != 0.0; n++)
                cisup_lanes_add_scaled(y + (i * N + n) * CISUP_LANES, f->left[i * d + r],
                                       s->channel + n * CISUP_LANES);
    }
}

/* y += (left (x) I_d) x with left = factor (rows NULL) or factor rows[n]. */
static void add_background(const cisup_factored *f, double factor, const double *rows,
                           const double *x, double *y) {
    const cisup_index N = f->in.base->N;
    for (cisup_index i = 0; i < f->in.d; i++)
        for (cisup_index n = 0; n < N; n++)
            cisup_lanes_add_scaled(y + (i * N + n) * CISUP_LANES,
                                   rows ? factor * rows[n] : factor, x + i * CISUP_LANES);
}

/* What capping takes away, and the scaling of the rows. */
static void finish_capped(const cisup_factored *f, const double *a, double *y,
                          const scratch *s) {
    const cisup_index d = f->in.d, N = f->in.base->N;
    const double S = (double)f->in.base->S;
    subtract_excess(f, s->common ? 1.0 : 1.0 + f->kappa, a, s->common ? s->common : y, s);
    for (cisup_index k = 0; s->common && k < d * N; k++)
        cisup_lanes_add_scaled(y + k * CISUP_LANES, 1.0 + f->rows[k % N],
                               s->common + k * CISUP_LANES);
    cisup_readout_totals(&f->in, a, s->total);
    cisup_lanes_map(d, f->wbar, s->total, s->image);
    add_background(f, f->rows ? -1.0 / S : -f->kappa / S, f->rows, s->image, y);
}

CISUP_VECTOR
void cisup_factored_apply(const cisup_factored *f, const double *a, double *y,
                          double *work, const cisup_reader *reader) {
    const scratch s = divide(f, work);
    memset(work, 0, (size_t)cisup_factored_work(f) * sizeof *work);
    if (f->in.center != 0.0) cisup_readout_totals(&f->in, a, s.total);
    for (cisup_index t = 0; t < f->in.base->T; t++) pass_circuit(f, a, y, &s, t, reader);
    if (f->scheme == CISUP_WEIGHTS_CAPPED)
        finish_capped(f, a, y, &s);
    else if (f->in.center != 0.0)
        add_background(f, -f->in.center * (double)f->in.base->S, NULL, s.pool, y);
}
