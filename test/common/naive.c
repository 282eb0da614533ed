/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "naive.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static double *zeros(int64_t count) {
    double *x = calloc((size_t)count, sizeof *x);
    if (!x) abort();
    return x;
}

static int64_t stored(const naive_network *net, int64_t l) {
    return net->layers == 1 ? 0 : l - 1;
}

static double weight(const naive_network *net, int64_t l, int64_t t, int64_t i,
                     int64_t j) {
    const int64_t d = net->d;
    return net->w[((stored(net, l) * net->T + t) * d + i) * d + j];
}

static double common(const naive_network *net, int64_t l, int64_t i, int64_t j) {
    return net->wbar[(stored(net, l) * net->d + i) * net->d + j];
}

/* e_t^l of all circuits: [T][N]. */
static double *indicators(const naive_network *net, int64_t l) {
    double *e = zeros(net->T * net->N);
    for (int64_t t = 0; t < net->T; t++)
        for (int64_t k = 0; k < net->S; k++) {
            const int64_t row = net->row_of[(l - 1) * net->T + t];
            e[t * net->N + net->slot[row * net->S + k]] = 1.0;
        }
    return e;
}

double naive_center(const naive_network *net) {
    if (!isnan(net->c)) return net->c;
    const double N = (double)net->N, S = (double)net->S, T = (double)net->T;
    if (T * S <= N || net->T == 1) return 0.0;
    const double P_even = S * (T * S / N - 1.0) / (T - 1.0); /* (2.5) */
    return P_even / (S * (S - P_even));
}

void naive_meetings(const naive_network *net, int64_t l, double *out) {
    const int64_t N = net->N;
    double *to = indicators(net, l), *from = indicators(net, l - 1);
    for (int64_t n = 0; n < N; n++)
        for (int64_t m = 0; m < N; m++) {
            out[n * N + m] = 0.0;
            for (int64_t t = 0; t < net->T; t++)
                out[n * N + m] += to[t * N + n] * from[t * N + m];
        }
    free(to);
    free(from);
}

void naive_pairs(const naive_network *net, int64_t l, double *Q, double *missed) {
    const int64_t N = net->N, S = net->S, T = net->T;
    double *g = zeros(N * N);
    naive_meetings(net, l, g);
    *Q = 0.0;
    for (int64_t t = 0; t < T; t++)
        for (int64_t u = t + 1; u < T; u++) {
            const int32_t *to = net->slot + net->row_of[(l - 1) * T + t] * S;
            const int32_t *from = net->slot + net->row_of[(l - 2) * T + u] * S;
            for (int64_t k = 0; k < S; k++)
                for (int64_t j = 0; j < S; j++) *Q += fmin(1.0, g[to[k] * N + from[j]]);
        }
    *missed = (double)(S * S * (T * (T - 1) / 2)) - *Q;
    free(g);
}

/* Circuits on n in layer l. */
static double load_of(const naive_network *net, int64_t l, int64_t n) {
    double *e = indicators(net, l), load = 0.0;
    for (int64_t t = 0; t < net->T; t++) load += e[t * net->N + n];
    free(e);
    return load;
}

void naive_kappa(const naive_network *net, int64_t l, double *out) {
    const double S = (double)net->S, N = (double)net->N;
    double Q, missed;
    naive_pairs(net, l, &Q, &missed);
    for (int64_t n = 0; n < net->N; n++) {
        const double load = load_of(net, l, n);
        const double rho = 1.0 - pow(1.0 - S / N, load - 1.0);
        if (!net->rows)
            out[n] = missed > 0.0 ? net->correction * Q / missed : 0.0;
        else
            out[n] = load > 0.0 ? net->correction * rho / (1.0 - rho) : 0.0;
    }
}

/* v_t of (3.7) at n, given e_t at n. */
static double centered(const naive_network *net, double e) {
    return e / (double)net->S - naive_center(net) * (1.0 - e);
}

