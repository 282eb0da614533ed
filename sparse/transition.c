/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/transition.h>

#include <cisup/core/memory.h>
#include <cisup/core/words.h>
#include <cisup/sparse/embedding.h>

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

cisup_status cisup_meetings(const cisup_transition *x, cisup_csc *g, cisup_error *err) {
    cisup_csc to = {0}, from = {0}, flipped = {0};
    *g = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(cisup_embedding_slots(x->base, x->to, &to, err));
    CISUP_TRY(cisup_embedding_slots(x->base, x->from, &from, err));
    CISUP_TRY(cisup_csc_transpose(&from, &flipped, err));
    CISUP_TRY(cisup_csc_multiply(&to, &flipped, g, err));
done:
    cisup_csc_free(&to);
    cisup_csc_free(&from);
    cisup_csc_free(&flipped);
    return status;
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

cisup_status cisup_kappa(const cisup_transition *x, const cisup_csc *g, double *kappa,
                         cisup_error *err) {
    int64_t *reach;
    const cisup_status status = cisup_new(&reach, x->base->N, sizeof *reach, err);
    if (status != CISUP_OK) return status;
    const double Q = (double)pairs_reached(x, g, reach);
    cisup_release(reach);
    const double S = (double)x->base->S, T = (double)x->base->T;
    const double missed = S * S * T * (T - 1.0) / 2.0 - Q;
    *kappa = missed > 0.0 ? x->options.correction * Q / missed : 0.0;
    return CISUP_OK;
}

cisup_status cisup_kappa_rows(const cisup_transition *x, double *kappa,
                              cisup_error *err) {
    const cisup_index N = x->base->N;
    cisup_index *load;
    const cisup_status status = cisup_new(&load, N, sizeof *load, err);
    if (status != CISUP_OK) return status;
    cisup_allocation_loads(x->base, load);
    const double miss = 1.0 - (double)x->base->S / (double)N;
    for (cisup_index n = 0; n < N; n++) {
        const double closed = load[n] > 0 ? pow(miss, (double)load[n] - 1.0) : 1.0;
        kappa[n] = closed > 0.0 ? x->options.correction * (1.0 - closed) / closed : 0.0;
    }
    cisup_release(load);
    return CISUP_OK;
}
