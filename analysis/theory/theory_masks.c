/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_masks.h>

#include <math.h>

/* A case of sizes, whatever P and r are; NaN in a size is none. */
static int is_case(const cisup_theory_masks *m) {
    const double q = m->N / m->S;
    return m->c >= 2 && m->S >= 1.0 && q >= 1.0 && m->z >= 1.0 && m->T >= m->z &&
           m->T <= q * q * (1.0 + 1e-12);
}

cisup_theory_masks cisup_theory_masks_random(const cisup_theory_masks *sizes, double T) {
    const double q = sizes->N / sizes->S, all = q * q;
    cisup_theory_masks m = *sizes;
    m.T = T;
    m.P = m.S / (q + 1.0);
    m.r = all > 2.0 ? fmax(0.0, (T - 2.0) / (all - 2.0)) : 0.0;
    m.r_both = all > 3.0 ? m.r * fmax(0.0, (T - 3.0) / (all - 3.0)) : 0.0;
    return m;
}

cisup_theory_masks cisup_theory_masks_classes(const cisup_theory_masks *sizes, double T) {
    const double q = sizes->N / sizes->S, k = T / q;
    cisup_theory_masks m = *sizes;
    m.T = T;
    m.P = m.r = m.r_both = 0.0;
    if (!(T > 1.0 && k > 1.0 && q > 2.0)) return m;
    m.P = m.S * (k - 1.0) / (T - 1.0);
    m.r = (k - 1.0) * (k - 1.0) / (k * (q - 2.0) + 1.0);
    m.r_both = m.r * fmax(0.0, (k - 2.0) / (q - 2.0));
    return m;
}

/* C(n, 3), for real n. */
static double triples(double n) {
    return n > 2.0 ? n * (n - 1.0) * (n - 2.0) / 6.0 : 0.0;
}

/* The slopes of two circuits t, u and of the two that lead from one to the other have the
 * same sum modulo q, and all four lie in 0..k-1: k (2k^2+1)/3 quadruples with equal sums,
 * 2 C(2k-q+1, 3) with sums that differ by q. Taken off are those where the second pair
 * has the slope of t or u, which means a shared neuron. The divisor counts the slopes of
 * t, of u, and the places of u that share none with t. */
cisup_theory_masks cisup_theory_masks_consecutive(const cisup_theory_masks *sizes,
                                                  double T) {
    const double q = sizes->N / sizes->S, k = T / q;
    cisup_theory_masks m = cisup_theory_masks_classes(sizes, T);
    if (!(m.r > 0.0)) return m;
    const double all = k * (2.0 * k * k + 1.0) / 3.0 + 2.0 * triples(2.0 * k - q + 1.0);
    m.r_both = fmax(0.0, (all - k - 2.0 * k * (k - 1.0)) / (k * (k * (q - 2.0) + 1.0)));
    return m;
}

static cisup_theory_error error_of(const cisup_theory_masks *m, double active,
                                   double inactive) {
    const double none = (double)NAN;
    if (!is_case(m)) return (cisup_theory_error){none, none};
    return (cisup_theory_error){m->z == 1.0 ? 0.0 : active,
                                m->T > m->z ? inactive : none};
}

cisup_theory_error cisup_theory_masks_law(const cisup_theory_masks *m, cisup_index l) {
    const double p = m->P / (m->S * m->S), others = m->z - 1.0;
    return error_of(m, (double)(l - 1) * m->T * others * p * p + (double)l * others * p,
                    m->z * p);
}

/* kap: mean square gain from a neuron of u to the mean of t's neurons, for t and u that
 * share none in either layer. */
static double carried(const cisup_theory_masks *m) {
    return m->r / (m->S * m->S) * (1.0 - 2.0 * m->P / m->S);
}

/* e_l and s_l of one layer. */
typedef struct {
    double error, neuron;
} layer;

/* (20.5), without returns. */
static layer layer_after(const cisup_theory_masks *m, layer before) {
    const double S = m->S, p = m->P / (S * S), share = m->P / S, others = m->z - 1.0;
    const double one = 1.0 + before.error;
    const double to_neuron = (1.0 - share) * m->r * (S - m->P) / (S * S);
    return (layer){before.error + others * (p * one + carried(m) * before.neuron),
                   one + others * (share * one + to_neuron * before.neuron)};
}

static layer without_returns(const cisup_theory_masks *m, cisup_index l) {
    const double share = m->P / m->S, others = m->z - 1.0;
    layer now = {others * share / m->S, 1.0 + others * share};
    for (cisup_index k = 2; k <= l; k++) now = layer_after(m, now);
    return now;
}

/* sum_j n_j^2, n_j the numbers among 0..n-1 that are j modulo c. */
static double squares_by_place(cisup_index n, cisup_index c) {
    const double few = (double)(n / c), more = (double)(n % c);
    return more * (few + 1.0) * (few + 1.0) + ((double)c - more) * few * few;
}

/* (20.7) What paths t -> u -> t with a stay of k steps in u, n of them, add in step,
 * less what the recursion has of them. */
static double return_of(const cisup_theory_masks *m, cisup_index k, cisup_index n) {
    const double S3 = m->S * m->S * m->S, r = m->r, squares = squares_by_place(n, m->c);
    if (k == 0) {
        const double once =
            m->c == 2 ? (2.0 * (m->S - 1.0) * r * r + r) / (m->S * S3) : r * r / S3;
        return squares * once - (double)n * r * r / S3;
    }
    const double kap = carried(m), all = (double)n * (double)n;
    const double in_step = m->c > 2 ? squares : k % 2 ? all : 2.0 * squares;
    return kap * kap * (in_step - (double)n);
}

static double returns(const cisup_theory_masks *m, cisup_index l) {
    double sum = 0.0;
    for (cisup_index k = 0; k <= l - 3; k++) sum += return_of(m, k, l - 2 - k);
    return (m->z - 1.0) * sum;
}

/* (20.8) The recursion, with each pair of active circuits counted exactly. */
static double with_pairs(const cisup_theory_masks *m, cisup_index l, double error) {
    cisup_theory_masks two = *m;
    two.z = 2.0;
    const double counted = without_returns(&two, l).error;
    return error + (m->z - 1.0) * (cisup_theory_masks_pair(m, l) - counted);
}

cisup_theory_error cisup_theory_masks_recursion(const cisup_theory_masks *m,
                                                cisup_index l) {
    const double p = m->P / (m->S * m->S);
    const layer now = without_returns(m, l);
    if (m->fresh || m->z == 1.0) return error_of(m, now.error, m->z * p * now.neuron);
    if (m->S > 1.0 || m->c > 2) {
        const double back = returns(m, l);
        return error_of(m, now.error + back, m->z * p * (now.neuron + back));
    }
    const double error = with_pairs(m, l, now.error);
    return error_of(m, error, m->z * p * (1.0 + error));
}