/* One circuit's term of W^l at [i,n] [j,m], given e_t^l at n and e_t^{l-1} at m. */
static double term(const naive_network *net, double w, double wbar, double to,
                   double from) {
    const double S = (double)net->S;
    switch (net->scheme) {
    case NAIVE_PLAIN:
        return w * to * from / S;
    case NAIVE_BALANCED:
        return w * centered(net, to) * from;
    case NAIVE_SPLIT:
        return (w - wbar) * to * from / S + wbar * centered(net, to) * from;
    case NAIVE_CAPPED:
        break;
    }
    return (w - wbar) * to * from / S;
}

void naive_weights(const naive_network *net, int64_t l, double *out) {
    const int64_t N = net->N, d = net->d, dN = d * N;
    double *to = indicators(net, l), *from = indicators(net, l - 1);
    double *g = zeros(N * N), *kappa = zeros(N);
    naive_meetings(net, l, g);
    if (net->scheme == NAIVE_CAPPED) naive_kappa(net, l, kappa);
    for (int64_t row = 0; row < dN; row++)
        for (int64_t column = 0; column < dN; column++) {
            const int64_t i = row / N, n = row % N, j = column / N, m = column % N;
            const double wbar = common(net, l, i, j);
            double sum = 0.0;
            for (int64_t t = 0; t < net->T; t++)
                sum += term(net, weight(net, l, t, i, j), wbar, to[t * N + n],
                            from[t * N + m]);
            const double capped = fmin(1.0, g[n * N + m]);
            const double C = capped - kappa[n] * (1.0 - capped);
            if (net->scheme == NAIVE_CAPPED) sum += wbar * C / (double)net->S;
            out[row * dN + column] = sum;
        }
    free(to);
    free(from);
    free(g);
    free(kappa);
}

void naive_sizes(const naive_network *net, int64_t l, double *out) {
    const int64_t N = net->N, d = net->d, dN = d * N;
    const double S = (double)net->S, c = fabs(naive_center(net));
    double *to = indicators(net, l), *from = indicators(net, l - 1);
    double *kappa = zeros(N);
    if (net->scheme == NAIVE_CAPPED) naive_kappa(net, l, kappa);
    for (int64_t row = 0; row < dN; row++)
        for (int64_t column = 0; column < dN; column++) {
            const int64_t i = row / N, n = row % N, j = column / N, m = column % N;
            const double wbar = fabs(common(net, l, i, j));
            double sum = (1.0 + 2.0 * kappa[n]) * wbar / S;
            for (int64_t t = 0; t < net->T; t++) {
                const double w = fabs(weight(net, l, t, i, j));
                const double both = to[t * N + n] * from[t * N + m];
                sum += both * (w + (3.0 + 2.0 * kappa[n]) * wbar) / S;
                sum += c * (w + wbar) * from[t * N + m] * 2.0;
            }
            out[row * dN + column] = sum;
        }
    free(to);
    free(from);
    free(kappa);
}

void naive_readout(const naive_network *net, int64_t l, int64_t t, const double *a,
                   double *est) {
    const int64_t N = net->N;
    const int uses_center = net->scheme == NAIVE_BALANCED || net->scheme == NAIVE_SPLIT;
    double *e = indicators(net, l);
    for (int64_t i = 0; i < net->d; i++) {
        est[i] = 0.0;
        for (int64_t n = 0; n < N; n++) {
            const double own = e[t * N + n];
            est[i] +=
                (uses_center ? centered(net, own) : own / (double)net->S) * a[i * N + n];
        }
    }
    free(e);
}

void naive_states(const naive_network *net, int64_t t, double *state) {
    const int64_t d = net->d;
    for (int64_t l = 1; l <= net->L; l++)
        for (int64_t i = 0; i < d; i++) {
            double pre = net->b[stored(net, l) * d + i];
            for (int64_t j = 0; j < d; j++)
                pre += weight(net, l, t, i, j) * state[(l - 1) * d + j];
            state[l * d + i] = fmax(pre, 0.0);
        }
}

/* State of circuit u in layer l by itself: that of an active one, or 0. */
static double own_state(const naive_network *net, const int64_t *active, int64_t z,
                        const double *state, int64_t u, int64_t l, int64_t i) {
    for (int64_t k = 0; k < z; k++)
        if (active[k] == u) return state[(k * (net->L + 1) + l) * net->d + i];
    return 0.0;
}

