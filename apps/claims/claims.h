/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CLAIMS_H
#define CISUP_ANALYSIS_CLAIMS_H

#include "claims_study.h"

/* The ledger of claims: statements of [CIS2] and of docs/math.md, each with an experiment
 * that measures it. docs/claims.md has the result of a full run.
 *
 * A claim gives one or more findings, a prediction beside a measurement. How they are
 * compared:
 *
 *   exactly    holds if the measurement is within a bound of rounding
 *   at most,   holds if the whole interval is on that side
 *   at least
 *   equal      x = the largest distance of a point of the interval from the prediction,
 *              in percent of the prediction, rounded up. Holds if the prediction lies in
 *              the interval and x <= 10; holds within x % if x <= 50; else does not hold
 *   exponent   the same of a power law, with x = how far, in percent, the law is off
 *              after a factor of 10: 100 (10^distance - 1). For 50 % an exponent may be
 *              off by 0.176, be it 1 or 2
 *
 * 10 % is about what the best formulas here reach (claim 24), 50 % the least that an
 * estimate without a constant factor can be asked for: beyond it another factor is as
 * good. A wide interval never makes a claim hold, nor does NaN. Intervals are 95 %
 * t-intervals over networks (analysis/interval.h), of ratios of means by linearisation;
 * of the relation exactly the least and the most of all networks; what has no chance in
 * it, such as the overlaps of one allocation, has an interval of no width. */
typedef enum {
    CISUP_RELATION_EXACTLY,
    CISUP_RELATION_AT_MOST,
    CISUP_RELATION_AT_LEAST,
    CISUP_RELATION_EQUAL,
    CISUP_RELATION_EXPONENT,
} cisup_relation;

typedef enum {
    CISUP_VERDICT_HOLDS,
    CISUP_VERDICT_WITHIN, /* of the relation equal only */
    CISUP_VERDICT_FAILS,
} cisup_verdict;

/* "exactly", "at most", ...; "holds", "holds within", "does not hold". */
const char *cisup_relation_name(cisup_relation relation);
const char *cisup_verdict_name(cisup_verdict verdict);

enum { CISUP_CLAIMS_TEXT = 240 };

/* One prediction and its measurement. */
typedef struct {
    char part[48]; /* what of the claim this is, "active" or so */
    cisup_relation relation;
    double predicted;
    cisup_interval measured;
    double ratio; /* predicted over measured; NaN where 0 is predicted */
    cisup_verdict verdict;
    double within;                 /* x of equal and exponent, whole percent; else NaN */
    char where[CISUP_CLAIMS_TEXT]; /* from where on, or how it was measured */
} cisup_finding;

enum { CISUP_FINDINGS_MOST = 12 };
typedef struct {
    cisup_finding row[CISUP_FINDINGS_MOST];
    int count;
} cisup_findings;

/* Adds a finding with its verdict and returns it, so that `where` can be written.
 * tolerance: of the relation exactly. */
cisup_finding *cisup_findings_add(cisup_findings *f, const char *part,
                                  cisup_relation relation, double predicted,
                                  cisup_interval measured, double tolerance);

/* An interval of no width. */
cisup_interval cisup_interval_point(double x);

/* A prediction and a measurement at one value of a parameter. */
typedef struct {
    double at, predicted;
    cisup_interval measured;
} cisup_scan_cell;

/* Writes for which of the values, ascending, the relation equal holds within `percent`:
 * "within 20 % up to z = 2", "from T = 300 on", "for no z = 1..4", ... */
void cisup_scan_text(char where[CISUP_CLAIMS_TEXT], const char *parameter,
                     const cisup_scan_cell *cell, int count, double percent);

/* The same at the end of a text, after "; " and `what`. */
void cisup_scan_append(char where[CISUP_CLAIMS_TEXT], const char *what,
                       const char *parameter, const cisup_scan_cell *cell, int count,
                       double percent);

/* A claim; examine measures it. *f is empty at first. */
typedef struct {
    int number;
    const char *name;      /* what is claimed, in a few words */
    const char *statement; /* the same as a formula */
    const char *place;     /* section of [CIS2], or who else says it */
    const char *equation;  /* section or equation of docs/math.md */
    cisup_status (*examine)(const cisup_claims_setup *setup, cisup_findings *f,
                            cisup_error *err);
} cisup_claims_entry;

/* All claims by number from 1. */
const cisup_claims_entry *cisup_claims_all(int *count);

/* Measures one claim. The same bytes for any number of threads.
 * Errors: EINVAL (a setup outside its ranges); EINFEASIBLE when the circuits do not fit;
 * those of cisup_experiment_run; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_claims_examine(const cisup_claims_entry *entry,
                                                   const cisup_claims_setup *setup,
                                                   cisup_findings *f, cisup_error *err);

#endif
