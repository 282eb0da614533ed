/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that calls GSL's special functions. */
#include <cisup/analysis/statistics/special.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_psi.h>

#include <math.h>

/* At the ends of the numbers there is GSL's handler again: exp(...) overflows. */
static int is_usable(double x) {
    return 1e-300 <= x && x <= 1e300;
}

static int is_probability(double x) {
    return x > 0.0 && x < 1.0;
}

double cisup_student_upper(double tail, double degrees) {
    if (!is_probability(tail) || !is_usable(degrees)) return (double)NAN;
    return gsl_cdf_tdist_Qinv(tail, degrees);
}

double cisup_normal(double x) {
    return isnan(x) ? x : gsl_cdf_ugaussian_P(x);
}

double cisup_normal_upper(double tail) {
    return is_probability(tail) ? gsl_cdf_ugaussian_Qinv(tail) : (double)NAN;
}

double cisup_beta_part(double x, double a, double b) {
    if (!(0.0 <= x && x <= 1.0) || !is_usable(a) || !is_usable(b)) return (double)NAN;
    return gsl_cdf_beta_P(x, a, b);
}

double cisup_psi(double x) {
    return is_usable(x) ? gsl_sf_psi(x) : (double)NAN;
}