/* (W^l - W_plain^l) x. out: [d N]. */
static void apply_difference(const naive_network *net, int64_t l, const double *x,
                             double *out) {
    const int64_t dN = net->d * net->N;
    naive_network plain = *net;
    plain.scheme = NAIVE_PLAIN;
    double *W = zeros(dN * dN), *P = zeros(dN * dN);
    naive_weights(net, l, W);
    naive_weights(&plain, l, P);
    for (int64_t k = 0; k < dN; k++)
        for (int64_t j = 0; j < dN; j++) out[k] += (W[k * dN + j] - P[k * dN + j]) * x[j];
    free(W);
    free(P);
}

/* What circuit u sends to its neurons of block i, as w_u a_u and as w_u eps_u. from:
 * e^{l-1} of u, NULL in layer 1. */
static void sent_by(const naive_network *net, int64_t l, int64_t u, int64_t i,
                    const double *own, const double *from, const double *before,
                    double *exact, double *wrong) {
    *exact = *wrong = 0.0;
    for (int64_t j = 0; j < net->d; j++) {
        double read = 0.0;
        for (int64_t m = 0; from && m < net->N; m++)
            read += from[m] * before[j * net->N + m] / (double)net->S;
        *exact += weight(net, l, u, i, j) * own[j];
        *wrong += from ? weight(net, l, u, i, j) * (read - own[j]) : 0.0;
    }
}

void naive_terms(const naive_network *net, int64_t l, const unsigned char *open,
                 const int64_t *active, int64_t z, const double *state,
                 const double *before, const double *after, double *out) {
    const int64_t N = net->N, d = net->d, T = net->T;
    double *e = indicators(net, l), *from = l > 1 ? indicators(net, l - 1) : NULL;
    double *changed = zeros(d * N), *exact = zeros(T * d), *wrong = zeros(T * d);
    double *own = zeros(d), *est = zeros(d);
    if (l > 1) apply_difference(net, l, before, changed);
    for (int64_t u = 0; u < T; u++)
        for (int64_t i = 0; i < d; i++) {
            for (int64_t j = 0; j < d; j++)
                own[j] = own_state(net, active, z, state, u, l - 1, j);
            sent_by(net, l, u, i, own, from ? from + u * N : NULL, before,
                    &exact[u * d + i], &wrong[u * d + i]);
        }
    for (int64_t t = 0; t < T; t++) {
        naive_readout(net, l, t, after, est);
        for (int64_t i = 0; i < d; i++) {
            double part[5] = {0}, mbar = 0.0, read = 0.0;
            for (int64_t n = 0; n < N; n++) {
                const double U = e[t * N + n] / (double)net->S;
                const double UM = U * (double)open[i * N + n];
                for (int64_t u = 0; u < T; u++) {
                    if (u != t) part[0] += UM * e[u * N + n] * exact[u * d + i];
                    part[1] += UM * e[u * N + n] * wrong[u * d + i];
                }
                part[3] += UM * changed[i * N + n];
                mbar += UM;
                read += U * after[i * N + n];
            }
            int is_active = 0;
            for (int64_t k = 0; k < z; k++) is_active |= active[k] == t;
            const double pre = exact[t * d + i] + net->b[stored(net, l) * d + i];
            part[2] = (mbar - (is_active && pre > 0.0 ? 1.0 : 0.0)) * pre;
            part[4] = est[i] - read;
            for (int p = 0; p < 5; p++) out[(t * 5 + p) * d + i] = part[p];
        }
    }
    free(e);
    free(from);
    free(changed);
    free(exact);
    free(wrong);
    free(own);
    free(est);
}

void naive_mask(const naive_network *net, int64_t l, const int64_t *active, int64_t z,
                unsigned char *out) {
    double *e = indicators(net, l);
    for (int64_t n = 0; n < net->N; n++) {
        out[n] = 0;
        for (int64_t k = 0; k < z; k++)
            if (e[active[k] * net->N + n] != 0.0) out[n] = 1;
    }
    free(e);
}

/* A^0; *slack as in naive_forward: z d products in each entry, none of them larger
 * than the sum of their sizes. */
