/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cmocka with what it lacks for this project: double-precision comparisons with a
 * printed difference, a status check that prints the error's text, numbered seeds,
 * and a loop that fails every allocation in turn. */
#ifndef CISUP_TEST_CHECK_H
#define CISUP_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <string.h>

#include <cmocka.h>

#include <cisup/core/base/rng.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/status.h>

#include <math.h>

/* |got - want| <= tolerance; NaN equals NaN. The tolerance is an absolute one and
 * stands beside its reason. */
#define CHECK_NEAR(got, want, tolerance)                                                 \
    check_near((got), (want), (tolerance), #got, __FILE__, __LINE__)

static inline void check_near(double got, double want, double tolerance, const char *what,
                              const char *file, int line) {
    if (isnan(got) && isnan(want)) return;
    if (fabs(got - want) <= tolerance) return;
    fprintf(stderr, "%s: got %.17g, want %.17g, difference %.3g, allowed %.3g\n", what,
            got, want, fabs(got - want), tolerance);
    _fail(file, line);
}

#define CHECK_OK(call)                                                                   \
    do {                                                                                 \
        cisup_error error_ = {0};                                                        \
        check_ok((call), &error_, #call, __FILE__, __LINE__);                            \
    } while (0)

/* For calls that take `&error_` or any other error as their last argument. */
static inline void check_ok(cisup_status status, const cisup_error *err, const char *what,
                            const char *file, int line) {
    if (status == CISUP_OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, cisup_status_text(status), err->text);
    _fail(file, line);
}

/* A stream for test number `k` of a file; CISUP_SEED=n moves all of them. */
static inline cisup_rng check_rng(cisup_index k) {
    const char *text = getenv("CISUP_SEED");
    cisup_rng rng;
    cisup_rng_init(&rng, text ? strtoull(text, NULL, 10) : 1, CISUP_STREAM_TEST, 0, k, 0);
    return rng;
}

static inline cisup_index check_between(cisup_rng *rng, cisup_index low,
                                        cisup_index high) {
    return low + (cisup_index)cisup_rng_below(rng, (uint64_t)(high - low + 1));
}

/* Fails the 1st, 2nd, ... allocation of call(context) in turn until it succeeds.
 * Every failure must say ENOMEM and leave nothing behind; call must free what it
 * makes. Returns how many allocations were failed. */
static inline int check_every_allocation(cisup_status (*call)(void *), void *context) {
    const int64_t before = cisup_memory_live();
    for (int failures = 0;; failures++) {
        cisup_memory_fail_at(failures + 1);
        const cisup_status status = call(context);
        cisup_memory_fail_at(0);
        assert_int_equal(cisup_memory_live(), before);
        if (status == CISUP_OK) return failures;
        assert_int_equal(status, CISUP_ENOMEM);
    }
}

#endif
