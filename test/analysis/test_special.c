/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No argument ends the process: GSL's own error handler, which would, stays in place. */
#include "common/check.h"

#include <cisup/analysis/capacity/window.h>
#include <cisup/analysis/interval.h>
#include <cisup/analysis/statistics/crossing.h>
#include <cisup/analysis/statistics/decide.h>
#include <cisup/analysis/statistics/power_law.h>
#include <cisup/analysis/statistics/special.h>
#include <cisup/analysis/theory/theory_closed.h>
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_overlap.h>
#include <cisup/analysis/theory/theory_published.h>
#include <cisup/analysis/theory/theory_rows.h>
#include <cisup/analysis/theory_table.h>

static const double hostile[] = {0.0,
                                 -1.0,
                                 (double)NAN,
                                 (double)INFINITY,
                                 -(double)INFINITY,
                                 1.0,
                                 1e-320,
                                 0.5,
                                 2.0,
                                 1e308,
                                 -1e308,
                                 3.5,
                                 1e-17,
                                 40.0,
                                 1.0 - 0x1p-53,
                                 (double)INT64_MAX};
enum { HOSTILE = sizeof hostile / sizeof hostile[0] };

static int is_usable(double x) {
    return 1e-300 <= x && x <= 1e300;
}

/* Tables of normal and Student's law; psi(1) = -gamma; I_x(1, b) = 1 - (1-x)^b. */
static void values_are_those_of_tables(void **state) {
    (void)state;
    CHECK_NEAR(cisup_student_upper(0.025, 4.0), 2.7764451051977987, 1e-12);
    CHECK_NEAR(cisup_normal_upper(0.025), 1.9599639845400545, 1e-12);
    CHECK_NEAR(cisup_normal(-1.9599639845400545), 0.025, 1e-15);
    CHECK_NEAR(cisup_psi(1.0), -0.57721566490153286, 1e-14);
    CHECK_NEAR(cisup_beta_part(0.3, 1.0, 4.0), 1.0 - pow(0.7, 4.0), 1e-14);
}

static void out_of_range_is_nan(void **state) {
    (void)state;
    for (int i = 0; i < HOSTILE; i++)
        for (int j = 0; j < HOSTILE; j++) {
            const double x = hostile[i], y = hostile[j];
            const double got = cisup_student_upper(x, y);
            if (!(x > 0.0 && x < 1.0 && is_usable(y))) assert_true(isnan(got));
            for (int k = 0; k < HOSTILE; k++) {
                const double a = hostile[k], part = cisup_beta_part(x, y, a);
                const int is_in = 0.0 <= x && x <= 1.0 && is_usable(y) && is_usable(a);
                if (!is_in) assert_true(isnan(part));
                if (is_in && y < 100.0 && a < 100.0)
                    assert_true(0.0 <= part && part <= 1.0);
            }
        }
    for (int i = 0; i < HOSTILE; i++) {
        const double x = hostile[i];
        assert_int_equal(isnan(cisup_normal_upper(x)), !(x > 0.0 && x < 1.0));
        assert_int_equal(isnan(cisup_normal(x)), isnan(x));
        assert_int_equal(isnan(cisup_psi(x)), !is_usable(x));
    }
}

/* Everything that takes a case. */
static void ask_everything(const cisup_theory_case *c, cisup_index l,
                           const cisup_theory_question *q) {
    int count;
    (void)cisup_theory_open_wrongly(c);
    (void)cisup_theory_plain_mean(c);
    (void)cisup_theory_closed_variance(c);
    (void)cisup_theory_worst_overlap(c);
    (void)cisup_theory_storage_ln(c, q->budget);
    for (int k = 0; k <= CISUP_ERROR_ROTATION; k++)
        (void)cisup_theory_error_by((cisup_error_formula)k, c, l);
    const cisup_theory_figure *figure = cisup_theory_figures(&count);
    for (int k = 0; k < count; k++) {
        (void)figure[k].value(c, q);
        (void)figure[k].is_in_range(c, q);
    }
    const cisup_theory_curve *curve = cisup_theory_curves(&count);
    for (int k = 0; k < count; k++) {
        (void)curve[k].value(c, l);
        (void)curve[k].is_in_range(c, l);
    }
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++) (void)cisup_theory_limit_reach(&limit[k], c, q);
    const cisup_theory_statement *statement = cisup_theory_statements(&count);
    for (int k = 0; k < count; k++) (void)statement[k].scale(c);
    figure = cisup_theory_masks_figures(&count);
    for (int k = 0; k < count; k++) (void)figure[k].value(c, q);
    curve = cisup_theory_masks_curves(&count);
    for (int k = 0; k < count; k++) {
        (void)curve[k].value(c, l);
        (void)curve[k].is_in_range(c, l);
    }
    limit = cisup_theory_masks_limits(&count);
    for (int k = 0; k < count; k++) (void)cisup_theory_limit_reach(&limit[k], c, q);
    limit = cisup_theory_any_limits(&count);
    for (int k = 0; k < count; k++) (void)cisup_theory_limit_reach(&limit[k], c, q);
}

