/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/analysis/theory/theory_rows.h>
#include <cisup/analysis/theory_table.h>

static cisup_theory_case published(double T, double z) {
    const cisup_theory_case sizes = {
        .D = 1000, .d = 4, .S = 6, .z = z, .N = 250, .margin = 1.0};
    return cisup_theory_even(&sizes, T);
}

static cisup_theory_question question(double budget) {
    return (cisup_theory_question){.L = 5, .budget = budget, .deviations = 2.0};
}

static const cisup_theory_figure *figure(const char *name) {
    int count;
    const cisup_theory_figure *all = cisup_theory_figures(&count);
    for (int k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return &all[k];
    fail_msg("no figure %s", name);
    return NULL;
}

static int limit_place(const char *name) {
    int count;
    const cisup_theory_limit *all = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return k;
    fail_msg("no limit %s", name);
    return -1;
}

static void reach_all(cisup_theory_reach *reach, const cisup_theory_case *c,
                      const cisup_theory_question *q) {
    int count;
    const cisup_theory_limit *all = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++) reach[k] = cisup_theory_limit_reach(&all[k], c, q);
}

static void names_are_unique(void **state) {
    (void)state;
    int count;
    const cisup_theory_figure *f = cisup_theory_figures(&count);
    for (int k = 0; k < count; k++) assert_ptr_equal(figure(f[k].name), &f[k]);
    const cisup_theory_curve *curve = cisup_theory_curves(&count);
    for (int k = 0; k < count; k++)
        assert_ptr_equal(cisup_theory_curve_find(curve[k].name), &curve[k]);
    assert_null(cisup_theory_curve_find("no such curve"));
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++) assert_int_equal(limit_place(limit[k].name), k);
}

/* Rows are the functions that their names say; the figures of D = 1000, d = 4, S = 6,
 * z = 2, T = 500. */
static void figures_have_their_values(void **state) {
    (void)state;
    const cisup_theory_case c = published(500, 2);
    const cisup_theory_question q = question(0.04);
    const double p = 500.0 / 499.0 * (0.004 - 1.0 / 3000.0);
    const struct {
        const char *name;
        double want;
    } row[] = {{"overlap", 36.0 * p},
               {"square_overlap", p},
               {"density", 0.004},
               {"p1", 0.004 - 1.0 / 3000.0},
               {"overlap_floor", 1.0 / 499.0},
               {"neighbours", 499.0 * 36.0 * p},
               {"open_most", 0.048},
               {"open_mean", 0.047424},
               {"feedback", 6000.0 * p * p},
               {"fill", 1.0 - exp(-500.0 * 36.0 * p * p)},
               {"kappa", exp(500.0 * 36.0 * p * p + 12.0 * p) - 1.0},
               {"background_variance", 0.0},
               {"plain_mean", 1000.0 * 36.0 * p * p},
               {"closed_variance", c.kappa / 3.0},
               {"closed_deviation", sqrt(c.kappa / 3.0)},
               {"growth", 1.0 + 499.0 * p},
               {"growth_post", 2.0},
               {"worst_active", 1.0 / 6.0},
               {"worst_inactive", 2.0 / 6.0},
               {"storage_ln", 2.5}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++)
        CHECK_NEAR(figure(row[k].name)->value(&c, &q), row[k].want, 1e-13);
    const double open = figure("open_wrongly")->value(&c, &q);
    assert_true(open > 0.0 && open < 1.0);
}

/* Each range at its border: in on one side, out on the other. */
static void figures_know_their_range(void **state) {
    (void)state;
    const cisup_theory_question q = question(0.04);
    const struct {
        const char *name;
        double T, z;
        int in_range;
    } row[] = {{"density", 416, 1, 0},
               {"density", 417, 1, 1},
               {"p1", 41, 1, 0},
               {"p1", 42, 1, 1},
               {"open_mean", 50, 4, 1},
               {"open_mean", 50, 5, 0},
               {"kappa", 1800, 1, 1},
               {"kappa", 2000, 1, 0},
               {"closed_variance", 150, 1, 1},
               {"closed_variance", 200, 1, 0},
               {"worst_inactive", 50, 1, 1},
               {"worst_inactive", 50, 2, 0},
               {"fraction_ref", 50, 1, 0},
               {"growth_post", 416, 1, 0},
               {"growth_post", 417, 1, 1}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        const cisup_theory_case c = published(row[k].T, row[k].z);
        assert_int_equal(figure(row[k].name)->is_in_range(&c, &q), row[k].in_range);
    }
    const cisup_theory_case c = published(500, 1);
    const cisup_theory_question loose = question(0.2), none = question((double)NAN);
    assert_false(figure("storage_ln")->is_in_range(&c, &loose));
    assert_true(figure("storage_ln")->is_in_range(&c, &none));
    assert_true(isnan(figure("storage_ln")->value(&c, &none)));
}

