/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory_masks.h>

#include <math.h>

static cisup_index rounded_down(double T) {
    if (!(T >= 0.0)) return 0;
    return T >= 0x1p53 ? INT64_MAX : (cisup_index)T;
}

cisup_index cisup_theory_masks_T_cycle(double N, double S) {
    return S >= 1.0 ? rounded_down(floor(N * floor(N / S) / S)) : 0;
}

cisup_index cisup_theory_masks_T_law(const cisup_theory_masks *sizes, cisup_index L,
                                     double budget) {
    const double N = sizes->N, others = sizes->z - 1.0;
    if (others <= 0.0) return INT64_MAX;
    if (L < 2) return others / N <= budget ? INT64_MAX : 0;
    const double T = N * N * (budget / others - (double)L / N) / (double)(L - 1);
    return T < sizes->z ? 0 : rounded_down(T);
}

typedef struct {
    const cisup_theory_masks *sizes;
    cisup_theory_masks_choice *choice;
    cisup_index L;
    double budget;
} question;

static double error_at(const question *q, double T) {
    const cisup_theory_masks m = q->choice(q->sizes, T);
    return cisup_theory_masks_recursion(&m, q->L).active;
}

/* The real T up to which the error is within the budget, at most `most`; 0 if none, NaN
 * where the recursion does not speak. */
static double border(const question *q, double most) {
    double low = q->sizes->z, high = most;
    const double first = error_at(q, low), last = error_at(q, high);
    if (isnan(first) || isnan(last) || isnan(q->budget)) return (double)NAN;
    if (first > q->budget) return 0.0;
    if (last <= q->budget) return most;
    for (int k = 0; k < 100 && high > nextafter(low, high); k++) {
        const double middle = low + (high - low) / 2.0;
        if (error_at(q, middle) <= q->budget)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double full_design(const cisup_theory_masks *sizes) {
    const double q = sizes->N / sizes->S;
    return q * q;
}

cisup_index cisup_theory_masks_T_recursion(const cisup_theory_masks *sizes,
                                           cisup_theory_masks_choice *choice,
                                           cisup_index L, double budget) {
    const question q = {sizes, choice, L, budget};
    const double bound = floor(sizes->N * floor(sizes->N / sizes->S) / sizes->S);
    const double T = border(&q, fmin(full_design(sizes), bound));
    return isnan(T) ? -1 : rounded_down(T);
}

double cisup_theory_masks_exponent(const cisup_theory_masks *sizes,
                                   cisup_theory_masks_choice *choice, cisup_index L,
                                   double budget) {
    const double factor = sqrt(1.1);
    cisup_theory_masks small = *sizes, large = *sizes;
    small.N /= factor;
    large.N *= factor;
    const question below = {&small, choice, L, budget},
                   above = {&large, choice, L, budget};
    const double T0 = border(&below, full_design(&small));
    const double T1 = border(&above, full_design(&large));
    return T0 > 0.0 && T1 > 0.0 ? log(T1 / T0) / log(1.1) : (double)NAN;
}
