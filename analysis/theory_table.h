/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_TABLE_H
#define CISUP_ANALYSIS_THEORY_TABLE_H

#include <cisup/analysis/theory_case.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every formula of one network as rows of three tables, each with its range of
 * validity. The values come from theory.h, theory_overlap.h, theory_closed.h and
 * theory_limits.h, where sources and accuracy are. Where a formula supposes "much less",
 * its range here is a factor of 10. */

/* Who says it: a key of docs/references.md, or derived in docs/math.md itself. The
 * equation is always one of docs/math.md. */
#define CISUP_SOURCE_HERE "math.md"

/* What a value claims. */
typedef enum {
    CISUP_CLAIM_EXACT,     /* holds identically, for the P and p given */
    CISUP_CLAIM_BOUND,     /* never exceeded, or never undercut */
    CISUP_CLAIM_AVERAGE,   /* expected over circuits and permutations, approximated */
    CISUP_CLAIM_LEADING,   /* leading order of such an average */
    CISUP_CLAIM_LIMIT,     /* as N grows: asymptotic only */
    CISUP_CLAIM_HEURISTIC, /* an argument that is no proof and no average */
} cisup_claim;

/* Networks that a limit may hold for. */
enum {
    CISUP_SETTING_GENERAL,  /* zero-mean circuits, masked network */
    CISUP_SETTING_ROTATION, /* rotation4, capped weights, ReLU */
    CISUP_SETTING_PLAIN,    /* circuits with on-indicators, plain weights, ReLU */
    CISUP_SETTINGS
};

/* What is asked beside the network itself. */
typedef struct {
    cisup_index L; /* layers, >= 1 */
    double budget; /* mean square error allowed; NaN: limits that need it are silent */
    double deviations; /* k of (12.4), > 0 */
} cisup_theory_question;

/* A property of the network as it is. */
typedef struct {
    const char *name, *source, *equation, *range;
    cisup_claim claim;
    double (*value)(const cisup_theory_case *c, const cisup_theory_question *q);
    int (*is_in_range)(const cisup_theory_case *c, const cisup_theory_question *q);
} cisup_theory_figure;
CISUP_API const cisup_theory_figure *cisup_theory_figures(int *count);

/* Mean square errors of a layer l >= 1; NaN where a formula does not speak. */
typedef struct {
    const char *name, *source, *equation, *range;
    const char *quantity; /* "general", "x" or "on" */
    cisup_claim claim;
    cisup_theory_error (*value)(const cisup_theory_case *c, cisup_index l);
    int (*is_in_range)(const cisup_theory_case *c, cisup_index l);
} cisup_theory_curve;
CISUP_API const cisup_theory_curve *cisup_theory_curves(int *count);

/* A limit on T, for even loads. Only D, d, S, z, N, margin, step and fresh of c are read.
 */
typedef struct {
    const char *name, *source, *equation, *range;
    cisup_claim claim;
    unsigned settings; /* bit s: holds in setting s; 0: for comparison only */
    /* Largest T; 0 none, INT64_MAX no limit, -1 silent: no budget was given. */
    cisup_index (*largest)(const cisup_theory_case *c, const cisup_theory_question *q);
    /* Of the network with that many circuits. */
    int (*is_in_range)(const cisup_theory_case *c, const cisup_theory_question *q);
} cisup_theory_limit;
CISUP_API const cisup_theory_limit *cisup_theory_limits(int *count);

#ifdef __cplusplus
}
#endif

#endif
