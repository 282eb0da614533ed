/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/capacity/window.h>

#include <cisup/analysis/interval.h>
#include <cisup/analysis/statistics/crossing.h>

#include <math.h>

static const double slope_guess = 1.5, least_slope = 0.2, most_slope = 30.0;
static const double curved_errors = 2.8, least_shift = 0.01;

double cisup_within(double x, double low, double high) {
    return fmax(low, fmin(high, x));
}

double cisup_log_slope(cisup_index T_a, double mean_a, cisup_index T_b, double mean_b) {
    const int is_usable = T_a && T_b && T_a != T_b && mean_a >= 0.0 && mean_b > 0.0 &&
                          isfinite(mean_a) && isfinite(mean_b);
    if (!is_usable) return slope_guess;
    const double slope = log(mean_b / mean_a) / log((double)T_b / (double)T_a);
    return cisup_within(slope, least_slope, most_slope);
}

static cisup_index nearest(double T, cisup_index least, cisup_index most) {
    return (cisup_index)llround(cisup_within(T, (double)least, (double)most));
}

cisup_window cisup_window_at(double centre, double slope, double ratio, cisup_index least,
                             cisup_index most) {
    const double step = pow(ratio, 1.0 / slope);
    const double first = (double)least * step, last = (double)most / step;
    cisup_window w = {.slope = slope};
    w.centre = last > first ? cisup_within(centre, first, last)
                            : sqrt((double)least * (double)most);
    const double middle = (double)nearest(w.centre, least, most);
    const double T[CISUP_WINDOW_POINTS] = {fmin(w.centre / step, middle - 1.0), middle,
                                           fmax(w.centre * step, middle + 1.0)};
    for (int j = 0; j < CISUP_WINDOW_POINTS; j++) {
        const cisup_index here = nearest(T[j], least, most);
        if (!w.J || here > w.T[w.J - 1]) w.T[w.J++] = here;
    }
    return w;
}

static double T_of(double u, double centre, double slope) {
    return u > -1.0 ? centre * pow(1.0 + u, 1.0 / slope) : isnan(u) ? u : 0.0;
}

static double mean_at(const cisup_window *w, const double *y, cisup_index K,
                      cisup_index j) {
    double mean = 0.0;
    for (cisup_index k = 0; k < K; k++) mean += y[k * w->J + j] / (double)K;
    return mean;
}

/* Whether the middle mean is off the line through the others, which network by network
 * is a mean, too; or the means jump, so that any power law would do. */
static int is_curved(const cisup_window *w, const double *u, const double *y,
                     cisup_index K, double slope, const cisup_window_question *q) {
    cisup_accum off = {0};
    if (w->J < CISUP_WINDOW_POINTS) return 0;
    if (slope >= most_slope && w->T[2] - w->T[0] > 2) return 1;
    const double part = (u[1] - u[0]) / (u[2] - u[0]);
    for (cisup_index k = 0; k < K; k++) {
        const double *at = y + k * w->J;
        cisup_accum_add(&off, at[1] - at[0] - part * (at[2] - at[0]));
    }
    const double error = sqrt(off.m2 / ((double)K * (double)(K - 1)));
    const double shift = fabs(off.mean) / (q->limit * slope);
    return fabs(off.mean) > curved_errors * error &&
           shift > fmax(0.5 * q->tolerance, least_shift);
}

/* A power law is a line in u = (T/centre)^slope - 1, with the slope of the means. */
cisup_window_finding cisup_window_evaluate(const cisup_window *w, const double *y,
                                           cisup_index K,
                                           const cisup_window_question *q) {
    double u[CISUP_WINDOW_POINTS];
    const cisup_index last = w->J - 1;
    const double slope =
        cisup_log_slope(w->T[0], mean_at(w, y, K, 0), w->T[last], mean_at(w, y, K, last));
    for (cisup_index j = 0; j < w->J; j++)
        u[j] = pow((double)w->T[j] / w->centre, slope) - 1.0;
    const cisup_crossing c = cisup_crossing_find(u, w->J, y, K, q->limit, q->level);
    return (cisup_window_finding){.at = T_of(c.at, w->centre, slope),
                                  .low = T_of(c.low, w->centre, slope),
                                  .high = T_of(c.high, w->centre, slope),
                                  .slope = slope,
                                  .is_bounded = c.is_bounded,
                                  .is_curved = is_curved(w, u, y, K, slope, q)};
}

double cisup_window_width(const cisup_window_finding *f) {
    if (!f->is_bounded) return (double)INFINITY;
    return f->high - f->low < 1.0 ? 0.0 : (f->high - f->low) / (2.0 * f->at);
}

int cisup_window_is_left(const cisup_window *w, const cisup_window_finding *f,
                         const cisup_window_question *q) {
    const cisup_index first = w->T[0], last = w->T[w->J - 1];
    return (f->at > 1.02 * (double)last && last < q->most) ||
           (f->at < 0.98 * (double)first && first > q->least);
}

int cisup_window_is_misplaced(const cisup_window *w, const cisup_window_finding *f,
                              const cisup_window_question *q) {
    if (isnan(f->at)) return 0;
    return cisup_window_is_left(w, f, q) || f->slope > 1.6 * w->slope ||
           f->slope < 0.4 * w->slope;
}
