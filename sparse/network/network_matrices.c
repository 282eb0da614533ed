/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network_matrices.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/network_parts.h>
#include <cisup/sparse/weights.h>

/* Also settles D. */
static cisup_status sizes_check(const cisup_network *net, cisup_index l,
                                cisup_index least, cisup_index *D, cisup_error *err) {
    const cisup_index dN = net->circuits->d * net->base->N, L = net->circuits->L;
    if (l < least || l > L)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "layer %" PRId64 " is not in %" PRId64 "..%" PRId64, l, least,
                          L);
    if (*D == 0) *D = dN;
    if (*D < dN)
        return CISUP_FAIL(err, CISUP_EINVAL, "D = %" PRId64 " is below d N = %" PRId64,
                          *D, dN);
    return CISUP_OK;
}

cisup_status cisup_network_bias(const cisup_network *net, cisup_index l, cisup_index D,
                                double *b, cisup_error *err) {
    const cisup_index N = net->base->N, dN = net->circuits->d * N;
    const cisup_status status = sizes_check(net, l, 1, &D, err);
    if (status != CISUP_OK) return status;
    const double *bias = cisup_circuits_bias(net->circuits, l);
    for (cisup_index k = 0; k < D; k++) b[k] = k < dN ? bias[k / N] : 0.0;
    return CISUP_OK;
}

cisup_status cisup_network_slots(const cisup_network *net, cisup_index l, cisup_csc *e,
                                 cisup_error *err) {
    cisup_index D = 0;
    *e = (cisup_csc){0};
    const cisup_status status = sizes_check(net, l, 1, &D, err);
    if (status != CISUP_OK) return status;
    const cisup_readout layer = cisup_network_readout(net, l);
    return cisup_embedding_slots(layer.base, layer.row_of, e, err);
}

cisup_status cisup_network_embedding(const cisup_network *net, cisup_index l,
                                     cisup_index D, cisup_csc *e, cisup_error *err) {
    cisup_csc slots = {0};
    *e = (cisup_csc){0};
    cisup_status status;
    CISUP_TRY(sizes_check(net, l, 1, &D, err));
    CISUP_TRY(cisup_network_slots(net, l, &slots, err));
    CISUP_TRY(cisup_embedding_blocks(&slots, net->circuits->d, D, e, err));
done:
    cisup_csc_free(&slots);
    return status;
}

void cisup_network_weights_free(cisup_network_weight *w) {
    cisup_csc_free(&w->sparse);
    cisup_csc_free(&w->left);
    cisup_csc_free(&w->right);
    *w = (cisup_network_weight){0};
}

/* I_d (x) left as D x d. */
static cisup_status left_matrix(const cisup_weights *w, cisup_index D, cisup_csc *a,
                                cisup_error *err) {
    const cisup_index d = w->left ? w->d : 0;
    const cisup_status status = cisup_csc_init(a, D, d, d * w->N, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < d * w->N; k++) {
        a->i[k] = k;
        a->x[k] = w->left[k % w->N];
    }
    for (cisup_index j = 0; j < d; j++) a->p[j + 1] = (j + 1) * w->N;
    return CISUP_OK;
}

static cisup_status right_matrix(const cisup_weights *w, cisup_index D, cisup_csc *a,
                                 cisup_error *err) {
    const cisup_index d = w->left ? w->d : 0, dN = w->d * w->N;
    cisup_status status;
    CISUP_TRY(cisup_csc_of_dense(a, d, dN, w->right, err));
    CISUP_TRY(cisup_csc_widen(a, d, D, err));
done:
    return status;
}

cisup_status cisup_network_weights(const cisup_network *net, cisup_index l, cisup_index D,
                                   cisup_network_weight *w, cisup_error *err) {
    cisup_weights parts = {0};
    *w = (cisup_network_weight){0};
    cisup_status status;
    CISUP_TRY(sizes_check(net, l, 2, &D, err));
    const cisup_transition x = cisup_network_transition(net, l);
    CISUP_TRY(cisup_weights_make(&parts, &x, err));
    w->kappa = parts.kappa;
    CISUP_TRY(left_matrix(&parts, D, &w->left, err));
    CISUP_TRY(right_matrix(&parts, D, &w->right, err));
    CISUP_TRY(cisup_csc_widen(&parts.sparse, D, D, err));
    w->sparse = parts.sparse;
    parts.sparse = (cisup_csc){0};
done:
    cisup_weights_free(&parts);
    if (status != CISUP_OK) cisup_network_weights_free(w);
    return status;
}
