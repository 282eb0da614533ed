/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/factored.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/meetings_dense.h>

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
