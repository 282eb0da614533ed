/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S = 1, c = 2, the same weights in all layers: circuit t is an edge from its place in
 * the one allocation to its place in the other, and two active circuits t, u are a
 * network of two neurons a layer,
 *
 *   y_t' = w_t y_t + x y_u,   y_u' = v y_t + w_u y_u,        x, v swapped every layer,
 *
 * where v and x are the weights of the circuits (t's place, u's) and (u's place, t's), 0
 * if there are none. Weights are rotations by independent angles, so that the mean square
 * of a sum of products is the sum of the squares of how often each product occurs. */
#include <cisup/analysis/theory/theory_masks.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MOST = CISUP_MASKS_PAIR_LAYERS };

/* How many walks come to t [0] and to u [1] with so many factors w_t, w_u and v; the
 * other factors are x. A walk goes on in two ways at most, so there are 2^15 in all. */
typedef uint16_t walks[2][MOST][MOST][MOST];

/* One step. has_v, has_x: whether the circuits exist; is_forth: v leads from t to u. In
 * place: what is read has not yet been written in descending order. */
static void walks_step(walks w, int has_v, int has_x, int is_forth) {
    for (int i = MOST - 1; i >= 0; i--)
        for (int j = MOST - 1; j >= 0; j--)
            for (int k = MOST - 1; k >= 0; k--) {
                const int t = w[0][i][j][k], u = w[1][i][j][k];
                const int by_v_t = has_v && k > 0 ? w[0][i][j][k - 1] : 0;
                const int by_v_u = has_v && k > 0 ? w[1][i][j][k - 1] : 0;
                const int stay_t = i > 0 ? w[0][i - 1][j][k] : 0;
                const int stay_u = j > 0 ? w[1][i][j - 1][k] : 0;
                w[0][i][j][k] = (uint16_t)(stay_t + (is_forth ? has_x * u : by_v_u));
                w[1][i][j][k] = (uint16_t)(stay_u + (is_forth ? by_v_t : has_x * t));
            }
}

/* Mean square error of t in layer l from the signal that starts in t (0) or u (1). */
static double error_from(int source, int has_v, int has_x, cisup_index l) {
    walks w;
    memset(w, 0, sizeof w);
    w[source][0][0][0] = 1;
    for (cisup_index k = 1; k < l; k++) walks_step(w, has_v, has_x, k % 2 == 1);
    double sum = source == 0 ? -1.0 : 0.0; /* w_t^{l-1} itself, once, is no error */
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++)
            for (int k = 0; k < MOST; k++) {
                const double walks_here = w[0][i][j][k];
                sum += walks_here * walks_here;
            }
    return sum;
}

static double error_with(int has_v, int has_x, cisup_index l) {
    return error_from(0, has_v, has_x, l) + error_from(1, has_v, has_x, l);
}

/* Circuits that share their place: 2 C(2k, k) - 1 after k returns to it. */
static double error_shared(cisup_index k) {
    double choose = 1.0;
    for (cisup_index i = 1; i <= k; i++) choose *= (double)(k + i) / (double)i;
    return 2.0 * choose - 1.0;
}

double cisup_theory_masks_pair(const cisup_theory_masks *m, cisup_index l) {
    if (l < 1 || l > MOST) return (double)NAN;
    const double first = error_shared((l - 1) / 2);
    const double second = l > 1 ? error_shared((l - 2) / 2) : 0.0;
    const double one = error_with(1, 0, l) + error_with(0, 1, l),
                 both = error_with(1, 1, l);
    return m->P * (first + second) +
           (1.0 - 2.0 * m->P) * ((m->r - m->r_both) * one + m->r_both * both);
}
