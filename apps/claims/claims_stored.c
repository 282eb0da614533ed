/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many vectors can be read out of the sum of z of them, (12.10): one by one until a
 * read-out is off by more than delta, for the first z of them being active, or for
 * whichever z are worst. */
#include "claims_parts.h"

#include <cisup/core/base/numbers.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SIZES = 5, SETS = 3, MOST_Z = 4, MOST_KEPT = 4000, MOST_READ = 100000 };

/* ln m at the dimensions that are tried, by the formula; powers are left out there, so
 * that some one more is counted. */
static const double ln_m[SIZES] = {1.7, 2.5, 3.3, 4.1, 4.9};

/* One way to choose the active ones. */
typedef struct {
    const char *name;
    int repeats; /* the first of many events varies more than the largest of many */
    double delta;
    double z[SETS];
    double (*rate)(double z, double delta); /* d ln m/dn */
    cisup_index (*count)(cisup_rng *rng, cisup_index n, cisup_index z, double delta,
                         double *room);
} choice;

static double random_rate(double z, double delta) {
    return -0.5 * log(1.0 - delta * delta / z);
}

static double worst_rate(double z, double delta) {
    return -0.5 * z / (z + 1.0) * log(1.0 - delta * delta / (z * z));
}

static double dot(cisup_index n, const double *x, const double *y) {
    double sum = 0.0;
    for (cisup_index j = 0; j < n; j++) sum += x[j] * y[j];
    return sum;
}

/* How many others are read out before one is off by more than delta. room: [2 n]. */
static cisup_index count_random(cisup_rng *rng, cisup_index n, cisup_index z,
                                double delta, double *room) {
    double *sum = room, *one = room + n;
    cisup_index m = 1;
    memset(sum, 0, (size_t)n * sizeof *sum);
    for (cisup_index k = 0; k < z; k++) {
        cisup_rng_sphere(rng, n, one);
        for (cisup_index j = 0; j < n; j++) sum[j] += one[j];
    }
    for (; m < MOST_READ; m++) {
        cisup_rng_sphere(rng, n, one);
        if (fabs(dot(n, sum, one)) > delta) break;
    }
    return m;
}

/* Keeps the z largest, the least of them first; returns their sum. */
static double keep_largest(double *top, cisup_index z, double x) {
    double sum = 0.0;
    if (x > top[0]) top[0] = x;
    for (cisup_index k = 0; k + 1 < z && top[k] > top[k + 1]; k++) {
        const double kept = top[k];
        top[k] = top[k + 1];
        top[k + 1] = kept;
    }
    for (cisup_index k = 0; k < z; k++) sum += top[k];
    return sum;
}

/* How many there are before z of them are off by more than delta for another. room:
 * [MOST_KEPT][n + z]. */
static cisup_index count_worst(cisup_rng *rng, cisup_index n, cisup_index z, double delta,
                               double *room) {
    double *top = room + MOST_KEPT * n;
    memset(top, 0, (size_t)(MOST_KEPT * z) * sizeof *top);
    for (cisup_index m = 0; m < MOST_KEPT; m++) {
        double *one = room + m * n, most = 0.0;
        cisup_rng_sphere(rng, n, one);
        for (cisup_index k = 0; k < m; k++) {
            const double x = fabs(dot(n, room + k * n, one));
            most = cisup_larger(most, keep_largest(top + k * z, z, x));
            most = cisup_larger(most, keep_largest(top + m * z, z, x));
        }
        if (most > delta) return m;
    }
    return MOST_KEPT;
}

static const choice choices[] = {
    {"one set", 20, 0.5, {1.0, 2.0, 4.0}, random_rate, count_random},
    {"all sets", 3, 0.9, {1.0, 2.0, 3.0}, worst_rate, count_worst},
};

