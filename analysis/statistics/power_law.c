/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/statistics/power_law.h>

#include <cisup/analysis/statistics/special.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <gsl/gsl_fit.h>

#include <math.h>

static int has_two_places(const cisup_power_point *point, cisup_index n) {
    for (cisup_index k = 1; k < n; k++)
        if (point[k].x != point[0].x) return 1;
    return 0;
}

static cisup_status check(const cisup_power_point *point, cisup_index n, double level,
                          cisup_error *err) {
    if (!(level > 0.0 && level < 1.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "level %g is not within 0..1", level);
    for (cisup_index k = 0; k < n; k++) {
        const cisup_power_point *p = &point[k];
        if (!(p->x > 0.0 && isfinite(p->x) && p->y > 0.0 && isfinite(p->y) &&
              0.0 <= p->low && p->low <= p->y && p->y <= p->high))
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "point %" PRId64 ": x = %g, y = %g in %g..%g", k, p->x,
                              p->y, p->low, p->high);
    }
    return CISUP_OK;
}

cisup_status cisup_power_law_fit(const cisup_power_point *point, cisup_index n,
                                 double level, cisup_power_law *law, cisup_error *err) {
    const double quantile = cisup_normal_upper((1.0 - level) / 2.0);
    double *x = NULL, *y = NULL, *w = NULL;
    *law = (cisup_power_law){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    cisup_status status = check(point, n, level, err);
    if (status != CISUP_OK || !has_two_places(point, n)) return status;
    CISUP_TRY(cisup_new(&x, n, sizeof *x, err));
    CISUP_TRY(cisup_new(&y, n, sizeof *y, err));
    CISUP_TRY(cisup_new(&w, n, sizeof *w, err));
    for (cisup_index k = 0; k < n; k++) {
        const cisup_power_point *p = &point[k];
        const double rounding = 1.0 / (p->y * sqrt(12.0));
        const double error =
            cisup_larger((log(p->high) - log(p->low)) / (2.0 * quantile), rounding);
        x[k] = log(p->x);
        y[k] = log(p->y);
        w[k] = 1.0 / (error * error);
    }
    double constant, slope, cov00, cov01, cov11, chi2;
    gsl_fit_wlinear(x, 1, w, 1, y, 1, (size_t)n, &constant, &slope, &cov00, &cov01,
                    &cov11, &chi2);
    if (n > 2) law->misfit = sqrt(chi2 / (double)(n - 2));
    const double half =
        quantile * sqrt(cov11) * cisup_larger(1.0, n > 2 ? law->misfit : 1.0);
    law->exponent = slope;
    law->low = slope - half;
    law->high = slope + half;
done:
    cisup_release(x);
    cisup_release(y);
    cisup_release(w);
    return status;
}