/* One field after the other, and two at a time, of a usual case. */
static void no_case_ends_the_process(void **state) {
    (void)state;
    enum { FIELDS = 11 };
    for (int f = 0; f < FIELDS * FIELDS; f++)
        for (int k = 0; k < HOSTILE * HOSTILE; k++) {
            if (f / FIELDS > f % FIELDS || (f / FIELDS == f % FIELDS && k >= HOSTILE))
                continue;
            cisup_theory_case c = {1000, 4,   557, 6,   1, 250, 0.1,
                                   0.01, 0.3, 0.1, 1.0, 0, 2,   {0.0, 0.0}};
            cisup_theory_question q = {3, 0.1, 2.0};
            double *field[FIELDS] = {&c.D, &c.d, &c.T,     &c.S, &c.z,     &c.N,
                                     &c.P, &c.p, &c.kappa, &c.V, &c.margin};
            *field[f / FIELDS] = hostile[k % HOSTILE];
            if (f % FIELDS != f / FIELDS) *field[f % FIELDS] = hostile[k / HOSTILE];
            if (k % 3 == 1) q.budget = hostile[k % HOSTILE];
            if (k % 3 == 2) q.deviations = hostile[k / HOSTILE];
            ask_everything(&c, 3, &q);
        }
    cisup_theory_case c = {1000, 4,   557, 6,   0, 250, 0.1,
                           0.01, 0.3, 0.1, 1.0, 0, 2,   {0.0, 0.0}};
    assert_true(isnan(cisup_theory_open_wrongly(&c))); /* z = 0 */
}

static void fractions_have_a_range(void **state) {
    (void)state;
    static const cisup_index S[] = {0, -1, 1, INT64_MAX, INT64_MIN};
    for (int k = 0; k < 5; k++)
        for (int hop = 0; hop < 2; hop++)
            assert_true(
                isnan(cisup_theory_fraction(S[k], CISUP_SCHEME_PRIME, (cisup_hop)hop)));
}

static void statistics_have_a_range(void **state) {
    (void)state;
    static const cisup_index counts[] = {0, -1, 1, 2, 3};
    const double u[3] = {0.0, 0.1, 0.2};
    const cisup_window w = cisup_window_at(100.0, 1.5, 1.25, 1, 1000);
    for (int i = 0; i < HOSTILE; i++)
        for (int j = 0; j < HOSTILE; j++) {
            const double y[9] = {hostile[j], 1.0, hostile[i], 2.0, 3.0,
                                 hostile[j], 0.5, 1.0,        2.0};
            const cisup_window_question q = {hostile[i], hostile[j], 0.02, 1, 1000};
            for (int n = 0; n < 5; n++) {
                (void)cisup_interval_mean(y, counts[n], hostile[i]);
                (void)cisup_decide(y, counts[n], 0.5, hostile[i]);
                (void)cisup_crossing_find(u, 3, y, counts[n], 0.5, hostile[i]);
                (void)cisup_window_evaluate(&w, y, counts[n], &q);
            }
            if (!(hostile[i] > 0.0 && hostile[i] < 1.0))
                assert_true(isnan(cisup_interval_mean(u, 3, hostile[i]).high));
        }
    for (int i = 0; i < HOSTILE; i++) {
        const double x[] = {hostile[i]};
        (void)cisup_interval_mean(x, 1, 0.95);
    }
}

static void a_power_law_names_the_bad_point(void **state) {
    (void)state;
    const double none = (double)NAN, end = (double)INFINITY;
    const cisup_power_point bad[] = {{0, 2, 1, 3},   {-1, 2, 1, 3},   {none, 2, 1, 3},
                                     {1, 0, 0, 3},   {1, 2, -1, 3},   {1, 2, none, 3},
                                     {1, 2, 3, 3},   {1, 2, 1, 1.5},  {1, 2, 1, none},
                                     {end, 2, 1, 3}, {1, end, 1, end}};
    cisup_power_law law;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        cisup_error err = {0};
        const cisup_power_point two[] = {{4, 2, 1, 3}, bad[k]};
        assert_int_equal(cisup_power_law_fit(two, 2, 0.95, &law, &err), CISUP_EINVAL);
        assert_non_null(strstr(err.text, "point 1"));
        assert_true(isnan(law.exponent));
    }
    const cisup_power_point good[] = {{1, 2, 1, 3}, {2, 4, 3, 5}};
    for (int k = 0; k < HOSTILE; k++) {
        const int is_level = hostile[k] > 0.0 && hostile[k] < 1.0;
        assert_int_equal(cisup_power_law_fit(good, 2, hostile[k], &law, NULL),
                         is_level ? CISUP_OK : CISUP_EINVAL);
    }
}

/* What is known of y only that it is below something is no point of a line. */
static void an_interval_from_0_counts_nothing(void **state) {
    (void)state;
    const double end = (double)INFINITY;
    const cisup_power_point p[] = {
        {1, 1e5, 0.9e5, 1.1e5}, {2, 77.0, 0, 1e9}, {3, 5.0, 1, end}, {4, 8e5, 7e5, 9e5}};
    cisup_power_law law;
    CHECK_OK(cisup_power_law_fit(p, 4, 0.95, &law, &error_));
    CHECK_NEAR(law.exponent, 1.5, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_tables),
        cmocka_unit_test(out_of_range_is_nan),
        cmocka_unit_test(no_case_ends_the_process),
        cmocka_unit_test(fractions_have_a_range),
        cmocka_unit_test(statistics_have_a_range),
        cmocka_unit_test(a_power_law_names_the_bad_point),
        cmocka_unit_test(an_interval_from_0_counts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