/* d ln m/dn for one z, of draws k. */
static double measure_rate(const cisup_claims_setup *setup, const choice *c, double z,
                           cisup_index k, double *room) {
    const cisup_claims_faults *x = &setup->faults;
    double n[SIZES], lnm[SIZES];
    for (int i = 0; i < SIZES; i++) {
        const cisup_index wide = (cisup_index)round(ln_m[i] / c->rate(z, c->delta));
        const cisup_index free = x->dimension ? x->dimension(x->context, wide) : wide;
        cisup_rng rng;
        cisup_rng_init(&rng, setup->seed, CISUP_STREAM_INPUT, k, wide,
                       (cisup_index)z + (c->count == count_worst ? 16 : 0));
        n[i] = (double)wide;
        lnm[i] = 0.0;
        for (int r = 0; r < c->repeats; r++)
            lnm[i] += log((double)c->count(&rng, free, (cisup_index)z, c->delta, room)) /
                      c->repeats;
    }
    return cisup_claims_slope(n, lnm, SIZES, 1);
}

/* The exponent of z in rates; rates that are not positive have none. */
static double exponent_of(const choice *c, const double rate[SETS]) {
    double x[SETS], y[SETS];
    for (int i = 0; i < SETS; i++) {
        x[i] = log(c->z[i]);
        y[i] = rate[i] > 0.0 ? log(rate[i]) : (double)NAN;
    }
    return cisup_claims_slope(x, y, SETS, 1);
}

/* value: [2][K], rates at the largest z, exponents. */
static void add_choice(cisup_findings *f, const choice *c, const double *value,
                       cisup_index K) {
    const double z = c->z[SETS - 1];
    const cisup_interval rate = cisup_interval_mean(value, K, 0.95);
    double predicted[SETS];
    char part[sizeof f->row[0].part];
    for (int i = 0; i < SETS; i++) predicted[i] = c->rate(c->z[i], c->delta);
    if (c->count == count_random)
        cisup_findings_add(f, "one set, z = 4: d ln m/dn, delta^2/(8 z)",
                           CISUP_RELATION_AT_LEAST, c->delta * c->delta / (8.0 * z), rate,
                           0.0);
    (void)snprintf(part, sizeof part, "%s, z = %g: d ln m/dn", c->name, z);
    cisup_finding *row =
        cisup_findings_add(f, part, CISUP_RELATION_EQUAL, predicted[SETS - 1], rate, 0.0);
    (void)snprintf(row->where, sizeof row->where,
                   "random unit vectors of R^n, read-outs off by delta = %g at most, "
                   "n = %.0f..%.0f",
                   c->delta, round(ln_m[0] / predicted[SETS - 1]),
                   round(ln_m[SIZES - 1] / predicted[SETS - 1]));
    const cisup_interval exponent = cisup_interval_mean(value + K, K, 0.95);
    (void)snprintf(part, sizeof part, "%s, exponent of z", c->name);
    row = c->count == count_random
              ? cisup_findings_add(f, part, CISUP_RELATION_EXPONENT,
                                   exponent_of(c, predicted), exponent, 0.0)
              : cisup_findings_add(f, part, CISUP_RELATION_AT_MOST, -1.5, exponent, 0.0);
    (void)snprintf(row->where, sizeof row->where, "of d ln m/dn, z = %g, %g, %g", c->z[0],
                   c->z[1], c->z[2]);
}

cisup_status cisup_claim_stored_sets(const cisup_claims_setup *setup, cisup_findings *f,
                                     cisup_error *err) {
    const cisup_index K = setup->networks;
    cisup_index widest = 0;
    double *value = NULL, *room = NULL;
    cisup_status status;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < SETS; i++) {
            const double n =
                ln_m[SIZES - 1] / choices[k].rate(choices[k].z[i], choices[k].delta);
            if ((cisup_index)n + 1 > widest) widest = (cisup_index)n + 1;
        }
    CISUP_TRY(cisup_new(&value, 2 * K, sizeof *value, err));
    CISUP_TRY(cisup_new(&room, MOST_KEPT * (widest + MOST_Z), sizeof *room, err));
    for (int k = 0; k < 2; k++) {
        const choice *c = &choices[k];
        for (cisup_index draw = 0; draw < K; draw++) {
            double rate[SETS];
            for (int i = 0; i < SETS; i++)
                rate[i] = measure_rate(setup, c, c->z[i], draw, room);
            value[draw] = rate[SETS - 1];
            value[K + draw] = exponent_of(c, rate);
        }
        add_choice(f, c, value, K);
    }
done:
    cisup_release(room);
    cisup_release(value);
    return status;
}
