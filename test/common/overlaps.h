/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows to be checked, and the definition of the check: all pairs of circuits. */
#ifndef CISUP_TEST_OVERLAPS_H
#define CISUP_TEST_OVERLAPS_H

#include "common/check.h"

#include <cisup/core/overlap.h>

static inline cisup_allocation empty_rows(cisup_index N, cisup_index S, cisup_index T) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    return a;
}

static inline void put_subset(cisup_allocation *a, cisup_index t, cisup_rng *rng) {
    cisup_index row[64];
    assert_true(a->S <= 64);
    cisup_rng_subset(rng, a->N, a->S, row);
    for (cisup_index k = 0; k < a->S; k++) a->slot[t * a->S + k] = (int32_t)row[k];
}

static inline cisup_allocation random_rows(cisup_index N, cisup_index S, cisup_index T,
                                           cisup_rng *rng) {
    cisup_allocation a = empty_rows(N, S, T);
    for (cisup_index t = 0; t < T; t++) put_subset(&a, t, rng);
    return a;
}

static inline cisup_overlap_report checked(const cisup_allocation *a) {
    cisup_overlap_report report;
    memset(&report, 0x5a, sizeof report);
    CHECK_OK(cisup_overlap_check(a, &report, &error_));
    return report;
}

/* --- the oracle ---------------------------------------------------------------- */

static inline int contains(const cisup_allocation *a, cisup_index t, cisup_index n) {
    for (cisup_index k = 0; k < a->S; k++)
        if (cisup_allocation_row(a, t)[k] == n) return 1;
    return 0;
}

static inline cisup_index shared(const cisup_allocation *a, cisup_index t,
                                 cisup_index u) {
    cisup_index count = 0;
    for (cisup_index n = 0; n < a->N; n++)
        count += contains(a, t, n) && contains(a, u, n);
    return count;
}

/* The smallest n, then m, then t, then u with n < m both in circuits t < u. */
static inline void first_witness(const cisup_allocation *a, cisup_overlap_report *want) {
    for (cisup_index n = 0; n < a->N; n++)
        for (cisup_index m = n + 1; m < a->N; m++) {
            cisup_index first = -1;
            for (cisup_index t = 0; t < a->T; t++) {
                if (!contains(a, t, n) || !contains(a, t, m)) continue;
                if (first < 0) {
                    first = t;
                    continue;
                }
                want->witness_neurons[0] = n;
                want->witness_neurons[1] = m;
                want->witness_circuits[0] = first;
                want->witness_circuits[1] = t;
                return;
            }
        }
}

static inline cisup_overlap_report naive(const cisup_allocation *a) {
    cisup_overlap_report want = {.witness_circuits = {-1, -1},
                                 .witness_neurons = {-1, -1}};
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index u = 0; u < t; u++) {
            const cisup_index both = shared(a, t, u);
            if (both > want.max_overlap) want.max_overlap = both;
        }
    want.holds = want.max_overlap <= 1;
    if (!want.holds) first_witness(a, &want);
    return want;
}

static inline void check_witness(const cisup_overlap_report *got, cisup_index t,
                                 cisup_index u, cisup_index n, cisup_index m) {
    assert_int_equal(got->witness_neurons[0], n);
    assert_int_equal(got->witness_neurons[1], m);
    assert_int_equal(got->witness_circuits[0], t);
    assert_int_equal(got->witness_circuits[1], u);
}

static inline cisup_overlap_report check_against_oracle(const cisup_allocation *a) {
    const cisup_overlap_report got = checked(a), want = naive(a);
    assert_int_equal(got.holds, want.holds);
    check_witness(&got, want.witness_circuits[0], want.witness_circuits[1],
                  want.witness_neurons[0], want.witness_neurons[1]);
    CHECK_NEAR(got.pairs, (double)(a->T * a->S * (a->S - 1) / 2), 0.0);
    if (got.max_overlap_exact) {
        assert_int_equal(got.max_overlap, want.max_overlap);
    } else {
        assert_false(got.holds);
        assert_in_range(got.max_overlap, 2, want.max_overlap);
    }
    return got;
}

#endif
