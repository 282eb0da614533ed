/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How verdicts are reached: rules, scans, ratios; what must not show in them and what
 * must; set-ups that are refused. */
#include "common/claims_turn.h"

#include <cisup/core/allocation/allocation_parts.h>

static cisup_interval interval(double low, double high) {
    return (cisup_interval){.mean = 0.5 * (low + high), .low = low, .high = high};
}

/* The rules of apps/claims/claims.h, at and beside their borders. */
static void verdicts_follow_the_rules(void **state) {
    (void)state;
    static const struct {
        cisup_relation relation;
        double predicted, low, high, tolerance;
        cisup_verdict verdict;
        double within;
    } rule[] = {
        {CISUP_RELATION_EXACTLY, 2.5, 2.5, 2.5, 0.0, CISUP_VERDICT_HOLDS, NAN},
        {CISUP_RELATION_EXACTLY, 2.5, 2.4, 2.5, 0.05, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EXACTLY, 2.5, 2.5, 2.6, 0.05, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EXACTLY, 0.0, NAN, NAN, 1.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_AT_MOST, 2.5, 1.0, 2.5, 0.0, CISUP_VERDICT_HOLDS, NAN},
        {CISUP_RELATION_AT_MOST, 2.5, 1.0, 2.6, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_AT_MOST, 2.5, NAN, NAN, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_AT_LEAST, 2.5, 2.5, 9.0, 0.0, CISUP_VERDICT_HOLDS, NAN},
        {CISUP_RELATION_AT_LEAST, 2.5, 2.4, 9.0, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_AT_LEAST, 2.5, NAN, NAN, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, 2.0, 1.85, 2.15, 0.0, CISUP_VERDICT_HOLDS, NAN},
        {CISUP_RELATION_EQUAL, 2.0, 2.02, 2.03, 0.0, CISUP_VERDICT_WITHIN, 2.0},
        {CISUP_RELATION_EQUAL, 2.0, 1.55, 2.15, 0.0, CISUP_VERDICT_WITHIN, 23.0},
        {CISUP_RELATION_EQUAL, 2.0, 1.90, 2.99, 0.0, CISUP_VERDICT_WITHIN, 50.0},
        {CISUP_RELATION_EQUAL, 2.0, 1.90, 3.01, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, 2.0, 0.99, 2.01, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, -2.0, -2.2, -2.1, 0.0, CISUP_VERDICT_WITHIN, 11.0},
        {CISUP_RELATION_EQUAL, 2.0, NAN, NAN, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, NAN, 1.9, 2.1, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, 0.0, 0.0, 0.1, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EQUAL, 2.0, 1.9, INFINITY, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EXPONENT, 2.0, 1.97, 2.04, 0.0, CISUP_VERDICT_HOLDS, NAN},
        {CISUP_RELATION_EXPONENT, 2.0, 2.03, 2.04, 0.0, CISUP_VERDICT_WITHIN, 10.0},
        {CISUP_RELATION_EXPONENT, 1.0, 0.83, 1.01, 0.0, CISUP_VERDICT_WITHIN, 48.0},
        {CISUP_RELATION_EXPONENT, 2.0, 1.82, 2.01, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EXPONENT, 2.0, 1.99, 2.18, 0.0, CISUP_VERDICT_FAILS, NAN},
        {CISUP_RELATION_EXPONENT, 2.0, NAN, NAN, 0.0, CISUP_VERDICT_FAILS, NAN},
    };
    for (int k = 0; k < (int)(sizeof rule / sizeof *rule); k++) {
        cisup_findings f = {.count = 0};
        const cisup_finding *row =
            cisup_findings_add(&f, "part", rule[k].relation, rule[k].predicted,
                               interval(rule[k].low, rule[k].high), rule[k].tolerance);
        if (row->verdict != rule[k].verdict) fprintf(stderr, "rule %d\n", k);
        assert_int_equal(row->verdict, rule[k].verdict);
        CHECK_NEAR(row->within, rule[k].within, 0.0);
        assert_int_equal(f.count, 1);
    }
}

/* Cells at 1..5; holds: a digit 1 for each that is within the percentage. */
static void check_scan(const char *holds, const char *want) {
    cisup_scan_cell cell[5];
    char where[CISUP_CLAIMS_TEXT];
    for (int k = 0; k < 5; k++)
        cell[k] = (cisup_scan_cell){k + 1.0, 2.0,
                                    cisup_interval_point(holds[k] == '1' ? 2.3 : 2.5)};
    cisup_scan_text(where, "z", cell, 5, 20.0);
    assert_string_equal(where, want);
}

