/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/statistics/crossing.h>

#include <cisup/analysis/statistics/special.h>

#include <math.h>

/* Mean line over networks and the covariances of its two coefficients. */
typedef struct {
    double a, b, aa, ab, bb;
} mean_line;

static double mean_of(const double *x, cisup_index n) {
    double sum = 0.0;
    for (cisup_index k = 0; k < n; k++) sum += x[k];
    return sum / (double)n;
}

/* Welford's recurrence for two variables. */
static mean_line line_of(const double *u, cisup_index J, const double *y, cisup_index K) {
    const double centre = mean_of(u, J);
    mean_line m = {0};
    double spread = 0.0;
    for (cisup_index j = 0; j < J; j++) spread += (u[j] - centre) * (u[j] - centre);
    for (cisup_index k = 0; k < K; k++) {
        double b = 0.0;
        for (cisup_index j = 0; j < J; j++) b += (u[j] - centre) * y[k * J + j] / spread;
        const double da = mean_of(y + k * J, J) - m.a, db = b - m.b;
        const double n = (double)(k + 1), part = (n - 1.0) / n;
        m.a += da / n;
        m.b += db / n;
        m.aa += part * da * da;
        m.ab += part * da * db;
        m.bb += part * db * db;
    }
    const double degrees = (double)(K - 1);
    m.aa /= degrees;
    m.ab /= degrees;
    m.bb /= degrees;
    return m;
}

cisup_crossing cisup_crossing_find(const double *u, cisup_index J, const double *y,
                                   cisup_index K, double limit, double level) {
    cisup_crossing out = {(double)NAN, -(double)INFINITY, (double)INFINITY, (double)NAN,
                          0};
    if (K < 2 || J < 2) return out;
    const mean_line m = line_of(u, J, y, K);
    const double centre = mean_of(u, J), above = m.a - limit;
    if (!isfinite(m.aa + m.bb)) return out;
    out.slope = m.b;
    if (m.b > 0.0) out.at = centre - above / m.b;
    const double t = cisup_student_upper((1.0 - level) / 2.0, (double)(K - 1));
    const double q = t * t / (double)K;
    const double square = m.b * m.b - q * m.bb;
    if (!(m.b > 0.0 && square > 0.0)) return out;
    /* The roots of the quadratic, with its discriminant free of cancelling squares. */
    const double middle = centre - (above * m.b - q * m.ab) / square;
    const double spread = m.b * m.b * m.aa - 2.0 * above * m.b * m.ab +
                          above * above * m.bb - q * (m.aa * m.bb - m.ab * m.ab);
    const double half = sqrt(q * fmax(spread, 0.0)) / square;
    out.low = fmin(middle - half, out.at); /* not inside out for want of a digit */
    out.high = fmax(middle + half, out.at);
    out.is_bounded = 1;
    return out;
}
