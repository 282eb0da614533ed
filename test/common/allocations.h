/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations of every scheme, their numbers of circuits, and what makes one valid. */
#ifndef CISUP_TEST_ALLOCATIONS_H
#define CISUP_TEST_ALLOCATIONS_H

#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static inline cisup_allocation_options with(cisup_scheme scheme, cisup_hop hop,
                                            int reflect) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = scheme;
    o.hop = hop;
    o.reflect = reflect;
    return o;
}

static inline cisup_allocation made(cisup_index N, cisup_index S, cisup_index T,
                                    const cisup_allocation_options *o) {
    cisup_allocation a;
    CHECK_OK(cisup_allocation_make(&a, N, S, T, o, &error_));
    assert_true(a.N == N && a.S == S && a.T == T);
    return a;
}

static inline cisup_index capacity_of(cisup_index N, cisup_index S,
                                      const cisup_allocation_options *o) {
    cisup_index capacity = -1;
    CHECK_OK(cisup_allocation_capacity(N, S, o, &capacity, &error_));
    return capacity;
}

/* --- oracles ------------------------------------------------------------------- */

static inline bool is_prime(cisup_index q) {
    for (cisup_index f = 2; f < q; f++)
        if (q % f == 0) return false;
    return q >= 2;
}

static inline int shared(const cisup_allocation *a, cisup_index t, cisup_index u) {
    const int32_t *x = cisup_allocation_row(a, t), *y = cisup_allocation_row(a, u);
    int count = 0;
    for (cisup_index j = 0; j < a->S; j++)
        for (cisup_index k = 0; k < a->S; k++) count += x[j] == y[k];
    return count;
}

/* Rows increase within [0, N) and all pairs of rows share at most one neuron. */
static inline void check_valid(const cisup_allocation *a) {
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *row = cisup_allocation_row(a, t);
        for (cisup_index k = 0; k < a->S; k++)
            assert_true(row[k] < a->N && row[k] > (k ? row[k - 1] : -1));
        for (cisup_index u = 0; u < t; u++)
            if (shared(a, t, u) > 1)
                fail_msg("N = %d, S = %d: circuits %d, %d", (int)a->N, (int)a->S, (int)u,
                         (int)t);
    }
}

/* One circuit more than fits is refused with the capacity and the packing bound. */
static inline void check_refused(cisup_index N, cisup_index S, cisup_index T,
                                 const cisup_allocation_options *o, cisup_index most) {
    cisup_allocation a;
    cisup_error err = {0};
    assert_int_equal(cisup_allocation_make(&a, N, S, T, o, &err), CISUP_EINFEASIBLE);
    assert_null(a.slot);
    assert_true(a.N == 0 && a.S == 0 && a.T == 0);
    char wanted[2][60];
    (void)snprintf(wanted[0], sizeof wanted[0], "%s places at most %" PRId64 " ",
                   cisup_scheme_name(o->scheme), most);
    (void)snprintf(wanted[1], sizeof wanted[1], "bound %" PRId64 ")",
                   N * (N - 1) / (S * (S - 1)));
    for (int k = 0; k < 2; k++)
        if (!strstr(err.text, wanted[k]))
            fail_msg("%s is missing in: %s", wanted[k], err.text);
}

#endif
