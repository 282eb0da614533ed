/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double most_to_hold = 10.0, most_within = 50.0; /* percent */

const char *cisup_relation_name(cisup_relation relation) {
    static const char *const name[] = {"exactly", "at most", "at least", "equal",
                                       "exponent"};
    return name[relation];
}

const char *cisup_verdict_name(cisup_verdict verdict) {
    static const char *const name[] = {"holds", "holds within", "does not hold"};
    return name[verdict];
}

cisup_interval cisup_interval_point(double x) {
    return (cisup_interval){.mean = x, .sd = 0.0, .low = x, .high = x};
}

/* The largest distance of a point of the interval from the prediction, in percent. */
static double distance(double predicted, const cisup_interval *m) {
    const double low = fabs(m->low - predicted), high = fabs(m->high - predicted);
    return 100.0 * (low > high ? low : high) / fabs(predicted);
}

/* The same of an exponent: how far the power law is off after a factor of 10. */
static double distance_of_law(double predicted, const cisup_interval *m) {
    const double low = fabs(m->low - predicted), high = fabs(m->high - predicted);
    return 100.0 * (pow(10.0, low > high ? low : high) - 1.0);
}

static cisup_verdict if_true(int is_true) {
    return is_true ? CISUP_VERDICT_HOLDS : CISUP_VERDICT_FAILS;
}

/* Every comparison is false for NaN. */
static cisup_verdict judge(cisup_finding *f, double tolerance) {
    const cisup_interval *m = &f->measured;
    switch (f->relation) {
    case CISUP_RELATION_EXACTLY:
        return if_true(fabs(m->low - f->predicted) <= tolerance &&
                       fabs(m->high - f->predicted) <= tolerance);
    case CISUP_RELATION_AT_MOST:
        return if_true(m->high <= f->predicted);
    case CISUP_RELATION_AT_LEAST:
        return if_true(m->low >= f->predicted);
    case CISUP_RELATION_EQUAL:
    case CISUP_RELATION_EXPONENT:
        break;
    }
    const double x =
        ceil(f->relation == CISUP_RELATION_EQUAL ? distance(f->predicted, m)
                                                 : distance_of_law(f->predicted, m));
    if (!(x <= most_within)) return CISUP_VERDICT_FAILS;
    const int is_inside = m->low <= f->predicted && f->predicted <= m->high;
    if (is_inside && x <= most_to_hold) return CISUP_VERDICT_HOLDS;
    f->within = x;
    return CISUP_VERDICT_WITHIN;
}

cisup_finding *cisup_findings_add(cisup_findings *f, const char *part,
                                  cisup_relation relation, double predicted,
                                  cisup_interval measured, double tolerance) {
    cisup_finding *row = &f->row[f->count++];
    *row = (cisup_finding){.relation = relation,
                           .predicted = predicted,
                           .measured = measured,
                           .ratio =
                               predicted == 0.0 ? (double)NAN : predicted / measured.mean,
                           .within = (double)NAN};
    (void)snprintf(row->part, sizeof row->part, "%s", part);
    row->verdict = judge(row, tolerance);
    return row;
}

static int holds_at(const cisup_scan_cell *cell, double percent) {
    return distance(cell->predicted, &cell->measured) <= percent;
}

/* "A, B, C": the values at which it holds. */
static void list_text(char *text, size_t size, const cisup_scan_cell *cell, int count,
                      double percent) {
    size_t used = 0;
    text[0] = 0;
    for (int k = 0; k < count && used + 24 < size; k++)
        if (holds_at(&cell[k], percent))
            used += (size_t)snprintf(text + used, size - used, "%s%g", used ? ", " : "",
                                     cell[k].at);
}

void cisup_scan_text(char where[CISUP_CLAIMS_TEXT], const char *parameter,
                     const cisup_scan_cell *cell, int count, double percent) {
    int first = count, last = -1, holding = 0;
    for (int k = 0; k < count; k++) {
        if (!holds_at(&cell[k], percent)) continue;
        holding++;
        last = k;
        if (first == count) first = k;
    }
    const double low = cell[0].at, high = cell[count - 1].at;
    char list[CISUP_CLAIMS_TEXT / 2];
    list_text(list, sizeof list, cell, count, percent);
    if (holding == 0)
        (void)snprintf(where, CISUP_CLAIMS_TEXT, "within %g %% for no %s = %g..%g",
                       percent, parameter, low, high);
    else if (holding == count)
        (void)snprintf(where, CISUP_CLAIMS_TEXT, "within %g %% for all %s = %g..%g",
                       percent, parameter, low, high);
    else if (first == 0 && last + 1 == holding)
        (void)snprintf(where, CISUP_CLAIMS_TEXT, "within %g %% up to %s = %g of %g..%g",
                       percent, parameter, cell[last].at, low, high);
    else if (last + 1 == count && count - first == holding)
        (void)snprintf(where, CISUP_CLAIMS_TEXT, "within %g %% from %s = %g on of %g..%g",
                       percent, parameter, cell[first].at, low, high);
    else
        (void)snprintf(where, CISUP_CLAIMS_TEXT, "within %g %% at %s = %s of %g..%g",
                       percent, parameter, list, low, high);
}

void cisup_scan_append(char where[CISUP_CLAIMS_TEXT], const char *what,
                       const char *parameter, const cisup_scan_cell *cell, int count,
                       double percent) {
    char text[CISUP_CLAIMS_TEXT];
    const size_t used = strlen(where);
    cisup_scan_text(text, parameter, cell, count, percent);
    (void)snprintf(where + used, CISUP_CLAIMS_TEXT - used, "%s%s%s", used ? "; " : "",
                   what, text);
}
