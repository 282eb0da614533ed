/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits/carried.h>

#include <cisup/core/circuits/circuits_parts.h>

#include <cisup/core/memory.h>

#include <string.h>

static int has_biases(const cisup_plain_mlps *mlps) {
    const cisup_index count = mlps->layers * mlps->T * mlps->m;
    for (cisup_index k = 0; mlps->beta && k < count; k++)
        if (mlps->beta[k] != 0.0) return 1;
    return 0;
}

cisup_status cisup_circuits_carry(cisup_circuits *c, const cisup_plain_mlps *mlps,
                                  cisup_error *err) {
    const cisup_index m = mlps->m, biased = has_biases(mlps), d = m + biased;
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(c, mlps->T, d, mlps->L, mlps->layers, err));
    c->carried = 1;
    c->biased = (int)biased;
    for (cisup_index row = 0; row < mlps->layers * mlps->T * m; row++) {
        double *w = c->w + row / m * d * d + (row % m + biased) * d;
        if (biased) w[0] = mlps->beta[row];
        memcpy(w + biased, mlps->v + row * m, (size_t)m * sizeof *w);
    }
    if (mlps->is_signed) {
        CISUP_TRY(cisup_circuits_sign(c, err));
        memcpy(c->is_signed, mlps->is_signed, (size_t)mlps->L);
    }
    cisup_circuits_set_mean(c);
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}

cisup_status cisup_circuits_carry_plain(cisup_circuits *c, const cisup_circuits *plain,
                                        const double *beta, cisup_linear linear,
                                        cisup_error *err) {
    unsigned char *is_signed = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&is_signed, plain->L, 1, err));
    if (linear == CISUP_LINEAR_ALL) memset(is_signed, 1, (size_t)plain->L);
    if (linear == CISUP_LINEAR_OUTPUT) is_signed[plain->L - 1] = 1;
    const cisup_plain_mlps mlps = {plain->T, plain->d, plain->L, plain->layers,
                                   plain->w, beta,     is_signed};
    CISUP_TRY(cisup_circuits_carry(c, &mlps, err));
done:
    cisup_release(is_signed);
    return status;
}
