/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/wiring.h>

#include <cisup/core/base/rng.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdbool.h>

cisup_status cisup_wiring_make(cisup_wiring *w, const cisup_incidence *base,
                               cisup_index L, int keep_order, uint64_t seed,
                               cisup_index network, cisup_error *err) {
    *w = (cisup_wiring){
        .base = base, .N = base->N, .S = base->S, .rows = base->T, .L = L, .T = base->T};
    if (keep_order) return CISUP_OK;
    const cisup_status status = cisup_new(&w->pi, L, sizeof *w->pi, err);
    for (cisup_index l = 2; l <= L && status == CISUP_OK; l++)
        cisup_bijection_init(&w->pi[l - 1], base->T, seed, network, l);
    return status;
}

/* The inverse of the network's tables. */
static cisup_status adopt(cisup_wiring *w, const cisup_network *net, cisup_error *err) {
    const cisup_index T = w->T, L = w->L, rows = w->rows;
    w->row_of = net->row_of;
    const cisup_status status =
        cisup_new(&w->circuit_of, L * rows, sizeof(cisup_index), err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; T < rows && k < L * rows; k++) w->circuit_of[k] = -1;
    for (cisup_index l = 1; l <= L; l++)
        for (cisup_index t = 0; t < T; t++)
            w->circuit_of[(l - 1) * rows + cisup_wiring_row_of(w, l, t)] = t;
    return CISUP_OK;
}

cisup_status cisup_wiring_of(cisup_wiring *w, const cisup_incidence *base,
                             const cisup_network *net, cisup_error *err) {
    *w = (cisup_wiring){.base = base,
                        .N = base->N,
                        .S = base->S,
                        .rows = base->T,
                        .L = net->circuits->L,
                        .T = net->circuits->T};
    return adopt(w, net, err);
}

