/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits/gate.h>

#include <cisup/core/circuits.h>
#include <cisup/core/memory.h>

#include <math.h>

static const double least_shift = 1e-6, most_steepness = 1e6;

cisup_gate_step cisup_gate_step_of(cisup_gate_step step) {
    if (step.steepness == 0.0) step.steepness = 2.0;
    if (step.shift == 0.0) step.shift = 0.5;
    return step;
}

double cisup_gate_closed_to(cisup_gate_step step) {
    const cisup_gate_step x = cisup_gate_step_of(step);
    return (x.steepness - 1.0 - x.shift) / x.steepness;
}

double cisup_gate_open_from(cisup_gate_step step) {
    const cisup_gate_step x = cisup_gate_step_of(step);
    return (x.steepness - x.shift) / x.steepness;
}

cisup_status cisup_gate_step_check(cisup_gate_step step, cisup_error *err) {
    const cisup_gate_step x = cisup_gate_step_of(step);
    if (!(x.shift >= least_shift) || !isfinite(x.shift))
        return CISUP_FAIL(err, CISUP_EINVAL, "the gate's shift %g is not at least %g",
                          x.shift, least_shift);
    if (!(x.steepness - 1.0 - x.shift > 0.0) || !(x.steepness <= most_steepness))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the gate's steepness %g is not above 1 + shift = %g and at "
                          "most %g",
                          x.steepness, 1.0 + x.shift, most_steepness);
    return CISUP_OK;
}

void cisup_gate_indicator(double *w, cisup_gate_step step, cisup_index d) {
    const double k = cisup_gate_step_of(step).steepness;
    w[0] = w[d] = k;
    w[1] = w[d + 1] = -k;
}

void cisup_gate_weights(double *w, const double *v, const double *beta,
                        const cisup_gate *gate, cisup_index m) {
    const cisup_index d = m + 2;
    cisup_gate_indicator(w, gate->step, d);
    for (cisup_index i = 0; i < m; i++) {
        double *row = w + (i + 2) * d;
        row[0] = beta[i] + gate->margin;
        row[1] = -row[0];
        for (cisup_index j = 0; j < m; j++) row[j + 2] = v[i * m + j];
    }
}

void cisup_gate_bias(double *b, const cisup_gate *gate, cisup_index m) {
    const cisup_gate_step x = cisup_gate_step_of(gate->step);
    b[0] = x.shift - (x.steepness - 1.0);
    b[1] = b[0] - 1.0;
    for (cisup_index i = 0; i < m; i++) b[i + 2] = -gate->margin;
}

cisup_status cisup_circuits_gate(cisup_circuits *c, cisup_index T, cisup_index m,
                                 cisup_index L, cisup_index layers, const double *v,
                                 const double *beta, const cisup_gate *gate,
                                 cisup_error *err) {
    *c = (cisup_circuits){0};
    if (m < 0 || m > INT32_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the gated width %" PRId64 " is not in [0, 2^31)", m);
    if (!(gate->margin > 0.0) || !isfinite(gate->margin))
        return CISUP_FAIL(err, CISUP_EINVAL, "the gate's margin %g is not positive",
                          gate->margin);
    cisup_status status = cisup_gate_step_check(gate->step, err);
    if (status == CISUP_OK) status = cisup_circuits_init(c, T, m + 2, L, layers, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < layers * T; k++)
        cisup_gate_weights(c->w + k * c->d * c->d, v + k * m * m, beta + k * m, gate, m);
    for (cisup_index k = 0; k < layers; k++) cisup_gate_bias(c->b + k * c->d, gate, m);
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
                                 const double *beta, const cisup_gate *gate,
                                 cisup_error *err) {
    if (gate)
        return cisup_circuits_gate(c, plain->T, plain->d, plain->L, plain->layers,
                                   plain->w, beta, gate, err);
    for (cisup_index k = 0; k < plain->layers * plain->d; k++)
        plain->b[k] = beta[k / plain->d * plain->T * plain->d + k % plain->d];
    cisup_circuits_set_mean(plain);
    *c = *plain;
    *plain = (cisup_circuits){0};
    return CISUP_OK;
}