static void scans_tell_where(void **state) {
    (void)state;
    check_scan("11111", "within 20 % for all z = 1..5");
    check_scan("00000", "within 20 % for no z = 1..5");
    check_scan("11000", "within 20 % up to z = 2 of 1..5");
    check_scan("10000", "within 20 % up to z = 1 of 1..5");
    check_scan("00011", "within 20 % from z = 4 on of 1..5");
    check_scan("00001", "within 20 % from z = 5 on of 1..5");
    check_scan("01110", "within 20 % at z = 2, 3, 4 of 1..5");
    check_scan("11001", "within 20 % at z = 1, 2, 5 of 1..5");
    check_scan("10011", "within 20 % at z = 1, 4, 5 of 1..5");
    const cisup_scan_cell cell = {3.0, 2.0, cisup_interval_point(2.1)};
    char where[CISUP_CLAIMS_TEXT] = "";
    cisup_scan_append(where, "last ", "T", &cell, 1, 20.0);
    cisup_scan_append(where, "", "l", &cell, 1, 2.0);
    assert_string_equal(where,
                        "last within 20 % for all T = 3..3; within 2 % for no l = 3..3");
}

/* 1, 2, 3 and 2, 4, 9: r = 15/6; y - r x = -0.5, -1, 1.5 over 2; their sd is
 * sqrt(0.4375), t = 4.302653 at 2 degrees of freedom. */
static void ratios_are_of_means(void **state) {
    (void)state;
    const double x[] = {1.0, 2.0, 3.0};
    double y[] = {2.0, 4.0, 9.0};
    const cisup_interval r = cisup_ratio_of_means(x, y, 3);
    const double half = 4.302653 * sqrt(0.4375 / 3.0); /* seven digits of t */
    CHECK_NEAR(r.mean, 2.5, 1e-15);
    CHECK_NEAR(r.low, 2.5 - half, 1e-6);
    CHECK_NEAR(r.high, 2.5 + half, 1e-6);
}

static void claims_are_numbered(void **state) {
    (void)state;
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    assert_int_equal(count, 37);
    for (int k = 0; k < count; k++) {
        assert_int_equal(e[k].number, k + 1);
        assert_true(e[k].name[0] && e[k].statement[0] && e[k].place[0]);
    }
}

/* Of those of published networks but the last, which has sizes of its own. */
static void threads_do_not_show(void **state) {
    (void)state;
    for (int number = 1; number < 24; number++) {
        cisup_claims_setup s = tiny();
        s.threads = 1;
        const cisup_findings one = found(number, &s);
        s.threads = 3;
        const cisup_findings three = found(number, &s);
        assert_same(&one, &three);
    }
}

static void seeds_do_show(void **state) {
    (void)state;
    cisup_claims_setup s = tiny();
    const cisup_findings one = found(9, &s);
    s.seed = 2;
    const cisup_findings two = found(9, &s);
    assert_true(one.row[0].measured.mean != two.row[0].measured.mean);
}

static void bad_setups_are_refused(void **state) {
    (void)state;
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    for (int k = 0; k < 8; k++) {
        cisup_claims_setup s = tiny();
        cisup_findings f;
        if (k == 0) s.networks = 1;
        if (k == 1) s.inputs = 0;
        if (k == 2) s.threads = -1;
        if (k == 3) s.d = 1;
        if (k == 4) s.L = 2;
        if (k == 5) s.L = 17;
        if (k == 6) s.S = 1;
        if (k == 7) s.T = 1;
        assert_int_equal(cisup_claims_examine(&e[0], &s, &f, NULL), CISUP_EINVAL);
    }
    cisup_claims_setup s = tiny();
    cisup_findings f;
    s.T = 100000;
    assert_int_equal(cisup_claims_examine(&e[8], &s, &f, NULL), CISUP_EINFEASIBLE);
}

static cisup_status examine_number(void *number) {
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    cisup_claims_setup s = tiny();
    cisup_findings f;
    s.networks = 2;
    s.inputs = 1;
    s.threads = 1;
    return cisup_claims_examine(&e[*(int *)number - 1], &s, &f, NULL);
}

/* One claim of each kind of experiment. */
static void survives_failing_allocations(void **state) {
    (void)state;
    int number[] = {1, 2, 3, 4, 6, 7, 14, 15, 16, 21, 23};
    for (int k = 0; k < (int)(sizeof number / sizeof *number); k++)
        assert_true(check_every_allocation(examine_number, &number[k]) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_follow_the_rules),
        cmocka_unit_test(scans_tell_where),
        cmocka_unit_test(ratios_are_of_means),
        cmocka_unit_test(claims_are_numbered),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(seeds_do_show),
        cmocka_unit_test(bad_setups_are_refused),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