static void curves_are_their_functions(void **state) {
    (void)state;
    cisup_theory_case c = published(500, 1);
    for (cisup_index l = 1; l <= 6; l++) {
        const cisup_theory_error refined = cisup_theory_rotation_recursion(&c, l);
        const cisup_theory_error followup =
            cisup_theory_curve_find("followup")->value(&c, l);
        const cisup_theory_error got = cisup_theory_curve_find("refined")->value(&c, l);
        assert_true(got.active == refined.active && got.inactive == refined.inactive);
        assert_true(followup.active == cisup_theory_rotation_followup(&c, l));
        assert_true(followup.inactive == cisup_theory_p_followup(&c));
        assert_true(cisup_theory_curve_find("coherent")->value(&c, l).active ==
                    cisup_theory_coherent(&c, l));
        assert_true(cisup_theory_curve_find("unreshuffled")->value(&c, l).active ==
                    cisup_theory_unreshuffled(&c, l));
        assert_true(cisup_theory_curve_find("on")->value(&c, l).inactive ==
                    cisup_theory_rotation_on(&c));
    }
    c = published(500, 2); /* the two closed forms are for z = 1 */
    assert_true(isnan(cisup_theory_curve_find("coherent")->value(&c, 3).active));
    assert_true(isnan(cisup_theory_curve_find("unreshuffled")->value(&c, 3).active));
}

static void curves_know_their_range(void **state) {
    (void)state;
    const struct {
        const char *name;
        double T, z;
        cisup_index l;
        int in_range;
    } row[] = {{"post", 500, 1, 3, 1},      {"post", 500, 2, 3, 0},
               {"post", 2000, 1, 3, 0},     {"settled", 500, 1, 5, 1},
               {"settled", 500, 4, 5, 0},   {"recursion", 500, 4, 5, 1},
               {"recursion", 500, 5, 5, 0}, {"recursion", 500, 1, 6, 0},
               {"refined", 500, 4, 5, 1},   {"refined", 500, 4, 6, 0},
               {"followup", 500, 5, 1, 0},  {"coherent", 500, 1, 9, 1},
               {"on", 500, 5, 1, 0},        {"unreshuffled", 500, 2, 1, 0}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        const cisup_theory_case c = published(row[k].T, row[k].z);
        assert_int_equal(cisup_theory_curve_find(row[k].name)->is_in_range(&c, row[k].l),
                         row[k].in_range);
    }
    cisup_theory_case c = published(500, 1);
    c.margin = 2.5;
    assert_false(cisup_theory_curve_find("refined")->is_in_range(&c, 3));
    c.margin = 1.0;
    c.S = 9;
    assert_false(cisup_theory_curve_find("refined")->is_in_range(&c, 3));
}

static void limits_are_their_functions(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 1);
    const cisup_theory_question q = question(0.04);
    reach_all(r, &c, &q);
    assert_int_equal(r[limit_place("packing")].T, 2075);
    assert_int_equal(r[limit_place("feedback")].T, cisup_theory_T_feedback(&c));
    assert_int_equal(r[limit_place("feedback_leading")].T, 10416);
    assert_int_equal(r[limit_place("closed")].T, cisup_theory_T_closed(&c, 2.0));
    assert_int_equal(r[limit_place("closed_leading")].T, 162);
    assert_int_equal(r[limit_place("plain")].T, cisup_theory_T_plain(&c));
    assert_int_equal(r[limit_place("plain_leading")].T, 434);
    assert_int_equal(r[limit_place("post")].T, cisup_theory_T_post(&c, 5, 0.04));
    const struct {
        const char *name;
        cisup_error_formula formula;
    } row[] = {{"settled", CISUP_ERROR_SETTLED},
               {"recursion", CISUP_ERROR_GENERAL},
               {"followup", CISUP_ERROR_FOLLOWUP},
               {"refined", CISUP_ERROR_ROTATION}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++)
        assert_int_equal(r[limit_place(row[k].name)].T,
                         cisup_theory_T_error(&c, row[k].formula, 5, 0.04));
}