cisup_status cisup_wiring_cycle(cisup_wiring *w, const cisup_cycle *cycle,
                                const cisup_network *net, cisup_index L,
                                cisup_error *err) {
    *w = (cisup_wiring){.cycle = cycle,
                        .stored = net && net->base->slot ? net->base : NULL,
                        .N = cycle->N,
                        .S = cycle->S,
                        .rows = cycle->T,
                        .L = L,
                        .T = net ? net->circuits->T : cycle->T};
    return w->T < w->rows ? adopt(w, net, err) : CISUP_OK;
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

/* The rows of a cycle are the same in all layers. */
void cisup_wiring_through(const cisup_wiring *w, cisup_places from, cisup_places to,
                          cisup_index *circuit) {
    cisup_cycle_through(w->cycle, from, to, circuit);
    for (cisup_index k = 0; w->circuit_of && k < from.count * to.count; k++)
        if (circuit[k] >= 0) circuit[k] = w->circuit_of[circuit[k]];
}

cisup_index cisup_wiring_load(const cisup_wiring *w, cisup_index h, cisup_index n,
                              cisup_index *room) {
    if (!w->circuit_of) return cisup_cycle_load(w->cycle, h, n);
    const cisup_index rows = cisup_cycle_circuits(w->cycle, h, n, room);
    cisup_index load = 0;
    for (cisup_index k = 0; k < rows; k++) load += w->circuit_of[room[k]] >= 0;
    return load;
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

/* Where not all columns are followed, the loads of up to FEW neurons are counted, of
 * more a sample of SOME. */
enum { FEW = 64, SOME = 16 };

/* Columns m of min(1, G) of layer l, one after the other. */
typedef struct {
    const cisup_wiring *w;
    cisup_index l;
    cisup_index *load;        /* [N], or NULL: counted when asked for */
    int32_t *stamp, serial;   /* [N]: the last column that reached a neuron; this one */
    int32_t *reached;         /* [N] the neurons of layer l in this column */
    cisup_index count;        /* how many of them */
    int32_t *row;             /* [CHUNK][S] */
    cisup_rng column, sample; /* which columns; which neurons are asked for their load */
} follower;

static cisup_status follower_init(follower *f, const cisup_wiring *w, cisup_index l,
                                  bool follows_all, uint64_t seed, cisup_error *err) {
    const cisup_index N = w->base->N;
    *f = (follower){.w = w, .l = l};
    cisup_rng_init(&f->column, seed, CISUP_STREAM_COLUMNS, 0, 0, l);
    cisup_rng_init(&f->sample, seed, CISUP_STREAM_COLUMNS, 0, 1, l);
    cisup_status status;
    CISUP_TRY(cisup_new(&f->stamp, N, sizeof *f->stamp, err));
    CISUP_TRY(cisup_new(&f->reached, N, sizeof *f->reached, err));
    CISUP_TRY(cisup_new(&f->row, CHUNK * w->base->S, sizeof *f->row, err));
    if (follows_all) CISUP_TRY(cisup_new(&f->load, N, sizeof *f->load, err));
    for (cisup_index n = 0; follows_all && n < N; n++) f->load[n] = load_of(w->base, n);
done:
    return status;
}

static void follower_free(follower *f) {
    cisup_release(f->load);
    cisup_release(f->stamp);
    cisup_release(f->reached);
    cisup_release(f->row);
}

/* Adds the neurons of `count` <= CHUNK circuits that are not in the column yet. t:
 * [count] rows of layer l-1, overwritten. */
static void reach_chunk(follower *f, cisup_index count, cisup_index *t) {
    const cisup_incidence *x = f->w->base;
    cisup_wiring_circuits_of(f->w, f->l - 1, count, t, t);
    cisup_wiring_rows_of(f->w, f->l, count, t, t);
    for (cisup_index k = 0; k < count; k++) {
        cisup_incidence_row(x, t[k], f->row + k * x->S);
        for (cisup_index e = 0; e < x->S; e++)
            __builtin_prefetch(&f->stamp[f->row[k * x->S + e]], 1);
    }
    for (cisup_index k = 0; k < count * x->S; k++) {
        const int32_t n = f->row[k];
        if (f->stamp[n] == f->serial) continue;
        f->stamp[n] = f->serial;
        f->reached[f->count++] = n;
    }
}

/* sum_n c_n over the neurons reached: exact, or its unbiased estimate. */
static double sum_loads(follower *f) {
    const bool is_sampled = !f->load && f->count > FEW;
    const cisup_index asked = is_sampled ? SOME : f->count;
    double sum = 0.0;
    for (cisup_index k = 0; k < asked; k++) {
        const int32_t n =
            f->reached[is_sampled
                           ? (cisup_index)cisup_rng_below(&f->sample, (uint64_t)f->count)
                           : k];
        sum += (double)(f->load ? f->load[n] : load_of(f->w->base, n));
    }
    return is_sampled ? sum * (double)f->count / (double)asked : sum;
}

/* c_m (sum_n c_n Gc_nm - S) for neuron m of layer l-1: pairs of different circuits, since
 * each circuit in m reaches S neurons of its own. Never negative. */
static double column_sum(follower *f, cisup_index m) {
    double circuits = 0.0;
    cisup_index t[CHUNK], count = 0;
    cisup_through c = cisup_incidence_through(f->w->base, m);
    f->serial++;
    f->count = 0;
    for (cisup_index r; (r = cisup_through_next(&c)) >= 0; circuits++) {
        t[count++] = r;
        if (count < CHUNK) continue;
        reach_chunk(f, count, t);
        count = 0;
    }
    reach_chunk(f, count, t);
    return circuits > 0.0 ? circuits * (sum_loads(f) - (double)f->w->base->S) : 0.0;
}

/* The mean over the columns followed times N, and the variance of that. */
static double sum_columns(follower *f, cisup_index columns, double *variance) {
    const cisup_index N = f->w->base->N;
    double mean = 0.0, squares = 0.0, sum = 0.0;
    for (cisup_index k = 0; k < columns; k++) {
        const cisup_index m =
            columns == N ? k : (cisup_index)cisup_rng_below(&f->column, (uint64_t)N);
        const double one = column_sum(f, m), away = one - mean;
        sum += one;
        mean += away / (double)(k + 1);
        squares += away * (one - mean);
    }
    const double count = (double)columns, scale = (double)N / count;
    *variance = columns == N ? 0.0 : scale * scale * squares * count / (count - 1.0);
    return scale * sum;
}

cisup_status cisup_wiring_kappa(const cisup_wiring *w, cisup_index l, double correction,
                                cisup_index columns, uint64_t seed,
                                cisup_kappa_estimate *out, cisup_error *err) {
    const cisup_incidence *x = w->base;
    const double T = (double)x->T, SS = (double)x->S * (double)x->S;
    follower f;
    double variance;
    *out = (cisup_kappa_estimate){.columns = x->N <= columns ? x->N : columns};
    cisup_status status;
    CISUP_TRY(follower_init(&f, w, l, out->columns == x->N, seed, err));
    const double Q = 0.5 * sum_columns(&f, out->columns, &variance);
    const double pairs = 0.5 * SS * T * (T - 1.0);
    if (pairs > Q) {
        out->kappa = correction * Q / (pairs - Q);
        out->error =
            correction * 0.5 * sqrt(variance) * pairs / ((pairs - Q) * (pairs - Q));
    }
done:
    follower_free(&f);
    return status;
}
