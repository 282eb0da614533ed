/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_DECIDE_H
#define CISUP_ANALYSIS_DECIDE_H

#include <cisup/core/status.h>

typedef enum {
    CISUP_WITHIN, /* the mean is at most the limit */
    CISUP_ABOVE,  /* it is larger */
    CISUP_CLOSE,  /* these values cannot tell */
} cisup_verdict;

/* Whether the mean of a population is at most `limit`: a one-sided t-test each way.
 *
 *   y      [K], one independent value a network
 *   error  0 < error < 1/2, probability of a wrong verdict
 *
 * WITHIN or ABOVE is wrong with at most that probability for normal values; CLOSE is
 * never wrong. To look at growing K, divide the error among the looks. A value that is
 * not finite counts as ABOVE (a network that diverged); values that are all alike are
 * taken for the mean itself. K >= 2, else CLOSE. O(K). Threads: safe.
 * Source: Student, Biometrika 6 (1908) 1-25, doi:10.1093/biomet/6.1.1; docs/math.md 18.1.
 */
cisup_verdict cisup_decide(const double *y, cisup_index K, double limit, double error);

#endif
