/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that carry masks by their definition (docs/math.md, section 20), in plain
 * loops that share nothing with the library:
 *
 *   y_n^l = f( sum over the circuits t on n of w_t^l uhat_t + beta_t^l khat_t ) K_n
 *
 * uhat_t and khat_t the means of y^{l-1} and K^{h(l-1)} over the neurons of t; in layer 1
 * those of active circuits are their inputs and 1, of all others 0. */
#ifndef CISUP_TEST_MASKED_H
#define CISUP_TEST_MASKED_H

#include "check.h"

enum { masked_N = 40, masked_T = 64, masked_L = 6, masked_d = 3, masked_c = 5 };
enum { masked_S = 4, masked_z = 4, masked_samples = 11 };

typedef struct {
    int N, S, T, c, L, d, z, samples;
    int is_signed[masked_L];
    double w[masked_L][masked_T][masked_d][masked_d];
    double beta[masked_L][masked_T][masked_d];
    int part[masked_c][masked_T][masked_S];
    int active[masked_samples][masked_z];
    double input[masked_samples][masked_z][masked_d];
} masked_case;

/* Of one sample. */
typedef struct {
    double K[masked_c][masked_N];
    double y[masked_L][masked_d][masked_N];
    double readout[masked_L][masked_T][masked_d];
    double largest; /* of all sums in data neurons */
} masked_result;

/* What circuit t puts into its neurons in layer l. */
static inline void masked_image(const masked_case *q, int l, int t, const double *u,
                                double k, double *image) {
    for (int i = 0; i < q->d; i++) {
        image[i] = q->beta[l][t][i] * k;
        for (int j = 0; j < q->d; j++) image[i] += q->w[l][t][i][j] * u[j];
    }
}

static inline double masked_mean(const masked_case *q, int h, int t, const double *x) {
    double sum = 0.0;
    for (int s = 0; s < q->S; s++) sum += x[q->part[h][t][s]];
    return sum / q->S;
}

static inline void masked_layer(const masked_case *q, int m, int l, masked_result *r) {
    static double sum[masked_d][masked_N];
    const int h = l % q->c, before = (l + q->c - 1) % q->c;
    memset(sum, 0, sizeof sum);
    for (int t = 0; t < q->T; t++) {
        double u[masked_d] = {0}, k = 0.0, image[masked_d];
        for (int a = 0; l == 0 && a < q->z; a++)
            if (q->active[m][a] == t) {
                memcpy(u, q->input[m][a], sizeof u);
                k = 1.0;
            }
        for (int i = 0; l > 0 && i < q->d; i++) u[i] = r->readout[l - 1][t][i];
        if (l > 0) k = masked_mean(q, before, t, r->K[before]);
        masked_image(q, l, t, u, k, image);
        for (int i = 0; i < q->d; i++)
            for (int s = 0; s < q->S; s++) sum[i][q->part[h][t][s]] += image[i];
    }
    for (int i = 0; i < q->d; i++)
        for (int n = 0; n < q->N; n++) {
            const double x = sum[i][n], f = q->is_signed[l] || x > 0.0 ? x : 0.0;
            r->largest = fmax(r->largest, fabs(x));
            r->y[l][i][n] = f * r->K[h][n];
        }
    for (int t = 0; t < q->T; t++)
        for (int i = 0; i < q->d; i++)
            r->readout[l][t][i] = masked_mean(q, h, t, r->y[l][i]);
}

static inline void masked_run(const masked_case *q, int m, masked_result *r) {
    *r = (masked_result){.largest = 0.0};
    for (int h = 0; h < q->c; h++)
        for (int a = 0; a < q->z; a++)
            for (int s = 0; s < q->S; s++) r->K[h][q->part[h][q->active[m][a]][s]] = 1.0;
    for (int l = 0; l < q->L; l++) masked_layer(q, m, l, r);
}

#endif