static void embed(const naive_network *net, const int64_t *active, int64_t z,
                  const double *input, double *a, double *slack) {
    const int64_t N = net->N, d = net->d;
    double *e = indicators(net, 1);
    double largest = 0.0;
    for (int64_t i = 0; i < d; i++)
        for (int64_t n = 0; n < N; n++) {
            double sum = 0.0, size = 0.0;
            for (int64_t k = 0; k < z; k++)
                for (int64_t j = 0; j < d; j++) {
                    const double x = e[active[k] * N + n] *
                                     weight(net, 1, active[k], i, j) * input[k * d + j];
                    sum += x;
                    size += fabs(x);
                }
            a[i * N + n] = sum;
            largest = fmax(largest, size);
        }
    *slack = 2.0 * (double)(z * d + 1) * DBL_EPSILON * largest;
    free(e);
}

static double opened(naive_mode mode, double pre, int is_active) {
    switch (mode) {
    case NAIVE_RELU:
        return fmax(pre, 0.0);
    case NAIVE_MASKED_LINEAR:
        return is_active ? pre : 0.0;
    case NAIVE_MASKED_RELU:
        return is_active ? fmax(pre, 0.0) : 0.0;
    case NAIVE_LINEAR:
        break;
    }
    return pre;
}

/* How much the rounding of either way adds to one W x: with n roundings in a row at
 * most, each way is off by n eps times the sum of the sizes of all products. */
static double product_slack(const naive_network *net, const double *size, const double *a,
                            double slack) {
    const int64_t dN = net->d * net->N;
    const double roundings = (double)(net->T + dN + net->S + 16);
    double largest = 0.0;
    for (int64_t row = 0; row < dN; row++) {
        double sum = 0.0;
        for (int64_t column = 0; column < dN; column++)
            sum += size[row * dN + column] *
                   (slack + 2.0 * roundings * DBL_EPSILON * fabs(a[column]));
        largest = fmax(largest, sum);
    }
    return largest;
}

/* pre = W^l a; returns its slack. */
static double multiply(const naive_network *net, int64_t l, const double *a, double *pre,
                       double slack) {
    const int64_t dN = net->d * net->N;
    double *W = zeros(dN * dN), *size = zeros(dN * dN);
    naive_weights(net, l, W);
    naive_sizes(net, l, size);
    for (int64_t row = 0; row < dN; row++) {
        pre[row] = 0.0;
        for (int64_t column = 0; column < dN; column++)
            pre[row] += W[row * dN + column] * a[column];
    }
    const double out = product_slack(net, size, a, slack);
    free(W);
    free(size);
    return out;
}

void naive_forward(const naive_network *net, naive_mode mode, const int64_t *active,
                   int64_t z, const double *input, double *a, double *slack) {
    const int64_t N = net->N, d = net->d, dN = d * N;
    double *pre = zeros(dN);
    unsigned char *mask = calloc((size_t)N, 1);
    if (!mask) abort();
    embed(net, active, z, input, a, slack);
    for (int64_t l = 1; l <= net->L; l++) {
        const double *last = a + (l - 1) * dN;
        double *next = a + l * dN, bias_size = 0.0;
        for (int64_t k = 0; k < dN; k++) pre[k] = last[k];
        slack[l] = l == 1 ? slack[0] : multiply(net, l, last, pre, slack[l - 1]);
        naive_mask(net, l, active, z, mask);
        for (int64_t k = 0; k < dN; k++) {
            const double b = net->b[stored(net, l) * d + k / N];
            next[k] = opened(mode, pre[k] + b, mask[k % N]);
            bias_size = fmax(bias_size, fabs(b) + fabs(pre[k]));
        }
        slack[l] += 2.0 * DBL_EPSILON * bias_size;
    }
    free(pre);
    free(mask);
}

double naive_readout_slack(const naive_network *net, const double *a, double slack) {
    const double S = (double)net->S, N = (double)net->N;
    const double c = fabs(naive_center(net));
    double largest = 0.0;
    for (int64_t k = 0; k < net->d * net->N; k++) largest = fmax(largest, fabs(a[k]));
    /* Sizes of the weights of one read-out, either as v_t or as (1 + cS) U - c sum. */
    const double size = 1.0 + 2.0 * c * S + c * N;
    return size * (slack + 2.0 * (N + S + 8.0) * DBL_EPSILON * largest);
}
