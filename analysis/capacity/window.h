/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_WINDOW_H
#define CISUP_ANALYSIS_WINDOW_H

#include <cisup/core/status.h>

/* Three values of T around the one at which a growing mean passes a limit, and what
 * networks measured at all of them say of it (docs/math.md 18.2). Plain values. */

enum { CISUP_WINDOW_POINTS = 3 };

typedef struct {
    cisup_index J, T[CISUP_WINDOW_POINTS]; /* J of them, increasing */
    double centre, slope;                  /* the mean is taken to grow like T^slope */
} cisup_window;

typedef struct {
    double at, low, high; /* in T; NaN, 0 and infinite where nothing is known */
    double slope;         /* of the means, log over log; NaN: not fitted */
    int is_bounded;       /* whether low and high are an interval */
    int is_curved;        /* the means are no power law across the window */
} cisup_window_finding;

/* What is asked of the networks. */
typedef struct {
    double limit;            /* on the mean, > 0 */
    double level;            /* of the interval, in (0, 1) */
    double tolerance;        /* half width over T that matters */
    cisup_index least, most; /* of T */
} cisup_window_question;

/* x within [low, high]. */
double cisup_within(double x, double low, double high);

/* d ln mean / d ln T between two places, within 0.2 to 30. From no error at all it is 30;
 * a guess of 1.5 where the means are not usable (not positive, not finite, T = 0). */
double cisup_log_slope(cisup_index T_a, double mean_a, cisup_index T_b, double mean_b);

/* Around `centre`, moved into least..most; neighbouring means are a factor `ratio` > 1
 * apart if they grow like T^slope. Fewer than three T's where the range has no more. */
cisup_window cisup_window_at(double centre, double slope, double ratio, cisup_index least,
                             cisup_index most);

/* y: [K][J], network by network; K >= 2. O(K J). Curved means: the middle one is off the
 * power law of the others by 2.8 standard errors over networks and by more than shifts T
 * by half the tolerance, at least 1 %; or they grow like T^30 or faster over T's that are
 * not next to each other. */
cisup_window_finding cisup_window_evaluate(const cisup_window *w, const double *y,
                                           cisup_index K, const cisup_window_question *q);

/* Half width over T; infinite while there is no interval, 0 within one T. */
double cisup_window_width(const cisup_window_finding *f);

/* Whether the crossing lies outside of the window: then it is no more than a hint. */
int cisup_window_is_left(const cisup_window *w, const cisup_window_finding *f,
                         const cisup_window_question *q);

/* Whether the window should move: it is left, or the means grow at another rate than it
 * was made for. */
int cisup_window_is_misplaced(const cisup_window *w, const cisup_window_finding *f,
                              const cisup_window_question *q);

#endif