static void limits_by_errors_need_a_budget(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 1);
    const cisup_theory_question q = question((double)NAN);
    reach_all(r, &c, &q);
    static const char *const silent[] = {"post", "settled", "recursion", "followup",
                                         "refined"};
    for (size_t k = 0; k < sizeof silent / sizeof silent[0]; k++)
        assert_int_equal(r[limit_place(silent[k])].T, -1);
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_GENERAL),
                     limit_place("packing"));
}

/* A wide budget: the packing bound of general circuits, noise on closed neurons and the
 * mean of plain weights bind; a narrow one: the errors. */
static void the_smallest_limit_binds(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 1);
    cisup_theory_question q = question(0.04);
    reach_all(r, &c, &q);
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_ROTATION),
                     limit_place("closed"));
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_PLAIN), limit_place("plain"));
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_GENERAL), limit_place("post"));
    q = question(0.001);
    reach_all(r, &c, &q);
    assert_true(r[limit_place("refined")].T < r[limit_place("followup")].T);
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_ROTATION),
                     limit_place("refined"));
}

static void what_is_out_of_range_does_not_bind(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 1);
    const cisup_theory_question q = question(0.04);
    reach_all(r, &c, &q);
    r[limit_place("closed")].is_in_range = 0;
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_ROTATION),
                     limit_place("refined"));
    for (int k = 0; k < 32; k++) r[k].T = INT64_MAX;
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_ROTATION), -1);
}

/* The post leaves out the (z-1) terms, so its T = 0 for a small budget says nothing. */
static void a_post_out_of_range_does_not_forbid_all(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 4);
    const cisup_theory_question q = question(1e-6);
    reach_all(r, &c, &q);
    assert_int_equal(r[limit_place("post")].T, 0);
    assert_false(r[limit_place("post")].is_in_range);
    assert_int_equal(cisup_theory_binding(r, CISUP_SETTING_GENERAL),
                     limit_place("settled"));
}

/* z = 4, L = 6: the recursion was measured up to l = 5 only. */
static void limits_know_the_range_of_their_error(void **state) {
    (void)state;
    cisup_theory_reach r[32];
    const cisup_theory_case c = published(500, 1);
    cisup_theory_question q = question(0.04);
    reach_all(r, &c, &q);
    assert_true(r[limit_place("recursion")].is_in_range);
    assert_true(r[limit_place("feedback_leading")].is_in_range); /* at T = 10416 */
    assert_false(r[limit_place("closed_leading")].is_in_range);  /* TS/N = 3.9 */
    q.L = 6;
    reach_all(r, &c, &q);
    assert_false(r[limit_place("recursion")].is_in_range);
    assert_false(r[limit_place("followup")].is_in_range);
}

