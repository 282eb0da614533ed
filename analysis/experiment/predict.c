/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/predict.h>

#include <cisup/core/memory.h>

#include <math.h>

static const cisup_prediction silent = {(double)NAN, (double)NAN, (double)NAN};

/* The four columns of a family, [L] each. */
typedef struct {
    cisup_prediction *x[CISUP_STATES], *on[CISUP_STATES];
} columns;

static void write_column(cisup_prediction *out, cisup_index L, int state, int quantity,
                         const cisup_prediction *column) {
    for (cisup_index l = 1; l <= L; l++)
        out[cisup_cell(l, state, quantity)] = column[l - 1];
}

/* The formulas (9.3)-(9.5) describe capped weights only. */
static void keep_post_only(cisup_prediction *column, cisup_index L) {
    for (cisup_index k = 0; k < L; k++)
        column[k].followup = column[k].refined = (double)NAN;
}

static void write_rotation4(const cisup_theory_case *c, cisup_index L, int is_rotation,
                            int is_capped, cisup_prediction *storage,
                            cisup_prediction *out) {
    columns k = {{storage, storage + L}, {storage + 2 * L, storage + 3 * L}};
    cisup_theory_rotation4(c, L, k.x[CISUP_ACTIVE], k.x[CISUP_INACTIVE],
                           k.on[CISUP_ACTIVE], k.on[CISUP_INACTIVE]);
    if (!is_capped) keep_post_only(storage, 4 * L);
    write_column(out, L, CISUP_INACTIVE, CISUP_ON, k.on[CISUP_INACTIVE]);
    if (!is_rotation) return;
    write_column(out, L, CISUP_ACTIVE, CISUP_ON, k.on[CISUP_ACTIVE]);
    write_column(out, L, CISUP_ACTIVE, CISUP_X, k.x[CISUP_ACTIVE]);
    write_column(out, L, CISUP_INACTIVE, CISUP_X, k.x[CISUP_INACTIVE]);
}

/* The general formulas are relative to the mean square of the active states. */
static void write_general(const cisup_theory_case *c, cisup_index L, int quantity,
                          const cisup_interval *mse, cisup_prediction *storage,
                          cisup_prediction *out) {
    cisup_theory_general(c, L, storage, storage + L);
    for (cisup_index k = 0; k < 2 * L; k++) {
        const double signal = mse[cisup_cell(k % L + 1, CISUP_SIGNAL, quantity)].mean;
        storage[k].post *= signal;
        storage[k].refined *= signal;
    }
    write_column(out, L, CISUP_ACTIVE, quantity, storage);
    write_column(out, L, CISUP_INACTIVE, quantity, storage + L);
}

cisup_status cisup_predict(const cisup_theory_case *c, int family,
                           const cisup_circuits *circuits,
                           const cisup_network_options *how, cisup_mode mode,
                           const cisup_interval *mse, cisup_prediction *out,
                           cisup_error *err) {
    const cisup_index L = circuits->L;
    for (cisup_index k = 0; k < cisup_cell(L + 1, 0, 0); k++) out[k] = silent;
    if (mode == CISUP_MODE_LINEAR || c->z == 0.0) return CISUP_OK;
    cisup_prediction *storage;
    const cisup_status status = cisup_new(&storage, 4 * L, sizeof *storage, err);
    if (status != CISUP_OK) return status;
    const int is_gated = circuits->on_count == 2, has_data = circuits->d > 2;
    if (family == CISUP_RANDOM_RELU)
        write_general(c, L, CISUP_READOUT, mse, storage, out);
    if (is_gated && has_data && family != CISUP_ROTATION4 && c->z == 1.0)
        write_general(c, L, CISUP_X, mse, storage, out);
    if (is_gated)
        write_rotation4(c, L, family == CISUP_ROTATION4,
                        how->weights.scheme == CISUP_WEIGHTS_CAPPED, storage, out);
    if (how->keep_order)
        for (cisup_index k = cisup_cell(2, 0, 0); k < cisup_cell(L + 1, 0, 0); k++)
            out[k] = silent;
    if (how->weights.kappa == CISUP_KAPPA_ROWS && family == CISUP_ROTATION4)
        for (cisup_index l = 2; l <= L; l++)
            for (int state = 0; state <= CISUP_INACTIVE; state++)
                out[cisup_cell(l, state, CISUP_X)].refined = (double)NAN;
    cisup_release(storage);
    return status;
}

cisup_theory_masks cisup_predict_case(const cisup_cycle *cycle, cisup_index left,
                                      cisup_index z, int fresh) {
    const double S = (double)cycle->S, T = (double)cycle->T;
    const cisup_theory_masks sizes = {.N = cycle->q ? S * (double)cycle->q
                                                    : (double)cycle->N,
                                      .S = S,
                                      .z = (double)z,
                                      .c = cycle->c,
                                      .fresh = fresh};
    cisup_theory_masks m = cisup_theory_masks_classes(&sizes, T);
    m.P = cycle->P;
    if (!isnan(cycle->r)) m.r = cycle->r;
    if (left == cycle->T) return m;
    const double share =
        ((double)left - 2.0) / (T - 2.0); /* of third circuits, at random */
    m.T = (double)left;
    m.r *= share;
    m.r_both *= share * share;
    return m;
}

void cisup_predict_masks(const cisup_theory_masks *m, int family,
                         const cisup_circuits *circuits, cisup_prediction *out) {
    const cisup_index L = circuits->L;
    for (cisup_index k = 0; k < cisup_cell(L + 1, 0, 0); k++) out[k] = silent;
    for (cisup_index l = 1; l <= L; l++) {
        const cisup_theory_error law = cisup_theory_masks_law(m, l);
        const cisup_theory_error refined = cisup_theory_masks_recursion(m, l);
        cisup_prediction active = silent, inactive = silent;
        if (family == CISUP_ROTATION2) {
            active = (cisup_prediction){law.active, (double)NAN, refined.active};
            inactive = (cisup_prediction){law.inactive, (double)NAN, refined.inactive};
        } else if (m->z == 1.0) {
            active = (cisup_prediction){0.0, (double)NAN, 0.0};
        }
        const int quantity[] = {CISUP_READOUT, CISUP_X};
        for (int q = 0; q < 2; q++) {
            out[cisup_cell(l, CISUP_ACTIVE, quantity[q])] = active;
            out[cisup_cell(l, CISUP_INACTIVE, quantity[q])] = inactive;
        }
    }
}
