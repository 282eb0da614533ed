/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Circuits of the built-in families for tests. */
#ifndef CISUP_TEST_DRAWN_H
#define CISUP_TEST_DRAWN_H

#include "check.h"

#include <cisup/core/circuits.h>
#include <cisup/core/circuits/circuits_parts.h>

#include <float.h>

enum { most_d = 12 };

static inline cisup_family_options drawn(cisup_family family, int fresh) {
    cisup_family_options o = cisup_family_defaults();
    o.family = family;
    o.fresh = fresh;
    return o;
}

static inline cisup_circuits made(cisup_index T, cisup_index d, cisup_index L,
                                  const cisup_family_options *o) {
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, T, d, L, o, &error_));
    return c;
}

/* The state of circuit t after l layers from an input. a: [d], in and out. */
static inline void run(const cisup_circuits *c, cisup_index l, cisup_index t, double *a) {
    double next[most_d];
    for (cisup_index k = 1; k <= l; k++) {
        cisup_circuits_step(c, k, t, a, next);
        memcpy(a, next, (size_t)c->d * sizeof *a);
    }
}

static inline void check_row(const double *row, const double *want, cisup_index n,
                             double tolerance) {
    for (cisup_index j = 0; j < n; j++) CHECK_NEAR(row[j], want[j], tolerance);
}

#endif