static const cisup_theory_limit *limit_in(const cisup_theory_limit *all, int count,
                                          const char *name) {
    for (int k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return &all[k];
    fail_msg("no limit %s", name);
    return NULL;
}

/* D = 1000, d = 2, c = 3, S = 3: 200 neurons a block, of which 198 = 3 * 66 are used, as
 * masks of 2000/66 classes. Rows are the functions of theory_masks.h. */
static void masks_rows_are_their_functions(void **state) {
    (void)state;
    const cisup_theory_case sizes = {
        .D = 1000, .d = 2, .S = 3, .z = 2, .N = 500, .T = 2000};
    const cisup_theory_question q = question(0.09);
    const cisup_theory_case c = cisup_theory_masks_case(&sizes, 3, 200);
    assert_true(c.N == 198.0 && c.cycle == 3 && c.D == 1000.0);
    const cisup_theory_masks of = {.N = 198, .S = 3, .z = 2, .c = 3};
    const cisup_theory_masks m = cisup_theory_masks_classes(&of, 2000);
    assert_true(c.P == m.P && c.p == m.P / 9.0);
    int count;
    const cisup_theory_figure *f = cisup_theory_masks_figures(&count);
    const double want[] = {
        198.0,
        m.P,
        m.P / 9.0,
        m.r,
        1802.0 / (198.0 * 1999.0),
        cisup_theory_masks_exponent(&of, cisup_theory_masks_classes, 5, 0.09)};
    assert_int_equal(count, 6);
    for (int k = 0; k < count; k++) CHECK_NEAR(f[k].value(&c, &q), want[k], 1e-15);
    const cisup_theory_curve *curve = cisup_theory_masks_curves(&count);
    for (cisup_index l = 1; l <= 5; l++) {
        assert_true(curve[0].value(&c, l).active == cisup_theory_masks_law(&m, l).active);
        assert_true(curve[1].value(&c, l).inactive ==
                    cisup_theory_masks_recursion(&m, l).inactive);
    }
    const cisup_theory_limit *limit = cisup_theory_masks_limits(&count);
    assert_int_equal(limit_in(limit, count, "masks_cycle")->largest(&c, &q), 4356);
    assert_int_equal(limit_in(limit, count, "masks_law")->largest(&c, &q),
                     cisup_theory_masks_T_law(&of, 5, 0.09));
    assert_int_equal(
        limit_in(limit, count, "masks_recursion")->largest(&c, &q),
        cisup_theory_masks_T_recursion(&of, cisup_theory_masks_classes, 5, 0.09));
    const cisup_theory_question none = question((double)NAN);
    assert_int_equal(limit_in(limit, count, "masks_law")->largest(&c, &none), -1);
    assert_int_equal(limit_in(limit, count, "masks_recursion")->largest(&c, &none), -1);
}

/* z = 1 is exact at every layer; z = 2 as long as errors are small, or were measured. */
static void masks_rows_know_their_range(void **state) {
    (void)state;
    const cisup_theory_case sizes = {.D = 1000, .d = 2, .S = 3, .z = 2, .T = 1000};
    cisup_theory_case c = cisup_theory_masks_case(&sizes, 3, 200);
    int count;
    const cisup_theory_curve *curve = cisup_theory_masks_curves(&count);
    assert_true(curve[0].is_in_range(&c, 3) && !curve[0].is_in_range(&c, 4));
    assert_true(curve[1].is_in_range(&c, 8) && !curve[1].is_in_range(&c, 9));
    c.z = 1;
    assert_true(curve[0].is_in_range(&c, 99) && curve[1].is_in_range(&c, 99));
    c.z = 6;
    assert_false(curve[1].is_in_range(&c, 2));
    c = cisup_theory_masks_case(&sizes, 3, 200);
    c.T = 4357;
    const cisup_theory_question q = question(0.09), loose = question(1.1);
    const cisup_theory_figure *f = cisup_theory_masks_figures(&count);
    assert_false(f[1].is_in_range(&c, &q));
    assert_false(f[5].is_in_range(&c, &loose));
}

/* Limits of any construction at D = 1000, d = 4, L = 5, budget 0.1^2; none binds. */
static void any_limits_have_their_values(void **state) {
    (void)state;
    int count;
    const cisup_theory_limit *any = cisup_theory_any_limits(&count);
    const cisup_theory_case c = published(500, 1);
    const cisup_theory_question q = question(0.01), none = question((double)NAN);
    assert_int_equal(limit_in(any, count, "weights")->largest(&c, &q), 62500);
    assert_int_equal(limit_in(any, count, "labels_1_bit")->largest(&c, &q), 62746);
    assert_int_equal(limit_in(any, count, "angles_1_bit")->largest(&c, &q),
                     (cisup_index)(4e6 / cisup_theory_angle_bits(5, 0.1)));
    assert_int_equal(limit_in(any, count, "angles_1_bit")->largest(&c, &none), -1);
    for (int k = 0; k < count; k++) assert_int_equal(any[k].settings, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(figures_have_their_values),
        cmocka_unit_test(figures_know_their_range),
        cmocka_unit_test(curves_are_their_functions),
        cmocka_unit_test(curves_know_their_range),
        cmocka_unit_test(limits_are_their_functions),
        cmocka_unit_test(limits_by_errors_need_a_budget),
        cmocka_unit_test(the_smallest_limit_binds),
        cmocka_unit_test(what_is_out_of_range_does_not_bind),
        cmocka_unit_test(a_post_out_of_range_does_not_forbid_all),
        cmocka_unit_test(limits_know_the_range_of_their_error),
        cmocka_unit_test(masks_rows_are_their_functions),
        cmocka_unit_test(masks_rows_know_their_range),
        cmocka_unit_test(any_limits_have_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
