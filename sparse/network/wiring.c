/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/wiring.h>

#include <cisup/core/memory.h>
#include <cisup/core/rng.h>

#include <math.h>

cisup_status cisup_wiring_make(cisup_wiring *w, const cisup_incidence *base,
                               cisup_index L, int keep_order, uint64_t seed,
                               cisup_index network, cisup_error *err) {
    *w = (cisup_wiring){.base = base, .L = L, .T = base->T};
    if (keep_order) return CISUP_OK;
    const cisup_status status = cisup_new(&w->pi, L, sizeof *w->pi, err);
    for (cisup_index l = 2; l <= L && status == CISUP_OK; l++)
        cisup_bijection_init(&w->pi[l - 1], base->T, seed, network, l);
    return status;
}

cisup_status cisup_wiring_of(cisup_wiring *w, const cisup_incidence *base,
                             const cisup_network *net, cisup_error *err) {
    const cisup_index T = net->circuits->T, L = net->circuits->L, rows = base->T;
    *w = (cisup_wiring){.base = base, .L = L, .T = T, .row_of = net->row_of};
    const cisup_status status =
        cisup_new(&w->circuit_of, L * rows, sizeof(cisup_index), err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; T < rows && k < L * rows; k++) w->circuit_of[k] = -1;
    for (cisup_index l = 0; l < L; l++)
        for (cisup_index t = 0; t < T; t++)
            w->circuit_of[l * rows + net->row_of[l * T + t]] = t;
    return CISUP_OK;
}

void cisup_wiring_free(cisup_wiring *w) {
    cisup_release(w->pi);
    cisup_release(w->circuit_of);
    *w = (cisup_wiring){0};
}

void cisup_wiring_rows_of(const cisup_wiring *w, cisup_index l, cisup_index count,
                          const cisup_index *t, cisup_index *rows) {
    if (w->pi && l > 1)
        cisup_bijection_apply_all(&w->pi[l - 1], count, t, rows);
    else
        for (cisup_index k = 0; k < count; k++) rows[k] = cisup_wiring_row_of(w, l, t[k]);
}

void cisup_wiring_circuits_of(const cisup_wiring *w, cisup_index l, cisup_index count,
                              const cisup_index *rows, cisup_index *t) {
    if (w->pi && l > 1)
        cisup_bijection_invert_all(&w->pi[l - 1], count, rows, t);
    else
        for (cisup_index k = 0; k < count; k++)
            t[k] = cisup_wiring_circuit_of(w, l, rows[k]);
}

/* --- kappa ------------------------------------------------------------------------ */

static cisup_index load_of(const cisup_incidence *x, cisup_index n) {
    cisup_index load = 0;
    for (cisup_through c = cisup_incidence_through(x, n); cisup_through_next(&c) >= 0;)
        load++;
    return load;
}

/* Circuits whose rows are computed, and fetched, before they are looked at. */
enum { CHUNK = 16 };

/* sum_n c_n over the neurons n of `count` <= CHUNK circuits that this serial number has
 * not stamped; load NULL: c_n = mean. t: [count] rows of layer l-1, overwritten. row:
 * [CHUNK][S]. */
static double chunk_sum(const cisup_wiring *w, cisup_index l, cisup_index count,
                        cisup_index *t, int32_t serial, const cisup_index *load,
                        int32_t *stamp, int32_t *row) {
    const cisup_incidence *x = w->base;
    const double mean = (double)x->T * (double)x->S / (double)x->N;
    double sum = 0.0;
    cisup_wiring_circuits_of(w, l - 1, count, t, t);
    cisup_wiring_rows_of(w, l, count, t, t);
    for (cisup_index k = 0; k < count; k++) {
        cisup_incidence_row(x, t[k], row + k * x->S);
        for (cisup_index e = 0; e < x->S; e++)
            __builtin_prefetch(&stamp[row[k * x->S + e]], 1);
    }
    for (cisup_index k = 0; k < count * x->S; k++) {
        if (stamp[row[k]] == serial) continue;
        stamp[row[k]] = serial;
        sum += load ? (double)load[row[k]] : mean;
    }
    return sum;
}

/* c_m sum_n c_n Gc_nm for one neuron m of layer l-1, the one with this serial number. */
static double column_sum(const cisup_wiring *w, cisup_index l, cisup_index m,
                         int32_t serial, const cisup_index *load, int32_t *stamp,
                         int32_t *row) {
    double sum = 0.0, circuits = 0.0;
    cisup_index t[CHUNK], count = 0;
    cisup_through c = cisup_incidence_through(w->base, m);
    for (cisup_index r; (r = cisup_through_next(&c)) >= 0; circuits++) {
        t[count++] = r;
        if (count < CHUNK) continue;
        sum += chunk_sum(w, l, count, t, serial, load, stamp, row);
        count = 0;
    }
    sum += chunk_sum(w, l, count, t, serial, load, stamp, row);
    return circuits * sum;
}

/* The mean over the columns followed times N, and the variance of that. */
static double sum_columns(const cisup_wiring *w, cisup_index l, cisup_index columns,
                          uint64_t seed, const cisup_index *load, int32_t *stamp,
                          int32_t *row, double *variance) {
    const cisup_index N = w->base->N;
    const double count = (double)columns;
    double sum = 0.0, squares = 0.0;
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_COLUMNS, 0, 0, l);
    for (cisup_index k = 0; k < columns; k++) {
        const cisup_index m =
            columns == N ? k : (cisup_index)cisup_rng_below(&rng, (uint64_t)N);
        const double one = column_sum(w, l, m, (int32_t)k + 1, load, stamp, row);
        sum += one;
        squares += one * one;
    }
    const double mean = sum / count, spread = squares / count - mean * mean;
    *variance = columns == N ? 0.0 : (double)N * (double)N * spread / (count - 1.0);
    return mean * (double)N;
}

cisup_status cisup_wiring_kappa(const cisup_wiring *w, cisup_index l, double correction,
                                cisup_index columns, uint64_t seed,
                                cisup_kappa_estimate *out, cisup_error *err) {
    const cisup_incidence *x = w->base;
    const double T = (double)x->T, SS = (double)x->S * (double)x->S;
    cisup_index *load = NULL;
    int32_t *stamp = NULL, *row = NULL;
    *out = (cisup_kappa_estimate){.columns = x->N <= columns ? x->N : columns};
    cisup_status status;
    CISUP_TRY(cisup_new(&stamp, x->N, sizeof *stamp, err));
    CISUP_TRY(cisup_new(&row, CHUNK * x->S, sizeof *row, err));
    if (out->columns == x->N) {
        CISUP_TRY(cisup_new(&load, x->N, sizeof *load, err));
        for (cisup_index n = 0; n < x->N; n++) load[n] = load_of(x, n);
    }
    double variance;
    const double all = sum_columns(w, l, out->columns, seed, load, stamp, row, &variance);
    const double Q = 0.5 * (all - T * SS), pairs = 0.5 * SS * T * (T - 1.0);
    if (pairs > Q) {
        out->kappa = correction * Q / (pairs - Q);
        out->error =
            correction * 0.5 * sqrt(variance) * pairs / ((pairs - Q) * (pairs - Q));
    }
done:
    cisup_release(load);
    cisup_release(stamp);
    cisup_release(row);
    return status;
}
