/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_SPECIAL_H
#define CISUP_ANALYSIS_SPECIAL_H

/* Special functions and quantiles. NaN for arguments out of range and for NaN; nothing
 * here, and nothing else of the library, calls GSL's error handler, which ends the
 * process unless it was replaced. Threads: safe. Through GSL. */

/* The x that Student's law with so many degrees of freedom exceeds with probability tail.
 * 0 < tail < 1, 1e-300 <= degrees <= 1e300. */
double cisup_student_upper(double tail, double degrees);

/* P( X <= x ) of the normal law of mean 0 and variance 1; any x. */
double cisup_normal(double x);

/* The x that it exceeds with probability tail, 0 < tail < 1. */
double cisup_normal_upper(double tail);

/* I_x(a, b), the regularized incomplete beta function. 0 <= x <= 1; a, b as degrees. */
double cisup_beta_part(double x, double a, double b);

/* psi(x) = d ln Gamma / dx, x as degrees. */
double cisup_psi(double x);

#endif
