/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap_sample.h>

#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

/* The first two neurons that two circuits share; how many there are. */
static cisup_index shared(const int32_t *x, const int32_t *y, cisup_index S,
                          cisup_index first[2]) {
    cisup_index both = 0;
    for (cisup_index i = 0, j = 0; i < S && j < S;) {
        if (x[i] == y[j] && both < 2) first[both] = x[i];
        both += x[i] == y[j];
        const int32_t left = x[i], right = y[j];
        i += left <= right;
        j += right <= left;
    }
    return both;
}

/* Compares t, whose neurons are row, with all circuits on them one by one: there may be
 * more than memory holds. The witness is the smallest that shares two. row: [2][S], the
 * second is scratch. */
static cisup_status compare_all(const cisup_incidence *x, cisup_index t, int32_t *row,
                                cisup_overlap_sample_report *report, cisup_error *err) {
    int32_t *other = row + x->S;
    for (cisup_index k = 0; k < x->S; k++) {
        cisup_index self = 0, neurons[2];
        cisup_through c = cisup_incidence_through(x, row[k]);
        for (cisup_index u; (u = cisup_through_next(&c)) >= 0;) {
            self += u == t;
            if (u == t) continue;
            report->met += 1.0;
            cisup_incidence_row(x, u, other);
            if (shared(row, other, x->S, neurons) < 2) continue;
            if (!report->holds && u >= report->witness_circuits[1]) continue;
            report->holds = 0;
            report->violating_below = (double)NAN;
            report->witness_circuits[0] = t;
            report->witness_circuits[1] = u;
            memcpy(report->witness_neurons, neurons, sizeof neurons);
        }
        if (self != 1)
            return CISUP_FAIL(err, CISUP_EINVARIANT,
                              "circuit %" PRId64 " is %" PRId64
                              " times among the circuits on its neuron %" PRId32,
                              t, self, row[k]);
    }
    return CISUP_OK;
}

cisup_status cisup_overlap_sample(const cisup_incidence *x, cisup_index K, uint64_t seed,
                                  cisup_overlap_sample_report *report, cisup_error *err) {
    *report = (cisup_overlap_sample_report){.witness_circuits = {-1, -1},
                                            .witness_neurons = {-1, -1}};
    if (K < 1 || x->T < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a sample of %" PRId64 " of %" PRId64 " circuits", K, x->T);
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_SEARCH, 0, 0, 1);
    int32_t *row = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&row, 2 * x->S, sizeof *row, err));
    report->holds = 1;
    report->violating_below = 1.0 - pow(0.05, 1.0 / (double)K);
    while (report->sampled < K && report->holds) {
        const cisup_index t = (cisup_index)cisup_rng_below(&rng, (uint64_t)x->T);
        cisup_incidence_row(x, t, row);
        CISUP_TRY(compare_all(x, t, row, report, err));
        report->sampled++;
    }
done:
    if (status != CISUP_OK) report->holds = 0;
    cisup_release(row);
    return status;
}
