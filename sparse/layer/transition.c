/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/transition.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/words.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/weights_make.h>

#include <math.h>

static const char *const scheme_name[] = {
    [CISUP_WEIGHTS_PLAIN] = "plain",
    [CISUP_WEIGHTS_BALANCED] = "balanced",
    [CISUP_WEIGHTS_SPLIT] = "split",
    [CISUP_WEIGHTS_CAPPED] = "capped",
};

const char *cisup_weight_scheme_name(cisup_weight_scheme scheme) {
    return scheme_name[scheme];
}

int cisup_weight_scheme_find(const char *name) {
    return CISUP_WORD_FIND(scheme_name, name);
}

int cisup_assembling_find(const char *name) {
    static const char *const way[] = {
        [CISUP_ASSEMBLE_AUTO] = "auto",
        [CISUP_ASSEMBLE_PRODUCTS] = "products",
        [CISUP_ASSEMBLE_DIRECT] = "direct",
    };
    return CISUP_WORD_FIND(way, name);
}

cisup_weight_options cisup_weight_defaults(void) {
    return (cisup_weight_options){
        .scheme = CISUP_WEIGHTS_CAPPED, .center = (double)NAN, .correction = 1.0};
}

double cisup_center(cisup_index N, cisup_index S, cisup_index T,
                    const cisup_weight_options *options) {
    if (options->scheme != CISUP_WEIGHTS_BALANCED &&
        options->scheme != CISUP_WEIGHTS_SPLIT)
        return 0.0;
    if (!isnan(options->center)) return options->center;
    const double P = cisup_even_overlap(N, S, T);
    return P / ((double)S * ((double)S - P));
}

cisup_mix cisup_mix_of(const cisup_transition *x) {
    const double S = (double)x->base->S;
    const double c = cisup_center(x->base->N, x->base->S, x->base->T, &x->options);
    switch (x->options.scheme) {
    case CISUP_WEIGHTS_BALANCED:
        return (cisup_mix){1.0 + c * S, 0.0};
    case CISUP_WEIGHTS_SPLIT:
        return (cisup_mix){1.0, c * S};
    case CISUP_WEIGHTS_CAPPED:
        return (cisup_mix){1.0, -1.0};
    case CISUP_WEIGHTS_PLAIN:
        break;
    }
    return (cisup_mix){1.0, 0.0};
}

cisup_status cisup_mix_circuits(const cisup_transition *x, cisup_mix mix, double **v,
                                cisup_error *err) {
    const cisup_index dd = x->d * x->d, T = x->base->T;
    const cisup_status status = cisup_new(v, T * dd, sizeof **v, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < T; t++)
        for (cisup_index k = 0; k < dd; k++)
            (*v)[t * dd + k] = mix.scale * x->w[t * dd + k] + mix.shift * x->wbar[k];
    return CISUP_OK;
}

cisup_status cisup_excess(const cisup_csc *g, cisup_csc *out, cisup_error *err) {
    cisup_index nnz = 0;
    for (cisup_index k = 0; k < g->p[g->ncol]; k++) nnz += g->x[k] > 1.0;
    const cisup_status status = cisup_csc_init(out, g->nrow, g->ncol, nnz, err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index m = 0; m < g->ncol; m++) {
        for (cisup_index k = g->p[m]; k < g->p[m + 1]; k++) {
            if (g->x[k] <= 1.0) continue;
            out->i[at] = g->i[k];
            out->x[at++] = g->x[k] - 1.0;
        }
        out->p[m + 1] = at;
    }
    return CISUP_OK;
}

/* Q of (4.5). reach: [N], zeroed; reach[n] = sum over the circuits u seen so far of
 * (min(1,G) e_u^{l-1})_n. Going down, those are the circuits above t. */
static int64_t pairs_reached(const cisup_transition *x, const cisup_csc *g,
                             int64_t *reach) {
    const cisup_index S = x->base->S;
    int64_t Q = 0;
    for (cisup_index t = x->base->T - 1; t >= 0; t--) {
        const int32_t *to = cisup_allocation_row(x->base, x->to[t]);
        for (cisup_index k = 0; k < S; k++) Q += reach[to[k]];
        const int32_t *from = cisup_allocation_row(x->base, x->from[t]);
        for (cisup_index k = 0; k < S; k++)
            for (cisup_index e = g->p[from[k]]; e < g->p[from[k] + 1]; e++)
                reach[g->i[e]]++;
    }
    return Q;
}

double cisup_kappa_of_pairs(const cisup_transition *x, int64_t Q) {
    const double S = (double)x->base->S, T = (double)x->base->T, pairs = (double)Q;
    const double missed = S * S * T * (T - 1.0) / 2.0 - pairs;
    return missed > 0.0 ? x->options.correction * pairs / missed : 0.0;
}

cisup_status cisup_kappa(const cisup_transition *x, const cisup_csc *g, double *kappa,
                         cisup_error *err) {
    int64_t *reach;
    const cisup_status status = cisup_new(&reach, x->base->N, sizeof *reach, err);
    if (status != CISUP_OK) return status;
    *kappa = cisup_kappa_of_pairs(x, pairs_reached(x, g, reach));
    cisup_release(reach);
    return CISUP_OK;
}

cisup_status cisup_kappa_rows(const cisup_transition *x, double *kappa,
                              cisup_error *err) {
    const cisup_index N = x->base->N;
    cisup_index *load;
    const cisup_status status = cisup_new(&load, N, sizeof *load, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < x->base->T; t++)
        for (cisup_index k = 0; k < x->base->S; k++)
            load[cisup_allocation_row(x->base, x->to[t])[k]]++;
    const double miss = 1.0 - (double)x->base->S / (double)N;
    for (cisup_index n = 0; n < N; n++) {
        const double closed = load[n] > 0 ? pow(miss, (double)load[n] - 1.0) : 1.0;
        kappa[n] = closed > 0.0 ? x->options.correction * (1.0 - closed) / closed : 0.0;
    }
    cisup_release(load);
    return CISUP_OK;
}

cisup_status cisup_kappas(const cisup_transition *x, const cisup_csc *g, double *rows,
                          double *mean, cisup_error *err) {
    const cisup_index N = x->base->N;
    cisup_status status;
    *mean = 0.0;
    if (x->options.kappa == CISUP_KAPPA_SINGLE) {
        CISUP_TRY(cisup_kappa(x, g, mean, err));
        for (cisup_index n = 0; rows && n < N; n++) rows[n] = *mean;
    } else {
        CISUP_TRY(cisup_kappa_rows(x, rows, err));
        for (cisup_index n = 0; n < N; n++) *mean += rows[n] / (double)N;
    }
done:
    return status;
}
