/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits/gate.h>

#include <cisup/core/circuits.h>
#include <cisup/core/memory.h>

#include <math.h>

void cisup_gate_indicator(double *w, cisup_index d) {
    w[0] = w[d] = 2.0;
    w[1] = w[d + 1] = -2.0;
}

void cisup_gate_weights(double *w, const double *v, const double *beta, double margin,
                        cisup_index m) {
    const cisup_index d = m + 2;
    cisup_gate_indicator(w, d);
    for (cisup_index i = 0; i < m; i++) {
        double *row = w + (i + 2) * d;
        row[0] = beta[i] + margin;
        row[1] = -row[0];
        for (cisup_index j = 0; j < m; j++) row[j + 2] = v[i * m + j];
    }
}

void cisup_gate_bias(double *b, double margin, cisup_index m) {
    b[0] = -0.5;
    b[1] = -1.5;
    for (cisup_index i = 0; i < m; i++) b[i + 2] = -margin;
}

cisup_status cisup_circuits_gate(cisup_circuits *c, cisup_index T, cisup_index m,
                                 cisup_index L, cisup_index layers, const double *v,
                                 const double *beta, double margin, cisup_error *err) {
    *c = (cisup_circuits){0};
    if (m < 0 || m > INT32_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the gated width %" PRId64 " is not in [0, 2^31)", m);
    if (!(margin > 0.0) || !isfinite(margin))
        return CISUP_FAIL(err, CISUP_EINVAL, "the gate's margin %g is not positive",
                          margin);
    const cisup_status status = cisup_circuits_init(c, T, m + 2, L, layers, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < layers * T; k++)
        cisup_gate_weights(c->w + k * c->d * c->d, v + k * m * m, beta + k * m, margin,
                           m);
    for (cisup_index k = 0; k < layers; k++) cisup_gate_bias(c->b + k * c->d, margin, m);
    c->on_count = 2;
    cisup_circuits_set_mean(c);
    return CISUP_OK;
}

cisup_index cisup_bias_differs(const cisup_circuits *plain, const double *beta) {
    const cisup_index d = plain->d, T = plain->T;
    for (cisup_index k = 0; k < plain->layers * T * d; k++)
        if (beta[k] != beta[k / (d * T) * (d * T) + k % d]) return k;
    return -1;
}

cisup_status cisup_circuits_wrap(cisup_circuits *c, cisup_circuits *plain,
                                 const double *beta, const double *margin,
                                 cisup_error *err) {
    if (margin)
        return cisup_circuits_gate(c, plain->T, plain->d, plain->L, plain->layers,
                                   plain->w, beta, *margin, err);
    for (cisup_index k = 0; k < plain->layers * plain->d; k++)
        plain->b[k] = beta[k / plain->d * plain->T * plain->d + k % plain->d];
    cisup_circuits_set_mean(plain);
    *c = *plain;
    *plain = (cisup_circuits){0};
    return CISUP_OK;
}
