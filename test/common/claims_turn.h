/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Claims examined twice, in a sound network and in one that is broken in one way. The
 * verdict of the row that the break is about must turn. */
#ifndef CISUP_TEST_CLAIMS_TURN_H
#define CISUP_TEST_CLAIMS_TURN_H

#include "check.h"

#include "claims/claims.h"

/* N = 100 neurons a block; T S/N = 6. */
static inline cisup_claims_setup small(void) {
    cisup_claims_setup s = cisup_claims_quick();
    s.D = 400;
    s.S = 5;
    s.T = 120;
    s.L = 4;
    s.networks = 8;
    s.inputs = 100;
    s.threads = 2;
    return s;
}

static inline cisup_findings found(int number, const cisup_claims_setup *setup) {
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    cisup_findings f;
    assert_in_range(number, 1, count);
    assert_int_equal(e[number - 1].number, number);
    CHECK_OK(cisup_claims_examine(&e[number - 1], setup, &f, &error_));
    return f;
}

/* The smallest network in which everything can be examined. */
static inline cisup_claims_setup tiny(void) {
    cisup_claims_setup s = small();
    s.D = 120;
    s.S = 3;
    s.T = 40;
    s.L = 3;
    s.networks = 2;
    s.inputs = 9;
    return s;
}

/* The published network with few samples. */
static inline cisup_claims_setup published(void) {
    cisup_claims_setup s = cisup_claims_quick();
    s.networks = 6;
    s.inputs = 60;
    s.threads = 2;
    return s;
}

static inline void assert_same(const cisup_findings *a, const cisup_findings *b) {
    assert_int_equal(a->count, b->count);
    for (int k = 0; k < a->count; k++) {
        const cisup_finding *x = &a->row[k], *y = &b->row[k];
        assert_memory_equal(&x->measured, &y->measured, sizeof x->measured);
        CHECK_NEAR(x->predicted, y->predicted, 0.0);
        assert_int_equal(x->verdict, y->verdict);
        assert_string_equal(x->where, y->where);
    }
}

/* A row that holds, exactly or within some percent, as it is and fails when broken; or
 * the other way round. */
static inline void assert_turns(int number, int holds, const cisup_finding *a,
                                const cisup_finding *b) {
    if ((a->verdict != CISUP_VERDICT_FAILS) == holds &&
        (b->verdict == CISUP_VERDICT_FAILS) == holds)
        return;
    fprintf(
        stderr,
        "claim %d, %s: predicted %g, %g; sound %g [%g, %g] %s, broken %g [%g, %g] %s\n",
        number, a->part, a->predicted, b->predicted, a->measured.mean, a->measured.low,
        a->measured.high, cisup_verdict_name(a->verdict), b->measured.mean,
        b->measured.low, b->measured.high, cisup_verdict_name(b->verdict));
    fail();
}

/* The rows of a claim that are named turn: "02" is the first and the third. */
static inline void examine_rows(int number, int holds, const char *rows,
                                cisup_claims_setup setup,
                                const cisup_claims_faults *faults) {
    static cisup_findings sound; /* kept while number and setup stay */
    static cisup_index made[4];
    const cisup_index asked[4] = {number, setup.D, setup.networks, setup.inputs};
    if (memcmp(made, asked, sizeof made) != 0) sound = found(number, &setup);
    memcpy(made, asked, sizeof made);
    setup.faults = *faults;
    const cisup_findings broken = found(number, &setup);
    for (; *rows; rows++) {
        const int row = *rows - '0';
        assert_in_range(row, 0, sound.count - 1);
        assert_turns(number, holds, &sound.row[row], &broken.row[row]);
    }
}

/* They hold, and in a broken network they do not. */
static inline void turns(int number, const char *rows, cisup_claims_setup setup,
                         const cisup_claims_faults *faults) {
    examine_rows(number, 1, rows, setup, faults);
}

/* They do not hold, but do in a network without what is blamed for it. */
static inline void comes_true(int number, const char *rows, cisup_claims_setup setup,
                              const cisup_claims_faults *faults) {
    examine_rows(number, 0, rows, setup, faults);
}

#endif
