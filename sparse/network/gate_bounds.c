/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/network_parts.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

double cisup_network_input_bound(const cisup_circuits *c) {
    if (!c->input_start) return 1.0;
    const cisup_index count = c->input_start[c->T] * (c->d - cisup_circuits_first(c));
    double most = 0.0;
    for (cisup_index k = 0; k < count; k++) most = fmax(most, fabs(c->input[k]));
    return most;
}

/* The largest row sum of magnitudes that weights of a family can have. A normal number of
 * 53 random bits is below 8.6 = sqrt(-2 ln 2^-53). */
static double family_norm(const cisup_circuits *c) {
    if (c->family.family == CISUP_ROTATION2) return sqrt(2.0);
    if (c->family.family == CISUP_IDENTITY) return 1.0;
    return 8.6 * sqrt(2.0 * (double)c->d);
}

/* The largest row sum of magnitudes of the w_t^l and the largest bias. */
static void layer_norms(const cisup_circuits *c, cisup_index l, double *weight,
                        double *bias) {
    const cisup_index d = c->d, first = cisup_circuits_first(c);
    *weight = c->w ? 0.0 : family_norm(c);
    *bias = 0.0;
    for (cisup_index t = 0; c->w && t < c->T; t++) {
        const double *w = cisup_circuits_weights(c, l, t);
        for (cisup_index i = first; i < d; i++) {
            double sum = 0.0;
            for (cisup_index j = first; j < d; j++) sum += fabs(w[i * d + j]);
            *weight = fmax(*weight, sum);
            if (c->biased) *bias = fmax(*bias, fabs(w[i * d]));
        }
    }
}

static cisup_status check(const cisup_carrying *how, cisup_error *err) {
    if (how->active < 1)
        return CISUP_FAIL(err, CISUP_EINVAL, "%" PRId64 " active circuits", how->active);
    if (how->offset < 0.0 || isinf(how->offset))
        return CISUP_FAIL(err, CISUP_EINVAL, "an offset of %g", how->offset);
    if (how->strength < 0.0 || isinf(how->strength))
        return CISUP_FAIL(err, CISUP_EINVAL, "a strength of %g", how->strength);
    return CISUP_OK;
}

cisup_status cisup_network_gate(cisup_network *net, const cisup_carrying *how,
                                cisup_error *err) {
    const cisup_circuits *c = net->circuits;
    double most = isnan(how->input) ? cisup_network_input_bound(c) : how->input;
    double weight = 0.0, bias = 0.0;
    cisup_status status;
    CISUP_TRY(check(how, err));
    CISUP_TRY(cisup_new(&net->offset, c->L, sizeof *net->offset, err));
    CISUP_TRY(cisup_new(&net->strength, c->L, sizeof *net->strength, err));
    for (cisup_index l = 1; l <= c->L; l++) {
        const int is_signed = c->is_signed && c->is_signed[l - 1];
        if (l == 1 || c->layers > 1) layer_norms(c, l, &weight, &bias);
        most = (double)how->active * (weight * most + bias);
        double *o = &net->offset[l - 1], *strength = &net->strength[l - 1];
        *o = !is_signed ? 0.0 : isnan(how->offset) ? most : how->offset;
        *strength = isnan(how->strength) ? most + *o : how->strength;
    }
done:
    return status;
}
